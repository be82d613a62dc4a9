//! What an operation answers, as people read it.

use serde_json::Value;

use super::schema::{Piece, pieces};

/// An answer of the kind that one hopes for.
pub(super) struct Answer {
    pub(super) status: String,
    pub(super) meaning: String,
    pub(super) kind: Vec<Piece>,
}

/// The answers of an operation, and the statuses of the problems that may come instead.
pub(super) fn read(operation: &Value) -> (Vec<Answer>, Vec<String>) {
    let (mut answers, mut problems) = (Vec::new(), Vec::new());
    for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
        if status.starts_with('2') {
            let content = answer["content"].as_object().and_then(|it| it.values().next());
            answers.push(Answer {
                status: status.clone(),
                meaning: answer["description"].as_str().unwrap_or_default().to_owned(),
                kind: content.map(|it| pieces(&it["schema"])).unwrap_or_default(),
            });
        } else {
            problems.push(status.clone());
        }
    }
    problems.sort();
    (answers, problems)
}
