//! The demo: what people judge the project by in the first minute.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail, and says where")]

mod support;

use serde_json::{Map, Value};
use support::callboard;

fn members<'a>(value: &'a Value, name: &str) -> &'a Map<String, Value> {
    value[name].as_object().unwrap()
}

fn sum(lines: &Map<String, Value>, name: &str) -> u64 {
    lines.values().map(|line| line[name].as_u64().unwrap()).sum()
}

#[test]
fn once_ends_well_and_its_numbers_agree_with_each_other() {
    // when
    let output = callboard(&["demo", "--once", "--json"], &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();

    // then: what went in
    assert_eq!(said["wrong"], Value::Array(Vec::new()));
    let platforms = members(&said, "in");
    let names: Vec<_> = platforms.keys().map(String::as_str).collect();
    assert_eq!(names, ["skype", "hirehive", "viasto", "launchpad"]);
    for (platform, line) in platforms {
        assert!(line["sent"].as_u64() > Some(0), "{platform}");
        assert_eq!(line["taken"], line["sent"], "{platform}");
        assert_eq!(line["repeated"], line["sent"], "{platform}");
        assert!(line["forged"].as_u64() > Some(0), "{platform}");
        assert_eq!(line["refused"], line["forged"], "{platform}");
    }
    let totals = &said["totals"];
    assert_eq!(totals["receipts"], sum(platforms, "sent") + sum(platforms, "repeated"));

    // and what came out
    let receivers = members(&said, "out");
    assert_eq!(receivers.len(), 6);
    for (dialect, line) in receivers {
        assert!(line["told"].as_u64() > Some(0), "{dialect}");
        assert_eq!(line["verified"], line["told"], "{dialect}");
        assert_eq!((&line["duplicates"], &line["out_of_order"]), (&0.into(), &0.into()), "{dialect}");
    }
    assert_eq!(totals["delivered"], sum(receivers, "told"));
    for dialect in ["standard", "cloudevents"] {
        assert_eq!(receivers[dialect]["told"], totals["events"], "{dialect}");
    }
    for nothing in ["pending", "failed", "cancelled"] {
        assert_eq!(totals[nothing], 0, "{nothing}");
    }
}

#[test]
fn once_prints_a_summary_for_people() {
    let output = callboard(&["demo", "--once", "--seed", "11"], &[]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    for word in ["skype", "hirehive", "viasto", "launchpad", "standard", "cloudevents", "as it must be"] {
        assert!(said.contains(word), "{word}:\n{said}");
    }
    assert!(!said.contains('\u{1b}'), "{said}");
    assert!(said.lines().all(|line| line.chars().count() <= 80), "it fits 80 columns:\n{said}");
}

#[test]
fn without_a_terminal_it_prints_plain_lines_for_as_long_as_it_is_told() {
    let output = callboard(&["demo", "--seconds", "2", "--rate", "40"], &[]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(!said.contains('\u{1b}') && !said.contains('\r'), "no escape codes:\n{said}");
    assert!(said.starts_with("hub http://127.0.0.1:"), "{said}");
    // After where it is, and what the marks mean.
    let told: Vec<_> = said.lines().skip(2).filter(|line| line.contains('●')).collect();
    assert!(told.len() > 5, "an event a line:\n{said}");
    assert!(told.iter().all(|line| !line.contains('✗')), "nothing failed:\n{said}");
}
