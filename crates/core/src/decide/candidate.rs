//! News of a candidate, and of the tags on one.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::Map;

use super::draft::Draft;
use super::life::{Life, live};
use super::telling::Manner;
use crate::entity_macro::as_json;
use crate::event::{EventType, Snapshot};
use crate::id::CandidateId;
use crate::job::Named;
use crate::limits::MAX_TAGS_TOLD;
use crate::observation::{About, Change};
use crate::people::{Candidate, CandidateTold};
use crate::world::Record;

pub(super) fn hear(draft: &mut Draft<'_>, candidate: &About<CandidateTold>, change: Change) {
    let Some(id) = draft.candidate(candidate, None) else { return };
    let life = Life {
        created: EventType::CandidateCreated,
        updated: EventType::CandidateUpdated,
        deleted: Some(EventType::CandidateDeleted),
    };
    let manner = Manner::of::<Candidate>(&candidate.told);
    let told = with_newer_tags(draft, id, &candidate.told);
    live::<Candidate>(draft, id, (&told, manner), change, life, Draft::about_candidate);
}

/// Each tag has a time of its own, so that of two messages about different tags neither is lost, whichever comes first;
/// the newest message that tells all tags has the last word on everything before it.
pub(super) fn hear_tag(draft: &mut Draft<'_>, candidate: &About<CandidateTold>, tag: &Named, added: bool) {
    let Some(id) = draft.candidate(candidate, None) else { return };
    let Some(record) = draft.record(id) else { return };
    let (at, first, deleted) = (draft.at, !record.announced, record.deleted);
    let tag_as_of = record.tags_as_of.get(key(tag)).copied();
    let deleted_at = record.as_of.filter(|_| deleted);
    draft.late |= Some(at) < record.tags_listed_as_of.max(tag_as_of).max(deleted_at);
    if deleted {
        if !draft.late {
            draft.unreconciled(format!("{id} was given or lost a tag after its removal; it stays as it was"));
        }
        return;
    }
    draft.refer_to_candidate(id, &before(&candidate.told, tag, added));
    if first {
        draft.change_record(id).announced = true;
        draft.emit(EventType::CandidateCreated, draft.about_candidate(id));
    }
    if draft.late || tag_as_of == Some(at) {
        return;
    }
    note_turn(draft.change_record(id), tag, at);
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

/// What is told of a candidate who is shown with the tags that are on now, as it was before this one was put on or taken
/// off.
fn before(told: &CandidateTold, tag: &Named, added: bool) -> CandidateTold {
    let mut told = told.clone();
    if let Some(tags) = &mut told.tags {
        tags.retain(|known| !is_same(known, tag));
        if !added {
            tags.push(tag.clone());
        }
    }
    told
}

impl Draft<'_> {
    /// Takes in what a message tells in passing about a candidate: only what was missing.
    pub fn refer_to_candidate(&mut self, id: CandidateId, told: &CandidateTold) {
        if told.tags.is_some() && self.get::<Candidate>(id).is_some_and(|candidate| candidate.tags.is_none())
        {
            let told = with_newer_tags(self, id, told);
            self.refer::<Candidate>(id, &told);
        } else {
            self.refer::<Candidate>(id, told);
        }
    }
}

/// What was told of a candidate, with the tags left as they are that were put on or taken off later than that, or all of
/// them where all were told later. Notes when all were told, if that is taken from this.
pub(super) fn with_newer_tags<'t>(
    draft: &mut Draft<'_>,
    id: CandidateId,
    told: &'t CandidateTold,
) -> Cow<'t, CandidateTold> {
    let at = draft.at;
    let (Some(record), Some(candidate)) = (draft.record(id), draft.get::<Candidate>(id)) else {
        return Cow::Borrowed(told);
    };
    let Some(tags) = told.tags.as_ref().filter(|_| !record.deleted) else { return Cow::Borrowed(told) };
    if Some(at) < record.tags_listed_as_of {
        draft.late = true;
        return Cow::Owned(CandidateTold { tags: None, ..told.clone() });
    }
    let is_later = |tag: &Named| record.tags_as_of.get(key(tag)).is_some_and(|noted| *noted > at);
    let merged = record.tags_as_of.values().any(|noted| *noted > at).then(|| {
        let known = candidate.tags.iter().flatten().filter(|tag| is_later(tag));
        tags.iter().filter(|tag| !is_later(tag)).chain(known).cloned().collect()
    });
    let is_taken = candidate.tags.is_none() || record.as_of.is_none_or(|as_of| at >= as_of);
    if is_taken && record.tags_listed_as_of != Some(at) {
        draft.change_record(id).tags_listed_as_of = Some(at);
    }
    merged.map_or(Cow::Borrowed(told), |tags| Cow::Owned(CandidateTold { tags: Some(tags), ..told.clone() }))
}

/// Notes when a tag was put on or taken off. Once all have been told, what was before that needs no note; of more notes
/// than there can be the oldest go.
pub(super) fn note_turn(record: &mut Record, tag: &Named, at: Timestamp) {
    let listed_as_of = record.tags_listed_as_of;
    let noted = &mut record.tags_as_of;
    noted.retain(|_, noted| Some(*noted) > listed_as_of);
    let newest = noted.entry(key(tag).to_owned()).or_insert(at);
    *newest = at.max(*newest);
    while noted.len() > MAX_TAGS_TOLD
        && let Some(oldest) = noted.iter().min_by_key(|(_, noted)| **noted).map(|(key, _)| key.clone())
    {
        noted.remove(&oldest);
    }
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
