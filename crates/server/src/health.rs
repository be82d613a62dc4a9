//! `/healthz` says that the program runs; `/readyz` that it can take requests: its store answers.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::hub::Hub;
use crate::problem::Problem;

pub(crate) async fn healthz() -> Json<Value> {
    Json(json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")}))
}

pub(crate) async fn readyz(State(hub): State<Arc<Hub>>) -> Result<Json<Value>, Problem> {
    // A commit of nothing goes all the way through the writer.
    hub.ledger.change(Vec::new()).await?;
    Ok(Json(json!({"status": "ready"})))
}
