//! The receivers that the documentation shows are the ones in `examples`, and they work.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops here")]

mod example;

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use callboard_core::Timestamp;
use callboard_dialects::{Message, dialect};
use example::example;
use serde_json::{Value, json};

const HOME: &str = env!("CARGO_MANIFEST_DIR");
const SENT: &str = "2018-02-26T17:50:20Z";

/// What a receiver would capture of this body, sent in this dialect.
fn captured(name: &str, credentials: &Value, body: &str) -> String {
    let at: Timestamp = SENT.parse().unwrap();
    let signer = dialect(name).unwrap().signer(credentials).unwrap();
    let headers = signer.sign(&Message { id: "msg_1", body: body.as_bytes(), at });
    let lines: Vec<String> = headers.into_iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    format!("{}\n{body}", lines.concat())
}

fn run_example(name: &str, settings: &[(&str, &str)], request: &str) -> Output {
    let mut example = Command::new(example(name))
        .env("RECEIVED_AT", SENT)
        .envs(settings.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    example.stdin.take().unwrap().write_all(request.as_bytes()).unwrap();
    example.wait_with_output().unwrap()
}

#[test]
fn the_code_in_the_documentation_is_the_code_of_the_examples() {
    let page = fs::read_to_string(format!("{HOME}/../../docs/receiving.md")).unwrap();
    let blocks: Vec<&str> =
        page.split("```rust\n").skip(1).map(|rest| rest.split_once("```").unwrap().0).collect();
    let examples = ["receive_skype", "receive_hirehive"]
        .map(|name| fs::read_to_string(format!("{HOME}/examples/{name}.rs")).unwrap());
    assert_eq!(blocks, examples);
    for code in blocks {
        let receiver = code.split_once("fn main").unwrap().1;
        assert!(receiver.lines().count() < 20, "a receiver fits in twenty lines");
    }
}

#[test]
fn the_skype_receiver_reads_a_signed_webhook_and_refuses_an_altered_one() {
    let body = include_str!("fixtures/skype/seed_004.json");
    let settings = [("API_KEY", "5b2f6f2e-9c53-4b38-8a0a-3f1f0c2f9d11"), ("API_SECRET", "a secret text")];
    let credentials = json!({"api_key": settings[0].1, "api_secret": settings[1].1});
    let request = captured("skype", &credentials, body);

    let read = run_example("receive_skype", &settings, &request);
    let told = String::from_utf8_lossy(&read.stdout);
    assert!(read.status.success() && told.starts_with("State SchedulingTime"), "{read:?}");
    assert!(told.contains("1c519c56-1712-1e89-1c3e-743ecbedd117"), "{told}");

    let altered = request.replace("SchedulingTime", "InterviewStarted");
    assert!(!run_example("receive_skype", &settings, &altered).status.success());
}

#[test]
fn the_hirehive_receiver_reads_a_signed_webhook_and_refuses_an_altered_one() {
    let body = r#"{"id":"evt_1","version":1,"type":"interview.created","timestamp":"2024-01-24T14:59:34.5220878Z",
        "data":{"object":{"id":"int_1a2b3c","candidate_id":"can_1a2b3c","application_id":"app_1a2b3c","job_id":"job_1a2b3c",
        "event":{"title":"Second round","type":"online","status":"active"}}}}"#;
    let settings = [("SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")];
    let request = captured("hirehive", &json!({"secret": settings[0].1}), body);

    let read = run_example("receive_hirehive", &settings, &request);
    let told = String::from_utf8_lossy(&read.stdout);
    assert!(read.status.success() && told.starts_with("interview.created"), "{read:?}");
    assert!(told.contains("int_1a2b3c"), "{told}");

    let altered = request.replace("Second round", "Third round");
    assert!(!run_example("receive_hirehive", &settings, &altered).status.success());
}
