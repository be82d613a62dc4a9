//! "Complete feedback": the answers to a form, as `POST /feedback` takes them (platforms.md 1.6).

use callboard_core::{Extra, Feedback, FeedbackTold, MAX_ANSWERS, Named};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::members::PLATFORM;
use super::super::questions::Said;
use crate::dialect::Unreadable;

/// Answers to a form.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(expecting = "an object")]
pub struct Completed {
    /// The application that it is about.
    pub application_id: String,
    /// The form that was filled in.
    pub form_id: Option<String>,
    /// Whose answers they are. HireHive goes by the user of the token, which a key of ours does not have.
    pub reviewer_id: Option<String>,
    /// The answers, each `{question_id, text, ratings[], selected_options[], selected_option}`.
    #[serde(default)]
    pub answers: Vec<Map<String, Value>>,
}

/// Reads the body of `POST /feedback`.
pub fn answers(body: &[u8]) -> Result<Completed, Unreadable> {
    let completed: Completed = serde_json::from_slice(body).map_err(|error| Unreadable(error.to_string()))?;
    if completed.answers.len() > MAX_ANSWERS {
        return Err(Unreadable(format!("`answers` has at most {MAX_ANSWERS} members")));
    }
    let is_named = |answer: &Map<String, Value>| answer.get("question_id").is_some_and(Value::is_string);
    match completed.answers.iter().position(|answer| !is_named(answer)) {
        Some(number) => Err(Unreadable(format!("`answers[{number}]` has no `question_id`"))),
        None => Ok(completed),
    }
}

impl Completed {
    /// What the reviewer says by these answers; `asked` is the feedback that was asked for, with its form.
    pub fn told(&self, asked: Option<&Feedback>) -> FeedbackTold {
        let questions = self.questions(asked);
        let said = Said::by(&questions);
        let mut members = asked
            .and_then(|asked| asked.extra.get(PLATFORM))
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        members.insert("questions".to_owned(), questions.into());
        let form = asked.and_then(|asked| asked.form.clone());
        let given = self.form_id.clone().map(|id| Named { id: Some(id), name: None });
        FeedbackTold {
            score: said.score(),
            comment: said.comment(),
            form: form.or(given),
            ratings: Some(said.ratings).filter(|ratings| !ratings.is_empty()),
            answers: Some(said.answers).filter(|answers| !answers.is_empty()),
            extra: Extra::from([(PLATFORM.to_owned(), members.into())]),
            ..FeedbackTold::default()
        }
    }

    /// The questions of the form with these answers in them; those that the form does not have come after.
    fn questions(&self, asked: Option<&Feedback>) -> Vec<Value> {
        let form = asked
            .and_then(|asked| asked.extra.get(PLATFORM)?.get("questions")?.as_array())
            .cloned()
            .unwrap_or_default();
        let is_of =
            |question: &Value, answer: &Map<String, Value>| question.get("id") == answer.get("question_id");
        let mut questions: Vec<Value> = form
            .into_iter()
            .map(|mut question| {
                if let Some(answer) = self.answers.iter().find(|answer| is_of(&question, answer))
                    && let Some(members) = question.as_object_mut()
                {
                    members.insert("answer".to_owned(), answer.clone().into());
                }
                question
            })
            .collect();
        for answer in &self.answers {
            if !questions.iter().any(|question| is_of(question, answer)) {
                let number = questions.len();
                questions.push(question(answer, number));
            }
        }
        questions
    }
}

/// A question of which only the answer is known.
fn question(answer: &Map<String, Value>, number: usize) -> Value {
    let has = |name: &str| answer.get(name).is_some_and(|value| !value.is_null() && *value != json!([]));
    let kind = if has("ratings") {
        "scorecard"
    } else if has("selected_options") {
        "checkbox"
    } else if has("selected_option") {
        "radio"
    } else {
        "textbox"
    };
    json!({ "id": answer["question_id"], "type": kind, "display_order": number, "answer": answer })
}
