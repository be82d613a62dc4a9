//! Every endpoint in a line: how it stands, and what the last hour was like.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use callboard_core::Timestamp;
use futures_util::future::try_join_all;
use serde::Deserialize;

use super::Endpoint;
use super::plot::Plot;
use crate::Board;
use crate::api::{Api, Fault, List};
use crate::in_address::InAddress;
use crate::listing::encoded;
use crate::page::{self, Page};
use crate::session::Visitor;

/// A page that one can look over.
const ITEMS: usize = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    cursor: String,
    /// What was just done.
    done: String,
}

#[derive(Template)]
#[template(path = "endpoints.html")]
struct Endpoints {
    asked: Asked,
    rows: Vec<Row>,
    next: Option<String>,
}

struct Row {
    endpoint: Endpoint,
    plots: Option<Plots>,
}

/// The last hour of an endpoint.
pub(super) struct Plots {
    pub(super) attempts: Plot,
    pub(super) latency: Plot,
}

impl Endpoints {
    const SECTION: &str = "Endpoints";

    /// Are all endpoints on this page?
    fn is_whole(&self) -> bool {
        self.asked.cursor.is_empty() && self.next.is_none()
    }

    /// How many of the endpoints of this page stand like that.
    fn count(&self, condition: &str) -> usize {
        self.rows.iter().filter(|row| row.endpoint.condition() == condition).count()
    }
}

pub(super) async fn show(
    State(board): State<Arc<Board>>,
    visitor: Visitor,
    InAddress(asked): InAddress<Asked>,
) -> Result<Page, Fault> {
    let api = visitor.api;
    let mut path = format!("/v1/endpoints?limit={ITEMS}");
    if !asked.cursor.is_empty() {
        path.push_str(&format!("&cursor={}", encoded(&asked.cursor)));
    }
    let list: List<Endpoint> = api.get(&path).await?;
    let now = (board.now)();
    let rows = try_join_all(list.items.into_iter().map(|it| row(&api, it, now))).await?;
    let mut rows: Vec<Row> = rows.into_iter().flatten().collect();
    // Trouble comes first.
    rows.sort_by_key(|row| match row.endpoint.condition() {
        "failing" => 0,
        "disabled" => 1,
        _ => 2,
    });
    let next = list.next.map(|cursor| format!("/board/endpoints?cursor={}", encoded(&cursor)));
    Ok(page::draw(&Endpoints { asked, rows, next }))
}

/// An endpoint with its health; nothing if it has been removed meanwhile.
async fn row(api: &Api, endpoint: Endpoint, now: Timestamp) -> Result<Option<Row>, Fault> {
    match api.get::<Endpoint>(&format!("/v1/endpoints/{}", encoded(&endpoint.id))).await {
        Ok(endpoint) => Ok(Some(Row { plots: Plots::of(&endpoint, now), endpoint })),
        Err(fault) if fault.is_not_found() => Ok(None),
        Err(fault) => Err(fault),
    }
}

impl Plots {
    pub(super) fn of(endpoint: &Endpoint, now: Timestamp) -> Option<Self> {
        let health = endpoint.health.as_ref()?;
        let attempts = format!("Last hour: {}", health.attempts_words());
        let latency = format!("Last hour: {}", health.latency_words());
        Some(Self {
            attempts: Plot::attempts(health.minutes(), now, attempts),
            latency: Plot::latency(health.minutes(), now, latency),
        })
    }
}
