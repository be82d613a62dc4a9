//! The links to join an interview.

use super::standing::is_to_come;
use crate::decide::command::Done;
use crate::decide::command::keeping::{missing, settle};
use crate::decide::draft::Draft;
use crate::decide::meeting::{MEETING, is_ready, tell};
use crate::event::EventType;
use crate::id::InterviewId;
use crate::interview::{Interview, Meeting};
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn put(draft: &mut Draft<'_>, id: InterviewId, links: &Meeting) -> Done {
    is_to_come(draft, id)?;
    if !links.is_ready() {
        return Err(missing("a meeting needs a link to join by"));
    }
    change(draft, id, Some(links));
    Ok(())
}

pub(super) fn remove(draft: &mut Draft<'_>, id: InterviewId) -> Done {
    if draft.wanted::<Interview>(id)?.meeting.is_none() {
        return Err(Refusal::new(RefusalCode::NO_MEETING, format!("{id} has no links to join")));
    }
    change(draft, id, None);
    Ok(())
}

fn change(draft: &mut Draft<'_>, id: InterviewId, links: Option<&Meeting>) {
    let Some(interview) = draft.get::<Interview>(id) else { return };
    if interview.meeting.as_ref() == links {
        return;
    }
    let before = interview.meeting.clone();
    let at = Some(draft.at);
    let record = draft.change_record(id);
    record.meeting_as_of = record.meeting_as_of.max(at);
    settle(draft, id, [MEETING]);
    draft.change::<Interview>(id).meeting = links.cloned();
    let is_news = links.is_some_and(|links| is_ready(links, before.as_ref()));
    let kind = if is_news { EventType::InterviewMeetingReady } else { EventType::InterviewUpdated };
    tell(draft, id, before, kind);
}
