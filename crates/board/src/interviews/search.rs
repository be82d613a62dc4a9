//! Finding interviews. What is searched for may be somebody's name, so it is sent in a form and stands in no address.

use axum::extract::Form;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use callboard_core::Timestamp;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

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
    let rows: Vec<Row> = found.items.into_iter().flat_map(Found::rows).collect();
    // Who knows what it is called wants to see it, and no list of one.
    if let ([Row { interview: Some(only), .. }], true, None) = (rows.as_slice(), is_first, &next) {
        return Ok(Redirect::to(&format!("/board/interviews/{only}")).into_response());
    }
    Ok(page::draw(&Interviews { text: Some(text.to_owned()), rows, is_first, next }).into_response())
}

impl Found {
    /// An interview is a line, and so is each interview of a candidate, or the candidate if there is none.
    fn rows(self) -> Vec<Row> {
        let who = self.candidate.unwrap_or_default();
        let job = self.job.unwrap_or_default();
        let state = self.state.as_deref().map(stage_words).unwrap_or_default();
        if self.kind == "interview" || self.interviews.is_empty() {
            let code = self.external_ids.into_values().next().unwrap_or_else(|| self.id.clone());
            let is_interview = self.kind == "interview";
            let who = if who.is_empty() { code.clone() } else { who };
            let job = self.title.unwrap_or(job);
            return vec![Row {
                interview: is_interview.then_some(self.id),
                who,
                job,
                stage: state,
                at: self.at,
                code,
            }];
        }
        let rows = self.interviews.into_iter().map(|it| Row {
            who: who.clone(),
            job: it.title.unwrap_or_else(|| job.clone()),
            stage: stage_words(&it.state),
            at: it.at,
            code: it.external_ids.into_values().next().unwrap_or_else(|| it.id.clone()),
            interview: Some(it.id),
        });
        rows.collect()
    }
}
