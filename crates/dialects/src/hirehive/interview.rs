//! Interviews (seed 002, platforms.md 1.5.6).

use callboard_core::{
    About, Attendee, AttendeeAnswer, AttendeeKind, Belonging, ExternalIds, Interview, InterviewTold, Meeting,
    Snapshot, Stage,
};
use serde::Serialize;
use serde::de::MapAccess;
use serde_json::Value;

use super::ids::{application_id, candidate_id, id_of, job_id, user_id};
use super::members::{self, Member, Members, PLATFORM, identified, keeping};
use super::object::{self, PLAIN};
use crate::dialect::Unreadable;

const ACTIVE: &str = "active";
const PAST: &str = "past";
const CANCELLED: &str = "cancelled";
/// What `online_meeting_type` says of a meeting of another kind.
const UNKNOWN_MEETING: &str = "unknown";
const MEETING_TYPES: [&str; 7] = [
    "hangouts_meet",
    "event_named_hangout",
    "event_hangout",
    UNKNOWN_MEETING,
    "skype_for_consumer",
    "skype_for_business",
    "teams_for_business",
];

/// An interview with what it is held for, its links and its status.
#[derive(Default)]
pub(super) struct Whole {
    pub interview: About<InterviewTold>,
    pub of: Belonging,
    meeting: Meeting,
    status: Option<String>,
}

/// Reads an interview.
pub(super) fn read(json: &str) -> Result<Whole, Unreadable> {
    let mut whole = Whole::default();
    let kept = members::read(json, &mut whole)?;
    whole.interview = identified(keeping(whole.interview, kept))?;
    Ok(whole)
}

impl Whole {
    /// The links, if any were told.
    pub fn meeting(&self) -> Option<Meeting> {
        let told = self.meeting.join_url.is_some() || self.meeting.provider.is_some();
        told.then(|| self.meeting.clone())
    }

    pub fn is_past(&self) -> bool {
        self.status.as_deref() == Some(PAST)
    }

    pub fn is_cancelled(&self) -> bool {
        self.status.as_deref() == Some(CANCELLED)
    }
}

impl<'de> Members<'de> for Whole {
    fn take<A: MapAccess<'de>>(&mut self, member: Member<'_, A>) -> Result<(), A::Error> {
        match member.name {
            "id" => member.fact(&mut self.interview.external_id),
            "candidate_id" => member.reference(&mut self.of.candidate),
            "application_id" => member.reference(&mut self.of.application),
            "job_id" => member.reference(&mut self.of.job),
            "event" => member.part(Event(self)),
            "meta" => member.part(Meta(&mut self.meeting)),
            _ => member.keep(),
        }
    }
}

struct Event<'a>(&'a mut Whole);

impl<'de> Members<'de> for Event<'_> {
    fn take<A: MapAccess<'de>>(&mut self, member: Member<'_, A>) -> Result<(), A::Error> {
        let told = &mut self.0.interview.told;
        match member.name {
            "title" => member.fact(&mut told.title),
            "location" => member.fact(&mut told.location),
            "type" => member.fact(&mut told.format),
            "status" => member.word(&mut self.0.status, &[ACTIVE, PAST, CANCELLED]),
            "start" => member.fact(&mut told.start),
            "end" => member.fact(&mut told.end),
            "time_zone" => member.fact(&mut told.time_zone),
            "organizer_id" => member.fact(&mut told.organizer_id),
            "attendees" => member.fact(&mut told.attendees),
            _ => member.keep(),
        }
    }
}

struct Meta<'a>(&'a mut Meeting);

impl<'de> Members<'de> for Meta<'_> {
    fn take<A: MapAccess<'de>>(&mut self, member: Member<'_, A>) -> Result<(), A::Error> {
        match member.name {
            "online_meeting_type" => member.fact(&mut self.0.provider),
            "meeting_url" => member.fact(&mut self.0.join_url),
            _ => member.keep(),
        }
    }
}

/// Writes an interview. The host's link has no member, and stays here.
pub(super) fn write(out: &mut Vec<u8>, interview: &Interview, data: &Snapshot) {
    let names = &interview.external_ids;
    object::write(out, &interview.extra, |object| {
        object.member("id", &id_of(names, interview.id, data.source));
        object.member("candidate_id", &candidate_id(data, None));
        object.member("application_id", &application_id(data, interview.application_id));
        object.member("job_id", &job_id(data));
        object.part("event", |event| {
            event.member("title", &interview.title);
            event.member("location", &interview.location);
            event.member("type", &interview.format);
            event.member("status", &status(&interview.stage.value, event.kept_value("status")));
            event.member("start", &interview.start);
            event.member("end", &interview.end);
            event.member("time_zone", &interview.time_zone);
            event.member("organizer_id", &user_id(interview.organizer_id.as_deref(), names));
            let attendees = interview.attendees.iter().flatten();
            let attendees: Vec<_> = attendees.map(|attendee| AttendeeOut::of(attendee, names)).collect();
            event.member("attendees", &attendees);
        });
        object.part("meta", |meta| {
            let meeting = interview.meeting.as_ref();
            meta.kept("note_for_candidate", PLAIN);
            meta.kept("note_for_attendees", PLAIN);
            meta.kept("attach_resume_to_invite", PLAIN);
            meta.member("online_meeting_type", &meeting.and_then(|meeting| meeting_type(meeting, names)));
            meta.member("meeting_url", &meeting.and_then(|meeting| meeting.join_url.as_ref()));
        });
    });
}

/// What the stage comes to in the three words that there are. A word of the platform's that we do not know stands as
/// long as the interview is open.
fn status<'a>(stage: &Stage, kept: Option<&'a Value>) -> &'a str {
    match stage {
        Stage::InterviewCanceled => CANCELLED,
        Stage::InterviewArchived
        | Stage::InterviewFailed
        | Stage::InterviewCompleted
        | Stage::FeedbackCollecting
        | Stage::FeedbackFailed
        | Stage::FeedbackCompleted => PAST,
        Stage::InterviewCreated
        | Stage::SchedulingTime
        | Stage::SchedulingFailed
        | Stage::SchedulingCompleted
        | Stage::InterviewStarted
        | Stage::Other(_) => kept.and_then(Value::as_str).unwrap_or(ACTIVE),
    }
}

/// The provider in HireHive's words; what has none there is `unknown`, unless the word came from there.
fn meeting_type<'a>(meeting: &'a Meeting, names: &ExternalIds) -> Option<&'a str> {
    match meeting.provider.as_deref() {
        Some(word) if MEETING_TYPES.contains(&word) || names.get(PLATFORM).is_some() => Some(word),
        Some(_) => Some(UNKNOWN_MEETING),
        None => meeting.join_url.as_ref().map(|_| UNKNOWN_MEETING),
    }
}

/// An attendee as it is written, nothing left out.
#[derive(Serialize)]
struct AttendeeOut<'a> {
    id: Option<&'a str>,
    application_id: Option<&'a str>,
    user_id: Option<&'a str>,
    r#type: Option<&'a str>,
    status: Option<&'a str>,
    display_name: Option<&'a str>,
    email: Option<&'a str>,
}

impl<'a> AttendeeOut<'a> {
    /// Somebody who takes part in an interview that has these names.
    fn of(attendee: &'a Attendee, names: &ExternalIds) -> Self {
        Self {
            id: attendee.id.as_deref(),
            application_id: attendee.application_id.as_deref(),
            user_id: user_id(attendee.user_id.as_deref(), names),
            r#type: attendee.kind.as_ref().map(AttendeeKind::as_str),
            status: attendee.answer.as_ref().map(AttendeeAnswer::as_str),
            display_name: attendee.display_name.as_deref(),
            email: attendee.email.as_deref(),
        }
    }
}
