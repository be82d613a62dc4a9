//! A new source: first the platform, then what it asks for.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, State};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::credentials::{self, Field, Given, PLATFORMS, Platform, platform};
use crate::Board;
use crate::api::{Fault, IDEMPOTENCY_KEY};
use crate::in_address::InAddress;
use crate::page::{self, Page};
use crate::session::Visitor;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    platform: String,
}

#[derive(Template)]
#[template(path = "source_new.html")]
struct New {
    platform: Option<&'static Platform>,
    given: Given,
    refused: Option<Fault>,
}

impl New {
    const SECTION: &str = "Sources";
}

pub(super) async fn ask(
    State(board): State<Arc<Board>>,
    _: Visitor,
    InAddress(wanted): InAddress<Wanted>,
) -> Page {
    let given = Given::nothing(board.once());
    page::draw(&New { platform: platform(&wanted.platform), given, refused: None })
}

pub(super) async fn make(visitor: Visitor, Form(given): Form<Given>) -> Result<Response, Fault> {
    let Some(platform) = platform(&given.platform) else {
        return Ok(page::draw(&New { platform: None, given, refused: None }).into_response());
    };
    let mut form = json!({ "platform": platform.name, "name": given.name });
    if let Some(credentials) = given.credentials(platform) {
        form["credentials"] = credentials;
    }
    let once = (IDEMPOTENCY_KEY, given.once.as_str());
    match visitor.api.send_if(once, Method::POST, "/v1/sources", &form).await {
        Ok(source) => Ok(credentials::show(source).into_response()),
        Err(fault) if fault.is_refusal() => {
            let status = fault.status;
            let page = page::draw(&New { platform: Some(platform), given, refused: Some(fault) });
            Ok((status, page).into_response())
        }
        Err(fault) => Err(fault),
    }
}
