//! `/v1/search`: interviews and candidates, by whatever somebody knows of one.
//!
//! It is a `POST`: what is searched for is mostly a name or an e-mail address, and those have no place in addresses, which
//! proxies write down.

mod cursor;
mod finding;
mod found;
mod looking;
mod needle;

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use axum::Json;
use axum::extract::State;
use callboard_core::{Kind, Name};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use self::cursor::{CURSOR, Cursor};
use self::finding::{Wanted, find};
use self::found::Found;
use self::needle::Needle;
use super::body::{Body, whole};
use super::text::{NAME, check_name};
use super::things::names_of;
use crate::auth::Caller;
use crate::hub::Hub;
use crate::limits::{PAGE_ITEMS, PAGE_ITEMS_DEFAULT};
use crate::listing::List;
use crate::openapi::says;
use crate::problem::{Problem, codes};

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route("/search", post_with(search, says("search", "Find interviews and candidates", SEARCHING)))
        .with_path_items(|item| item.tag("Search"))
}

const SEARCHING: &str = "By an id (`int_…`, `can_…`, `app_…`), by what a platform or another program calls one (`ats:4711`; what the \
    company's sources and the platforms known here call it also as `4711`), by a candidate's e-mail address; and by a part \
    of a candidate's name or of an interview's title, in whichever case. What is found exactly comes first, then what has \
    the text as a part, newest first. Names have no index: each page looks at a bounded number of them, can be short or \
    empty because of that, and says with `next` where to go on. What was removed is not found.";

/// What is searched for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Search {
    /// What is known of it. Blanks around it do not count.
    #[schemars(length(min = 1, max = 1000), regex(pattern = NAME))]
    text: String,
    /// The most items on the page; 50 if nothing else is said.
    #[serde(default, deserialize_with = "whole_if_given")]
    #[schemars(range(min = 1, max = 200))]
    limit: Option<i64>,
    /// `next` of the page before.
    #[schemars(regex(pattern = CURSOR))]
    cursor: Option<String>,
}

fn whole_if_given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    struct Whole(#[serde(deserialize_with = "whole")] i64);
    Option::<Whole>::deserialize(deserializer).map(|given| given.map(|Whole(number)| number))
}

async fn search(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Body(Search { text, limit, cursor }): Body<Search>,
) -> Result<Json<List<Found>>, Problem> {
    let limit = limit.map_or(Some(PAGE_ITEMS_DEFAULT), |limit| usize::try_from(limit).ok());
    let limit = limit.filter(|limit| (1..=PAGE_ITEMS).contains(limit)).ok_or_else(|| {
        Problem::new(codes::BAD_LIMIT, format!("`limit` is a number from 1 to {PAGE_ITEMS}"))
    })?;
    let cursor = cursor.as_deref().map(Cursor::read).transpose()?;
    check_name("text", &text)?;
    let wanted = wanted(&hub, caller, text.trim());
    let page = hub.ledger.read(move |reader| find(reader, &wanted, cursor, limit)).await?;
    Ok(List::up_to(page.items, page.next.map(|next| next.to_string())))
}

fn wanted(hub: &Hub, caller: Caller, text: &str) -> Wanted {
    let kinds = [Kind::Interview, Kind::Candidate, Kind::Application];
    let mut names: Vec<Name> = kinds.into_iter().flat_map(|kind| names_of(hub, caller, kind, text)).collect();
    names.push(Name::email(Kind::Candidate, caller.company, text));
    Wanted { company: caller.company, id: finding::id(text), names, needle: Needle::new(text) }
}
