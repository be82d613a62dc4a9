//! What commands refer to: people and things by our ids, which must be there and of the same company.

use super::Done;
use super::keeping::bad;
use crate::application::Application;
use crate::decide::draft::Draft;
use crate::id::{ApplicationId, CandidateId, Identifier, UserId};
use crate::people::{Person, User};
use crate::refusal::{Refusal, RefusalCode};

/// Our user of this id, as events speak of them.
pub(super) fn person(draft: &Draft<'_>, id: UserId) -> Result<Person, Refusal> {
    let user = draft.wanted::<User>(id)?;
    Ok(Person { user: Some(id), id: None, name: user.name.clone(), email: user.email.clone() })
}

/// The id in a text, if it is one of ours. A platform's own id is left as it is.
pub(super) fn ours<I: Identifier>(text: Option<&String>) -> Result<Option<I>, Refusal> {
    let prefix = format!("{}_", I::PREFIX);
    let text = text.filter(|text| text.starts_with(&prefix));
    text.map(|text| text.parse().map_err(|_| Refusal::not_found(text))).transpose()
}

/// A user who is named in a text must be there, if the id is one of ours.
pub(super) fn known_user(draft: &Draft<'_>, text: Option<&String>) -> Done {
    match ours::<UserId>(text)? {
        Some(id) => draft.wanted::<User>(id).map(|_| ()),
        None => Ok(()),
    }
}

/// The candidate of an application, if it is there; they must be `named` if they were named as well.
pub(super) fn applicant(
    draft: &Draft<'_>,
    id: ApplicationId,
    named: Option<CandidateId>,
) -> Result<Option<CandidateId>, Refusal> {
    let candidate = draft.wanted::<Application>(id)?.candidate_id;
    same("candidate", id, named, candidate)
}

/// What a thing leads to must be what was named, where both are known.
pub(super) fn same<I: Identifier + PartialEq, O: Identifier>(
    what: &str,
    of: O,
    named: Option<I>,
    known: Option<I>,
) -> Result<Option<I>, Refusal> {
    match (named, known) {
        (Some(named), Some(known)) if named != known => Err(Refusal::new(
            RefusalCode::BELONGS_ELSEWHERE,
            format!(
                "the {what} of {of} is {known}, not {named}; leave {named} out, or name another {}",
                O::PREFIX
            ),
        )),
        _ => Ok(named.or(known)),
    }
}

/// A number that cannot be below zero.
pub(super) fn not_negative(what: &str, number: Option<i64>) -> Option<Refusal> {
    number.filter(|number| *number < 0).map(|number| bad(format!("{what} is {number}; it cannot be below 0")))
}
