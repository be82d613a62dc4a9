//! What is done with an endpoint at one press of a button.

use askama::Template;
use axum::extract::Path;
use axum::http::Method;
use axum::response::Redirect;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Endpoint;
use crate::api::{Api, Fault};
use crate::listing::encoded;
use crate::page::{self, Page};
use crate::session::Visitor;

#[derive(Deserialize)]
struct Delivery {
    id: String,
}

/// What comes before something that cannot be undone.
#[derive(Template)]
#[template(path = "endpoint_remove.html")]
struct Asking {
    endpoint: Endpoint,
}

impl Asking {
    const SECTION: &str = "Endpoints";
}

pub(super) async fn test(visitor: Visitor, Path(id): Path<String>) -> Result<Redirect, Fault> {
    let path = format!("/v1/endpoints/{}/test", encoded(&id));
    let delivery: Delivery = visitor.api.send(Method::POST, &path, &json!({})).await?;
    let (id, delivery) = (encoded(&id), encoded(&delivery.id));
    Ok(Redirect::to(&format!("/board/endpoints/{id}?done=test&delivery={delivery}")))
}

pub(super) async fn enable(visitor: Visitor, Path(id): Path<String>) -> Result<Redirect, Fault> {
    switch(&visitor.api, &id, "enable").await
}

pub(super) async fn disable(visitor: Visitor, Path(id): Path<String>) -> Result<Redirect, Fault> {
    switch(&visitor.api, &id, "disable").await
}

async fn switch(api: &Api, id: &str, deed: &str) -> Result<Redirect, Fault> {
    let id = encoded(id);
    let _: Value = api.send(Method::POST, &format!("/v1/endpoints/{id}/{deed}"), &json!({})).await?;
    Ok(Redirect::to(&format!("/board/endpoints/{id}?done={deed}")))
}

pub(super) async fn ask_to_remove(visitor: Visitor, Path(id): Path<String>) -> Result<Page, Fault> {
    let endpoint = visitor.api.get(&format!("/v1/endpoints/{}", encoded(&id))).await?;
    Ok(page::draw(&Asking { endpoint }))
}

pub(super) async fn remove(visitor: Visitor, Path(id): Path<String>) -> Result<Redirect, Fault> {
    let path = format!("/v1/endpoints/{}", encoded(&id));
    let _: Value = visitor.api.send(Method::DELETE, &path, &json!({})).await?;
    Ok(Redirect::to("/board/endpoints?done=remove"))
}
