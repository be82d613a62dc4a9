//! The suite of one company, and the projects in it.

use callboard_core::{
    Candidate, CompanyId, Identifier, Job, JobStatus, Person, Timestamp, User, UserId, World, time_of,
};
use serde_json::{Value, json};

use super::belonging::{CandidateOf, ProjectOf};
use crate::known::known;
use crate::viasto::resource::{self, Company};
use crate::viasto::writing::microseconds;

/// What a job that has been removed says: viasto has no event for that, and its candidates are still there.
const DELETED: &str = "deleted";

/// One company's part of the interview suite: where it is, and what is to be shown of it.
#[derive(Clone, Copy)]
pub struct Suite<'a> {
    /// Where this hub can be reached from outside, without a slash at the end.
    pub public_url: &'a str,
    /// Whose suite it is.
    pub company: CompanyId,
    /// What is known: the things to be shown, and everything that they lead to.
    pub world: &'a World,
    /// When it is shown; a deadline may be over by then.
    pub now: Timestamp,
}

/// A project as it was asked for.
#[derive(Clone)]
pub struct Project<'a> {
    pub(super) suite: Suite<'a>,
    pub(super) of: ProjectOf,
    pub(super) url: resource::Project,
}

impl<'a> Suite<'a> {
    pub(super) fn urls(&self) -> Company<'a> {
        Company { public_url: self.public_url, id: self.company }
    }

    /// The company itself.
    pub fn company(&self, name: &str) -> Value {
        let url = self.urls().url();
        json!({
            "resource_uri": url,
            "identifier": self.company,
            "name": name,
            "projects": format!("{url}projects/"),
            "customers": self.urls().customers(),
        })
    }

    /// A user, who is a customer here.
    pub fn customer(&self, user: &User) -> Value {
        json!({
            "resource_uri": self.urls().customer(user.id),
            "company": self.urls().url(),
            "username": user.email,
            "email": user.email,
            "name": user.name,
            "role": user.role,
            "timezone": user.time_zone,
        })
    }

    /// A project, by what its URL names.
    pub fn project(self, of: ProjectOf) -> Project<'a> {
        Project { suite: self, of, url: self.urls().project_of(of) }
    }

    pub(super) fn person(&self, person: Option<&Person>) -> Option<String> {
        person.and_then(|person| person.user).map(|user| self.urls().customer(user))
    }
}

impl Project<'_> {
    /// The project itself: its job, as far as one is known.
    pub fn view(&self) -> Value {
        let unknown = Job::new(Identifier::from_raw(self.of.raw()));
        let id = self.of.job(self.suite.world);
        let job = id.and_then(|id| known(self.suite.world, id)).map_or(&unknown, |job| &**job);
        let owner = job.owner_id.as_deref().and_then(|id| id.parse::<UserId>().ok());
        let url = &self.url.0;
        json!({
            "resource_uri": url,
            "company": self.suite.urls().url(),
            "name": job.title,
            "job_url": job.url,
            "email_alias": null,
            "mode": null,
            "maximum_score": null,
            "support_lang": null,
            "language": null,
            "status": self.status(job),
            "internal_id": job.code,
            "allow_hash_login": false,
            "max_interview_time": null,
            "invite_candidates": null,
            "default_interview_period": null,
            "closedate": null,
            "activationdate": job.published_at.map(microseconds),
            "contact_person": owner.map(|id| self.suite.urls().customer(id)),
            "creationdate": microseconds(job.opened_at.unwrap_or_else(|| time_of(job.id))),
            "veto_enabled": false,
            "status_update_uri": null,
            "evaluators": [],
            "interview_managers": [],
            "reviewers": [],
            "labels": [],
            "questions": format!("{url}questions/"),
            "candidates": format!("{url}candidates/"),
            "results": format!("{url}results/"),
            "roles": [],
            "criteria": [],
            "videos": [],
            "description": job.description,
            "answervideos": format!("{url}answervideos/"),
            "ratings": format!("{url}ratings/"),
            "notes": format!("{url}notes/"),
        })
    }

    fn status(&self, job: &Job) -> Option<String> {
        let is_removed = self.suite.world.entity(job.id.raw()).is_some_and(|held| held.record.deleted);
        if is_removed {
            return Some(DELETED.to_owned());
        }
        job.status.as_ref().map(JobStatus::as_str).map(str::to_owned)
    }

    pub(super) fn candidate_url(&self, of: CandidateOf) -> String {
        match of {
            CandidateOf::Application(id) => self.url.within("candidates", id),
            CandidateOf::Interview(id) => self.url.within("candidates", id),
        }
    }

    pub(super) fn person_behind(&self, of: CandidateOf) -> Option<&Candidate> {
        let world = self.suite.world;
        let application = match of {
            CandidateOf::Application(id) => Some(id),
            CandidateOf::Interview(id) => known(world, id)?.application_id,
        };
        let candidate = known(world, application?)?.candidate_id?;
        known(world, candidate).map(|it| &**it)
    }
}
