//! What objects come in: one in `{"data": …}`, a page of them in `{"meta", "links", "items"}` (platforms.md 1.6).

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use callboard_core::{Entity, World};
use callboard_dialects::rest::hirehive::Shown;
use serde::Serialize;
use serde_json::value::RawValue;

use super::visit::Visit;
use crate::limits::{HIREHIVE_PAGE_ITEMS, HIREHIVE_PAGE_ITEMS_DEFAULT, LISTED_THINGS};
use crate::platforms::gathering::{Counted, Numbered};
use crate::problem::{Problem, codes};

/// One object.
#[derive(Serialize)]
pub(super) struct One {
    data: Box<RawValue>,
}

impl One {
    pub(super) fn of(world: &World, entity: &Entity) -> Option<Self> {
        Shown(world).object(entity).map(|data| Self { data })
    }

    pub(super) fn new(data: Box<RawValue>) -> Self {
        Self { data }
    }

    /// As the answer to what made it.
    pub(super) fn made(self) -> Response {
        (StatusCode::CREATED, self).into_response()
    }
}

impl IntoResponse for One {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

/// A page of objects.
#[derive(Serialize)]
pub(super) struct Many {
    meta: Meta,
    links: Links,
    items: Vec<Box<RawValue>>,
}

#[derive(Serialize)]
struct Meta {
    page_size: usize,
    page: usize,
    total_items: usize,
    total_pages: usize,
    has_next_page: bool,
    has_previous_page: bool,
}

#[derive(Serialize)]
struct Links {
    first: String,
    last: String,
    next: Option<String>,
    previous: Option<String>,
}

impl IntoResponse for Many {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

/// Of a list that is longer than what is counted of it.
fn beyond(counted: usize) -> Problem {
    let detail = format!("a list is paged through up to its item {counted}; filter it");
    Problem::new(codes::BAD_QUERY, detail)
}

impl Visit {
    /// The page that is asked for.
    fn page(&self) -> Result<Numbered, Problem> {
        let number = |name: &str, otherwise: usize| match self.asked(name) {
            None => Ok(otherwise),
            Some(text) => text
                .parse()
                .ok()
                .filter(|number| *number > 0)
                .ok_or_else(|| Problem::new(codes::BAD_QUERY, format!("`{name}` is a number from 1 on"))),
        };
        let asked =
            Numbered { page: number("page", 1)?, size: number("page_size", HIREHIVE_PAGE_ITEMS_DEFAULT)? };
        if asked.size > HIREHIVE_PAGE_ITEMS {
            let detail = format!("`page_size` is a number from 1 to {HIREHIVE_PAGE_ITEMS}");
            return Err(Problem::new(codes::BAD_QUERY, detail));
        }
        if asked.is_beyond_what_is_listed() {
            return Err(beyond(LISTED_THINGS));
        }
        Ok(asked)
    }

    /// The page of these things that is asked for. One beyond the end is empty.
    pub(super) async fn list(&self, counted: Counted<u64>) -> Result<Many, Problem> {
        let asked = self.page()?;
        let total = counted.all.len();
        if asked.is_beyond_what_is_counted(&counted) {
            return Err(beyond(total));
        }
        let (pages, shown) = (asked.pages(total), asked.of(&counted.all));
        let world = self.world(shown.clone()).await?;
        let held = shown.into_iter().filter_map(|raw_id| world.entity(raw_id));
        let items = held.filter_map(|held| Shown(&world).object(&held.entity)).collect();
        let url = self.url();
        let mark = if url.ends_with('?') { "" } else { "&" };
        let link = |page: usize| format!("{url}{mark}page={page}&page_size={}", asked.size);
        let has_next_page = asked.page < pages;
        let has_previous_page = asked.page > 1;
        Ok(Many {
            meta: Meta {
                page_size: asked.size,
                page: asked.page,
                total_items: total,
                total_pages: pages,
                has_next_page,
                has_previous_page,
            },
            links: Links {
                first: link(1),
                last: link(pages),
                next: has_next_page.then(|| link(asked.page + 1)),
                previous: has_previous_page.then(|| link((asked.page - 1).min(pages))),
            },
            items,
        })
    }
}
