//! `/v1/questions`: what the candidates of a job are asked.

use callboard_core::{Command, Facts, JobId, Kind, Question, QuestionCommand, QuestionId, QuestionTold};
use schemars::JsonSchema;
use serde::Deserialize;

use super::form::{Fact, Form, Reading};
use super::member::{Amount, Line, Names, Text, Whole, missing};
use super::noun::{Desk, Makeable, Noun, Removable};
use crate::problem::Problem;

/// What is said of a question.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "QuestionForm")]
pub(super) struct QuestionForm {
    /// The job whose candidates are asked.
    job_id: Fact<JobId>,
    /// What is asked.
    text: Fact<Text>,
    /// What else is to be said about it.
    description: Fact<Text>,
    /// How it is answered: `video`, `text`, `code`.
    answered_by: Fact<Line>,
    /// How long an answer may be, in seconds.
    limit_s: Fact<Whole<1, 1_000_000_000>>,
    /// Its place among the questions of the job.
    position: Fact<Amount>,
    external_ids: Names,
}

impl Form for QuestionForm {
    const NEEDED: &'static [&'static str] = &["job_id", "text"];
    const ONCE: &'static [(&'static str, &'static str)] =
        &[("job_id", "make another question for another job")];
}

impl QuestionForm {
    fn facts(self) -> Result<Facts<QuestionTold>, Problem> {
        let mut reading = Reading::default();
        let told = QuestionTold {
            text: reading.read("text", self.text)?,
            description: reading.read("description", self.description)?,
            answered_by: reading.read("answered_by", self.answered_by)?,
            limit_s: reading.read("limit_s", self.limit_s)?,
            position: reading.read("position", self.position)?,
            ..QuestionTold::default()
        };
        reading.into_facts(self.external_ids, told)
    }
}

impl Noun for Question {
    type Id = QuestionId;
    type Form = QuestionForm;
    const KIND: Kind = Kind::Question;
    const COLLECTION: &'static str = "questions";
    const FILTERS: &'static [&'static str] = &["job"];

    fn change(id: QuestionId, form: QuestionForm, _: &Desk<'_>) -> Result<Vec<Command>, Problem> {
        Ok(vec![Command::Question(id, QuestionCommand::Change(form.facts()?))])
    }
}

impl Removable for Question {
    fn remove(id: QuestionId) -> Command {
        Command::Question(id, QuestionCommand::Delete)
    }
}

impl Makeable for Question {
    fn make(id: QuestionId, mut form: QuestionForm, _: &Desk<'_>) -> Result<Command, Problem> {
        let job = std::mem::take(&mut form.job_id).told().ok_or_else(|| missing("job_id"))?;
        Ok(Command::Question(id, QuestionCommand::Create { job, facts: form.facts()? }))
    }
}
