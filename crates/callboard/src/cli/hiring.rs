//! `callboard job`, `application` and `question`: what people apply for, and who applies.

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::{Value, json};

use super::alike::{ExternalIds, Noun, Seen, States, Whole};
use super::form::{Body, Form};
use super::moment::{Moment, seconds};

pub(crate) type JobArgs = Noun<Whole<NewJob, JobChanges, JobFilter>>;
pub(crate) type QuestionArgs = Noun<Whole<NewQuestion, QuestionChanges, QuestionFilter>>;
pub(crate) type ApplicationArgs = Noun<ApplicationCommand>;

#[derive(Args)]
pub(crate) struct NewJob {
    /// What it is called
    title: String,
    #[command(flatten)]
    fields: JobFields,
}

#[derive(Args)]
pub(crate) struct JobChanges {
    /// What it is called
    #[arg(long)]
    title: Option<String>,
    #[command(flatten)]
    fields: JobFields,
}

/// What can be said about a job.
#[derive(Args, Serialize)]
struct JobFields {
    /// What it is about
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// drafted, published, internal or closed
    #[arg(long)]
    status: Option<String>,
    /// Full time, part time and so on
    #[arg(long, value_name = "WORD")]
    employment: Option<String>,
    /// The city it is in
    #[arg(long)]
    city: Option<String>,
    /// The user who owns it
    #[arg(long, value_name = "USER")]
    #[serde(rename = "owner_id")]
    owner: Option<String>,
    /// The company's own code for it
    #[arg(long)]
    code: Option<String>,
    /// Where it is advertised
    #[arg(long, value_name = "URL")]
    #[serde(rename = "url")]
    link: Option<String>,
    /// The category it belongs to
    #[arg(long, value_name = "NAME")]
    #[serde(skip)]
    category: Option<String>,
    /// The category's id
    #[arg(long, value_name = "ID")]
    #[serde(skip)]
    category_id: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    external_ids: ExternalIds,
}

impl Form for JobFields {
    fn form(&self) -> anyhow::Result<Body> {
        let category = named(self.category_id.as_deref(), self.category.as_deref());
        Ok(self.external_ids.name(Body::given(self).with_some("category", category)))
    }
}

impl Form for NewJob {
    fn form(&self) -> anyhow::Result<Body> {
        Ok(self.fields.form()?.with("title", self.title.as_str()))
    }
}

impl Form for JobChanges {
    fn form(&self) -> anyhow::Result<Body> {
        Ok(self.fields.form()?.with_some("title", self.title.as_deref()))
    }
}

#[derive(Args, Serialize)]
pub(crate) struct JobFilter {
    #[command(flatten)]
    state: States,
}

#[derive(Subcommand)]
pub(crate) enum ApplicationCommand {
    #[command(flatten)]
    Whole(Whole<NewApplication, ApplicationChanges, ApplicationFilter>),
    /// Move one to another stage
    Move {
        /// Its id
        id: String,
        #[command(flatten)]
        to: StageNamed,
        #[command(flatten)]
        seen: Seen,
    },
}

/// A stage as an argument.
#[derive(Args)]
pub(crate) struct StageNamed {
    /// new, screening, interviewing, offered, hired, rejected, or a stage of the company's own
    stage: String,
    /// What the company calls the stage within it, where that is no stage in its settings
    #[arg(long, value_name = "NAME")]
    custom: Option<String>,
}

impl Form for StageNamed {
    fn form(&self) -> anyhow::Result<Body> {
        Ok(Body::default().with("stage", stage(&self.stage, self.custom.as_deref())))
    }
}

/// A stage is a word, or a word and the company's own beside it.
fn stage(word: &str, custom: Option<&str>) -> Value {
    match custom {
        Some(custom) => json!({"parent": word, "custom": {"name": custom}}),
        None => word.into(),
    }
}

#[derive(Args)]
pub(crate) struct NewApplication {
    /// Who applies: a candidate's id
    candidate: String,
    /// What for
    #[arg(long)]
    job: Option<String>,
    #[command(flatten)]
    fields: ApplicationChanges,
}

impl Form for NewApplication {
    fn form(&self) -> anyhow::Result<Body> {
        let body = self.fields.form()?.with("candidate_id", self.candidate.as_str());
        Ok(body.with_some("job_id", self.job.as_deref()))
    }
}

/// What can be said about an application.
#[derive(Args, Serialize)]
pub(crate) struct ApplicationChanges {
    /// Where it stands: new, screening, interviewing, offered, hired, rejected, or a stage of the company's own
    #[arg(long)]
    #[serde(skip)]
    stage: Option<String>,
    /// What the company calls the stage within it, where that is no stage in its settings
    #[arg(long, value_name = "NAME", requires = "stage")]
    #[serde(skip)]
    custom: Option<String>,
    /// When it was made
    #[arg(long, value_name = "TIME")]
    #[serde(skip)]
    applied_at: Option<Moment>,
    /// The zone of a local time
    #[arg(long, value_name = "ZONE")]
    #[serde(skip)]
    zone: Option<String>,
    /// The cover letter's text
    #[arg(long, value_name = "TEXT")]
    cover_letter: Option<String>,
    /// How it came in: applied, referred and so on
    #[arg(long, value_name = "WORD")]
    origin: Option<String>,
    /// A partner's own id for the invitation
    #[arg(long, value_name = "ID")]
    #[serde(rename = "custom_invite_id")]
    invite_id: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    external_ids: ExternalIds,
}

impl Form for ApplicationChanges {
    fn form(&self) -> anyhow::Result<Body> {
        let applied_at = self.applied_at.map(|at| at.in_zone(self.zone.as_deref())).transpose()?;
        let stage = self.stage.as_deref().map(|word| stage(word, self.custom.as_deref()));
        let body = Body::given(self).with_some("stage", stage);
        Ok(self.external_ids.name(body.with_some("applied_at", applied_at.map(|at| at.to_string()))))
    }
}

#[derive(Args, Serialize)]
pub(crate) struct ApplicationFilter {
    /// Only this candidate's
    #[arg(long, value_name = "ID")]
    candidate: Option<String>,
    /// Only those for this job
    #[arg(long, value_name = "ID")]
    job: Option<String>,
    #[command(flatten)]
    state: States,
}

#[derive(Args)]
pub(crate) struct NewQuestion {
    /// The job whose candidates are asked
    job: String,
    /// What is asked
    text: String,
    #[command(flatten)]
    fields: QuestionFields,
}

#[derive(Args)]
pub(crate) struct QuestionChanges {
    /// What is asked
    #[arg(long)]
    text: Option<String>,
    #[command(flatten)]
    fields: QuestionFields,
}

/// What can be said about a question.
#[derive(Args, Serialize)]
struct QuestionFields {
    /// What else is to be said about it
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// How it is answered: video, text or code
    #[arg(long, value_name = "WORD")]
    answered_by: Option<String>,
    /// How long an answer may be, such as 3m
    #[arg(long, value_name = "LENGTH", value_parser = seconds)]
    #[serde(rename = "limit_s")]
    time_limit: Option<i64>,
    /// Its place among the questions of the job
    #[arg(long, value_name = "N")]
    position: Option<i64>,
    #[command(flatten)]
    #[serde(skip)]
    external_ids: ExternalIds,
}

impl Form for QuestionFields {
    fn form(&self) -> anyhow::Result<Body> {
        Ok(self.external_ids.name(Body::given(self)))
    }
}

impl Form for NewQuestion {
    fn form(&self) -> anyhow::Result<Body> {
        Ok(self.fields.form()?.with("job_id", self.job.as_str()).with("text", self.text.as_str()))
    }
}

impl Form for QuestionChanges {
    fn form(&self) -> anyhow::Result<Body> {
        Ok(self.fields.form()?.with_some("text", self.text.as_deref()))
    }
}

#[derive(Args, Serialize)]
pub(crate) struct QuestionFilter {
    /// Only those of this job
    #[arg(long, value_name = "ID")]
    job: Option<String>,
}

/// An id and a name, as the API takes them.
pub(super) fn named(id: Option<&str>, name: Option<&str>) -> Option<Value> {
    Body::default().with_some("id", id).with_some("name", name).some()
}
