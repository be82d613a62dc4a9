//! `GET`: one object, or a page of them.

use callboard_core::{
    ApplicationId, CandidateId, Entity, FeedbackId, Held, Identifier, InterviewId, JobId, Kind, UserId,
};
use callboard_ledger::ThingFilter;

use super::envelope::{Many, One};
use super::visit::Visit;
use crate::problem::Problem;

pub(super) async fn jobs(visit: Visit) -> Result<Many, Problem> {
    visit.list(visit.every(Kind::Job).await?).await
}

pub(super) async fn job(visit: Visit) -> Result<One, Problem> {
    visit.one::<JobId>(Kind::Job).await
}

pub(super) async fn candidates(visit: Visit) -> Result<Many, Problem> {
    visit.list(visit.every(Kind::Candidate).await?).await
}

pub(super) async fn candidate(visit: Visit) -> Result<One, Problem> {
    visit.one::<CandidateId>(Kind::Candidate).await
}

/// Notes on a candidate; with `application_id`, those written on that application.
pub(super) async fn notes(visit: Visit) -> Result<Many, Problem> {
    let candidate: CandidateId = visit.ours(Kind::Candidate, visit.named("id")).await?;
    let filter = ThingFilter {
        parents: Some(vec![candidate.raw()]),
        ..ThingFilter::all(visit.company.id, Kind::Note)
    };
    let application: Option<ApplicationId> = match visit.asked("application_id") {
        Some(application) => Some(visit.ours(Kind::Application, application).await?),
        None => None,
    };
    let is_on_it = move |held: &Held| match &held.entity {
        Entity::Note(note) => application.is_none() || note.application_id == application,
        _ => false,
    };
    let notes = visit.all(filter, move |held| is_on_it(held).then(|| held.entity.raw_id())).await?;
    visit.list(notes).await
}

pub(super) async fn applications(visit: Visit) -> Result<Many, Problem> {
    visit.list(visit.every(Kind::Application).await?).await
}

pub(super) async fn application(visit: Visit) -> Result<One, Problem> {
    visit.one::<ApplicationId>(Kind::Application).await
}

pub(super) async fn application_of_candidate(visit: Visit) -> Result<One, Problem> {
    let id = visit.application_of_candidate().await?;
    visit.show(id.raw()).await
}

pub(super) async fn interviews(visit: Visit) -> Result<Many, Problem> {
    visit.list(visit.every(Kind::Interview).await?).await
}

pub(super) async fn interview(visit: Visit) -> Result<One, Problem> {
    visit.one::<InterviewId>(Kind::Interview).await
}

pub(super) async fn feedback(visit: Visit) -> Result<One, Problem> {
    visit.one::<FeedbackId>(Kind::Feedback).await
}

pub(super) async fn users(visit: Visit) -> Result<Many, Problem> {
    visit.list(visit.every(Kind::User).await?).await
}

pub(super) async fn user(visit: Visit) -> Result<One, Problem> {
    visit.one::<UserId>(Kind::User).await
}

impl Visit {
    async fn one<I: Identifier>(&self, kind: Kind) -> Result<One, Problem> {
        let (id, world) = self.find::<I>(kind, self.named("id")).await?;
        let entity = world.entity(id.raw()).map(|held| &held.entity);
        entity.and_then(|entity| One::of(&world, entity)).ok_or_else(|| Problem::not_found("thing"))
    }

    /// The application that the path names; it must be the candidate's.
    pub(super) async fn application_of_candidate(&self) -> Result<ApplicationId, Problem> {
        let candidate: CandidateId = self.ours(Kind::Candidate, self.named("id")).await?;
        let (id, world) = self.find::<ApplicationId>(Kind::Application, self.named("application")).await?;
        match world.entity(id.raw()).map(|held| &held.entity) {
            Some(Entity::Application(it)) if it.candidate_id == Some(candidate) => Ok(id),
            _ => Err(Problem::not_found("application of this candidate")),
        }
    }
}
