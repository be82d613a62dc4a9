//! How much a request may fill in (invariant I7). What the members mean has been checked when they were read.

use std::collections::HashSet;

use callboard_dialects::rest::skype::{Asked, Participant};

use crate::limits::{EMAIL_BYTES, LINE_CHARS, LINK_BYTES, LONG_TEXT_CHARS};
use crate::platforms::error_object::ErrorObject;
use crate::problem::codes;

/// Refuses what is too long to be kept.
pub(super) fn check(asked: &Asked) -> Result<(), ErrorObject> {
    check_line("title", asked.title.as_deref())?;
    if let Some(position) = &asked.position {
        check_line("position.title", position.title.as_deref())?;
        let description = position.description.as_deref().unwrap_or_default();
        if description.chars().count() > LONG_TEXT_CHARS {
            return Err(too_long("position.description", LONG_TEXT_CHARS, "characters"));
        }
        if position.url.as_ref().is_some_and(|url| url.len() > LINK_BYTES) {
            return Err(too_long("position.url", LINK_BYTES, "bytes"));
        }
    }
    for participant in asked.participants.iter().flatten() {
        check_line("participants[].name", participant.name.as_deref())?;
        if participant.email.as_ref().is_some_and(|email| email.len() > EMAIL_BYTES) {
            return Err(too_long("participants[].email", EMAIL_BYTES, "bytes"));
        }
    }
    check_once(asked.participants.as_deref().unwrap_or_default())
}

/// Someone is named once as what they are.
fn check_once(participants: &[Participant]) -> Result<(), ErrorObject> {
    let mut seen = HashSet::new();
    for participant in participants {
        let email = participant.email.as_deref().map(str::to_lowercase);
        if let Some(email) = email
            && !seen.insert((participant.kind.clone(), email))
        {
            return Err(ErrorObject::new(codes::BAD_BODY, "`participants` names someone twice"));
        }
    }
    Ok(())
}

fn check_line(member: &str, text: Option<&str>) -> Result<(), ErrorObject> {
    let Some(text) = text else { return Ok(()) };
    if text.chars().count() > LINE_CHARS {
        return Err(too_long(member, LINE_CHARS, "characters"));
    }
    if text.chars().any(char::is_control) {
        return Err(ErrorObject::new(codes::BAD_TEXT, format!("`{member}` has a control character in it")));
    }
    Ok(())
}

fn too_long(what: &str, most: usize, of: &str) -> ErrorObject {
    ErrorObject::new(codes::TOO_LONG, format!("`{what}` has at most {most} {of}"))
}
