//! Which door is where.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{delete, get, post};

use crate::api::{deliveries, endpoints, events, keys, receipts, sources};
use crate::hub::Hub;
use crate::problem::Problem;
use crate::{health, inbox, live};

/// Every door of the hub.
pub fn routes(hub: Arc<Hub>) -> Router {
    let api = Router::new()
        .route("/sources", get(sources::list).post(sources::create))
        .route("/sources/{id}", get(sources::show).delete(sources::remove))
        .route("/sources/{id}/rejections", get(sources::rejections))
        .route("/endpoints", get(endpoints::list).post(endpoints::create))
        .route("/endpoints/{id}", get(endpoints::show).patch(endpoints::update).delete(endpoints::remove))
        .route("/endpoints/{id}/enable", post(endpoints::enable))
        .route("/endpoints/{id}/disable", post(endpoints::disable))
        .route("/events", get(events::list))
        .route("/events/{id}", get(events::show))
        .route("/events/{id}/deliveries", get(events::deliveries))
        .route("/deliveries", get(deliveries::list))
        .route("/deliveries/{id}", get(deliveries::show))
        .route("/deliveries/{id}/attempts", get(deliveries::attempts))
        .route("/deliveries/{id}/retry", post(deliveries::retry))
        .route("/deliveries/{id}/cancel", post(deliveries::cancel))
        .route("/receipts", get(receipts::list))
        .route("/receipts/{id}", get(receipts::show))
        .route("/receipts/{id}/reprocess", post(receipts::reprocess))
        .route("/keys", get(keys::list).post(keys::create))
        .route("/keys/{id}", delete(keys::remove))
        .route("/live", get(live::live));
    Router::new()
        .route("/in/{source}", post(inbox::receive))
        .route("/in/{source}/{token}", post(inbox::receive_with_token))
        .nest("/v1", api)
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .fallback(async || Problem::not_found("page"))
        .method_not_allowed_fallback(async || {
            let detail = "this address does not take that method";
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
        })
        .with_state(hub)
}
