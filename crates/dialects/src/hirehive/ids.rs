//! Under which ids things go out: HireHive's own where they came from there, ours otherwise.

use std::borrow::Cow;

use callboard_core::{ApplicationId, CandidateId, ExternalIds, Identifier, Person, Snapshot};

use super::members::PLATFORM;

/// The id of a thing.
pub(super) fn id_of<I: Identifier>(names: &ExternalIds, id: I) -> Cow<'_, str> {
    names.get(PLATFORM).map_or_else(|| id.to_string().into(), Cow::Borrowed)
}

/// The candidate: the linked one, or the one that the event is about.
pub(super) fn candidate_id(data: &Snapshot, linked: Option<CandidateId>) -> Option<Cow<'_, str>> {
    let linked = linked.or_else(|| data.application.as_ref()?.candidate_id);
    known_or(data.candidate.as_ref().map(|it| (&it.external_ids, it.id)), linked)
}

/// The application: the linked one, or the one that the event is about.
pub(super) fn application_id(data: &Snapshot, linked: Option<ApplicationId>) -> Option<Cow<'_, str>> {
    known_or(data.application.as_ref().map(|it| (&it.external_ids, it.id)), linked)
}

/// The job of the application, or the one that the event is about.
pub(super) fn job_id(data: &Snapshot) -> Option<Cow<'_, str>> {
    let linked = data.application.as_ref().and_then(|it| it.job_id);
    known_or(data.job.as_ref().map(|it| (&it.external_ids, it.id)), linked)
}

fn known_or<I: Identifier + PartialEq>(
    known: Option<(&ExternalIds, I)>,
    linked: Option<I>,
) -> Option<Cow<'_, str>> {
    match (known, linked) {
        (Some((names, id)), linked) if linked.is_none_or(|linked| linked == id) => Some(id_of(names, id)),
        (_, linked) => linked.map(|id| id.to_string().into()),
    }
}

/// The id of someone referred to in passing: the platform's, or else our user's.
pub(super) fn person_id(person: &Person) -> Option<Cow<'_, str>> {
    person.id.as_deref().map(Cow::Borrowed).or_else(|| person.user.map(|user| user.to_string().into()))
}
