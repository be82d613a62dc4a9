//! What verifies but cannot be understood is kept raw, answered 200, shown, and can be processed again (I9).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use callboard_core::MAX_LEVELS;
use callboard_simulate::Platform;
use serde_json::{Value, json};

use crate::ground::Ground;
use crate::wire::{exchange, request};

/// Sends a body as the account would.
fn send(ground: &Ground, id: &str, body: &[u8]) -> Value {
    let headers = ground.account.sign(id, body);
    let answer = exchange(&ground.hub.url, &request("POST", ground.path(), &headers, body)).unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// It is kept byte for byte, an event says so, and reading it again does not help.
fn assert_quarantined(ground: &Ground, body: &[u8], answer: &Value) {
    let what = String::from_utf8_lossy(&body[..body.len().min(300)]);
    assert_eq!((&answer["outcome"], &answer["events"]), (&json!("quarantined"), &json!(1)), "{what}");
    let id = answer["receipt"].as_str().unwrap();

    let receipt = ground.hub.get(&format!("/v1/receipts/{id}"));
    assert_eq!(receipt["outcome"], "quarantined");
    assert!(!receipt["detail"].as_str().unwrap().is_empty());
    match std::str::from_utf8(body) {
        Ok(text) if text.contains("start_url") || text.contains("reviewer_url") => {
            assert!(receipt["body"].as_str().unwrap().contains("(hidden)"));
        }
        Ok(text) => assert_eq!(receipt["body"], text),
        Err(_) => assert_eq!(receipt["body_base64"], STANDARD.encode(body)),
    }
    let events = ground.hub.all(&format!("/v1/events?receipt={id}"));
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["event"]["type"], "receipt.quarantined");
    assert_eq!(events[0]["event"]["data"]["receipt"]["id"], id);

    let (status, problem) = ground.hub.ask("POST", &format!("/v1/receipts/{id}/reprocess"), Some(&json!({})));
    assert_eq!((status, &problem["code"]), (409, &json!("still_unreadable")), "{problem}");
}

#[test]
fn bodies_that_make_no_sense_are_kept() {
    let ground = Ground::of(Platform::Skype);
    let sample = ground.account.letters(100)[0].body.clone();
    let stage = r#""currentStage":{"value":"InterviewStarted"}"#;
    let with = |members: &str| format!(r#"{{"interviewCode":"R",{stage},{members}}}"#).into_bytes();
    let bodies: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b" \r\n".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"\"State\"".to_vec(),
        sample[..sample.len() / 2].to_vec(),
        sample[..sample.len() - 1].to_vec(),
        [&sample[..], b"}"].concat(),
        [&sample[..], &sample[..]].concat(),
        [b"\xef\xbb\xbf", &sample[..]].concat(),
        b"\xff\xfe{\x00}\x00".to_vec(),
        [&sample[..sample.len() - 2], b"\xf0\x28\"}"].concat(),
        "[".repeat(400_000).into_bytes(),
        with(&format!("\"x\":{}{}", "[".repeat(100_000), "]".repeat(100_000))),
        with(&format!("\"x\":{}1{}", "{\"x\":".repeat(100_000), "}".repeat(100_000))),
        with(r#""interviewCode":"S""#),
        with(r#""x":1,"x":2"#),
        with(r#""x":1e999"#),
        with(r#""x":-"#),
        with(r#""x":0x10"#),
        with(r#""x":NaN"#),
        with(r#""x":"\ud800""#),
        with("\"x\":\"\u{0}\""),
        with(r#""timestamp":"2018-02-30T00:00:00Z""#),
        with(r#""timestamp":"2018-02-26T25:00:00Z""#),
        with(r#""timestamp":"99999-01-01T00:00:00Z""#),
        with(r#""timestamp":1519667417"#),
        with(r#""timestamp":"""#),
        with(r#""event":["State"]"#),
    ];
    for (index, body) in bodies.iter().enumerate() {
        let answer = send(&ground, &format!("body {index}"), body);
        assert_quarantined(&ground, body, &answer);
    }
    ground.goes_on();
    let seen = send(&ground, "body 0", &bodies[0]);
    assert_eq!((&seen["outcome"], &seen["events"]), (&json!("duplicate"), &json!(0)));
}

#[test]
fn strange_bodies_that_make_sense_are_understood_and_told() {
    let ground = Ground::of(Platform::Skype);
    let (nul, long) = ("R\\u0000'; DROP TABLE events;--", "x".repeat(100_000));
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let deep = nested(MAX_LEVELS - 1);
    let bodies = [
        format!(r#"{{"interviewCode":"{nul}","currentStage":{{"value":"InterviewStarted"}}}}"#),
        format!(r#"{{"interviewCode":"{long}","currentStage":{{"value":"{long}","metadata":"{long}"}}}}"#),
        format!(r#"{{"interviewCode":"D","x":{deep},"currentStage":{{"value":"InterviewStarted"}}}}"#),
        r#"{"interviewCode":"N","x":[1e308,-0,123456789012345678901234567890,0.1],"currentStage":{"value":"A"}}"#.into(),
        r#"{"interviewCode":"T","timestamp":"9999-12-30T21:59:59.9999999Z","currentStage":{"value":"A"}}"#.into(),
        r#"{"interviewCode":"T","timestamp":"0001-01-01T00:00:00Z","currentStage":{"value":"B"}}"#.into(),
        r#"{"interviewCode":"\ud83c\udfad\u202e","currentStage":{"value":"\uffff"}}"#.into(),
    ];
    for (index, body) in bodies.iter().enumerate() {
        let answer = send(&ground, &format!("first {index}"), body.as_bytes());
        assert_eq!(answer["outcome"], "understood", "{answer} {}", &body[..body.len().min(200)]);
    }
    // The last of these is as deep as JSON is read at all.
    for levels in [MAX_LEVELS, 110, 126] {
        let x = nested(levels);
        let body = format!(r#"{{"interviewCode":"D","x":{x},"currentStage":{{"value":"InterviewEnded"}}}}"#);
        let answer = send(&ground, &format!("deep {levels}"), body.as_bytes());
        assert_eq!(answer["outcome"], "quarantined", "{levels}: {answer}");
    }
    ground.goes_on();

    // What was taken can be loaded again, and goes on.
    let Ground { hub, account, ear, .. } = ground;
    let (data, _) = hub.terminate();
    let hub = crate::support::Hub::start_on(data, &[]);
    for (index, body) in bodies.iter().enumerate() {
        let body = body.replace("currentStage", "previousStage").replacen(
            '{',
            r#"{"currentStage":{"value":"InterviewArchived"},"#,
            1,
        );
        let headers = account.sign(&format!("second {index}"), body.as_bytes());
        let path = format!("/in/{}", account.id);
        let answer = exchange(&hub.url, &request("POST", &path, &headers, body.as_bytes())).unwrap();
        assert_eq!((answer.status, &answer.json()["outcome"]), (200, &json!("understood")), "{answer:?}");
    }
    hub.settle();
    let owed = hub.all("/v1/deliveries");
    assert!(owed.iter().all(|delivery| delivery["state"] == "delivered"), "{owed:?}");
    assert_eq!(ear.counts().taken, owed.len() as u64);
}

#[test]
fn each_platform_s_samples_are_understood_or_else_kept() {
    for platform in Platform::ALL {
        let ground = Ground::of(platform);
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../dialects/tests/fixtures").join(platform.name());
        let mut samples: Vec<PathBuf> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        // Answers of a platform's API lie in a folder of their own.
        samples.retain(|path| path.is_file());
        samples.sort();
        let mut sent = BTreeSet::new();
        for path in &samples {
            let name = path.file_name().unwrap().to_str().unwrap();
            let body = std::fs::read(path).unwrap();
            if !sent.insert(body.clone()) {
                continue;
            }
            // A message's id has no dots in it.
            let answer = send(&ground, &name.replace('.', "_"), &body);
            // The seeds' snippets are no JSON.
            if path.extension().is_some_and(|it| it == "txt") {
                assert_quarantined(&ground, &body, &answer);
            } else {
                assert_eq!(answer["outcome"], "understood", "{name}: {answer}");
            }
        }
        // A body cut off in the middle is one that no platform can have meant.
        let whole = std::fs::read(samples.last().unwrap()).unwrap();
        let half = &whole[..whole.len() / 2];
        assert_quarantined(&ground, half, &send(&ground, "half", half));
        ground.goes_on();
    }
}
