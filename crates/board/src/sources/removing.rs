//! Removing a source, which is asked about first.

use askama::Template;
use axum::extract::Path;
use axum::http::Method;
use axum::response::Redirect;
use serde_json::{Value, json};

use super::Source;
use crate::api::Fault;
use crate::listing::encoded;
use crate::page::{self, Page};
use crate::session::Visitor;

#[derive(Template)]
#[template(path = "source_remove.html")]
struct Asking {
    source: Source,
}

impl Asking {
    const SECTION: &str = "Sources";
}

pub(super) async fn ask(visitor: Visitor, Path(id): Path<String>) -> Result<Page, Fault> {
    let source = visitor.api.get(&format!("/v1/sources/{}", encoded(&id))).await?;
    Ok(page::draw(&Asking { source }))
}

pub(super) async fn remove(visitor: Visitor, Path(id): Path<String>) -> Result<Redirect, Fault> {
    let path = format!("/v1/sources/{}", encoded(&id));
    let _: Value = visitor.api.send(Method::DELETE, &path, &json!({})).await?;
    Ok(Redirect::to("/board/sources"))
}
