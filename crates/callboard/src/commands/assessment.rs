//! An interview's assessment: a line a reviewer, and what the scores come to.

use serde_json::{Value, json};

use super::people::person;
use crate::api::Api;
use crate::show;
use crate::table::{self, Column, made, number, text, word};

const REVIEWERS: [Column; 5] = [
    made("REVIEWER", reviewer),
    word("STATUS", "/status"),
    number("SCORE", "/score"),
    text("COMMENT", "/comment"),
    word("FEEDBACK", "/feedback_id"),
];

fn reviewer(line: &Value) -> String {
    person(&line["reviewer"])
}

pub(super) fn show(api: &Api, assessment: &Value) {
    if api.json {
        show::json(assessment);
        return;
    }
    table::print(&json!({"items": assessment["reviewers"]}), &REVIEWERS, "no reviewer is assigned");
    show::print(&format!("\n{}\n", summary(assessment)));
}

/// `assessed: average 3.5, total 7; the application as a whole: In Progress`
fn summary(assessment: &Value) -> String {
    let mut words = show::text(&assessment["status"]);
    let figures: Vec<String> = ["average", "total"]
        .iter()
        .filter(|name| !assessment[**name].is_null())
        .map(|name| format!("{name} {}", show::text(&assessment[*name])))
        .collect();
    if !figures.is_empty() {
        words.push_str(&format!(": {}", figures.join(", ")));
    }
    if let Some(overall) = assessment["overall_status"].as_str() {
        words.push_str(&format!("; the application as a whole: {overall}"));
    }
    words
}
