//! What was found, as it is shown: enough for a line in a list.

use std::sync::Arc;

use callboard_core::{
    Application, ApplicationId, Candidate, CandidateId, CompanyId, Entity, ExternalIds, Held, Identifier,
    Interview, InterviewId, JobId, Kind, Timestamp, time_of,
};
use callboard_ledger::{EngineError, Page, Reader, ThingFilter};
use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::Serialize;

use crate::limits::FOUND_INTERVIEWS;

/// An interview or a candidate that was found.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Found {
    kind: FoundKind,
    id: String,
    /// The candidate, as far as it is known who that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    candidate_id: Option<CandidateId>,
    /// The candidate's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    candidate: Option<String>,
    /// The application that an interview is held for; a candidate's latest one.
    #[serde(skip_serializing_if = "Option::is_none")]
    application_id: Option<ApplicationId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    job_id: Option<JobId>,
    /// The title of the job that this application is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<String>,
    /// An interview's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// An interview's stage; the parent stage of a candidate's latest application.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    /// When an interview starts; if it is taken on demand, until when it can be.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
    created_at: Timestamp,
    /// What other programs call it.
    external_ids: ExternalIds,
    /// The latest interviews for a candidate's latest application, newest first, ten at the most.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    interviews: Vec<FoundInterview>,
}

/// What was found: `interview` or `candidate`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum FoundKind {
    Interview,
    Candidate,
}

/// An interview of a candidate who was found.
#[derive(Debug, Serialize, JsonSchema)]
struct FoundInterview {
    id: InterviewId,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// Its stage.
    state: String,
    /// When it starts; if it is taken on demand, until when it can be.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
    created_at: Timestamp,
    /// What other programs call it.
    external_ids: ExternalIds,
}

impl From<&Interview> for FoundInterview {
    fn from(interview: &Interview) -> Self {
        Self {
            id: interview.id,
            title: interview.title.clone(),
            state: interview.stage.value.as_str().to_owned(),
            at: at(interview),
            created_at: time_of(interview.id),
            external_ids: interview.external_ids.clone(),
        }
    }
}

fn at(interview: &Interview) -> Option<Timestamp> {
    interview.start.or(interview.deadline)
}

/// What is shown of these interviews and candidates, in their order. Everything that they lead to is read kind by kind.
pub(super) fn found(
    reader: &mut dyn Reader,
    company: CompanyId,
    held: &[Held],
) -> Result<Vec<Found>, EngineError> {
    let mut around = Around { reader, company, things: FxHashMap::default() };
    around.read(Kind::Application, held.iter().filter_map(|held| application_of(&held.entity)))?;
    let applications: Vec<_> = held.iter().filter_map(|held| around.application_of(&held.entity)).collect();
    around
        .read(Kind::Candidate, applications.iter().filter_map(|it| it.candidate_id).map(CandidateId::raw))?;
    around.read(Kind::Job, applications.iter().filter_map(|it| it.job_id).map(JobId::raw))?;
    let candidates = held.iter().filter(|held| held.entity.kind() == Kind::Candidate);
    let theirs = candidates.filter_map(|held| around.application_of(&held.entity));
    let interviews: Vec<u64> = theirs.flat_map(|it| latest(&it)).map(InterviewId::raw).collect();
    around.read(Kind::Interview, interviews.into_iter())?;
    Ok(held.iter().filter_map(|held| around.show(&held.entity)).collect())
}

/// The number of the application that something is shown with.
fn application_of(entity: &Entity) -> Option<u64> {
    let application = match entity {
        Entity::Interview(interview) => interview.application_id,
        Entity::Candidate(candidate) => candidate.applications.last().copied(),
        _ => None,
    };
    application.map(ApplicationId::raw)
}

fn latest(application: &Application) -> Vec<InterviewId> {
    application.interviews.iter().rev().take(FOUND_INTERVIEWS).copied().collect()
}

/// What was read because something that was found leads to it.
struct Around<'r> {
    reader: &'r mut dyn Reader,
    company: CompanyId,
    things: FxHashMap<u64, Entity>,
}

impl Around<'_> {
    fn read(&mut self, kind: Kind, raw_ids: impl Iterator<Item = u64>) -> Result<(), EngineError> {
        let mut raw_ids: Vec<u64> = raw_ids.collect();
        raw_ids.sort_unstable();
        raw_ids.dedup();
        if raw_ids.is_empty() {
            return Ok(());
        }
        let page = Page { bytes: usize::MAX, ..Page::newest(raw_ids.len()) };
        let filter = ThingFilter { ids: Some(raw_ids), ..ThingFilter::all(self.company, kind) };
        let things = self.reader.things(&filter, page)?.items;
        self.things.extend(things.into_iter().map(|held| (held.entity.raw_id(), held.entity)));
        Ok(())
    }

    fn application_of(&self, entity: &Entity) -> Option<Arc<Application>> {
        match self.things.get(&application_of(entity)?)? {
            Entity::Application(application) => Some(Arc::clone(application)),
            _ => None,
        }
    }

    fn candidate(&self, id: Option<CandidateId>) -> Option<&Candidate> {
        match self.things.get(&id?.raw())? {
            Entity::Candidate(candidate) => Some(candidate),
            _ => None,
        }
    }

    fn job_title(&self, id: Option<JobId>) -> Option<String> {
        match self.things.get(&id?.raw())? {
            Entity::Job(job) => job.title.clone(),
            _ => None,
        }
    }

    fn interviews(&self, application: &Application) -> Vec<FoundInterview> {
        let read = latest(application).into_iter().filter_map(|id| match self.things.get(&id.raw())? {
            Entity::Interview(interview) => Some(FoundInterview::from(&**interview)),
            _ => None,
        });
        read.collect()
    }

    fn show(&self, entity: &Entity) -> Option<Found> {
        let application = self.application_of(entity);
        let application = application.as_deref();
        match entity {
            Entity::Interview(interview) => Some(self.show_interview(interview, application)),
            Entity::Candidate(candidate) => Some(self.show_candidate(candidate, application)),
            _ => None,
        }
    }

    fn show_interview(&self, interview: &Interview, application: Option<&Application>) -> Found {
        let candidate_id = application.and_then(|it| it.candidate_id);
        let job_id = application.and_then(|it| it.job_id);
        Found {
            kind: FoundKind::Interview,
            id: interview.id.to_string(),
            candidate_id,
            candidate: self.candidate(candidate_id).and_then(Candidate::display_name),
            application_id: interview.application_id,
            job_id,
            job: self.job_title(job_id),
            title: interview.title.clone(),
            state: Some(interview.stage.value.as_str().to_owned()),
            at: at(interview),
            created_at: time_of(interview.id),
            external_ids: interview.external_ids.clone(),
            interviews: Vec::new(),
        }
    }

    fn show_candidate(&self, candidate: &Candidate, application: Option<&Application>) -> Found {
        let job_id = application.and_then(|it| it.job_id);
        let stage = application.and_then(|it| it.stage.as_ref());
        Found {
            kind: FoundKind::Candidate,
            id: candidate.id.to_string(),
            candidate_id: Some(candidate.id),
            candidate: candidate.display_name(),
            application_id: application.map(|it| it.id),
            job_id,
            job: self.job_title(job_id),
            title: None,
            state: stage.map(|stage| stage.parent.as_str().to_owned()),
            at: None,
            created_at: time_of(candidate.id),
            external_ids: candidate.external_ids.clone(),
            interviews: application.map(|it| self.interviews(it)).unwrap_or_default(),
        }
    }
}
