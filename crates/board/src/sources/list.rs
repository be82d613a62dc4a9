//! All sources, and how they are doing.

use askama::Template;
use callboard_core::Timestamp;
use futures_util::future::try_join_all;

use super::{Receipt, Source};
use crate::api::{Api, Fault, List};
use crate::listing;
use crate::page::{self, Page};
use crate::session::Visitor;

#[derive(Template)]
#[template(path = "sources.html")]
struct Sources {
    rows: Vec<Row>,
}

impl Sources {
    const SECTION: &str = "Sources";
}

struct Row {
    source: Source,
    last: Option<Timestamp>,
    /// There may have been one, further back than a list looks.
    is_long_ago: bool,
    /// The newest one that could not be understood.
    quarantined: Option<Timestamp>,
}

pub(super) async fn show(visitor: Visitor) -> Result<Page, Fault> {
    let sources: Vec<Source> = listing::all(&visitor.api, "/v1/sources").await?;
    let rows = try_join_all(sources.into_iter().map(|source| row(&visitor.api, source))).await?;
    Ok(page::draw(&Sources { rows }))
}

async fn row(api: &Api, source: Source) -> Result<Row, Fault> {
    let of = format!("/v1/receipts?limit=1&source={}", source.id);
    let last: List<Receipt> = api.get(&of).await?;
    let quarantined: List<Receipt> = api.get(&format!("{of}&outcome=quarantined")).await?;
    let is_long_ago = last.items.is_empty() && last.next.is_some();
    let newest = |list: List<Receipt>| list.items.first().map(|it| it.received_at);
    Ok(Row { source, last: newest(last), is_long_ago, quarantined: newest(quarantined) })
}
