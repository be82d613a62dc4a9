//! News of an interview, and the stages that follow from it where no platform tells them.

use serde_json::Map;

use super::belonging::Tie;
use super::draft::Draft;
use super::telling::Manner;
use super::{assessment, feedback, meeting};
use crate::application::Application;
use crate::entity_macro::as_json;
use crate::event::{EventType, Snapshot};
use crate::id::{ApplicationId, InterviewId};
use crate::interview::{Interview, InterviewMode, InterviewTold, Meeting};
use crate::observation::{About, Belonging, InterviewChange};
use crate::stage::{Stage, StageMark};

pub(super) fn hear(
    draft: &mut Draft<'_>,
    interview: &About<InterviewTold>,
    of: &Belonging,
    links: Option<&Meeting>,
    change: InterviewChange,
) {
    let id = find(draft, interview, of);
    let claims = matches!(change, InterviewChange::Created | InterviewChange::Updated) && links.is_none();
    let told = &interview.told;
    let manner = if claims { Manner::of::<Interview>(told) } else { Manner::beside::<Interview>(told) };
    if !hear_facts(draft, id, told, manner, change == InterviewChange::Updated) {
        return;
    }
    if let Some(links) = links {
        meeting::take(draft, id, links);
    }
    conclude(draft, id, Happened::ToIt(change));
}

/// The interview that is meant, tied to the application that it is held for. One that the platform gives no name is
/// the only open one of its application.
pub(super) fn find(draft: &mut Draft<'_>, interview: &About<InterviewTold>, of: &Belonging) -> InterviewId {
    let called = interview.external_id.as_ref();
    let found = draft.find_external::<Interview>(called);
    let known = found.and_then(|id| draft.get::<Interview>(id)?.application_id);
    let application = draft.belonging(of, known, Tie::Always).application;
    let id = found
        .or_else(|| if called.is_none() { only_open(draft, application?) } else { None })
        .unwrap_or_else(|| draft.make::<Interview>(called));
    if let Some(application) = application
        && draft.get::<Interview>(id).is_some_and(|interview| interview.application_id.is_none())
    {
        draft.change::<Interview>(id).application_id = Some(application);
        draft.change::<Application>(application).interviews.push(id);
    }
    id
}

/// The interview of an application that is neither cancelled nor archived, if there is exactly one.
pub(super) fn only_open(draft: &Draft<'_>, application: ApplicationId) -> Option<InterviewId> {
    let interviews = &draft.get::<Application>(application)?.interviews;
    let mut open = interviews
        .iter()
        .copied()
        .filter(|id| draft.get::<Interview>(*id).is_some_and(|interview| interview.is_open()));
    open.next().filter(|_| open.next().is_none())
}

/// Takes in what a message tells about the interview itself, and tells that it was made or changed. Answers whether
/// the interview is there to be told of.
pub(super) fn hear_facts(
    draft: &mut Draft<'_>,
    id: InterviewId,
    told: &InterviewTold,
    manner: Manner,
    says_updated: bool,
) -> bool {
    let Some(heard) = draft.tell::<Interview>(id, told, manner) else { return false };
    if heard.first {
        draft.emit(EventType::InterviewCreated, Snapshot { thin: heard.thin, ..draft.about_interview(id) });
    }
    if heard.changed && if heard.first { says_updated } else { says_updated || !heard.thin } {
        draft.emit(
            EventType::InterviewUpdated,
            Snapshot { thin: heard.thin, previous: heard.previous, ..draft.about_interview(id) },
        );
    }
    true
}

/// What has just happened to an interview.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Happened {
    /// Something was told of the interview itself.
    ToIt(InterviewChange),
    /// Something was told of reviewers; one may have been `assigned` just now.
    Reviewed {
        /// Was a reviewer asked who had not been before?
        assigned: bool,
    },
    /// Something else was told.
    Beside,
}

/// Moves an interview, whose stage no platform tells, to where it must be by what is known of it and has just
/// happened to it. What happened before our own people moved it comes too late, but for what reviewers gave.
pub(super) fn conclude(draft: &mut Draft<'_>, id: InterviewId, happened: Happened) {
    let Some(record) = draft.record(id).filter(|record| !record.stage_is_told) else { return };
    let is_late = record.stage_as_of.is_some_and(|as_of| draft.at < as_of);
    let steps = if is_late { &LATE_STEPS[..] } else { &STEPS[..] };
    draft.late |= is_late && matches!(happened, Happened::ToIt(_));
    let mut now = Now { happened, asked: false, all_scored: assessment::all_scored(draft, id) };
    for step in steps {
        if let Some(stage) = draft.get::<Interview>(id).and_then(|interview| step(interview, &now)) {
            now.asked |= move_to(draft, id, stage.into());
        }
    }
}

/// Moves an interview, and tells it. Once it is over, reviewers who have been assigned are asked for feedback; answers
/// whether any were.
pub(super) fn move_to(draft: &mut Draft<'_>, id: InterviewId, stage: StageMark) -> bool {
    let (consequence, is_over) = (consequence(&stage.value), is_over(&stage.value));
    let from = draft.change::<Interview>(id).move_to(stage);
    let previous = Map::from_iter([("stage".to_owned(), as_json(Some(&from)))]);
    draft.emit(EventType::InterviewStageUpdated, Snapshot { previous, ..draft.about_interview(id) });
    if let Some(kind) = consequence {
        draft.emit(kind, draft.about_interview(id));
    }
    is_over && feedback::ask_assigned(draft, id)
}

/// The event that being in a stage amounts to.
pub(super) fn consequence(stage: &Stage) -> Option<EventType> {
    match stage {
        Stage::InterviewCanceled => Some(EventType::InterviewCancelled),
        Stage::InterviewArchived => Some(EventType::InterviewArchived),
        _ => None,
    }
}

/// Has an interview in this stage taken place?
pub(super) fn is_over(stage: &Stage) -> bool {
    matches!(
        stage,
        Stage::InterviewCompleted
            | Stage::FeedbackCollecting
            | Stage::FeedbackFailed
            | Stage::FeedbackCompleted
    )
}

/// What a stage is concluded from, beside the interview itself.
struct Now {
    happened: Happened,
    /// Was a reviewer asked because the interview is over?
    asked: bool,
    all_scored: bool,
}

/// What a stage follows from, in the order in which an interview runs its course.
const STEPS: [fn(&Interview, &Now) -> Option<Stage>; 4] =
    [follow_schedule, follow_end, follow_feedback, follow_close];

/// What still follows where the rest comes too late.
const LATE_STEPS: [fn(&Interview, &Now) -> Option<Stage>; 1] = [follow_feedback];

/// One on demand is taken whenever it suits the candidate: there is no time to ask for.
fn follow_schedule(interview: &Interview, _: &Now) -> Option<Stage> {
    let on_demand = interview.mode == Some(InterviewMode::OnDemand);
    match (&interview.stage.value, interview.start) {
        (Stage::InterviewCreated | Stage::SchedulingTime | Stage::SchedulingFailed, Some(_)) => {
            Some(Stage::SchedulingCompleted)
        }
        (Stage::InterviewCreated | Stage::SchedulingTime, None) if on_demand => {
            Some(Stage::SchedulingCompleted)
        }
        (Stage::InterviewCreated, None) => Some(Stage::SchedulingTime),
        _ => None,
    }
}

fn follow_end(interview: &Interview, now: &Now) -> Option<Stage> {
    let is_before = matches!(
        interview.stage.value,
        Stage::InterviewCreated
            | Stage::SchedulingTime
            | Stage::SchedulingFailed
            | Stage::SchedulingCompleted
            | Stage::InterviewStarted
            | Stage::InterviewFailed
    );
    (now.happened == Happened::ToIt(InterviewChange::Ended) && is_before).then_some(Stage::InterviewCompleted)
}

fn follow_close(interview: &Interview, now: &Now) -> Option<Stage> {
    match now.happened {
        Happened::ToIt(InterviewChange::Cancelled) if interview.is_open() => Some(Stage::InterviewCanceled),
        Happened::ToIt(InterviewChange::Archived) if interview.stage.value != Stage::InterviewArchived => {
            Some(Stage::InterviewArchived)
        }
        _ => None,
    }
}

/// A platform that tells of scores says by that that the interview is over; our own people may score before.
fn follow_feedback(interview: &Interview, now: &Now) -> Option<Stage> {
    let stage = &interview.stage.value;
    let reviewed = matches!(now.happened, Happened::Reviewed { .. });
    if now.all_scored {
        return ((reviewed || is_over(stage)) && interview.is_open() && *stage != Stage::FeedbackCompleted)
            .then_some(Stage::FeedbackCompleted);
    }
    let assigned = now.asked || now.happened == (Happened::Reviewed { assigned: true });
    (assigned && matches!(stage, Stage::InterviewCompleted | Stage::FeedbackCompleted))
        .then_some(Stage::FeedbackCollecting)
}
