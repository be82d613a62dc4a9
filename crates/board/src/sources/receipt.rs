//! What exactly did we receive, and what came of it?

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::Method;
use axum::response::Redirect;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Receipt, Source};
use crate::api::{Fault, List};
use crate::listing::encoded;
use crate::page::{self, Page};
use crate::session::Visitor;
use crate::words::{Line, Listed};

const EVENTS: usize = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    done: String,
}

#[derive(Template)]
#[template(path = "receipt.html")]
struct One {
    asked: Asked,
    receipt: Receipt,
    source: Option<Source>,
    events: Vec<Line>,
}

impl One {
    const SECTION: &str = "Sources";

    fn done(&self) -> Option<&str> {
        (self.asked.done == "reprocess").then_some("It was read once more; what came of it stands below.")
    }
}

pub(super) async fn show(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Page, Fault> {
    let api = visitor.api;
    let receipt: Receipt = api.get(&format!("/v1/receipts/{}", encoded(&id))).await?;
    let source = match api.get::<Source>(&format!("/v1/sources/{}", encoded(&receipt.source))).await {
        Ok(source) => Some(source),
        Err(fault) if fault.is_not_found() => None,
        Err(fault) => return Err(fault),
    };
    let path = format!("/v1/events?order=oldest_first&limit={EVENTS}&receipt={}", receipt.id);
    let events: List<Listed> = api.get(&path).await?;
    let platform = source.as_ref().map(|it| it.platform.as_str());
    let events = events.items.iter().map(|it| Line::of(&it.event, platform, it.recorded_at)).collect();
    Ok(page::draw(&One { asked, receipt, source, events }))
}

pub(super) async fn reprocess(visitor: Visitor, Path(id): Path<String>) -> Result<Redirect, Fault> {
    let id = encoded(&id);
    let _: Value =
        visitor.api.send(Method::POST, &format!("/v1/receipts/{id}/reprocess"), &json!({})).await?;
    Ok(Redirect::to(&format!("/board/receipts/{id}?done=reprocess")))
}
