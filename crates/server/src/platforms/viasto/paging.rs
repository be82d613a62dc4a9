//! Lists: `{"meta": {"total_count", "previous", "next"}, "objects": […]}`, by page number (platforms.md 3.2).

use axum::http::Uri;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::refused::Refused;
use crate::limits::{VIASTO_PAGE_ITEMS, VIASTO_PAGE_ITEMS_DEFAULT};
use crate::platforms::gathering::Numbered;

/// The page that is asked for. One that cannot be, or is beyond what is listed, is an invalid page.
pub(super) fn asked(uri: &Uri) -> Result<Numbered, Refused> {
    let mut asked = Numbered { page: 1, size: VIASTO_PAGE_ITEMS_DEFAULT };
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        let number = value.parse().ok().filter(|number| *number > 0);
        match &*name {
            "page" => asked.page = number.ok_or_else(Refused::invalid_page)?,
            // More than a page may hold is as much as it may hold.
            "page_size" => asked.size = number.unwrap_or(asked.size).min(VIASTO_PAGE_ITEMS),
            _ => {}
        }
    }
    if asked.is_beyond_what_is_listed() {
        return Err(Refused::invalid_page());
    }
    Ok(asked)
}

/// A page of a list of so many, which is at this URL.
pub(super) fn list(url: &str, asked: Numbered, total: usize, objects: &[Value]) -> Result<Value, Refused> {
    let pages = asked.pages(total);
    if asked.page > pages {
        return Err(Refused::invalid_page());
    }
    let link = |page: usize| format!("{url}/?page={page}&page_size={}", asked.size);
    Ok(json!({
        "meta": {
            "total_count": total,
            "previous": (asked.page > 1).then(|| link(asked.page - 1)),
            "next": (asked.page < pages).then(|| link(asked.page + 1)),
        },
        "objects": objects,
    }))
}
