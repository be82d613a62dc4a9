//! What can be asked of a job.

use super::Done;
use crate::command::JobCommand;
use crate::decide::draft::Draft;
use crate::event::EventType;
use crate::id::JobId;
use crate::job::{Job, JobTold};

pub(super) fn carry_out(draft: &mut Draft<'_>, id: JobId, command: &JobCommand) -> Done {
    match command {
        JobCommand::Create(_) | JobCommand::Change(_) => Ok(()),
        JobCommand::Delete => {
            draft.wanted::<Job>(id)?;
            if draft.delete::<Job>(id, &JobTold::default()) {
                draft.emit(EventType::JobDeleted, draft.about_job(id));
            }
            Ok(())
        }
    }
}
