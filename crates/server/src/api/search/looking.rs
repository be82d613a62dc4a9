//! Looking through what is newest: a bounded number of candidates and of interviews, as names have no index.

use std::cmp::Reverse;

use callboard_core::{CompanyId, Held, Kind};
use callboard_ledger::{EngineError, Listed, Page, Reader, ThingFilter};

use crate::limits::{SEARCHED_AT_ONCE, SEARCHED_ROWS};

/// Looks at candidates and interviews with lower ids than this, until so many are found. They are in order, newest first.
pub(super) fn look(
    reader: &mut dyn Reader,
    company: CompanyId,
    before: Option<u64>,
    limit: usize,
    is_wanted: impl Fn(&Held) -> bool,
) -> Result<Listed<Held>, EngineError> {
    let mut among = |kind| look_among(reader, ThingFilter::all(company, kind), before, limit, &is_wanted);
    let (candidates, interviews) = (among(Kind::Candidate)?, among(Kind::Interview)?);
    // Beyond this, only some of one kind were looked at: the next page looks at them again, beside those of the other.
    let next = candidates.next.max(interviews.next);
    let mut items = candidates.items;
    items.extend(interviews.items);
    items.retain(|held| next.is_none_or(|next| held.entity.raw_id() >= next));
    items.sort_by_key(|held| Reverse(held.entity.raw_id()));
    if items.len() > limit {
        items.truncate(limit);
        return Ok(Listed { next: items.last().map(|held| held.entity.raw_id()), items });
    }
    Ok(Listed { items, next })
}

fn look_among(
    reader: &mut dyn Reader,
    filter: ThingFilter,
    before: Option<u64>,
    limit: usize,
    is_wanted: impl Fn(&Held) -> bool,
) -> Result<Listed<Held>, EngineError> {
    // Those that were removed are looked at too, so that they count.
    let filter = ThingFilter { removed: true, ..filter };
    let mut page = Page { before, ..Page::newest(SEARCHED_AT_ONCE) };
    let mut items = Vec::new();
    for _ in 0..SEARCHED_ROWS / SEARCHED_AT_ONCE {
        let things = reader.things(&filter, page)?;
        page.before = things.next;
        items.extend(things.items.into_iter().filter(|held| !held.record.deleted && is_wanted(held)));
        if page.before.is_none() || items.len() >= limit {
            break;
        }
    }
    Ok(Listed { items, next: page.before })
}
