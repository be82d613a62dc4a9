//! One source: how to set it up at the platform, what came, and what was refused.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::Method;
use axum::response::Redirect;
use callboard_core::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Receipt, Source};
use crate::api::{Fault, List};
use crate::listing::encoded;
use crate::page::{self, Page};
use crate::session::Visitor;

const ITEMS: usize = 25;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    outcome: String,
    cursor: String,
}

/// What the hub remembers of what it refused.
#[derive(Debug, Deserialize)]
struct Rejections {
    total: u64,
    by_code: BTreeMap<String, u64>,
    recent: Vec<Rejection>,
}

#[derive(Debug, Clone, Deserialize)]
struct Rejection {
    at: Timestamp,
    code: String,
    explanation: String,
    headers: Vec<String>,
    body_bytes: u64,
}

/// Refusals for the same reason.
struct Cause {
    count: u64,
    last: Rejection,
}

#[derive(Template)]
#[template(path = "source.html")]
pub(super) struct One {
    asked: Asked,
    source: Source,
    rejected: u64,
    /// Those that happen most first.
    causes: Vec<Cause>,
    receipts: Vec<Receipt>,
    next: Option<String>,
}

impl One {
    const SECTION: &str = "Sources";

    /// Is the address itself a secret that is not shown again?
    fn hides_token(&self) -> bool {
        self.source.url.contains('{')
    }
}

pub(super) async fn show(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Page, Fault> {
    let source: Source = visitor.api.get(&format!("/v1/sources/{}", encoded(&id))).await?;
    draw(&visitor, source, asked).await
}

/// The page, also as an answer that shows something once.
pub(super) async fn draw(visitor: &Visitor, source: Source, asked: Asked) -> Result<Page, Fault> {
    let api = &visitor.api;
    let Rejections { total, by_code, recent } =
        api.get(&format!("/v1/sources/{}/rejections", source.id)).await?;
    let last = |code: &str| recent.iter().find(|it| it.code == code).cloned();
    let causes = by_code.into_iter().filter_map(|(code, count)| Some(Cause { count, last: last(&code)? }));
    let mut causes: Vec<Cause> = causes.collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.count));
    let mut path = format!("/v1/receipts?limit={ITEMS}&source={}", source.id);
    for (name, value) in [("outcome", &asked.outcome), ("cursor", &asked.cursor)] {
        if !value.is_empty() {
            path.push_str(&format!("&{name}={}", encoded(value)));
        }
    }
    let receipts: List<Receipt> = api.get(&path).await?;
    let next = receipts.next.map(|cursor| {
        format!(
            "/board/sources/{}?outcome={}&cursor={}#received",
            source.id,
            encoded(&asked.outcome),
            encoded(&cursor)
        )
    });
    let receipts = receipts.items;
    Ok(page::draw(&One { asked, source, rejected: total, causes, receipts, next }))
}

pub(super) async fn rotate(visitor: Visitor, Path(id): Path<String>) -> Result<Page, Fault> {
    let path = format!("/v1/sources/{}/rotate", encoded(&id));
    let source: Source = visitor.api.send(Method::POST, &path, &json!({})).await?;
    draw(&visitor, source, Asked::default()).await
}

pub(super) async fn remove(visitor: Visitor, Path(id): Path<String>) -> Result<Redirect, Fault> {
    let path = format!("/v1/sources/{}", encoded(&id));
    let _: Value = visitor.api.send(Method::DELETE, &path, &json!({})).await?;
    Ok(Redirect::to("/board/sources"))
}
