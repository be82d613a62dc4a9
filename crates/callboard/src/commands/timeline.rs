//! An interview's timeline: a line an event.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::api::Api;
use crate::show;
use crate::table::{Column, made, made_word, time, word};

const EVENTS: [Column; 4] = [
    time("WHEN", "/event/timestamp"),
    made_word("WHAT HAPPENED", what),
    made("WHO WAS TOLD", told),
    word("EVENT", "/event/id"),
];

pub(super) fn show(api: &Api, timeline: &Value) {
    api.show_list(timeline, &EVENTS, "nothing has happened to it yet");
}

/// The event's type; of a move, where it went from and to: `SchedulingTime → SchedulingCompleted`.
fn what(item: &Value) -> String {
    let kind = show::text(&item["event"]["type"]);
    let stage = |at: &str| item.pointer(at).and_then(Value::as_str);
    let from = stage("/event/data/previous/stage/value");
    let to = stage("/event/data/interview/stage/value");
    match (kind.as_str(), from, to) {
        ("interview.stage.updated", Some(from), Some(to)) => format!("{from} → {to}"),
        _ => kind,
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
