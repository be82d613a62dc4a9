//! `/v1/answer-videos`: what candidates recorded for an answer.

use callboard_core::{
    AnswerVideo, AnswerVideoCommand, AnswerVideoId, AnswerVideoTold, ApplicationId, Command, Facts,
    InterviewId, Kind, QuestionId,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::form::{Fact, Form, Reading};
use super::member::{Amount, Link, Moment, Names};
use super::noun::{Desk, Makeable, Noun, Removable};
use crate::problem::Problem;

/// What is said of a recorded answer. An interview or an application is needed.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "AnswerVideoForm")]
pub(super) struct AnswerVideoForm {
    /// The interview it was recorded in.
    interview_id: Fact<InterviewId>,
    /// The application it was recorded for; that of the interview goes without saying.
    application_id: Fact<ApplicationId>,
    /// What was asked.
    question_id: Fact<QuestionId>,
    /// Where it can be seen.
    url: Fact<Link>,
    /// When it was recorded.
    recorded_at: Fact<Moment>,
    /// How long it is, in seconds.
    duration_s: Fact<Amount>,
    /// A picture of it.
    thumbnail_url: Fact<Link>,
    external_ids: Names,
}

const FIXED: &str = "record another answer for another one";

impl Form for AnswerVideoForm {
    const ONCE: &'static [(&'static str, &'static str)] =
        &[("interview_id", FIXED), ("application_id", FIXED), ("question_id", FIXED)];
}

impl AnswerVideoForm {
    fn facts(self) -> Result<Facts<AnswerVideoTold>, Problem> {
        let mut reading = Reading::default();
        let told = AnswerVideoTold {
            url: reading.read("url", self.url)?,
            recorded_at: reading.read("recorded_at", self.recorded_at)?,
            duration_s: reading.read("duration_s", self.duration_s)?,
            thumbnail_url: reading.read("thumbnail_url", self.thumbnail_url)?,
            ..AnswerVideoTold::default()
        };
        reading.into_facts(self.external_ids, told)
    }
}

impl Noun for AnswerVideo {
    type Id = AnswerVideoId;
    type Form = AnswerVideoForm;
    const KIND: Kind = Kind::AnswerVideo;
    const COLLECTION: &'static str = "answer-videos";
    const FILTERS: &'static [&'static str] = &["candidate", "application", "interview"];

    fn change(id: AnswerVideoId, form: AnswerVideoForm, _: &Desk<'_>) -> Result<Vec<Command>, Problem> {
        Ok(vec![Command::AnswerVideo(id, AnswerVideoCommand::Change(form.facts()?))])
    }
}

impl Removable for AnswerVideo {
    fn remove(id: AnswerVideoId) -> Command {
        Command::AnswerVideo(id, AnswerVideoCommand::Delete)
    }
}

impl Makeable for AnswerVideo {
    fn make(id: AnswerVideoId, mut form: AnswerVideoForm, _: &Desk<'_>) -> Result<Command, Problem> {
        let interview = std::mem::take(&mut form.interview_id).told();
        let application = std::mem::take(&mut form.application_id).told();
        let question = std::mem::take(&mut form.question_id).told();
        let facts = form.facts()?;
        let create = AnswerVideoCommand::Create { interview, application, question, facts };
        Ok(Command::AnswerVideo(id, create))
    }
}
