//! `callboard verify`: is a captured request authentic, and what does it say?

use std::io::Write;
use std::process::{Command, Output, Stdio};

use callboard_simulate::{Heard, Platform};
use serde_json::{Value, json};

use crate::said::printed;
use crate::support::accounts::Account;
use crate::support::ear::{Ear, header, verifying};
use crate::support::{CALLBOARD, Hub};

const DIALECTS: [&str; 6] = ["standard", "cloudevents", "launchpad", "hirehive", "viasto", "skype"];

/// One request in each dialect, as its receiver got it.
fn captured() -> Vec<(&'static str, Heard)> {
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::LaunchPad);
    let ears = DIALECTS.map(Ear::open);
    for ear in &ears {
        ear.subscribe(&hub, &json!({}));
    }
    account.tell(&account.letters(0)[0]);
    hub.settle();
    ears.iter().map(|ear| (ear.dialect, ear.heard().remove(0))).collect()
}

/// The request as a proxy would write it down.
fn written(heard: &Heard, body: &[u8]) -> Vec<u8> {
    let mut text = format!("POST {} HTTP/1.1\r\n", heard.target);
    for (name, value) in &heard.headers {
        text += &[name, ": ", value, "\r\n"].concat();
    }
    [text.as_bytes(), b"\r\n", body].concat()
}

fn verify(dialect: &str, credentials: &Value, more: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(CALLBOARD)
        .args(["verify", dialect, "--credentials", &credentials.to_string()])
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

/// The same credentials with another secret.
fn wrong(credentials: &Value) -> Value {
    let mut wrong = credentials.clone();
    for name in ["secret", "api_secret", "password", "token"] {
        if wrong[name].is_string() {
            wrong[name] = json!("whsec_C2FVsBQIhrscChlQIMVb5sSYspob7oDA");
        } else {
            wrong.as_object_mut().unwrap().remove(name);
        }
    }
    wrong
}

#[test]
fn a_captured_request_is_authentic_in_every_dialect_and_says_what_it_says() {
    for (dialect, heard) in captured() {
        let credentials = with_token_of(dialect, &heard);
        let said = printed(&verify(dialect, &credentials, &token(dialect), &written(&heard, &heard.body)));
        assert!(said.starts_with("authentic\nit says: "), "{dialect}: {said}");

        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), written(&heard, &heard.body)).unwrap();
        let mut more = vec![file.path().to_str().unwrap(), "--json"];
        more.extend(token(dialect));
        let said: Value = serde_json::from_str(&printed(&verify(dialect, &credentials, &more, b""))).unwrap();
        assert_eq!(said["authentic"], true, "{dialect}: {said}");
    }
}

#[test]
fn a_request_is_not_authentic_with_another_secret() {
    for (dialect, heard) in captured() {
        let credentials = wrong(&with_token_of(dialect, &heard));
        let output = verify(dialect, &credentials, &token(dialect), &written(&heard, &heard.body));
        assert_eq!(output.status.code(), Some(1), "{dialect}");
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.starts_with("not authentic: "), "{dialect}: {said}");
    }
}

#[test]
fn a_signed_body_that_was_changed_is_not_authentic() {
    for (dialect, heard) in captured() {
        if matches!(dialect, "launchpad" | "viasto") {
            continue;
        }
        let text = String::from_utf8_lossy(&heard.body).replacen("20", "19", 1);
        assert_ne!(text.as_bytes(), heard.body);
        let output = verify(dialect, &verifying(dialect), &["--json"], &written(&heard, text.as_bytes()));
        assert_eq!(output.status.code(), Some(1), "{dialect}");
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(said["authentic"], false);
        assert!(said["code"].is_string() && said["reason"].is_string(), "{dialect}: {said}");
    }
}

#[test]
fn a_capture_of_long_ago_is_authentic_at_its_time_only() {
    let captured = captured();
    let (_, heard) = captured.iter().find(|(dialect, _)| *dialect == "standard").unwrap();
    let input = written(heard, &heard.body);
    let at = |time: &str| verify("standard", &verifying("standard"), &["--at", time], &input).status.code();
    assert_eq!(at(&heard.at.to_string()), Some(0));
    assert_eq!(at("2020-02-02T02:02:02Z"), Some(1));
    assert_eq!(at("2100-02-02T02:02:02Z"), Some(1));
}

#[test]
fn headers_can_be_given_beside_a_body() {
    let captured = captured();
    let (_, heard) = captured.iter().find(|(dialect, _)| *dialect == "hirehive").unwrap();
    let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    let lines = names.map(|name| format!("{name}: {}", header(heard, name)));
    let more: Vec<&str> = lines.iter().flat_map(|line| ["-H", line]).collect();
    let said = printed(&verify("hirehive", &verifying("hirehive"), &more, &heard.body));
    assert!(said.contains("interview.created"), "{said}");
}

/// viasto's secret stands in the URL; where the URL is not a hub's, it has to be named.
fn token(dialect: &str) -> Vec<&'static str> {
    if dialect == "viasto" { vec!["--token", "tok_7Jq2mV9xWn4bRt6yLc8z"] } else { Vec::new() }
}

fn with_token_of(dialect: &str, heard: &Heard) -> Value {
    let credentials = verifying(dialect);
    if let Some(token) = credentials["token"].as_str() {
        assert!(heard.target.ends_with(token), "{}", heard.target);
    }
    credentials
}
