//! Where an interview stands, as far as that is in the way of what is asked; and how it gets somewhere else.

use crate::decide::command::Done;
use crate::decide::draft::Draft;
use crate::decide::interview::move_to;
use crate::id::InterviewId;
use crate::interview::Interview;
use crate::refusal::{Refusal, RefusalCode};
use crate::stage::{Stage, StageMark};

/// How far an interview has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It has not started: it is being scheduled, or its time has been set.
    Ahead,
    /// It has started.
    Started,
    /// It went wrong.
    Failed,
    /// It is over.
    Over,
    /// It was cancelled.
    Cancelled,
    /// It was archived.
    Archived,
}

pub(super) fn phase(interview: &Interview) -> Phase {
    match interview.stage.value {
        Stage::InterviewStarted => Phase::Started,
        Stage::InterviewFailed => Phase::Failed,
        Stage::InterviewCompleted
        | Stage::FeedbackCollecting
        | Stage::FeedbackFailed
        | Stage::FeedbackCompleted => Phase::Over,
        Stage::InterviewCanceled => Phase::Cancelled,
        Stage::InterviewArchived => Phase::Archived,
        Stage::InterviewCreated
        | Stage::SchedulingTime
        | Stage::SchedulingFailed
        | Stage::SchedulingCompleted
        | Stage::Other(_) => Phase::Ahead,
    }
}

/// How far an interview has come whose stage is ours to change.
pub(in crate::decide::command) fn stage_is_ours(
    draft: &Draft<'_>,
    id: InterviewId,
) -> Result<Phase, Refusal> {
    let phase = phase(draft.wanted::<Interview>(id)?);
    if draft.record(id).is_some_and(|record| record.stage_is_told) {
        return Err(Refusal::new(
            RefusalCode::STAGE_IS_TOLD_ELSEWHERE,
            format!("a platform tells where {id} stands; do it there"),
        ));
    }
    Ok(phase)
}

/// Why an interview that has come so far cannot be asked this any more.
pub(super) fn in_the_way(draft: &Draft<'_>, id: InterviewId, phase: Phase) -> Refusal {
    let stage = draft.get::<Interview>(id).map(|interview| interview.stage.value.clone());
    let stage = stage.as_ref().map_or("there", Stage::as_str);
    let (code, remedy) = match phase {
        Phase::Ahead => (RefusalCode::NOT_STARTED, "start it first"),
        Phase::Started => (RefusalCode::ALREADY_STARTED, "end it, or report that it failed, first"),
        Phase::Failed => (RefusalCode::ALREADY_FAILED, "schedule it again, or start it"),
        Phase::Over => (RefusalCode::INTERVIEW_OVER, "make a new one"),
        Phase::Cancelled => (RefusalCode::INTERVIEW_CANCELLED, "schedule it to take it up again"),
        Phase::Archived => (RefusalCode::INTERVIEW_ARCHIVED, "make a new one"),
    };
    Refusal::new(code, format!("{id} is in {stage}; {remedy}"))
}

/// Refuses what makes no sense for an interview that will not take place, or is put away.
pub(in crate::decide::command) fn is_not_archived_or_cancelled(draft: &Draft<'_>, id: InterviewId) -> Done {
    match phase(draft.wanted::<Interview>(id)?) {
        found @ (Phase::Cancelled | Phase::Archived) => Err(in_the_way(draft, id, found)),
        _ => Ok(()),
    }
}

/// Refuses what makes no sense for an interview that is over, or does not take place.
pub(super) fn is_to_come(draft: &Draft<'_>, id: InterviewId) -> Done {
    match phase(draft.wanted::<Interview>(id)?) {
        Phase::Ahead | Phase::Started | Phase::Failed => Ok(()),
        found => Err(in_the_way(draft, id, found)),
    }
}

/// Moves an interview to a stage and tells it; older messages do not move it from there.
pub(in crate::decide) fn go(draft: &mut Draft<'_>, id: InterviewId, stage: impl Into<StageMark>) {
    let at = draft.at;
    draft.change_record(id).stage_as_of = Some(at);
    move_to(draft, id, stage.into());
}

/// A stage with the reason for it.
pub(super) fn because(stage: Stage, reason: Option<&str>) -> StageMark {
    StageMark { text: reason.map(str::to_owned), ..stage.into() }
}
