//! Looking through what is newest: a bounded number of candidates and of interviews, as names have no index.

use std::cmp::Reverse;

use callboard_core::{CompanyId, Held, Kind};
use callboard_ledger::{EngineError, Page, Reader, ThingFilter};

use crate::limits::{SEARCHED_AT_ONCE, SEARCHED_ROWS};

/// What was wanted among them, newest first, and before which id to look on, if there may be more.
pub(super) struct Looked {
    pub(super) items: Vec<Held>,
    pub(super) stopped_at: Option<u64>,
}

/// Looks at candidates and interviews with lower ids than this, until so many are found.
pub(super) fn look(
    reader: &mut dyn Reader,
    company: CompanyId,
    before: Option<u64>,
    limit: usize,
    is_wanted: impl Fn(&Held) -> bool,
) -> Result<Looked, EngineError> {
    let mut among = |kind| look_among(reader, ThingFilter::all(company, kind), before, limit, &is_wanted);
    let (candidates, interviews) = (among(Kind::Candidate)?, among(Kind::Interview)?);
    // Beyond this, only some of one kind were looked at: the next page looks at them again, beside those of the other.
    let stopped_at = candidates.stopped_at.max(interviews.stopped_at);
    let mut items = candidates.items;
    items.extend(interviews.items);
    items.retain(|held| stopped_at.is_none_or(|stopped_at| held.entity.raw_id() >= stopped_at));
    items.sort_by_key(|held| Reverse(held.entity.raw_id()));
    if items.len() > limit {
        items.truncate(limit);
        return Ok(Looked { stopped_at: items.last().map(|held| held.entity.raw_id()), items });
    }
    Ok(Looked { items, stopped_at })
}

fn look_among(
    reader: &mut dyn Reader,
    filter: ThingFilter,
    before: Option<u64>,
    limit: usize,
    is_wanted: impl Fn(&Held) -> bool,
) -> Result<Looked, EngineError> {
    // Those that were removed are looked at too, so that they count.
    let filter = ThingFilter { removed: true, ..filter };
    let mut page = Page { before, ..Page::newest(SEARCHED_AT_ONCE) };
    let mut items = Vec::new();
    for _ in 0..SEARCHED_ROWS / SEARCHED_AT_ONCE {
        let things = reader.things(&filter, page)?.items;
        let is_full = things.len() == page.limit;
        page.before = things.last().map(|held| held.entity.raw_id()).filter(|_| is_full);
        items.extend(things.into_iter().filter(|held| !held.record.deleted && is_wanted(held)));
        if !is_full || items.len() >= limit {
            break;
        }
    }
    Ok(Looked { items, stopped_at: page.before })
}
