//! One source: how to set it up at the platform, what came, and what was refused.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use callboard_core::Timestamp;
use serde::Deserialize;

use super::{Receipt, Source};
use crate::api::{Fault, List};
use crate::in_address::InAddress;
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
    code: String,
    count: u64,
    /// The last one, if it is among the last ones of all.
    last: Option<Rejection>,
}

#[derive(Template)]
#[template(path = "source.html")]
struct One {
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
    InAddress(asked): InAddress<Asked>,
) -> Result<Page, Fault> {
    let api = visitor.api;
    let source: Source = api.get(&format!("/v1/sources/{}", encoded(&id))).await?;
    let Rejections { total, by_code, recent } =
        api.get(&format!("/v1/sources/{}/rejections", source.id)).await?;
    let last = |code: &str| recent.iter().find(|it| it.code == code).cloned();
    let causes = by_code.into_iter().map(|(code, count)| Cause { last: last(&code), code, count });
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
