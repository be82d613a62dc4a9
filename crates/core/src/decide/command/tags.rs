//! Tags on a candidate: put on and taken off one by one, each told.

use serde_json::Map;

use super::Done;
use super::keeping::{announce, is_blank, missing};
use crate::decide::candidate::{note_turn, put_tag};
use crate::decide::draft::Draft;
use crate::entity_macro::as_json;
use crate::event::{EventType, Snapshot};
use crate::id::CandidateId;
use crate::job::Named;
use crate::limits::MAX_TAGS;
use crate::people::Candidate;
use crate::refusal::{Refusal, RefusalCode};

/// Puts a tag on, unless it is on.
pub(super) fn add(draft: &mut Draft<'_>, id: CandidateId, tag: &Named) -> Done {
    if is_blank(tag.id.as_ref()) && is_blank(tag.name.as_ref()) {
        return Err(missing("a tag needs a name"));
    }
    let candidate = draft.wanted::<Candidate>(id)?;
    let mut on = candidate.tags.iter().flatten();
    if on.clone().any(|known| is_one(known, tag)) {
        return Ok(());
    }
    if on.by_ref().count() >= MAX_TAGS {
        return Err(too_many(id));
    }
    turn(draft, id, tag, true);
    Ok(())
}

/// Takes the tag off that has this name or id.
pub(super) fn remove(draft: &mut Draft<'_>, id: CandidateId, tag: &str) -> Done {
    let mut on = draft.wanted::<Candidate>(id)?.tags.iter().flatten();
    let known = on.find(|known| known.name.as_deref() == Some(tag) || known.id.as_deref() == Some(tag));
    let known = known.cloned().ok_or_else(|| {
        Refusal::new(RefusalCode::NO_SUCH_TAG, format!("{id} has no tag `{tag}`; read its tags first"))
    })?;
    turn(draft, id, &known, false);
    Ok(())
}

/// Makes these the tags that are on.
pub(super) fn put(draft: &mut Draft<'_>, id: CandidateId, tags: &[Named]) -> Done {
    if tags.len() > MAX_TAGS {
        return Err(too_many(id));
    }
    let on = draft.wanted::<Candidate>(id)?.tags.clone().unwrap_or_default();
    for known in on.iter().filter(|known| !tags.iter().any(|tag| is_one(known, tag))) {
        turn(draft, id, known, false);
    }
    tags.iter().try_for_each(|tag| add(draft, id, tag))?;
    if draft.wanted::<Candidate>(id)?.tags.as_ref().is_some_and(|now| *now != on) {
        list(draft, id);
    }
    Ok(())
}

/// Notes that all tags were told: what is older than now changes none of them.
pub(super) fn list(draft: &mut Draft<'_>, id: CandidateId) {
    let at = Some(draft.at);
    let record = draft.change_record(id);
    record.tags_listed_as_of = record.tags_listed_as_of.max(at);
}

/// The same tags, each of them once; of more than there can be, one more than that.
pub(super) fn once(tags: Vec<Named>) -> Vec<Named> {
    let mut once: Vec<Named> = Vec::new();
    for tag in tags {
        if once.len() <= MAX_TAGS && !once.iter().any(|known| is_one(known, &tag)) {
            once.push(tag);
        }
    }
    once
}

fn too_many(id: CandidateId) -> Refusal {
    Refusal::new(
        RefusalCode::TOO_MANY,
        format!("{id} can have {MAX_TAGS} tags at the most; take one off first"),
    )
}

fn turn(draft: &mut Draft<'_>, id: CandidateId, tag: &Named, on: bool) {
    announce::<Candidate>(draft, id);
    let at = draft.at;
    note_turn(draft.change_record(id), tag, at);
    let candidate = draft.change::<Candidate>(id);
    let before = candidate.tags.clone();
    put_tag(candidate.tags.get_or_insert_default(), tag, on);
    let kind = if on { EventType::CandidateTagAdded } else { EventType::CandidateTagRemoved };
    let previous = Map::from_iter([("tags".to_owned(), as_json(before.as_ref()))]);
    draft.emit(kind, Snapshot { tag: Some(tag.clone()), previous, ..draft.about_candidate(id) });
}

/// Is it the same tag? By its id or by its name, whichever both have.
fn is_one(known: &Named, tag: &Named) -> bool {
    (known.id.is_some() && known.id == tag.id) || (known.name.is_some() && known.name == tag.name)
}
