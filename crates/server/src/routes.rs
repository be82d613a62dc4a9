//! Which door is where.

use std::sync::Arc;

use aide::axum::ApiRouter;
use axum::Router;
use axum::routing::post;

use crate::hub::Hub;
use crate::problem::{Problem, codes};
use crate::{api, docs, health, inbox, openapi, platforms};

/// Every door of the hub.
pub fn routes(hub: Arc<Hub>) -> Router {
    openapi::undescribed(described())
        .merge(docs::routes())
        .route("/in/{source}", post(inbox::receive))
        .route("/in/{source}/{token}", post(inbox::receive_with_token))
        .merge(platforms::routes())
        .fallback(async || Problem::not_found("page"))
        .method_not_allowed_fallback(async || {
            Problem::new(codes::METHOD_NOT_ALLOWED, "this address does not take that method")
        })
        .with_state(hub)
}

/// The doors that the API's document tells of.
pub(crate) fn described() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new().nest("/v1", api::routes()).merge(health::routes())
}
