//! Bodies of requests to HireHive's API, in our words. What there is no word for is kept, and shown again.

use callboard_core::{
    About, Application, ApplicationTold, AttendeeKind, CandidateTold, Extra, InterviewTold, JobTold, Meeting,
    NoteTold,
};
use serde::de::DeserializeSeed;
use serde_json::{Map, Value};

use super::super::members::{self, Members, PLATFORM, Told, keeping};
use super::super::{application, interview as interviews, note as notes};
use crate::dialect::Unreadable;

/// A note that is to be written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewNote {
    /// What it says, and by whom.
    pub told: NoteTold,
    /// The application it is written on, by the id that the body gives.
    pub application: Option<String>,
}

/// An interview that is to be arranged.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewInterview {
    /// What is said about it.
    pub told: InterviewTold,
    /// The application it is held for, by the id that the body gives.
    pub application: Option<String>,
    /// The links to join it.
    pub meeting: Option<Meeting>,
}

/// Reads the body of `POST /jobs`.
pub fn job(body: &[u8]) -> Result<JobTold, Unreadable> {
    thing(body)
}

/// Reads the body of `PUT /candidates/{id}`.
pub fn candidate(body: &[u8]) -> Result<CandidateTold, Unreadable> {
    thing(body)
}

/// Reads the body of `POST /candidates/{id}/notes`.
pub fn note(body: &[u8]) -> Result<NewNote, Unreadable> {
    let mut whole = notes::Whole::default();
    let kept = read(body, &mut whole)?;
    let application = whole.of.application.and_then(|about| about.external_id);
    Ok(NewNote { told: keeping(whole.note, kept).told, application })
}

/// Reads the body of `POST /interviews`. What kind of attendee one is follows from who they are, where it is not said.
pub fn interview(body: &[u8]) -> Result<NewInterview, Unreadable> {
    let mut whole = interviews::Whole::default();
    let kept = read(body, &mut whole)?;
    let meeting = whole.meeting();
    let application = whole.of.application.and_then(|about| about.external_id);
    let mut told = keeping(whole.interview, kept).told;
    for attendee in told.attendees.iter_mut().flatten() {
        // An attendee is given an id here, and joins later.
        (attendee.id, attendee.joined_at) = (None, None);
        let kind = match (&attendee.application_id, &attendee.user_id) {
            (Some(_), _) => AttendeeKind::Candidate,
            (None, Some(_)) => AttendeeKind::User,
            (None, None) => AttendeeKind::Guest,
        };
        attendee.kind.get_or_insert(kind);
    }
    Ok(NewInterview { told, application, meeting })
}

/// Reads the body of `PUT …/applications/{id}/source`, which replaces the source that there was.
pub fn source(body: &[u8], before: &Application) -> Result<ApplicationTold, Unreadable> {
    let mut told = ApplicationTold::default();
    let kept = read(body, &mut application::Source(&mut told))?;
    let mut members = before.extra.get(PLATFORM).and_then(Value::as_object).cloned().unwrap_or_default();
    members.insert("source".to_owned(), kept.into());
    told.extra = Extra::from([(PLATFORM.to_owned(), members.into())]);
    Ok(told)
}

fn thing<T: Told>(body: &[u8]) -> Result<T, Unreadable>
where
    About<T>: for<'de> Members<'de>,
{
    let mut about = About::default();
    let kept = read(body, &mut about)?;
    Ok(keeping(about, kept).told)
}

/// Reads a whole body; answers what is kept.
pub(super) fn read<'de, M: Members<'de>>(
    body: &'de [u8],
    into: &mut M,
) -> Result<Map<String, Value>, Unreadable> {
    let unreadable = |error: serde_json::Error| Unreadable(error.to_string());
    let mut json = serde_json::Deserializer::from_slice(body);
    let kept = members::Reader(into).deserialize(&mut json).map_err(unreadable)?;
    json.end().map_err(unreadable)?;
    kept.ok_or_else(|| Unreadable("the body is null".to_owned()))
}
