//! Lists: a page at a time, newest first, from a cursor on.

use axum::Json;
use callboard_core::{Identifier, Timestamp, first_raw_at};
use callboard_ledger::Page;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::limits::{CURSOR_BYTES, PAGE_ITEMS, PAGE_ITEMS_DEFAULT};
use crate::problem::{Problem, codes};

/// Which page is asked for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Paging {
    /// The most items on the page; 50 if nothing else is said.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<usize>,
    /// `next` of the page before.
    #[schemars(length(max = 100))]
    cursor: Option<String>,
}

/// One page, and the cursor that leads to the next.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "{T}List")]
pub(crate) struct List<T> {
    items: Vec<T>,
    /// The `cursor` of the next page; null on the last one.
    next: Option<String>,
}

impl Paging {
    pub(crate) fn new(limit: Option<usize>, cursor: Option<String>) -> Self {
        Self { limit, cursor }
    }

    /// The page in the store's terms. The cursor is the id of the last item of the page before.
    pub(crate) fn page<I: Identifier>(&self) -> Result<Page, Problem> {
        let first = self.first()?;
        let before = self.cursor.as_deref().map(parse_cursor::<I>).transpose()?;
        Ok(Page { before, ..first })
    }

    /// The first page, wherever the cursor leads.
    pub(crate) fn first(&self) -> Result<Page, Problem> {
        let limit = self.limit.unwrap_or(PAGE_ITEMS_DEFAULT);
        if limit == 0 || limit > PAGE_ITEMS {
            return Err(Problem::new(
                codes::BAD_LIMIT,
                format!("`limit` is a number from 1 to {PAGE_ITEMS}"),
            ));
        }
        Ok(Page::newest(limit))
    }
}

fn parse_cursor<I: Identifier>(cursor: &str) -> Result<u64, Problem> {
    // A cursor is an id, which is shorter than that: what is longer is not even read.
    let id = (cursor.len() <= CURSOR_BYTES).then(|| I::from_str(cursor).ok()).flatten();
    let foreign = || Problem::new(codes::BAD_CURSOR, "`cursor` is not one that this list has given out");
    id.map(I::raw).ok_or_else(foreign)
}

/// The same page, of what was made at `since` or later, and before `until`: an id tells when it was made.
pub(crate) fn between(page: Page, since: Option<Timestamp>, until: Option<Timestamp>) -> Page {
    let until = until.map(raw_at);
    let before = match (page.before, until) {
        (Some(before), Some(until)) => Some(before.min(until)),
        (before, until) => before.or(until),
    };
    Page { before, from: since.map(raw_at), ..page }
}

/// The lowest number of an id made at this time; beyond what ids can tell, one that no id reaches.
pub(crate) fn raw_at(at: Timestamp) -> u64 {
    if at < LAST { first_raw_at(at) } else { u64::MAX }
}

/// Where the time part of an id ends, near enough: the year 2159.
const LAST: Timestamp = Timestamp::constant(5_964_000_000, 0);

impl<T> List<T> {
    /// A page of rows as the store gave them; a full page has a next one.
    pub(crate) fn new(items: Vec<T>, page: Page, id: impl Fn(&T) -> String) -> Json<Self> {
        let next = (items.len() == page.limit).then(|| items.last().map(id)).flatten();
        Json(Self { items, next })
    }

    /// The same of rows of which the store says where they go on.
    pub(crate) fn going_on<I: Identifier>(items: Vec<T>, next: Option<u64>) -> Json<Self> {
        Self::up_to(items, next.map(|raw_id| I::from_raw(raw_id).to_string()))
    }

    /// A page that says itself where the next one begins.
    pub(crate) fn up_to(items: Vec<T>, next: Option<String>) -> Json<Self> {
        Json(Self { items, next })
    }

    /// A list that is given whole.
    pub(crate) fn whole(items: Vec<T>) -> Json<Self> {
        Json(Self { items, next: None })
    }

    /// A list that is small enough to be given whole, cut to the page.
    pub(crate) fn cut<I: Identifier>(mut all: Vec<T>, page: Page, id: impl Fn(&T) -> I) -> Json<Self> {
        all.sort_by_key(|item| std::cmp::Reverse(id(item).raw()));
        all.retain(|item| page.before.is_none_or(|before| id(item).raw() < before));
        all.truncate(page.limit);
        Self::new(all, page, |item| id(item).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_beyond_what_ids_can_tell_bounds_nothing_it_should_not() {
        let page = Page { before: Some(7), ..Page::newest(1) };
        let late = between(page, None, Some(Timestamp::MAX));
        assert_eq!(late.before, Some(7), "everything is before that");
        let early = between(page, Some(Timestamp::MIN), Some(Timestamp::UNIX_EPOCH));
        assert_eq!((early.from, early.before), (Some(0), Some(0)), "nothing is before that");
        let now: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
        assert_eq!(between(page, Some(now), None).from, Some(first_raw_at(now)));
        assert!(first_raw_at(LAST) > first_raw_at(now), "the last one is still told");
    }
}
