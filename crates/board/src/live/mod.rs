//! Events as they happen, like a departure board: one line a fact.

mod feed;
mod row;
mod wanted;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use futures_util::Stream;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use self::feed::Feed;
use self::row::{Columns, Row};
use self::wanted::Wanted;
use crate::Board;
use crate::api::Fault;
use crate::listing::Source;
use crate::page::{self, Page};
use crate::session::Visitor;

/// How many events there are on the page at the beginning.
const ROWS: usize = 50;
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

async fn show(visitor: Visitor, Query(wanted): Query<Wanted>) -> Result<Page, Fault> {
    let api = visitor.api;
    let sources = crate::listing::sources(&api).await?;
    let columns = Columns::of(crate::listing::endpoints(&api).await?);
    let mut feed = Feed::new(api, wanted.clone(), columns.clone(), &sources);
    let rows = feed.newest(ROWS).await?;
    Ok(page::draw(&Live { wanted, sources, columns, rows }))
}

async fn stream(
    State(_): State<Arc<Board>>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Fault> {
    let api = visitor.api;
    let sources = crate::listing::sources(&api).await?;
    let columns = Columns::of(crate::listing::endpoints(&api).await?);
    // Listening begins before the newest are read, so that nothing falls in between.
    let heard = api.open("/v1/live", None).await?;
    let mut feed = Feed::new(api, wanted, columns, &sources);
    let newest = feed.newest(ROWS).await?;
    let (tell, told) = mpsc::channel(AHEAD);
    tokio::spawn(async move { feed.follow(heard, newest, tell).await });
    Ok(Sse::new(ReceiverStream::new(told)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}
