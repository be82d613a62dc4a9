//! What was given up or missed is told again: all of it, in order, once, whatever happens meanwhile.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail, and says where")]

#[path = "../support/mod.rs"]
mod support;

mod asked;
mod crashed;
mod recovered;

use serde_json::{Value, json};

use support::{Hub, until};

/// Before everything that a test tells.
const LONG_AGO: &str = "2020-02-29T23:59:59.999999999Z";

/// Starts a replay; its id.
fn replay(hub: &Hub, path: &str, more: &Value) -> String {
    let mut body = json!({"since": LONG_AGO});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let (status, started) = hub.ask("POST", &format!("/v1/{path}/replay"), Some(&body));
    assert_eq!((status, &started["state"]), (202, &json!("running")), "{started}");
    started["id"].as_str().unwrap().to_owned()
}

/// Waits for the end of a replay, and answers how it stands then.
fn done(hub: &Hub, replay: &str) -> Value {
    let stands = || hub.get(&format!("/v1/replays/{replay}"));
    until("the replay has ended", || stands()["state"] != "running");
    let ended = stands();
    assert_eq!((&ended["state"], &ended["error"]), (&json!("done"), &Value::Null), "{ended}");
    ended
}

/// Seen, replayed, skipped.
fn counts(replay: &Value) -> [u64; 3] {
    ["seen", "replayed", "skipped"].map(|count| replay[count].as_u64().unwrap())
}

/// The ids of an endpoint's deliveries, oldest first, with where each stands.
fn deliveries(hub: &Hub, endpoint: &str) -> Vec<(String, String)> {
    let mut all = hub.all(&format!("/v1/deliveries?endpoint={endpoint}"));
    all.reverse();
    let text = |it: &Value, member: &str| it[member].as_str().unwrap().to_owned();
    all.iter().map(|it| (text(it, "id"), text(it, "state"))).collect()
}
