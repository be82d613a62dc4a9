//! `/healthz` says that the program runs; `/readyz` that it can take requests: its store answers.

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use crate::hub::Hub;
use crate::openapi::{refused_with, says};
use crate::problem::Problem;

pub(crate) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route("/healthz", get_with(healthz, says("getHealth", "Does the program run?", "")))
        .api_route(
            "/readyz",
            get_with(readyz, |it| {
                refused_with(says("getReadiness", "Can it take requests?", "")(it), &[503])
            }),
        )
        .with_path_items(|item| item.tag("Health"))
}

/// The program runs.
#[derive(Serialize, JsonSchema)]
struct Health {
    status: &'static str,
    /// The program's version.
    version: &'static str,
}

/// The hub takes requests.
#[derive(Serialize, JsonSchema)]
struct Readiness {
    status: &'static str,
}

async fn healthz() -> Json<Health> {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

async fn readyz(State(hub): State<Arc<Hub>>) -> Result<Json<Readiness>, Problem> {
    // A commit of nothing goes all the way through the writer.
    hub.ledger.change(Vec::new()).await?;
    Ok(Json(Readiness { status: "ready" }))
}
