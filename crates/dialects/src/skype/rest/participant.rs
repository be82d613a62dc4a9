//! Who takes part: `candidate` and `interviewer` in requests, `Candidate` and `Interviewer` in answers.

use callboard_core::{Attendee, AttendeeKind, Candidate, User};
use serde_json::{Map, Value};

use super::members::Members;
use crate::dialect::Unreadable;

/// Someone who is to take part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// Their name.
    pub name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// A candidate, an interviewer (one of the company's people), or anyone else.
    pub kind: AttendeeKind,
    /// The zone they live in, as it was given.
    pub time_zone: Option<String>,
}

impl Participant {
    pub(super) fn read(members: &Members<'_>) -> Result<Self, Unreadable> {
        let role = members.text("role")?.unwrap_or_else(|| "interviewer".to_owned());
        let kind = match role.to_ascii_lowercase().as_str() {
            "candidate" => AttendeeKind::Candidate,
            "interviewer" | "recruiter" => AttendeeKind::User,
            "guest" => AttendeeKind::Guest,
            _ => return Err(members.must_be("role", "`candidate` or `interviewer`")),
        };
        let (name, email) = (members.text("name")?, members.text("email")?);
        if name.is_none() && email.is_none() {
            return Err(members.must_be("email", "given, or else the `name`"));
        }
        if email.as_deref().is_some_and(|email| !is_address(email)) {
            return Err(members.must_be("email", "an e-mail address"));
        }
        Ok(Self { name, email, kind, time_zone: members.text("timezone")? })
    }

    /// Is this the one who takes part already? Told by e-mail where both have one, else by the name.
    pub fn is(&self, attendee: &Attendee) -> bool {
        let same_kind = attendee.kind.as_ref().is_none_or(|kind| *kind == self.kind);
        same_kind
            && match (&self.email, &attendee.email) {
                (Some(ours), Some(theirs)) => ours.trim().to_lowercase() == theirs.trim().to_lowercase(),
                (None, None) => self.name == attendee.display_name,
                _ => false,
            }
    }
}

pub(super) fn is_address(text: &str) -> bool {
    let is_plain = !text.chars().any(|it| it.is_whitespace() || it.is_control());
    is_plain && text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}

/// The word for what someone is.
pub(super) fn role(kind: Option<&AttendeeKind>) -> &str {
    match kind {
        Some(AttendeeKind::Candidate) => "Candidate",
        Some(AttendeeKind::User) | None => "Interviewer",
        Some(AttendeeKind::Guest) => "Guest",
        Some(AttendeeKind::Other(word)) => word,
    }
}

/// An attendee with the name and the address that are known of the candidate or the user.
pub(super) fn completed(attendee: &Attendee, candidate: Option<&Candidate>, user: Option<&User>) -> Attendee {
    let candidate = candidate.filter(|_| attendee.application_id.is_some());
    let (name, email) = (attendee.display_name.clone(), attendee.email.clone());
    Attendee {
        display_name: name.or_else(|| candidate?.display_name()).or_else(|| user?.name.clone()),
        email: email.or_else(|| candidate?.email.clone()).or_else(|| user?.email.clone()),
        ..attendee.clone()
    }
}

/// A completed attendee as an answer shows them.
pub(super) fn shown(attendee: &Attendee, zone: Option<&str>) -> Value {
    let mut members = Map::new();
    members.insert("name".to_owned(), attendee.display_name.clone().into());
    members.insert("email".to_owned(), attendee.email.clone().into());
    members.insert("role".to_owned(), role(attendee.kind.as_ref()).into());
    if let Some(zone) = zone {
        members.insert("timezone".to_owned(), zone.into());
    }
    Value::Object(members)
}
