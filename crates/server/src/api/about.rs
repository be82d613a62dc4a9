//! `/v1/hub`: what this hub is, and how much of anything it lets there be.

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use crate::auth::Caller;
use crate::hub::Hub;
use crate::in_force::{Limit, in_force};
use crate::openapi::says;
use crate::problem::Problem;

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route("/hub", get_with(show, says("getHub", "Show what this hub is", "")))
        .with_path_items(|item| item.tag("Settings"))
}

/// A hub, as it tells of itself.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Hub")]
struct HubView {
    /// The program's version.
    version: &'static str,
    /// What it keeps everything in: `sqlite` or `postgres`.
    store: &'static str,
    /// Where platforms reach it.
    public_url: String,
    /// How many hubs work on the store, this one included. One that has just died still counts.
    hubs: usize,
    /// How much of anything there may be.
    limits: Vec<Limit>,
}

async fn show(State(hub): State<Arc<Hub>>, _: Caller) -> Result<Json<HubView>, Problem> {
    let hubs = hub.ledger.read(|reader| reader.hubs()).await?;
    Ok(Json(HubView {
        version: env!("CARGO_PKG_VERSION"),
        store: hub.ledger.store(),
        public_url: hub.public_url.clone(),
        hubs,
        limits: in_force(),
    }))
}
