//! Under which ids things go out: HireHive's own where they came from there, those of the account that the event is from
//! before another's; ours otherwise.

use std::borrow::Cow;

use callboard_core::{
    ApplicationId, CandidateId, ExternalIds, Identifier, Person, Snapshot, SourceId, UserId,
};

use super::members::PLATFORM;

/// Another hub, as external ids name it. Its users have ids like ours.
const OTHER_HUB: &str = "standard";

/// The id of a thing, as `source` calls it.
pub(super) fn id_of<I: Identifier>(names: &ExternalIds, id: I, source: Option<SourceId>) -> Cow<'_, str> {
    names.get_for(PLATFORM, source).map_or_else(|| id.to_string().into(), Cow::Borrowed)
}

/// The candidate: the linked one, or the one that the event is about.
pub(super) fn candidate_id(data: &Snapshot, linked: Option<CandidateId>) -> Option<Cow<'_, str>> {
    let linked = linked.or_else(|| data.application.as_ref()?.candidate_id);
    known_or(data.candidate.as_ref().map(|it| (&it.external_ids, it.id)), linked, data.source)
}

/// The application: the linked one, or the one that the event is about.
pub(super) fn application_id(data: &Snapshot, linked: Option<ApplicationId>) -> Option<Cow<'_, str>> {
    known_or(data.application.as_ref().map(|it| (&it.external_ids, it.id)), linked, data.source)
}

/// The job of the application, or the one that the event is about.
pub(super) fn job_id(data: &Snapshot) -> Option<Cow<'_, str>> {
    let linked = data.application.as_ref().and_then(|it| it.job_id);
    known_or(data.job.as_ref().map(|it| (&it.external_ids, it.id)), linked, data.source)
}

fn known_or<I: Identifier + PartialEq>(
    known: Option<(&ExternalIds, I)>,
    linked: Option<I>,
    source: Option<SourceId>,
) -> Option<Cow<'_, str>> {
    match (known, linked) {
        (Some((names, id)), linked) if linked.is_none_or(|linked| linked == id) => {
            Some(id_of(names, id, source))
        }
        (_, linked) => linked.map(|id| id.to_string().into()),
    }
}

/// The id of someone whom a thing refers to: the platform's, if the thing is known there, or else our user's.
pub(super) fn person_id<'a>(person: &'a Person, thing: &ExternalIds) -> Option<Cow<'a, str>> {
    let theirs = person.id.as_deref().filter(|_| thing.get(PLATFORM).is_some());
    theirs.map(Cow::Borrowed).or_else(|| person.user.map(|user| user.to_string().into()))
}

/// The id of a user that a thing tells, if it is the platform's or ours: not what some other platform calls them.
pub(super) fn user_id<'a>(id: Option<&'a str>, thing: &ExternalIds) -> Option<&'a str> {
    let is_ours = |id: &str| id.parse::<UserId>().is_ok() && thing.get(OTHER_HUB).is_none();
    id.filter(|id| thing.get(PLATFORM).is_some() || is_ours(id))
}
