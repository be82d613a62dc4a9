//! An interview is made, and what is said of it is changed.

use super::attending;
use super::standing::go;
use crate::application::Application;
use crate::command::{Facts, TimeAsked};
use crate::decide::command::Done;
use crate::decide::command::keeping::{Kept, amend, bad, is_free, make, unknown_word};
use crate::decide::command::referring::known_user;
use crate::decide::draft::Draft;
use crate::event::{EventType, Snapshot};
use crate::id::{ApplicationId, InterviewId};
use crate::interview::{
    AttendeeAnswer, AttendeeKind, Interview, InterviewFormat, InterviewMode, InterviewTold,
};
use crate::limits::MAX_INTERVIEWS;
use crate::refusal::{Refusal, RefusalCode};
use crate::stage::Stage;

/// Facts that have an action of their own.
const NOT_BY_CHANGE: [&str; 4] = ["start", "end", "attendees", "mode"];

impl Kept for Interview {
    const CREATED: Option<EventType> = Some(EventType::InterviewCreated);

    fn about(draft: &Draft<'_>, id: InterviewId) -> Snapshot {
        draft.about_interview(id)
    }

    fn faults(&self) -> Vec<Refusal> {
        let backwards = self.end.is_some_and(|end| self.start.is_none_or(|start| end <= start));
        let backwards = backwards.then(|| bad("an interview ends after it has started".to_owned()));
        let attendees = self.attendees.as_deref().unwrap_or_default();
        let many = attending::too_many(attendees);
        let format = unknown_word!(InterviewFormat, self.format, "format of an interview");
        let mode = unknown_word!(InterviewMode, self.mode, "mode of an interview");
        let words = attendees.iter().flat_map(|attendee| {
            [
                unknown_word!(AttendeeKind, attendee.kind, "type of an attendee"),
                unknown_word!(AttendeeAnswer, attendee.answer, "status of an attendee"),
            ]
        });
        [backwards, many, format, mode].into_iter().chain(words).flatten().collect()
    }
}

/// A new one without a time goes from created to scheduling at once, and both are told; one on demand needs no time.
pub(super) fn create(
    draft: &mut Draft<'_>,
    id: InterviewId,
    application_id: Option<ApplicationId>,
    facts: &Facts<InterviewTold>,
) -> Done {
    is_free(draft, id)?;
    known_user(draft, facts.told.organizer_id.as_ref())?;
    if let Some(application_id) = application_id {
        if draft.wanted::<Application>(application_id)?.interviews.len() >= MAX_INTERVIEWS {
            return Err(Refusal::new(
                RefusalCode::TOO_MANY,
                format!("{application_id} has {MAX_INTERVIEWS} interviews, which is as many as there can be"),
            ));
        }
        draft.change::<Application>(application_id).interviews.push(id);
    }
    let mut facts = facts.clone();
    facts.told.mode.get_or_insert(InterviewMode::Live);
    if let Some(attendees) = &facts.told.attendees {
        facts.told.attendees = Some(attending::invited(draft, application_id, attendees)?);
    }
    let needs_time = facts.told.start.is_none() && facts.told.mode != Some(InterviewMode::OnDemand);
    make(draft, id, Interview { application_id, ..Interview::new(id) }, &facts)?;
    if needs_time {
        go(draft, id, TimeAsked::InterviewerSelects.stage());
    } else {
        go(draft, id, Stage::SchedulingCompleted);
    }
    Ok(())
}

pub(super) fn change(draft: &mut Draft<'_>, id: InterviewId, facts: &Facts<InterviewTold>) -> Done {
    known_user(draft, facts.told.organizer_id.as_ref())?;
    let mut told = facts.told.clone();
    let mode = draft.wanted::<Interview>(id)?.mode.clone().unwrap_or(InterviewMode::Live);
    told.mode = told.mode.filter(|told| *told != mode);
    for fact in NOT_BY_CHANGE {
        if told.forget(fact) || facts.clear.iter().any(|clear| clear == fact) {
            return Err(Refusal::new(
                RefusalCode::NOT_BY_CHANGE,
                format!(
                    "the {fact} of {id} does not change like that: schedule it for a time, add and remove attendees \
                     one by one, and make a new interview to have it live or on demand"
                ),
            ));
        }
    }
    let facts = Facts { told, ..facts.clone() };
    let previous = amend::<Interview>(draft, id, &facts)?;
    if !previous.is_empty() {
        draft.emit(EventType::InterviewUpdated, Snapshot { previous, ..draft.about_interview(id) });
    }
    Ok(())
}
