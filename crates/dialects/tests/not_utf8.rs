//! JSON is UTF-8 (RFC 8259, 8.1). A body that is not is read by nobody, wherever in it that is.

use std::fs;
use std::path::Path;

use callboard_dialects::dialect;

/// The sample with a member more in each of its objects in turn.
fn with_a_member_more<'a>(sample: &'a [u8], member: &'a [u8]) -> impl Iterator<Item = Vec<u8>> + 'a {
    let objects = sample.iter().enumerate().filter(|(_, byte)| **byte == b'{');
    objects.map(move |(at, _)| {
        let (before, after) = sample.split_at(at + 1);
        let comma: &[u8] = if after.trim_ascii_start().starts_with(b"}") { b"" } else { b"," };
        [before, member, comma, after].concat()
    })
}

#[test]
fn a_body_that_is_no_utf_8_is_unreadable_also_where_nobody_looks() {
    for name in ["standard", "cloudevents"] {
        let event = br#"{"specversion":"1.0","id":"1","source":"x","type":"endpoint.test","x":"~"}"#;
        let dialect = dialect(name).unwrap();
        assert!(dialect.parse(event).is_ok(), "{name}");
        let strange: Vec<u8> = event.iter().map(|byte| if *byte == b'~' { 0xe9 } else { *byte }).collect();
        assert!(dialect.parse(&strange).is_err(), "{name}");
    }
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for name in ["skype", "hirehive", "viasto", "launchpad"] {
        let dialect = dialect(name).unwrap();
        let files = fs::read_dir(fixtures.join(name)).unwrap().map(|file| file.unwrap().path());
        let samples = files.filter(|file| file.extension().is_some_and(|it| it == "json"));
        for file in samples {
            let sample = fs::read(&file).unwrap();
            for strange in with_a_member_more(&sample, "\"zzz\":\"\u{e9}\"".as_bytes()) {
                assert!(dialect.parse(&strange).is_ok(), "{file:?}");
            }
            for strange in with_a_member_more(&sample, b"\"zzz\":\"\xe9\"") {
                let Err(reason) = dialect.parse(&strange) else { panic!("{file:?} is read") };
                assert!(reason.to_string().ends_with("bytes it is not UTF-8"), "{file:?}: {reason}");
            }
        }
    }
}
