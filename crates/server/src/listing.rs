//! Lists: a page at a time, newest first, from a cursor on.

use axum::Json;
use callboard_core::Identifier;
use callboard_ledger::Page;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::limits::{PAGE_ITEMS, PAGE_ITEMS_DEFAULT};
use crate::problem::{Problem, codes};

/// Which page is asked for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Paging {
    /// The most items on the page; 50 if nothing else is said.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<usize>,
    /// `next` of the page before.
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
        let limit = self.limit.unwrap_or(PAGE_ITEMS_DEFAULT);
        if limit == 0 || limit > PAGE_ITEMS {
            return Err(Problem::new(
                codes::BAD_LIMIT,
                format!("`limit` is a number from 1 to {PAGE_ITEMS}"),
            ));
        }
        let before = self.cursor.as_deref().map(parse_cursor::<I>).transpose()?;
        Ok(Page { before, ..Page::newest(limit) })
    }
}

fn parse_cursor<I: Identifier>(cursor: &str) -> Result<u64, Problem> {
    let id = I::from_str(cursor)
        .map_err(|_| Problem::new(codes::BAD_CURSOR, "`cursor` is not one that this list has given out"))?;
    Ok(id.raw())
}

impl<T> List<T> {
    /// A page of rows as the store gave them; a full page has a next one.
    pub(crate) fn new(items: Vec<T>, page: Page, id: impl Fn(&T) -> String) -> Json<Self> {
        let next = (items.len() == page.limit).then(|| items.last().map(id)).flatten();
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
