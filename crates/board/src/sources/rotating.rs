//! Other credentials for a source. Those before them count for a while still.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Source;
use super::credentials::{self, Field, Given, platform};
use crate::Board;
use crate::api::{Fault, IDEMPOTENCY_KEY};
use crate::listing::encoded;
use crate::page::{self, Page};
use crate::session::Visitor;

#[derive(Template)]
#[template(path = "source_rotate.html")]
struct Asking {
    source: Source,
    fields: &'static [Field],
    given: Given,
    refused: Option<Fault>,
}

impl Asking {
    const SECTION: &str = "Sources";

    fn of(source: Source, given: Given, refused: Option<Fault>) -> Self {
        let fields = platform(&source.platform).map_or(&[][..], |it| it.fields);
        Self { source, fields, given, refused }
    }
}

pub(super) async fn ask(
    State(board): State<Arc<Board>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Page, Fault> {
    let source = visitor.api.get(&format!("/v1/sources/{}", encoded(&id))).await?;
    let given = Given::nothing(board.once());
    Ok(page::draw(&Asking::of(source, given, None)))
}

pub(super) async fn rotate(
    visitor: Visitor,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Fault> {
    let api = visitor.api;
    let path = format!("/v1/sources/{}", encoded(&id));
    let source: Source = api.get(&path).await?;
    let new = platform(&source.platform).and_then(|it| given.credentials(it));
    let form = new.map_or_else(|| json!({}), |new| json!({ "credentials": new }));
    let once = (IDEMPOTENCY_KEY, given.once.as_str());
    match api.send_if(once, Method::POST, &format!("{path}/rotate"), &form).await {
        Ok(rotated) => Ok(credentials::show(rotated).into_response()),
        Err(fault) if fault.is_refusal() => {
            let status = fault.status;
            Ok((status, page::draw(&Asking::of(source, given, Some(fault)))).into_response())
        }
        Err(fault) => Err(fault),
    }
}
