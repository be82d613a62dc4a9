//! What can be asked of an application.

use serde_json::Map;

use super::keeping::{Kept, amend, announce, make, missing, remove, touch, unknown_word};
use super::{Done, interview};
use crate::application::{Application, ApplicationStage, ApplicationTold, ParentStage};
use crate::command::{ApplicationCommand, Facts};
use crate::decide::draft::Draft;
use crate::entity_macro::as_json;
use crate::event::{EventType, Snapshot};
use crate::id::{ApplicationId, CandidateId, JobId};
use crate::job::Job;
use crate::limits::MAX_APPLICATIONS;
use crate::people::Candidate;
use crate::refusal::{Refusal, RefusalCode};

/// Why an interview is cancelled whose application is removed.
const REMOVED: &str = "The application was removed";

impl Kept for Application {
    const CREATED: Option<EventType> = Some(EventType::ApplicationCreated);

    fn about(draft: &Draft<'_>, id: ApplicationId) -> Snapshot {
        draft.about_application(id)
    }

    fn faults(&self) -> Vec<Refusal> {
        let nowhere = self.stage.is_none().then(|| missing("an application needs a stage"));
        let parent = self.stage.as_ref().map(|stage| stage.parent.clone());
        let word = unknown_word!(ParentStage, parent, "stage of an application");
        nowhere.into_iter().chain(word).collect()
    }
}

pub(super) fn carry_out(draft: &mut Draft<'_>, id: ApplicationId, command: &ApplicationCommand) -> Done {
    match command {
        ApplicationCommand::Create { candidate, job, facts } => create(draft, id, *candidate, *job, facts),
        ApplicationCommand::Change(facts) => change(draft, id, facts),
        ApplicationCommand::Move(stage) => move_to(draft, id, stage),
        ApplicationCommand::Delete => delete(draft, id),
    }
}

fn create(
    draft: &mut Draft<'_>,
    id: ApplicationId,
    candidate_id: CandidateId,
    job_id: Option<JobId>,
    facts: &Facts<ApplicationTold>,
) -> Done {
    let candidate = draft.wanted::<Candidate>(candidate_id)?;
    if candidate.applications.len() >= MAX_APPLICATIONS {
        return Err(Refusal::new(
            RefusalCode::TOO_MANY,
            format!("{candidate_id} has applied {MAX_APPLICATIONS} times, which is as often as one can"),
        ));
    }
    if let Some(job_id) = job_id {
        draft.wanted::<Job>(job_id)?;
        has_not_applied(draft, candidate, job_id)?;
    }
    super::keeping::is_free(draft, id)?;
    let mut facts = facts.clone();
    facts.told.stage.get_or_insert(ApplicationStage { parent: ParentStage::New, custom: None });
    facts.told.applied_at.get_or_insert(draft.at);
    draft.change::<Candidate>(candidate_id).applications.push(id);
    let application = Application { candidate_id: Some(candidate_id), job_id, ..Application::new(id) };
    make(draft, id, application, &facts)
}

fn has_not_applied(draft: &Draft<'_>, candidate: &Candidate, job_id: JobId) -> Done {
    let is_for_job = |id: &ApplicationId| {
        draft.record(*id).is_some_and(|record| !record.deleted)
            && draft.get::<Application>(*id).is_some_and(|application| application.job_id == Some(job_id))
    };
    match candidate.applications.iter().find(|id| is_for_job(id)) {
        None => Ok(()),
        Some(known) => Err(Refusal::new(
            RefusalCode::ALREADY_APPLIED,
            format!("{} has applied for {job_id} already; that is {known}", candidate.id),
        )),
    }
}

/// No event is an application's own beside its stage: what else changes is told as a change of whoever applies.
fn change(draft: &mut Draft<'_>, id: ApplicationId, facts: &Facts<ApplicationTold>) -> Done {
    if facts.told.stage.is_some() || facts.clear.iter().any(|fact| fact == "stage") {
        return Err(Refusal::new(
            RefusalCode::NOT_BY_CHANGE,
            format!("{id} gets to another stage by being moved there, and always has one"),
        ));
    }
    let previous = amend::<Application>(draft, id, facts)?;
    if previous.is_empty() {
        return Ok(());
    }
    if let Some(candidate) = draft.get::<Application>(id).and_then(|application| application.candidate_id) {
        announce::<Candidate>(draft, candidate);
    }
    draft.emit(EventType::CandidateUpdated, Snapshot { previous, ..draft.about_application(id) });
    Ok(())
}

fn move_to(draft: &mut Draft<'_>, id: ApplicationId, stage: &ApplicationStage) -> Done {
    let before = draft.wanted::<Application>(id)?.stage.clone();
    let parent = Some(&stage.parent);
    if let Some(refusal) = unknown_word!(ParentStage, parent, "stage of an application") {
        return Err(refusal);
    }
    if before.as_ref() == Some(stage) {
        return Ok(());
    }
    announce::<Application>(draft, id);
    draft.change::<Application>(id).stage = Some(stage.clone());
    touch(draft, id);
    let previous = Map::from_iter([("stage".to_owned(), as_json(before.as_ref()))]);
    draft.emit(EventType::ApplicationStageUpdated, Snapshot { previous, ..draft.about_application(id) });
    Ok(())
}

/// Removes an application; its interviews that are still to come are cancelled first.
pub(super) fn delete(draft: &mut Draft<'_>, id: ApplicationId) -> Done {
    draft.wanted::<Application>(id)?;
    announce::<Application>(draft, id);
    close(draft, id);
    Ok(())
}

/// Removes an application that is there, and tells it.
pub(super) fn close(draft: &mut Draft<'_>, id: ApplicationId) {
    let interviews = draft.get::<Application>(id).map(|it| it.interviews.clone()).unwrap_or_default();
    for interview in interviews {
        interview::cancel_if_open(draft, interview, REMOVED);
    }
    remove(draft, id);
    draft.emit(EventType::ApplicationDeleted, draft.about_application(id));
}
