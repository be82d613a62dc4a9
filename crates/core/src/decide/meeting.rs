//! News of the links to join an interview.

use serde_json::{Map, Value};

use super::draft::Draft;
use super::interview::{Happened, conclude, find, hear_facts};
use super::overall::check_overall;
use super::telling::Manner;
use crate::application::OverallStatus;
use crate::entity_macro::as_json;
use crate::event::{EventType, Snapshot};
use crate::id::InterviewId;
use crate::interview::{Interview, InterviewTold, Meeting};
use crate::observation::{About, Belonging};

/// What an interview's links are called, among its facts.
pub(super) const MEETING: &str = "meeting";

pub(super) fn hear(
    draft: &mut Draft<'_>,
    interview: &About<InterviewTold>,
    of: &Belonging,
    links: &Meeting,
    overall_status: Option<&OverallStatus>,
) {
    let id = find(draft, interview, of);
    let told = &interview.told;
    if !hear_facts(draft, id, told, Manner::beside::<Interview>(told), false) {
        return;
    }
    take(draft, id, links);
    conclude(draft, id, Happened::Beside);
    check_overall(draft, id, overall_status);
}

/// Takes the links in, the newest by event time; an older message fills what is missing. Tells it when there is a link
/// that was not there before.
pub(super) fn take(draft: &mut Draft<'_>, id: InterviewId, told: &Meeting) {
    let at = draft.at;
    let (Some(record), Some(interview)) = (draft.record(id), draft.get::<Interview>(id)) else { return };
    let (as_of, before) = (record.meeting_as_of, interview.meeting.clone());
    let newer = as_of.is_none_or(|as_of| at >= as_of);
    let is_settled = record.settled.contains(MEETING);
    draft.late |= !newer;
    if is_settled && !newer {
        return;
    }
    if newer && (as_of != Some(at) || is_settled) {
        let record = draft.change_record(id);
        record.meeting_as_of = Some(at);
        record.settled.remove(MEETING);
    }
    let known = before.clone().unwrap_or_default();
    let links = if newer { over(told.clone(), known) } else { over(known, told.clone()) };
    if before.as_ref().is_some_and(|before| *before == links) || links == Meeting::default() {
        return;
    }
    let is_news = newer && is_ready(&links, before.as_ref());
    draft.change::<Interview>(id).meeting = Some(links);
    if is_news {
        tell(draft, id, before, EventType::InterviewMeetingReady);
    } else {
        draft.taken_quietly |= newer;
    }
}

/// Is there a link that was not there before?
pub(super) fn is_ready(links: &Meeting, before: Option<&Meeting>) -> bool {
    let had = before.map(|before| (&before.join_url, &before.start_url));
    links.is_ready() && had != Some((&links.join_url, &links.start_url))
}

/// Tells that the links are not what they were `before`.
pub(super) fn tell(draft: &mut Draft<'_>, id: InterviewId, before: Option<Meeting>, kind: EventType) {
    let previous = Map::from_iter([(MEETING.to_owned(), without_host_link(before))]);
    draft.emit(kind, Snapshot { previous, ..draft.about_interview(id) });
}

fn over(first: Meeting, second: Meeting) -> Meeting {
    Meeting {
        join_url: first.join_url.or(second.join_url),
        start_url: first.start_url.or(second.start_url),
        provider: first.provider.or(second.provider),
        id: first.id.or(second.id),
    }
}

/// What the links were, in an event's `previous`. The host link is a secret that nobody needs once it is old.
fn without_host_link(before: Option<Meeting>) -> Value {
    as_json(before.map(|before| Meeting { start_url: None, ..before }).as_ref())
}
