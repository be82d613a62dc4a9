//! An interview with everything that an answer shows of it.

use std::sync::Arc;

use callboard_core::{
    Candidate, CandidateId, Command, Entity, Expected, Feedback, Held, Identifier, Interview, InterviewId,
    Job, Kind, Note, User, UserId, World,
};
use callboard_dialects::rest::skype::Known;
use callboard_ledger::{LedgerError, Page, ThingFilter};
use serde_json::Value;

use crate::limits::SKYPE_NOTES;
use crate::platforms::error_object::ErrorObject;
use crate::platforms::partner::Partner;
use crate::problem::Problem;

/// An interview and what is around it.
pub(super) struct Scene {
    pub(super) interview: Arc<Interview>,
    pub(super) job: Option<Arc<Job>>,
    pub(super) candidate: Option<Arc<Candidate>>,
    pub(super) feedback: Vec<Arc<Feedback>>,
    users: Vec<Arc<User>>,
    notes: Vec<Arc<Note>>,
    version: u64,
    stage_is_told: bool,
}

impl Scene {
    /// The interview with this code: the partner's own, what an account at Skype calls it, or our id of it, by which our
    /// webhooks name one that has no other.
    pub(super) async fn find(partner: &Partner, code: &str) -> Result<Self, ErrorObject> {
        let names = partner.names(Kind::Interview, code);
        let id = code.parse::<InterviewId>().ok();
        let world = partner.world(id.map(Identifier::raw).into_iter().collect(), names.clone()).await?;
        let by_id = id.and_then(|id| partner.present(&world, id.raw()));
        Self::load(partner, &world, partner.named(&world, &names).or(by_id)).await
    }

    /// The interview with this id.
    pub(super) async fn of(partner: &Partner, id: InterviewId) -> Result<Self, ErrorObject> {
        let world = partner.world(vec![id.raw()], Vec::new()).await?;
        Self::load(partner, &world, partner.present(&world, id.raw())).await
    }

    async fn load(partner: &Partner, world: &World, held: Option<&Held>) -> Result<Self, ErrorObject> {
        match held.map(|held| (&held.entity, held)) {
            Some((Entity::Interview(interview), held)) => Self::around(partner, world, interview, held).await,
            _ => Err(Problem::not_found("interview").into()),
        }
    }

    async fn around(
        partner: &Partner,
        world: &World,
        interview: &Arc<Interview>,
        held: &Held,
    ) -> Result<Self, ErrorObject> {
        let of = |raw_id: u64| partner.present(world, raw_id).map(|held| &held.entity);
        let application = interview.application_id.and_then(|id| match of(id.raw()) {
            Some(Entity::Application(application)) => Some(application),
            _ => None,
        });
        let job = application.and_then(|it| match of(it.job_id?.raw()) {
            Some(Entity::Job(job)) => Some(Arc::clone(job)),
            _ => None,
        });
        let candidate = application.and_then(|it| match of(it.candidate_id?.raw()) {
            Some(Entity::Candidate(candidate)) => Some(Arc::clone(candidate)),
            _ => None,
        });
        let feedback = interview.feedback.iter().filter_map(|id| match of(id.raw()) {
            Some(Entity::Feedback(feedback)) => Some(Arc::clone(feedback)),
            _ => None,
        });
        Ok(Self {
            feedback: feedback.collect(),
            users: users(partner, interview).await?,
            notes: notes(partner, interview, candidate.as_ref().map(|it| it.id)).await?,
            interview: Arc::clone(interview),
            job,
            candidate,
            version: held.record.version,
            stage_is_told: held.record.stage_is_told,
        })
    }

    pub(super) fn known(&self) -> Known<'_> {
        Known {
            interview: &self.interview,
            job: self.job.as_deref(),
            candidate: self.candidate.as_deref(),
            users: self.users.iter().map(AsRef::as_ref).collect(),
            feedback: self.feedback.iter().map(AsRef::as_ref).collect(),
            notes: self.notes.iter().map(AsRef::as_ref).collect(),
            stage_is_told: self.stage_is_told,
        }
    }

    pub(super) fn answer(&self) -> Value {
        self.known().answer()
    }

    /// Carries commands out that were worked out from what was seen here, if it is still so.
    pub(super) async fn carry_out(
        &self,
        partner: &Partner,
        commands: Vec<Command>,
    ) -> Result<(), LedgerError> {
        let expected = Expected { raw_id: self.interview.id.raw(), versions: vec![self.version] };
        partner.carry_out(commands, Some(expected)).await.map(drop)
    }
}

/// The company's people among those who take part.
async fn users(partner: &Partner, interview: &Interview) -> Result<Vec<Arc<User>>, LedgerError> {
    let attendees = interview.attendees.iter().flatten();
    let ids: Vec<UserId> = attendees.filter_map(|it| it.user_id.as_deref()?.parse().ok()).collect();
    let world = partner.world(ids.iter().map(|id| id.raw()).collect(), Vec::new()).await?;
    let user = |id: &UserId| match &partner.present(&world, id.raw())?.entity {
        Entity::User(user) => Some(Arc::clone(user)),
        _ => None,
    };
    Ok(ids.iter().filter_map(user).collect())
}

/// The latest notes that were written on the interview's application.
async fn notes(
    partner: &Partner,
    interview: &Interview,
    candidate: Option<CandidateId>,
) -> Result<Vec<Arc<Note>>, LedgerError> {
    let Some((candidate, application)) = candidate.zip(interview.application_id) else {
        return Ok(Vec::new());
    };
    let parents = Some(vec![candidate.raw()]);
    let filter = ThingFilter { parents, ..ThingFilter::all(partner.company, Kind::Note) };
    let page = Page { bytes: usize::MAX, ..Page::newest(SKYPE_NOTES) };
    let things = partner.hub.ledger.read(move |reader| reader.things(&filter, page)).await?;
    let on_application = things.items.into_iter().rev().filter_map(|held| match held.entity {
        Entity::Note(note) if note.application_id == Some(application) => Some(note),
        _ => None,
    });
    Ok(on_application.collect())
}
