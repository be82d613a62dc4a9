//! What exactly did we receive, and what came of it?

use askama::Template;
use axum::extract::Path;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Receipt, Source};
use crate::api::{Api, Fault, List};
use crate::in_address::InAddress;
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
    /// What came of reading it once more.
    says: Option<String>,
    receipt: Receipt,
    source: Option<Source>,
    events: Vec<Line>,
}

impl One {
    const SECTION: &str = "Sources";
}

pub(super) async fn show(
    visitor: Visitor,
    Path(id): Path<String>,
    InAddress(asked): InAddress<Asked>,
) -> Result<Page, Fault> {
    let says = (asked.done == "reprocess")
        .then(|| "It was read once more; what came of it stands below.".to_owned());
    draw(&visitor.api, &id, says).await
}

async fn draw(api: &Api, id: &str, says: Option<String>) -> Result<Page, Fault> {
    let receipt: Receipt = api.get(&format!("/v1/receipts/{}", encoded(id))).await?;
    let source = match api.get::<Source>(&format!("/v1/sources/{}", encoded(&receipt.source))).await {
        Ok(source) => Some(source),
        Err(fault) if fault.is_not_found() => None,
        Err(fault) => return Err(fault),
    };
    let path = format!("/v1/events?order=oldest_first&limit={EVENTS}&receipt={}", receipt.id);
    let events: List<Listed> = api.get(&path).await?;
    let platform = source.as_ref().map(|it| it.platform.as_str());
    let events = events.items.iter().map(|it| Line::of(&it.event, platform, it.recorded_at)).collect();
    Ok(page::draw(&One { says, receipt, source, events }))
}

pub(super) async fn reprocess(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Fault> {
    let path = format!("/v1/receipts/{}/reprocess", encoded(&id));
    match visitor.api.send::<Value>(Method::POST, &path, &json!({})).await {
        Ok(_) => {
            Ok(Redirect::to(&format!("/board/receipts/{}?done=reprocess", encoded(&id))).into_response())
        }
        Err(fault) if fault.status == StatusCode::CONFLICT => {
            let page = draw(&visitor.api, &id, Some(fault.detail)).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(fault) => Err(fault),
    }
}
