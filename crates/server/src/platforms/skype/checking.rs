//! How much a request may fill in (invariant I7). What the members mean has been checked when they were read.

use std::collections::HashSet;

use callboard_core::MAX_ATTENDEES;
use callboard_dialects::rest::skype::{Asked, Participant, Tenant};

use crate::api::text::{check_name, is_control};
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
        if description.chars().any(|it| is_control(it) && !matches!(it, '\n' | '\r' | '\t')) {
            return Err(has_control("position.description"));
        }
        if position.url.as_ref().is_some_and(|url| url.len() > LINK_BYTES) {
            return Err(too_long("position.url", LINK_BYTES, "bytes"));
        }
        if position.url.as_ref().is_some_and(|url| url.chars().any(is_control)) {
            return Err(has_control("position.url"));
        }
    }
    if asked.participants.as_ref().is_some_and(|all| all.len() > MAX_ATTENDEES) {
        return Err(too_long("participants", MAX_ATTENDEES, "people"));
    }
    for participant in asked.participants.iter().flatten() {
        check_line("participants[].name", participant.name.as_deref())?;
        check_email("participants[].email", participant.email.as_deref())?;
    }
    check_once(asked.participants.as_deref().unwrap_or_default())
}

/// The same of a company that is asked for.
pub(super) fn check_tenant(tenant: &Tenant) -> Result<(), ErrorObject> {
    check_name("company.name", &tenant.name)?;
    let Some((name, email)) = &tenant.admin else { return Ok(()) };
    check_line("admin.name", name.as_deref())?;
    check_email("admin.email", Some(email))
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

fn check_email(member: &str, email: Option<&str>) -> Result<(), ErrorObject> {
    if email.is_some_and(|email| email.len() > EMAIL_BYTES) {
        return Err(too_long(member, EMAIL_BYTES, "bytes"));
    }
    if email.is_some_and(|email| email.chars().any(is_control)) {
        return Err(has_control(member));
    }
    Ok(())
}

fn check_line(member: &str, text: Option<&str>) -> Result<(), ErrorObject> {
    let Some(text) = text else { return Ok(()) };
    if text.chars().count() > LINE_CHARS {
        return Err(too_long(member, LINE_CHARS, "characters"));
    }
    if text.chars().any(is_control) {
        return Err(has_control(member));
    }
    Ok(())
}

fn has_control(member: &str) -> ErrorObject {
    ErrorObject::new(codes::BAD_TEXT, format!("`{member}` has a control character in it"))
}

fn too_long(what: &str, most: usize, of: &str) -> ErrorObject {
    ErrorObject::new(codes::TOO_LONG, format!("`{what}` has at most {most} {of}"))
}
