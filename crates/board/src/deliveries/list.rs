//! Who was told what, newest first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use callboard_core::{EventType, Timestamp};
use futures_util::future::try_join_all;
use jiff::SignedDuration;
use serde::Deserialize;

use super::Delivery;
use crate::Board;
use crate::api::{Api, Fault, List};
use crate::in_address::{InAddress, asking};
use crate::listing::{self, Endpoint};
use crate::page::{self, Page};
use crate::session::Visitor;
use crate::words::{Line, line_of};

/// A page that one can look over.
const ITEMS: usize = 50;
const STATES: [(&str, &str); 5] = [
    ("", "Any state"),
    ("pending", "Owed"),
    ("delivered", "Told"),
    ("failed", "Given up"),
    ("cancelled", "Called off"),
];
const SPANS: [(&str, &str); 5] = [
    ("", "Any time"),
    ("15m", "Last 15 minutes"),
    ("1h", "Last hour"),
    ("24h", "Last day"),
    ("168h", "Last week"),
];

/// Which deliveries; what is left empty matches all.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    endpoint: String,
    state: String,
    event: String,
    /// What happened, by its name.
    #[serde(rename = "type")]
    kind: String,
    within: String,
    /// Exact times count instead of `within`.
    since: String,
    until: String,
    cursor: String,
}

#[derive(Template)]
#[template(path = "deliveries.html")]
struct Deliveries {
    asked: Asked,
    endpoints: Vec<Endpoint>,
    rows: Vec<Row>,
    newest: String,
    next: Option<String>,
    /// The event that all of them tell of, if one was asked for.
    event: Option<Line>,
}

impl Deliveries {
    const SECTION: &str = "Deliveries";
}

struct Row {
    delivery: Delivery,
    at: Timestamp,
    endpoint: String,
    /// What it tells of, if that is still kept.
    line: Option<Line>,
}

pub(super) async fn show(
    State(board): State<Arc<Board>>,
    visitor: Visitor,
    InAddress(asked): InAddress<Asked>,
) -> Result<Page, Fault> {
    let api = visitor.api;
    let endpoints = listing::endpoints(&api).await?;
    let list: List<Delivery> = api.get(&asked.path((board.now)())).await?;
    let lines = lines(&api, &list.items).await?;
    let rows = list.items.into_iter().map(|it| row(&lines, &endpoints, it)).collect();
    let event = match asked.event.as_str() {
        "" => None,
        event => line_of(&api, event).await?,
    };
    let (newest, next) = (asked.page(""), list.next.map(|cursor| asked.page(&cursor)));
    Ok(page::draw(&Deliveries { asked, endpoints, rows, newest, next, event }))
}

/// What these deliveries tell of, by event: one is told to many.
async fn lines(api: &Api, deliveries: &[Delivery]) -> Result<BTreeMap<String, Line>, Fault> {
    let events: BTreeSet<&str> = deliveries.iter().map(|it| it.event.as_str()).collect();
    let lines = try_join_all(events.into_iter().map(|event| line_of(api, event))).await?;
    Ok(lines.into_iter().flatten().map(|line| (line.id.clone(), line)).collect())
}

fn row(lines: &BTreeMap<String, Line>, endpoints: &[Endpoint], delivery: Delivery) -> Row {
    let endpoint = endpoints.iter().find(|it| it.id == delivery.endpoint);
    let endpoint = endpoint.map_or("one that has been removed", Endpoint::name).to_owned();
    Row { at: at(&delivery.id), endpoint, line: lines.get(&delivery.event).cloned(), delivery }
}

/// An id tells when it was made.
pub(super) fn at(delivery: &str) -> Timestamp {
    let id: Option<callboard_core::DeliveryId> = delivery.parse().ok();
    id.map_or(Timestamp::UNIX_EPOCH, callboard_core::time_of)
}

impl Asked {
    /// What to ask the API.
    fn path(&self, now: Timestamp) -> String {
        let span = || self.within.parse::<SignedDuration>().ok();
        let since = page::written(&self.since).or_else(|| now.checked_sub(span()?).ok());
        let [since, until] = [since, page::written(&self.until)]
            .map(|time| time.map(|time| time.to_string()).unwrap_or_default());
        let limit = ITEMS.to_string();
        asking(
            "/v1/deliveries",
            &[
                ("limit", &limit),
                ("endpoint", &self.endpoint),
                ("state", &self.state),
                ("event", &self.event),
                ("type", &self.kind),
                ("since", &since),
                ("until", &until),
                ("cursor", &self.cursor),
            ],
        )
    }

    /// The page from there on.
    fn page(&self, cursor: &str) -> String {
        asking(
            "/board/deliveries",
            &[
                ("endpoint", &self.endpoint),
                ("state", &self.state),
                ("event", &self.event),
                ("type", &self.kind),
                ("within", &self.within),
                ("since", &self.since),
                ("until", &self.until),
                ("cursor", cursor),
            ],
        )
    }

    fn is_everything(&self) -> bool {
        [&self.endpoint, &self.state, &self.event, &self.kind, &self.within, &self.since, &self.until]
            .into_iter()
            .all(String::is_empty)
    }
}
