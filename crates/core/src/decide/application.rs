//! News of an application, and of the candidate who is told in full inside it.

use serde_json::Map;

use super::belonging::Tie;
use super::candidate::with_newer_tags;
use super::draft::Draft;
use super::telling::{Heard, Manner};
use crate::application::{Application, ApplicationTold};
use crate::event::{EventType, Snapshot};
use crate::id::{ApplicationId, CandidateId};
use crate::job::Job;
use crate::observation::{About, Belonging, Change};
use crate::people::{Candidate, CandidateTold};

pub(super) fn hear(
    draft: &mut Draft<'_>,
    application: &About<ApplicationTold>,
    of: &Belonging,
    change: Change,
    stage_only: bool,
) {
    let belongs =
        draft.place(of.job.as_ref(), of.candidate.as_ref(), Some(application), None, Tie::WhereTold);
    let Some(id) = belongs.application else { return };
    if let (Some(job_id), Some(job)) = (belongs.job, &of.job) {
        draft.refer::<Job>(job_id, &job.told);
    }
    let candidate = belongs.candidate.zip(of.candidate.as_ref().map(|about| &about.told));
    if change == Change::Deleted {
        if let Some((candidate_id, told)) = candidate {
            draft.refer_to_candidate(candidate_id, told);
        }
        if draft.delete::<Application>(id, &application.told) {
            draft.emit(EventType::ApplicationDeleted, draft.about_application(id));
        }
        return;
    }
    let embedded = candidate.and_then(|(candidate_id, told)| hear_embedded(draft, candidate_id, told));
    let heard =
        draft.tell::<Application>(id, &application.told, Manner::of::<Application>(&application.told));
    let is_update = heard.as_ref().is_some_and(|heard| {
        if heard.first {
            change == Change::Updated
        } else {
            heard.changed && (change == Change::Updated || !heard.thin)
        }
    });
    let moved = Moved { is_update, stage_only, application: heard, candidate: embedded };
    moved.tell(draft, id, belongs.candidate);
}

/// A candidate with a name or an address is told in full; one without is merely referred to.
fn hear_embedded(draft: &mut Draft<'_>, id: CandidateId, told: &CandidateTold) -> Option<Heard> {
    let has_name = told.first_name.is_some() || told.last_name.is_some() || told.full_name.is_some();
    if !has_name && told.email.is_none() {
        draft.refer_to_candidate(id, told);
        return None;
    }
    let told = with_newer_tags(draft, id, told);
    draft.tell::<Candidate>(id, &told, Manner::Full)
}

/// What a message about an application came to.
struct Moved {
    is_update: bool,
    stage_only: bool,
    application: Option<Heard>,
    candidate: Option<Heard>,
}

impl Moved {
    fn tell(self, draft: &mut Draft<'_>, id: ApplicationId, candidate_id: Option<CandidateId>) {
        let Self { is_update, stage_only, application, candidate } = self;
        let (first, thin, mut previous) =
            application.map_or((false, false, Map::new()), |heard| (heard.first, heard.thin, heard.previous));
        let candidate_is_new = candidate.as_ref().is_some_and(|heard| heard.first);
        let candidate_before =
            candidate.filter(|heard| heard.changed && !heard.first).map(|heard| heard.previous);
        let is_candidate_update =
            (candidate_before.is_some() || (is_update && !stage_only)) && !is_gone(draft, candidate_id);
        if let Some(candidate_id) = candidate_id
            && (candidate_is_new || (is_candidate_update && announce(draft, candidate_id)))
        {
            draft.emit(EventType::CandidateCreated, draft.about_candidate(candidate_id));
        }
        if first {
            draft.emit(EventType::ApplicationCreated, Snapshot { thin, ..draft.about_application(id) });
        }
        let stage_before = if stage_only { None } else { previous.remove("stage") };
        if is_candidate_update {
            let thin = thin && candidate_before.is_none();
            let mut facts = if stage_only { Map::new() } else { std::mem::take(&mut previous) };
            facts.extend(candidate_before.unwrap_or_default());
            let applications = candidate_id.map(|id| draft.applications_of(id)).unwrap_or_default();
            draft.emit(
                EventType::CandidateUpdated,
                Snapshot { thin, applications, previous: facts, ..draft.about_application(id) },
            );
        }
        if is_update && (stage_only || stage_before.is_some()) {
            previous.extend(stage_before.map(|stage| ("stage".to_owned(), stage)));
            draft.emit(
                EventType::ApplicationStageUpdated,
                Snapshot { thin, previous, ..draft.about_application(id) },
            );
        }
    }
}

/// Has the candidate been removed? Then nothing more is told of them.
fn is_gone(draft: &mut Draft<'_>, id: Option<CandidateId>) -> bool {
    let Some(id) = id.filter(|id| draft.record(*id).is_some_and(|record| record.deleted)) else {
        return false;
    };
    draft.unreconciled(format!("an application of {id} was changed after their removal; they stay removed"));
    true
}

/// That a candidate was changed is told of the candidate: it is announced by that at the latest. Answers whether it
/// was not before.
fn announce(draft: &mut Draft<'_>, id: CandidateId) -> bool {
    let is_new = draft.record(id).is_some_and(|record| !record.announced);
    if is_new {
        draft.change_record(id).announced = true;
    }
    is_new
}
