//! Making an endpoint, and changing one.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use callboard_core::EventType;

use super::Endpoint;
use super::fields::{Entered, GROUPS};
use super::preview::{self, Preview};
use super::secrets::{self, Made};
use crate::Board;
use crate::api::{Api, Fault, IDEMPOTENCY_KEY};
use crate::listing::{self, Source, encoded};
use crate::page::{self, Page};
use crate::session::Visitor;
use crate::words::DIALECTS;

type Fields = Form<Vec<(String, String)>>;

#[derive(Template)]
#[template(path = "endpoint_form.html")]
struct Filling {
    entered: Entered,
    /// The one that is changed, if it is not a new one.
    endpoint: Option<Endpoint>,
    sources: Vec<Source>,
    /// Why the API did not take what was entered.
    refused: Option<Fault>,
    preview: Preview,
}

impl Filling {
    const SECTION: &str = "Endpoints";

    /// Was somebody else there first?
    fn is_outdated(&self) -> bool {
        self.refused.as_ref().is_some_and(|fault| fault.status == StatusCode::PRECONDITION_FAILED)
    }
}

/// An empty form.
pub(super) async fn blank(State(board): State<Arc<Board>>, visitor: Visitor) -> Result<Page, Fault> {
    let entered = Entered {
        dialect: DIALECTS[0].to_owned(),
        ordering: "interview".to_owned(),
        once: board.once(),
        ..Entered::default()
    };
    draw(&visitor.api, entered, None, None).await
}

pub(super) async fn make(visitor: Visitor, Form(fields): Fields) -> Result<Response, Fault> {
    let api = visitor.api;
    let entered = Entered::read(fields);
    if entered.previews {
        return Ok(draw(&api, entered, None, None).await?.into_response());
    }
    let once = (IDEMPOTENCY_KEY, entered.once.as_str());
    match api.send_if::<Made>(once, Method::POST, "/v1/endpoints", &entered.to_make()).await {
        Ok(made) => Ok(shown_once(made, "make")),
        Err(fault) => refused(&api, entered, None, fault).await,
    }
}

/// The form as an endpoint is set up now.
pub(super) async fn filled(visitor: Visitor, Path(id): Path<String>) -> Result<Page, Fault> {
    let api = visitor.api;
    let seen = api.see::<Endpoint>(&format!("/v1/endpoints/{}", encoded(&id))).await?;
    draw(&api, Entered::of(&seen.thing, seen.version), Some(seen.thing), None).await
}

pub(super) async fn change(
    visitor: Visitor,
    Path(id): Path<String>,
    Form(fields): Fields,
) -> Result<Response, Fault> {
    let api = visitor.api;
    let entered = Entered::read(fields);
    let path = format!("/v1/endpoints/{}", encoded(&id));
    let endpoint: Endpoint = api.get(&path).await?;
    if entered.previews {
        return Ok(draw(&api, entered, Some(endpoint), None).await?.into_response());
    }
    let seen = (header::IF_MATCH, entered.version.as_str());
    match api.send_if::<Made>(seen, Method::PATCH, &path, &entered.to_change(&endpoint)).await {
        Ok(changed) => Ok(shown_once(changed, "change")),
        Err(fault) => refused(&api, entered, Some(endpoint), fault).await,
    }
}

/// A new secret is shown in the answer: it is told once, and stands in no address.
fn shown_once(made: Made, done: &str) -> Response {
    if made.has_secrets() {
        return secrets::show(made).into_response();
    }
    Redirect::to(&format!("/board/endpoints/{}?done={done}", encoded(&made.id))).into_response()
}

/// What can be corrected is shown with what was entered.
async fn refused(
    api: &Api,
    entered: Entered,
    endpoint: Option<Endpoint>,
    fault: Fault,
) -> Result<Response, Fault> {
    if !fault.is_refusal() {
        return Err(fault);
    }
    let status = fault.status;
    Ok((status, draw(api, entered, endpoint, Some(fault)).await?).into_response())
}

async fn draw(
    api: &Api,
    entered: Entered,
    endpoint: Option<Endpoint>,
    refused: Option<Fault>,
) -> Result<Page, Fault> {
    let sources = listing::sources(api).await?;
    let preview = preview::of(api, &entered).await;
    Ok(page::draw(&Filling { entered, endpoint, sources, refused, preview }))
}
