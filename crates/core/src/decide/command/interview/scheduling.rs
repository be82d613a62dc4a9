//! When an interview takes place: a time is set, or somebody is asked for one.

use super::standing::{Phase, go, in_the_way, phase, stage_is_ours};
use crate::application::Application;
use crate::command::{Facts, Schedule, TimeAsked};
use crate::decide::command::Done;
use crate::decide::command::keeping::amend;
use crate::decide::draft::Draft;
use crate::event::{EventType, Snapshot};
use crate::id::InterviewId;
use crate::interview::{Interview, InterviewMode, InterviewTold};
use crate::refusal::{Refusal, RefusalCode};
use crate::stage::{Stage, StageMark};

impl TimeAsked {
    /// Every way to ask.
    pub const ALL: [Self; 4] = [
        Self::InterviewerSelects,
        Self::InterviewerProposes,
        Self::CandidateSelects,
        Self::CandidateProposes,
    ];

    /// The words that go with the stage (seed 004).
    pub fn text(self) -> &'static str {
        match self {
            Self::InterviewerSelects => "Pending interviewer time selection",
            Self::InterviewerProposes => "Pending interviewer time proposal",
            Self::CandidateSelects => "Pending candidate time selection",
            Self::CandidateProposes => "Pending candidate time proposal",
        }
    }

    /// The stage in which somebody is asked for a time.
    pub(super) fn stage(self) -> StageMark {
        StageMark { text: Some(self.text().to_owned()), ..Stage::SchedulingTime.into() }
    }
}

pub(super) fn schedule(draft: &mut Draft<'_>, id: InterviewId, schedule: &Schedule) -> Done {
    can_be_scheduled(draft, id)?;
    let told = InterviewTold {
        start: Some(schedule.start),
        end: schedule.end,
        time_zone: schedule.time_zone.clone(),
        ..InterviewTold::default()
    };
    let clear = if schedule.end.is_none() { vec!["end".to_owned()] } else { Vec::new() };
    let interview = draft.wanted::<Interview>(id)?;
    let (had_time, stands) = (interview.start.is_some(), interview.stage.value == Stage::SchedulingCompleted);
    let previous = amend::<Interview>(draft, id, &Facts { told, clear, ..Facts::default() })?;
    if !previous.is_empty() && (had_time || stands) {
        draft.emit(EventType::InterviewUpdated, Snapshot { previous, ..draft.about_interview(id) });
    }
    if !stands {
        go(draft, id, Stage::SchedulingCompleted);
    }
    Ok(())
}

/// A time that was set before is void by that.
pub(super) fn ask(draft: &mut Draft<'_>, id: InterviewId, asked: TimeAsked) -> Done {
    can_be_scheduled(draft, id)?;
    if draft.wanted::<Interview>(id)?.mode == Some(InterviewMode::OnDemand) {
        return Err(Refusal::new(
            RefusalCode::NO_TIME_NEEDED,
            format!("{id} is on demand, so it needs no time; set its deadline instead"),
        ));
    }
    let clear = vec!["start".to_owned(), "end".to_owned()];
    let previous = amend::<Interview>(draft, id, &Facts { clear, ..Facts::default() })?;
    if !previous.is_empty() {
        draft.emit(EventType::InterviewUpdated, Snapshot { previous, ..draft.about_interview(id) });
    }
    if draft.wanted::<Interview>(id)?.stage != asked.stage() {
        go(draft, id, asked.stage());
    }
    Ok(())
}

fn can_be_scheduled(draft: &Draft<'_>, id: InterviewId) -> Done {
    stage_is_ours(draft, id)?;
    let interview = draft.wanted::<Interview>(id)?;
    match phase(interview) {
        Phase::Ahead | Phase::Failed => Ok(()),
        Phase::Cancelled => still_applied_for(draft, interview),
        found @ (Phase::Started | Phase::Over | Phase::Archived) => Err(in_the_way(draft, id, found)),
    }
}

/// What was cancelled because its application went is not taken up again.
fn still_applied_for(draft: &Draft<'_>, interview: &Interview) -> Done {
    let Some(application) = interview.application_id else { return Ok(()) };
    if draft.wanted::<Application>(application).is_ok() {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalCode::APPLICATION_REMOVED,
        format!("{application}, for which {} was held, has been removed; make a new interview", interview.id),
    ))
}
