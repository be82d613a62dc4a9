//! What the program said, and how it ended.

use std::process::Output;

use serde_json::Value;

use crate::support::Hub;

/// What it printed; it must have ended well.
pub fn printed(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", complaint(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What it said on standard error.
pub fn complaint(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Runs it as a client, for people.
pub fn shown(hub: &Hub, args: &[&str]) -> String {
    printed(&hub.run(args))
}

/// Runs it as a client, for programs.
pub fn json(hub: &Hub, args: &[&str]) -> Value {
    let mut args = args.to_vec();
    args.push("--json");
    serde_json::from_str(&shown(hub, &args)).unwrap()
}

/// Runs it as a client; it must fail, and say why.
pub fn failed(hub: &Hub, args: &[&str]) -> String {
    let output = hub.run(args);
    assert_eq!(output.status.code(), Some(1), "{args:?}");
    complaint(&output)
}

/// Runs it as a client; it must find that it is used wrongly, and say how.
pub fn wrong(hub: &Hub, args: &[&str]) -> String {
    let output = hub.run(args);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {}", complaint(&output));
    complaint(&output)
}

pub fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}
