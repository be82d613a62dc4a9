//! News of a candidate, and of the tags on one.

use std::borrow::Cow;

use serde_json::Map;

use super::draft::Draft;
use super::life::{Life, live};
use super::telling::Manner;
use crate::entity_macro::as_json;
use crate::event::{EventType, Snapshot};
use crate::id::CandidateId;
use crate::job::Named;
use crate::observation::{About, Change};
use crate::people::{Candidate, CandidateTold};

pub(super) fn hear(draft: &mut Draft<'_>, candidate: &About<CandidateTold>, change: Change) {
    let Some(id) = draft.candidate(candidate, None) else { return };
    let life = Life {
        created: EventType::CandidateCreated,
        updated: EventType::CandidateUpdated,
        deleted: Some(EventType::CandidateDeleted),
    };
    let told = with_newer_tags(draft, id, &candidate.told);
    let manner = Manner::of::<Candidate>(&told);
    live::<Candidate>(draft, id, (&told, manner), change, life, Draft::about_candidate);
}

/// Each tag has a time of its own, so that of two messages about different tags neither is lost, whichever comes first;
/// the newest message about the candidate has the last word on all tags before it.
pub(super) fn hear_tag(draft: &mut Draft<'_>, candidate: &About<CandidateTold>, tag: &Named, added: bool) {
    let Some(id) = draft.candidate(candidate, None) else { return };
    let Some(record) = draft.record(id) else { return };
    let (at, as_of, first, deleted) = (draft.at, record.as_of, !record.announced, record.deleted);
    let tag_as_of = record.tags_as_of.get(key(tag)).copied();
    draft.late |= Some(at) < as_of.max(tag_as_of);
    if deleted {
        if !draft.late {
            draft.unreconciled(format!("{id} was given or lost a tag after its removal; it stays as it was"));
        }
        return;
    }
    draft.refer::<Candidate>(id, &candidate.told);
    if first {
        draft.change_record(id).announced = true;
        draft.emit(EventType::CandidateCreated, draft.about_candidate(id));
    }
    if draft.late || tag_as_of == Some(at) {
        return;
    }
    let noted = &mut draft.change_record(id).tags_as_of;
    noted.retain(|_, noted| Some(*noted) > as_of);
    noted.insert(key(tag).to_owned(), at);
    let before = draft.get::<Candidate>(id).and_then(|candidate| candidate.tags.clone());
    if before.iter().flatten().any(|known| is_same(known, tag)) == added {
        return;
    }
    let tags = draft.change::<Candidate>(id).tags.get_or_insert_default();
    put_tag(tags, tag, added);
    let kind = if added { EventType::CandidateTagAdded } else { EventType::CandidateTagRemoved };
    let previous = Map::from_iter([("tags".to_owned(), as_json(before.as_ref()))]);
    draft.emit(kind, Snapshot { tag: Some(tag.clone()), previous, ..draft.about_candidate(id) });
}

/// What was told of a candidate, with the tags that were put on or taken off later than that left as they are.
pub(super) fn with_newer_tags<'t>(
    draft: &Draft<'_>,
    id: CandidateId,
    told: &'t CandidateTold,
) -> Cow<'t, CandidateTold> {
    let (Some(record), Some(candidate)) = (draft.record(id), draft.get::<Candidate>(id)) else {
        return Cow::Borrowed(told);
    };
    let is_later = |tag: &Named| record.tags_as_of.get(key(tag)).is_some_and(|noted| *noted > draft.at);
    let Some(tags) = told.tags.as_ref().filter(|_| record.tags_as_of.values().any(|noted| *noted > draft.at))
    else {
        return Cow::Borrowed(told);
    };
    let mut merged: Vec<Named> = tags.iter().filter(|tag| !is_later(tag)).cloned().collect();
    merged.extend(candidate.tags.iter().flatten().filter(|tag| is_later(tag)).cloned());
    Cow::Owned(CandidateTold { tags: Some(merged), ..told.clone() })
}

/// Puts a tag on, or takes it off.
pub(super) fn put_tag(tags: &mut Vec<Named>, tag: &Named, added: bool) {
    if added {
        tags.push(tag.clone());
    } else {
        tags.retain(|known| !is_same(known, tag));
    }
}

fn is_same(known: &Named, tag: &Named) -> bool {
    key(known) == key(tag)
}

/// What a tag is known by.
pub(super) fn key(tag: &Named) -> &str {
    tag.id.as_deref().or(tag.name.as_deref()).unwrap_or_default()
}
