//! The reviews in a progress callback: numbered members where other APIs have lists (platforms.md 4.5).

use callboard_core::{Person, Score, ScoreTold};
use serde_json::{Map, Value};

use super::scalar::Scalar;

/// Each reviewer with a score, in the order of their numbers.
pub(super) fn scores(reviews: &Value) -> Vec<ScoreTold> {
    let reviewers = reviews.get("reviewers").and_then(Value::as_object);
    reviewers
        .map(|reviewers| numbered(reviewers, "reviewer_"))
        .unwrap_or_default()
        .into_iter()
        .map(told)
        .collect()
}

fn told(reviewer: &Map<String, Value>) -> ScoreTold {
    let text = |member: &str| reviewer.get(member).and_then(Scalar::of).and_then(|it| it.text());
    let reviewer_is = Person { name: text("name"), email: text("email"), ..Person::default() };
    ScoreTold { reviewer: reviewer_is, score: score(reviewer), comment: text("comment") }
}

/// What a reviewer gave in all: the sum over the criteria of each question. None where there is no score, or where one
/// of them is no number, so that the sum is not known.
fn score(reviewer: &Map<String, Value>) -> Option<Score> {
    let criteria =
        numbered(reviewer, "question_").into_iter().flat_map(|it| numbered(it, "review_criteria_"));
    let given = criteria.filter_map(|criterion| criterion.get("score")).filter(|score| !is_nothing(score));
    let scores: Vec<Score> = given.map(|score| Scalar::of(score)?.score()).collect::<Option<_>>()?;
    // A sum beyond what a score can be is no score.
    (!scores.is_empty()).then(|| Score::from_f64(Score::total(scores).as_f64())).flatten()
}

fn is_nothing(score: &Value) -> bool {
    score.is_null() || score.as_str().is_some_and(|text| text.trim().is_empty())
}

/// The objects among the members `prefix1`, `prefix2` and so on, by their numbers.
fn numbered<'a>(members: &'a Map<String, Value>, prefix: &str) -> Vec<&'a Map<String, Value>> {
    let mut found: Vec<(u32, &Map<String, Value>)> = members
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(prefix)?.parse().ok()?, value.as_object()?)))
        .collect();
    found.sort_by_key(|(number, _)| *number);
    found.into_iter().map(|(_, object)| object).collect()
}
