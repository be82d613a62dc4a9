//! Interviews, the newest first.

use askama::Template;
use callboard_core::Timestamp;
use futures_util::future::try_join_all;
use serde::Deserialize;

use super::Interview;
use crate::api::{Api, Fault, List};
use crate::in_address::InAddress;
use crate::listing::encoded;
use crate::page::{self, Page};
use crate::session::Visitor;
use crate::words::stage_words;

const ITEMS: usize = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    cursor: String,
}

/// What is shown, of a list or of what was found.
#[derive(Template)]
#[template(path = "interviews.html")]
pub(super) struct Interviews {
    /// What was searched for.
    pub(super) text: Option<String>,
    pub(super) rows: Vec<Row>,
    pub(super) is_first: bool,
    /// The cursor of the next page.
    pub(super) next: Option<String>,
}

impl Interviews {
    const SECTION: &str = "Interviews";
}

/// A line of the list.
pub(super) struct Row {
    /// Nothing, for a candidate who has none.
    pub(super) interview: Option<String>,
    pub(super) who: String,
    pub(super) job: String,
    pub(super) stage: String,
    /// When it is held.
    pub(super) at: Option<Timestamp>,
    pub(super) code: String,
}

pub(super) async fn show(visitor: Visitor, InAddress(asked): InAddress<Asked>) -> Result<Page, Fault> {
    let mut path = format!("/v1/interviews?limit={ITEMS}");
    if !asked.cursor.is_empty() {
        path.push_str(&format!("&cursor={}", encoded(&asked.cursor)));
    }
    let list: List<Interview> = visitor.api.get(&path).await?;
    let rows = try_join_all(list.items.iter().map(|it| row(&visitor.api, it))).await?;
    let is_first = asked.cursor.is_empty();
    Ok(page::draw(&Interviews { text: None, rows, is_first, next: list.next }))
}

async fn row(api: &Api, interview: &Interview) -> Result<Row, Fault> {
    let with = interview.with(api).await?;
    Ok(Row {
        interview: Some(interview.id.clone()),
        who: with.candidate.unwrap_or_else(|| interview.code().to_owned()),
        job: interview.title.clone().or(with.job).unwrap_or_default(),
        stage: stage_words(&interview.stage.value),
        at: interview.start,
        code: interview.code().to_owned(),
    })
}
