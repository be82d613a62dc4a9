//! What can be asked of a job.

use serde_json::Map;

use super::Done;
use super::keeping::{Kept, amend, announce, is_blank, make, missing, remove, unknown_word};
use super::referring::known_user;
use crate::command::{Facts, JobCommand};
use crate::decide::draft::Draft;
use crate::event::{EventType, Snapshot};
use crate::id::JobId;
use crate::job::{Job, JobStatus, JobTold};
use crate::refusal::Refusal;

/// The facts that tell whether a job is open.
const STATUS: [&str; 2] = ["status", "published_at"];

impl Kept for Job {
    const CREATED: Option<EventType> = Some(EventType::JobCreated);

    fn about(draft: &Draft<'_>, id: JobId) -> Snapshot {
        draft.about_job(id)
    }

    fn faults(&self) -> Vec<Refusal> {
        let title = is_blank(self.title.as_ref()).then(|| missing("a job needs a title"));
        let status = self.status.is_none().then(|| missing("a job needs a status"));
        let word = unknown_word!(JobStatus, self.status, "status of a job");
        [title, status, word].into_iter().flatten().collect()
    }
}

pub(super) fn carry_out(draft: &mut Draft<'_>, id: JobId, command: &JobCommand) -> Done {
    match command {
        JobCommand::Create(facts) => create(draft, id, facts),
        JobCommand::Change(facts) => change(draft, id, facts),
        JobCommand::Delete => delete(draft, id),
    }
}

fn create(draft: &mut Draft<'_>, id: JobId, facts: &Facts<JobTold>) -> Done {
    known_user(draft, facts.told.owner_id.as_ref())?;
    let mut facts = facts.clone();
    let told = &mut facts.told;
    told.opened_at.get_or_insert(draft.at);
    if told.status.get_or_insert(JobStatus::Drafted) == &JobStatus::Published {
        told.published_at.get_or_insert(draft.at);
    }
    make(draft, id, Job::new(id), &facts)
}

fn change(draft: &mut Draft<'_>, id: JobId, facts: &Facts<JobTold>) -> Done {
    known_user(draft, facts.told.owner_id.as_ref())?;
    let mut facts = facts.clone();
    let is_first = draft.wanted::<Job>(id)?.published_at.is_none();
    if is_first && facts.told.status == Some(JobStatus::Published) {
        facts.told.published_at.get_or_insert(draft.at);
    }
    let mut previous = amend::<Job>(draft, id, &facts)?;
    let status: Map<_, _> = STATUS.iter().filter_map(|fact| previous.remove_entry(*fact)).collect();
    for (kind, previous) in [(EventType::JobUpdated, previous), (EventType::JobStatusUpdated, status)] {
        if !previous.is_empty() {
            draft.emit(kind, Snapshot { previous, ..draft.about_job(id) });
        }
    }
    Ok(())
}

fn delete(draft: &mut Draft<'_>, id: JobId) -> Done {
    draft.wanted::<Job>(id)?;
    announce::<Job>(draft, id);
    remove(draft, id);
    draft.emit(EventType::JobDeleted, draft.about_job(id));
    Ok(())
}
