//! What the fuzz targets share: each feeds one dialect with whatever the fuzzer finds, and nothing may panic.
//!
//! `cargo +nightly fuzz run skype_parse` runs one of them.

#![forbid(unsafe_code)]

use callboard_core::Timestamp;
use callboard_dialects::{Request, Role, dialect};
use serde_json::json;

/// Reads the data as a body.
pub fn parse(name: &str, data: &[u8]) {
    let dialect = dialect(name).expect("the targets name dialects that there are");
    if let Err(unreadable) = dialect.parse(data) {
        assert!(!unreadable.to_string().is_empty(), "a body that makes no sense is told why");
    }
}

/// Verifies the data as a request: header lines, an empty line, the body. Nobody guesses a signature or a token.
pub fn verify(name: &str, data: &[u8]) {
    let dialect = dialect(name).expect("the targets name dialects that there are");
    let given = (name == "skype")
        .then(|| json!({"api_key": "key", "api_secret": "a secret that is not in the corpus"}));
    let mut random = |bytes: &mut [u8]| bytes.fill(0xa5);
    let credentials = dialect
        .credentials(given.as_ref(), Role::Source, &mut random)
        .expect("a source's credentials are given or made");
    let verifier = dialect.verifier(&credentials).expect("complete credentials make a verifier");

    let text = String::from_utf8_lossy(data);
    let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let headers: Vec<(&str, &str)> = head.lines().filter_map(|line| line.split_once(": ")).collect();
    let token = headers.iter().find(|(name, _)| *name == "token").map(|(_, value)| *value);
    let now = Timestamp::from_second(1_700_000_000).expect("the year 2023 is a time");
    let answer = verifier.verify(&Request { headers: &headers, token, body: body.as_bytes() }, now);
    let rejection = answer.expect_err("a request that nobody signed is refused");
    assert!(!rejection.code.is_empty() && !rejection.explanation.is_empty(), "a refusal says why");
}
