//! `/healthz` says that the program runs; `/readyz` that it can take requests: its store answers, and has room for
//! something new.

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use callboard_ledger::LedgerError;
use schemars::JsonSchema;
use serde::Serialize;

use crate::hub::Hub;
use crate::limits::ROOM_TRIED_EVERY;
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
    has_room(&hub).await?;
    Ok(Json(Readiness { status: "ready" }))
}

/// Is there room for something new? Anybody may ask, so that is only tried now and then.
async fn has_room(hub: &Hub) -> Result<(), LedgerError> {
    let mut tried = hub.room.lock().await;
    let now = hub.now();
    if let Some((at, outcome)) = tried.as_ref()
        && now.duration_since(*at).abs() < ROOM_TRIED_EVERY
    {
        return outcome.clone();
    }
    let outcome = hub.ledger.prove_room(now).await;
    *tried = Some((now, outcome.clone()));
    outcome
}
