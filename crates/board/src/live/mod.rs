//! Events as they happen, like a departure board: one line a fact.

mod feed;
mod follow;
mod heard;
mod row;
mod wanted;
mod watched;

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use self::feed::Feed;
use self::follow::Follow;
use self::row::{Columns, Row};
use self::wanted::Wanted;
use crate::Board;
use crate::api::Fault;
use crate::in_address::InAddress;
use crate::listing::Source;
use crate::page::{self, Page};
use crate::session::Visitor;

/// The most streams at once, over all visitors: each asks the hub again and again. A page that finds no place says so and waits.
pub(crate) const STREAMS: usize = 64;
/// When somebody who found no place may come again, in seconds.
const COME_AGAIN_SECONDS: &str = "10";
/// How many events there are on the page at the beginning.
const ROWS: usize = 50;
/// The most that there are on it later; `live.js` says the same.
const SHOWN: usize = 100;
/// What may wait for a slow browser.
const AHEAD: usize = 64;
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(crate) fn routes() -> Router<Arc<Board>> {
    Router::new().route("/", get(show)).route("/live", get(stream))
}

#[derive(Template)]
#[template(path = "live.html")]
struct Live {
    wanted: Wanted,
    sources: Vec<Source>,
    columns: Columns,
    rows: Vec<Row>,
}

impl Live {
    const SECTION: &str = "Live";
}

async fn show(visitor: Visitor, InAddress(wanted): InAddress<Wanted>) -> Result<Page, Fault> {
    let api = visitor.api;
    let sources = crate::listing::sources(&api).await?;
    let columns = Columns::of(crate::listing::endpoints(&api).await?);
    let feed = Feed::new(api, wanted.clone(), columns.clone(), &sources);
    let rows = feed.newest(ROWS).await?;
    Ok(page::draw(&Live { wanted, sources, columns, rows }))
}

async fn stream(
    State(board): State<Arc<Board>>,
    visitor: Visitor,
    InAddress(wanted): InAddress<Wanted>,
) -> Result<Response, Fault> {
    let Ok(place) = Arc::clone(&board.streams).try_acquire_owned() else { return Ok(full()) };
    let Visitor { api, until } = visitor;
    let sources = crate::listing::sources(&api).await?;
    let columns = Columns::of(crate::listing::endpoints(&api).await?);
    // Listening begins before the newest are read, so that nothing falls in between.
    let live = api.open("/v1/live").await?;
    let feed = Feed::new(api, wanted, columns, &sources);
    let newest = feed.newest(ROWS).await?;
    let (tell, told) = mpsc::channel(AHEAD);
    let session = Duration::try_from(until.duration_since((board.now)())).unwrap_or_default();
    let follow = Follow::new(feed, board.now, tell);
    tokio::spawn(async move {
        follow.follow(live, newest, session).await;
        drop(place);
    });
    let told = Sse::new(ReceiverStream::new(told)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    Ok(told.into_response())
}

/// Read by the page's script, which shows it.
fn full() -> Response {
    let says = format!("{STREAMS} live boards are open here, and there is no room for more. Trying again …");
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, COME_AGAIN_SECONDS)], says).into_response()
}
