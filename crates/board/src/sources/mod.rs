//! Who tells us, what exactly they sent, and why some of it was refused.

mod credentials;
mod list;
mod making;
mod one;
mod receipt;
mod removing;
mod rotating;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use callboard_core::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::Board;
use crate::words::platform_words;

pub(crate) fn routes() -> Router<Arc<Board>> {
    Router::new()
        .route("/sources", get(list::show))
        .route("/sources/new", get(making::ask).post(making::make))
        .route("/sources/{id}", get(one::show))
        .route("/sources/{id}/rotate", get(rotating::ask).post(rotating::rotate))
        .route("/sources/{id}/remove", get(removing::ask).post(removing::remove))
        .route("/receipts/{id}", get(receipt::show))
        .route("/receipts/{id}/reprocess", post(receipt::reprocess))
}

/// A source as the API shows it.
#[derive(Debug, Clone, Deserialize)]
struct Source {
    id: String,
    platform: String,
    #[serde(default)]
    name: String,
    url: String,
    /// How many webhooks were refused since the hub was started.
    rejected: u64,
    old_credentials_until: Option<Timestamp>,
    last_24_hours: Option<Lately>,
    /// What was made, told once.
    #[serde(default)]
    credentials: Map<String, Value>,
}

/// What came lately, by what became of it.
#[derive(Debug, Clone, Deserialize)]
struct Lately {
    understood: u64,
    duplicate: u64,
    quarantined: u64,
    /// Were only the newest counted?
    at_least: bool,
}

impl Source {
    fn name(&self) -> &str {
        if self.name.is_empty() { platform_words(&self.platform) } else { &self.name }
    }
}

/// A receipt as the API lists it.
#[derive(Debug, Clone, Deserialize)]
struct Receipt {
    id: String,
    source: String,
    received_at: Timestamp,
    outcome: String,
    detail: String,
    /// What could not be reconciled with what was known.
    #[serde(default)]
    remarks: Vec<String>,
    #[serde(default)]
    headers: Map<String, Value>,
    body: Option<String>,
    /// A body that is no text.
    body_base64: Option<String>,
}
