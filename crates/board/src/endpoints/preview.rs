//! What an endpoint would be sent, while it is being set up.

use askama::Template;
use axum::extract::Form;
use axum::http::Method;

use super::fields::Entered;
use crate::api::{Api, Fault};
use crate::page::{self, Page};
use crate::request::Shown;
use crate::session::Visitor;

/// The request, or why there is none.
#[derive(Template)]
#[template(path = "endpoint_preview.html")]
pub(super) struct Preview {
    request: Result<Shown, Fault>,
}

pub(super) async fn of(api: &Api, entered: &Entered) -> Preview {
    Preview { request: api.send(Method::POST, "/v1/endpoints/preview", &entered.to_preview()).await }
}

/// For a page that is shown already.
pub(super) async fn show(visitor: Visitor, Form(fields): Form<Vec<(String, String)>>) -> Page {
    page::draw(&of(&visitor.api, &Entered::read(fields)).await)
}
