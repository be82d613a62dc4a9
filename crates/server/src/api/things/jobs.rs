//! `/v1/jobs`: what people apply for.

use callboard_core::{Command, Facts, Job, JobCommand, JobId, JobStatus, JobTold, Kind, Named, UserId};
use schemars::JsonSchema;
use serde::Deserialize;

use super::form::{Fact, Form, Reading};
use super::member::{Line, Link, Member, Names, Text, Word, as_text};
use super::noun::{Desk, Makeable, Noun, Removable};
use crate::problem::Problem;

/// What is said of a job.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "JobForm")]
pub(super) struct JobForm {
    /// What it is called.
    title: Fact<Line>,
    /// What it is about.
    description: Fact<Text>,
    /// Whether it is open; `drafted` when nothing is said.
    status: Fact<Word<JobStatus>>,
    /// Full time, part time and so on.
    employment: Fact<Line>,
    /// The city it is in.
    city: Fact<Line>,
    /// The user who owns it.
    owner_id: Fact<UserId>,
    /// The company's own code for it.
    code: Fact<Line>,
    /// Where it is advertised.
    url: Fact<Link>,
    /// The category it belongs to.
    category: Fact<NamedForm>,
    external_ids: Names,
}

/// A thing with a name, and the id that whoever names it knows it by.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "NamedForm")]
pub(super) struct NamedForm {
    /// The id.
    id: Fact<Line>,
    /// The name.
    name: Fact<Line>,
}

impl Member for NamedForm {
    type Fact = Named;

    fn checked(self, member: &str) -> Result<Named, Problem> {
        let part = |fact: Fact<Line>, part| {
            fact.told().map(|it| it.checked(&format!("{member}.{part}"))).transpose()
        };
        Ok(Named { id: part(self.id, "id")?, name: part(self.name, "name")? })
    }
}

impl Form for JobForm {
    const NEEDED: &'static [&'static str] = &["title"];
}

impl JobForm {
    fn facts(self) -> Result<Facts<JobTold>, Problem> {
        let mut reading = Reading::default();
        let told = JobTold {
            title: reading.read("title", self.title)?,
            description: reading.read("description", self.description)?,
            status: reading.read("status", self.status)?,
            employment: reading.read("employment", self.employment)?,
            city: reading.read("city", self.city)?,
            owner_id: reading.read("owner_id", self.owner_id)?.map(as_text),
            code: reading.read("code", self.code)?,
            url: reading.read("url", self.url)?,
            category: reading.read("category", self.category)?,
            ..JobTold::default()
        };
        reading.into_facts(self.external_ids, told)
    }
}

impl Noun for Job {
    type Id = JobId;
    type Form = JobForm;
    const KIND: Kind = Kind::Job;
    const COLLECTION: &'static str = "jobs";
    const FILTERS: &'static [&'static str] = &["state"];

    fn change(id: JobId, form: JobForm, _: &Desk<'_>) -> Result<Vec<Command>, Problem> {
        Ok(vec![Command::Job(id, JobCommand::Change(form.facts()?))])
    }
}

impl Removable for Job {
    fn remove(id: JobId) -> Command {
        Command::Job(id, JobCommand::Delete)
    }
}

impl Makeable for Job {
    fn make(id: JobId, form: JobForm, _: &Desk<'_>) -> Result<Command, Problem> {
        Ok(Command::Job(id, JobCommand::Create(form.facts()?)))
    }
}
