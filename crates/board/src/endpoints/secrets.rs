//! Secrets that are told once: on the page that answers the request by which they were made.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use callboard_core::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Endpoint;
use super::fields::Entered;
use crate::Board;
use crate::api::{Fault, IDEMPOTENCY_KEY};
use crate::listing::{encoded, host};
use crate::page::{self, Page};
use crate::session::Visitor;

/// How long the secret before may count still.
const OVERLAPS: [(&str, &str); 4] =
    [("24h", "for a day"), ("1h", "for an hour"), ("7d", "for a week"), ("0", "not at all")];

/// An endpoint with what it is signed with, if that is new.
#[derive(Debug, Deserialize)]
pub(super) struct Made {
    pub(super) id: String,
    url: String,
    description: String,
    credentials: Option<Map<String, Value>>,
    old_credentials_until: Option<Timestamp>,
}

#[derive(Template)]
#[template(path = "endpoint_secret.html")]
struct Once {
    made: Made,
}

#[derive(Template)]
#[template(path = "endpoint_rotate.html")]
struct Asking {
    endpoint: Endpoint,
    entered: Entered,
    refused: Option<Fault>,
}

impl Once {
    const SECTION: &str = "Endpoints";
}

impl Asking {
    const SECTION: &str = "Endpoints";
}

impl Made {
    pub(super) fn has_secrets(&self) -> bool {
        self.credentials.as_ref().is_some_and(|it| !it.is_empty())
    }

    fn name(&self) -> &str {
        if self.description.is_empty() { host(&self.url) } else { &self.description }
    }

    /// Each of the credentials by its name.
    fn secrets(&self) -> Vec<(&str, String)> {
        let members = self.credentials.iter().flatten();
        members.map(|(name, value)| (name.as_str(), text(value))).collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(super) fn show(made: Made) -> Page {
    page::draw(&Once { made })
}

pub(super) async fn ask(
    State(board): State<Arc<Board>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Page, Fault> {
    let endpoint = visitor.api.get(&format!("/v1/endpoints/{}", encoded(&id))).await?;
    let entered = Entered { once: board.once(), ..Entered::default() };
    Ok(page::draw(&Asking { endpoint, entered, refused: None }))
}

pub(super) async fn rotate(
    visitor: Visitor,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let path = format!("/v1/endpoints/{}", encoded(&id));
    let endpoint: Endpoint = visitor.api.get(&path).await?;
    let entered = Entered { dialect: endpoint.dialect.clone(), ..Entered::read(fields) };
    let mut body = json!({});
    if let Some(credentials) = entered.credentials() {
        body["credentials"] = credentials;
    }
    if !entered.overlap.is_empty() {
        body["overlap"] = json!(entered.overlap);
    }
    let once = (IDEMPOTENCY_KEY, entered.once.as_str());
    match visitor.api.send_if(once, Method::POST, &format!("{path}/rotate"), &body).await {
        Ok(made) => Ok(show(made).into_response()),
        Err(fault) if fault.is_refusal() => {
            let status: StatusCode = fault.status;
            let asking = Asking { endpoint, entered, refused: Some(fault) };
            Ok((status, page::draw(&asking)).into_response())
        }
        Err(fault) => Err(fault),
    }
}
