//! News of a job.

use super::draft::Draft;
use super::life::{Life, live};
use super::telling::Manner;
use crate::event::EventType;
use crate::job::{Job, JobTold};
use crate::observation::{About, Change};

pub(super) fn hear(draft: &mut Draft<'_>, job: &About<JobTold>, change: Change, status_only: bool) {
    let Some(id) = draft.job(job, None) else { return };
    let life = Life {
        created: EventType::JobCreated,
        updated: if status_only { EventType::JobStatusUpdated } else { EventType::JobUpdated },
        deleted: Some(EventType::JobDeleted),
    };
    let manner = Manner::of::<Job>(&job.told);
    live::<Job>(draft, id, (&job.told, manner), change, life, Draft::about_job);
}
