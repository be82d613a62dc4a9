//! An interview's timeline: a line an event.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::api::Api;
use crate::table::{Column, made, time, word};

const EVENTS: [Column; 4] = [
    time("WHEN", "/event/timestamp"),
    word("WHAT", "/event/type"),
    made("STAGE", move_of),
    made("TOLD", told),
];

pub(super) fn show(api: &Api, timeline: &Value) {
    api.show_list(timeline, &EVENTS, "nothing has happened to it yet");
}

/// `SchedulingTime → SchedulingCompleted`, if that is what happened.
fn move_of(item: &Value) -> String {
    let data = &item["event"]["data"];
    let from = data.pointer("/previous/stage/value").and_then(Value::as_str);
    let to = data.pointer("/interview/stage/value").and_then(Value::as_str);
    match (item["event"]["type"].as_str(), from, to) {
        (Some("interview.stage.updated"), Some(from), Some(to)) => format!("{from} → {to}"),
        (Some("interview.stage.updated"), None, Some(to)) => format!("→ {to}"),
        _ => String::new(),
    }
}

/// `2 delivered, 1 pending`
fn told(item: &Value) -> String {
    let mut states: BTreeMap<&str, usize> = BTreeMap::new();
    for delivery in item["deliveries"].as_array().into_iter().flatten() {
        *states.entry(delivery["state"].as_str().unwrap_or("skipped")).or_default() += 1;
    }
    states.iter().map(|(state, number)| format!("{number} {state}")).collect::<Vec<_>>().join(", ")
}
