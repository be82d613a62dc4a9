//! How an interview takes its course: it starts and ends, goes wrong, is cancelled or put away.

use super::standing::{Phase, because, go, in_the_way, phase, stage_is_ours};
use crate::decide::assessment::all_scored;
use crate::decide::command::Done;
use crate::decide::draft::Draft;
use crate::id::InterviewId;
use crate::interview::Interview;
use crate::refusal::{Refusal, RefusalCode};
use crate::stage::Stage;

pub(super) fn start(draft: &mut Draft<'_>, id: InterviewId) -> Done {
    match stage_is_ours(draft, id)? {
        Phase::Ahead | Phase::Failed => {
            go(draft, id, Stage::InterviewStarted);
            Ok(())
        }
        found => Err(in_the_way(draft, id, found)),
    }
}

/// Whoever is assigned is asked for feedback by that.
pub(super) fn end(draft: &mut Draft<'_>, id: InterviewId) -> Done {
    match stage_is_ours(draft, id)? {
        Phase::Started => {}
        Phase::Failed => {
            return Err(Refusal::new(
                RefusalCode::NOT_STARTED,
                format!("{id} failed and has not started again; start it first"),
            ));
        }
        found => return Err(in_the_way(draft, id, found)),
    }
    go(draft, id, Stage::InterviewCompleted);
    if all_scored(draft, id) {
        go(draft, id, Stage::FeedbackCompleted);
    } else if draft.get::<Interview>(id).is_some_and(|interview| !interview.feedback.is_empty()) {
        go(draft, id, Stage::FeedbackCollecting);
    }
    Ok(())
}

pub(super) fn fail(draft: &mut Draft<'_>, id: InterviewId, reason: Option<&str>) -> Done {
    let found = stage_is_ours(draft, id)?;
    let stage = match draft.wanted::<Interview>(id)?.stage.value {
        Stage::InterviewCreated | Stage::SchedulingTime => Stage::SchedulingFailed,
        Stage::SchedulingCompleted | Stage::InterviewStarted => Stage::InterviewFailed,
        Stage::InterviewCompleted | Stage::FeedbackCollecting => Stage::FeedbackFailed,
        Stage::SchedulingFailed | Stage::FeedbackFailed => return Err(in_the_way(draft, id, Phase::Failed)),
        _ => return Err(in_the_way(draft, id, found)),
    };
    go(draft, id, because(stage, reason));
    Ok(())
}

pub(super) fn cancel(draft: &mut Draft<'_>, id: InterviewId, reason: Option<&str>) -> Done {
    match stage_is_ours(draft, id)? {
        Phase::Ahead | Phase::Started | Phase::Failed => {
            go(draft, id, because(Stage::InterviewCanceled, reason));
            Ok(())
        }
        Phase::Cancelled => Err(Refusal::new(
            RefusalCode::ALREADY_CANCELLED,
            format!("{id} has been cancelled already; schedule it to take it up again"),
        )),
        found => Err(in_the_way(draft, id, found)),
    }
}

/// Cancels an interview that is still to come, unless a platform tells where it stands.
pub(in crate::decide) fn cancel_if_open(draft: &mut Draft<'_>, id: InterviewId, reason: &str) {
    let Some(interview) = draft.get::<Interview>(id) else { return };
    let is_open = matches!(phase(interview), Phase::Ahead | Phase::Started | Phase::Failed);
    if is_open && draft.record(id).is_some_and(|record| !record.stage_is_told) {
        go(draft, id, because(Stage::InterviewCanceled, Some(reason)));
    }
}

pub(super) fn archive(draft: &mut Draft<'_>, id: InterviewId) -> Done {
    if stage_is_ours(draft, id)? == Phase::Archived {
        return Err(Refusal::new(
            RefusalCode::ALREADY_ARCHIVED,
            format!("{id} has been archived already; there is nothing left to do"),
        ));
    }
    go(draft, id, Stage::InterviewArchived);
    Ok(())
}
