//! One page of what a search finds: exactly by ids and names, then by looking at what is newest.

use std::collections::BTreeSet;

use callboard_core::{ApplicationId, CandidateId, CompanyId, Entity, Held, Identifier, InterviewId, Name};
use callboard_ledger::{EngineError, Reader};

use super::cursor::Cursor;
use super::found::{Found, found};
use super::looking::look;
use super::needle::Needle;
use crate::limits::LISTING_ROWS;

/// What is searched for.
pub(super) struct Wanted {
    pub(super) company: CompanyId,
    /// An id with its number, if the text is one.
    pub(super) id: Option<(String, u64)>,
    pub(super) names: Vec<Name>,
    pub(super) needle: Needle,
}

/// What was found, and where to go on.
pub(super) struct FoundPage {
    pub(super) items: Vec<Found>,
    pub(super) next: Option<Cursor>,
}

/// An id that something can be found by.
pub(super) fn id(text: &str) -> Option<(String, u64)> {
    fn read<I: Identifier>(text: &str) -> Option<(String, u64)> {
        I::from_str(text).ok().map(|id| (id.to_string(), id.raw()))
    }
    read::<InterviewId>(text).or_else(|| read::<CandidateId>(text)).or_else(|| read::<ApplicationId>(text))
}

/// A page of what is wanted.
pub(super) fn find(
    reader: &mut dyn Reader,
    wanted: &Wanted,
    from: Option<Cursor>,
    limit: usize,
) -> Result<FoundPage, EngineError> {
    let mut exact = exactly(reader, wanted)?;
    let known: BTreeSet<u64> = exact.iter().map(|held| held.entity.raw_id()).collect();
    match from {
        None => {}
        Some(Cursor::Exact(after)) => exact.retain(|held| held.entity.raw_id() < after),
        Some(Cursor::Newest(_)) => exact.clear(),
    }
    if exact.len() >= limit {
        exact.truncate(limit);
        let next = exact.last().map(|held| Cursor::Exact(held.entity.raw_id()));
        return Ok(FoundPage { items: found(reader, wanted.company, &exact)?, next });
    }
    let before = if let Some(Cursor::Newest(before)) = from { Some(before) } else { None };
    let is_new = |held: &Held| !known.contains(&held.entity.raw_id()) && wanted.needle.is_in(&held.entity);
    let looked = look(reader, wanted.company, before, limit - exact.len(), is_new)?;
    exact.extend(looked.items);
    Ok(FoundPage { items: found(reader, wanted.company, &exact)?, next: looked.next.map(Cursor::Newest) })
}

/// What has the id or one of the names, newest first; of an application, its interviews and its candidate.
fn exactly(reader: &mut dyn Reader, wanted: &Wanted) -> Result<Vec<Held>, EngineError> {
    let named = reader.named(&wanted.names)?.into_iter().flatten();
    let mut raw_ids: BTreeSet<u64> = named.collect();
    if let Some((id, raw_id)) = &wanted.id
        && reader.entity(*raw_id)?.is_some_and(|held| held.entity.id() == *id)
    {
        raw_ids.insert(*raw_id);
    }
    let mut there = Vec::new();
    while let Some(raw_id) = raw_ids.pop_last() {
        let held = reader.entity(raw_id)?;
        let Some(held) = held.filter(|it| it.company == wanted.company && !it.record.deleted) else {
            continue;
        };
        match &held.entity {
            Entity::Application(application) => {
                raw_ids.extend(application.candidate_id.map(CandidateId::raw));
                raw_ids.extend(application.interviews.iter().map(|interview| interview.raw()));
            }
            Entity::Interview(_) | Entity::Candidate(_) => there.push(held),
            _ => {}
        }
    }
    there.sort_by_key(|held| std::cmp::Reverse(held.entity.raw_id()));
    there.dedup_by_key(|held| held.entity.raw_id());
    there.truncate(LISTING_ROWS);
    Ok(there)
}
