//! Whom we tell, how that goes, and what can be done about it.

mod causes;
mod deeds;
mod fields;
mod form;
mod health;
mod list;
mod one;
mod plot;
mod preview;
mod replays;
mod secrets;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use callboard_core::Timestamp;
use serde::Deserialize;

use self::health::Health;
use crate::Board;
use crate::listing::host;

pub(crate) fn routes() -> Router<Arc<Board>> {
    Router::new()
        .route("/endpoints", get(list::show))
        .route("/endpoints/new", get(form::blank).post(form::make))
        .route("/endpoints/preview", post(preview::show))
        .route("/endpoints/{id}", get(one::show))
        .route("/endpoints/{id}/edit", get(form::filled).post(form::change))
        .route("/endpoints/{id}/rotate", get(secrets::ask).post(secrets::rotate))
        .route("/endpoints/{id}/remove", get(deeds::ask_to_remove).post(deeds::remove))
        .route("/endpoints/{id}/test", post(deeds::test))
        .route("/endpoints/{id}/enable", post(deeds::enable))
        .route("/endpoints/{id}/disable", post(deeds::disable))
        .route("/endpoints/{id}/replay", post(replays::begin))
        .route("/endpoints/{id}/replays", get(replays::show))
        .route("/endpoints/{id}/replays/{replay}/cancel", post(replays::cancel))
}

/// An endpoint as the API shows it.
#[derive(Debug, Clone, Deserialize)]
struct Endpoint {
    id: String,
    url: String,
    dialect: String,
    events: Vec<String>,
    sources: Vec<String>,
    ordering: String,
    hold_for: String,
    retry: Option<Retry>,
    rate_limit: Option<RateLimit>,
    description: String,
    state: String,
    disabled: Option<Disabled>,
    created_at: Timestamp,
    old_credentials_until: Option<Timestamp>,
    /// Where one endpoint is shown.
    health: Option<Health>,
}

#[derive(Debug, Clone, Deserialize)]
struct Retry {
    schedule: Vec<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct RateLimit {
    per_second: f64,
}

#[derive(Debug, Clone, Deserialize)]
struct Disabled {
    reason: String,
    since: Timestamp,
}

impl Endpoint {
    /// What to call it: what people have said about it, else its host.
    fn name(&self) -> &str {
        if self.description.is_empty() { self.host() } else { &self.description }
    }

    fn host(&self) -> &str {
        host(&self.url)
    }

    fn is_disabled(&self) -> bool {
        self.state == "disabled"
    }

    /// How it stands, in a word: `well`, `failing`, or `disabled`.
    fn condition(&self) -> &str {
        self.health.as_ref().map_or(&self.state, |health| &health.state)
    }

    /// Is anything signed, so that there is a secret to replace?
    fn is_signed(&self) -> bool {
        self.dialect != "viasto"
    }

    /// May a request carry the signatures of two secrets?
    fn has_room_for_two(&self) -> bool {
        matches!(self.dialect.as_str(), "standard" | "cloudevents" | "hirehive")
    }
}

impl Disabled {
    /// Why, as people say it.
    fn why(&self) -> &str {
        match self.reason.as_str() {
            "person" => "by a person",
            "gone" => "because it answered that it is gone (410)",
            "failing" => "because it has failed for five days",
            other => other,
        }
    }
}
