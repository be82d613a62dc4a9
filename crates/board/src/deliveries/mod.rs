//! Did they get it, and if not, why?

mod curl;
mod list;
mod one;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use callboard_core::Timestamp;
use serde::Deserialize;

use crate::Board;
use crate::words::standing;

pub(crate) fn routes() -> Router<Arc<Board>> {
    Router::new()
        .route("/deliveries", get(list::show))
        .route("/deliveries/{id}", get(one::show))
        .route("/deliveries/{id}/retry", post(one::retry))
        .route("/deliveries/{id}/cancel", post(one::cancel))
        .route("/deliveries/{id}/host-links", post(one::host_links))
}

/// A delivery as the API shows it.
#[derive(Debug, Clone, Deserialize)]
struct Delivery {
    id: String,
    endpoint: String,
    event: String,
    state: String,
    attempts: u32,
    next_at: Option<Timestamp>,
    #[serde(default)]
    overtook: Vec<String>,
    #[serde(default)]
    erased: bool,
}

impl Delivery {
    fn state_words(&self) -> &str {
        standing(&self.state)
    }

    fn is_owed(&self) -> bool {
        self.state == "pending"
    }
}
