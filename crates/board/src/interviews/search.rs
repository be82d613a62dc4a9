//! Finding interviews. What is searched for may be somebody's name, so it is sent in a form and stands in no address.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::Form;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use callboard_core::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::list::{Interviews, Row};
use crate::api::{Fault, List};
use crate::page;
use crate::session::Visitor;
use crate::words::stage_words;

const ITEMS: usize = 50;

#[derive(Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    text: String,
    #[serde(default)]
    cursor: String,
}

/// Something that was found, as the API shows it.
#[derive(Deserialize)]
struct Found {
    kind: String,
    id: String,
    candidate: Option<String>,
    job: Option<String>,
    title: Option<String>,
    state: Option<String>,
    at: Option<Timestamp>,
    #[serde(default)]
    external_ids: BTreeMap<String, String>,
    #[serde(default)]
    interviews: Vec<OfCandidate>,
}

#[derive(Deserialize)]
struct OfCandidate {
    id: String,
    title: Option<String>,
    state: String,
    at: Option<Timestamp>,
    #[serde(default)]
    external_ids: BTreeMap<String, String>,
}

pub(super) async fn find(visitor: Visitor, Form(given): Form<Given>) -> Result<Response, Fault> {
    let text = given.text.trim();
    if text.is_empty() {
        return Ok(Redirect::to("/board/interviews").into_response());
    }
    let mut form = json!({ "text": text, "limit": ITEMS });
    if !given.cursor.is_empty() {
        form["cursor"] = json!(given.cursor);
    }
    let found: List<Found> = match visitor.api.send(Method::POST, "/v1/search", &form).await {
        Ok(found) => found,
        // What nothing can be called is found nowhere.
        Err(fault) if fault.status == StatusCode::UNPROCESSABLE_ENTITY => {
            List { items: Vec::new(), next: None }
        }
        Err(fault) => return Err(fault),
    };
    let (is_first, next) = (given.cursor.is_empty(), found.next);
    // A candidate's interviews may be found by themselves as well.
    let mut seen = BTreeSet::new();
    let rows = found.items.into_iter().flat_map(Found::rows);
    let rows: Vec<Row> =
        rows.filter(|row| row.interview.as_ref().is_none_or(|id| seen.insert(id.clone()))).collect();
    // Who knows what it is called wants to see it, and no list of one.
    if let ([Row { interview: Some(only), .. }], true, None) = (rows.as_slice(), is_first, &next) {
        return Ok(Redirect::to(&format!("/board/interviews/{only}")).into_response());
    }
    Ok(page::draw(&Interviews { text: Some(text.to_owned()), rows, is_first, next }).into_response())
}

impl Found {
    /// An interview is a line, and so is each interview of a candidate, or the candidate if there is none.
    fn rows(self) -> Vec<Row> {
        let who = self.candidate.filter(|name| !name.trim().is_empty());
        let stage = self.state.as_deref().map(stage_words).unwrap_or_default();
        let code = called(self.external_ids, &self.id);
        if self.kind == "interview" || self.interviews.is_empty() {
            let interview = (self.kind == "interview").then_some(self.id);
            let (who, job) = (who.unwrap_or_else(|| code.clone()), self.title.or(self.job));
            return vec![Row { interview, who, job: job.unwrap_or_default(), stage, at: self.at, code }];
        }
        let who = who.unwrap_or(code);
        let rows = self.interviews.into_iter().map(|it| Row {
            who: who.clone(),
            job: it.title.or_else(|| self.job.clone()).unwrap_or_default(),
            stage: stage_words(&it.state),
            at: it.at,
            code: called(it.external_ids, &it.id),
            interview: Some(it.id),
        });
        rows.collect()
    }
}

/// What a platform calls it, else its id.
fn called(names: BTreeMap<String, String>, id: &str) -> String {
    names.into_values().next().unwrap_or_else(|| id.to_owned())
}
