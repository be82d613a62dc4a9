//! Any webhook, pasted: whose it is, whether it would be taken, what it says, and how that reads in everybody's words.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Form, Query};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use callboard_core::Event;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Board;
use crate::api::{Api, Fault};
use crate::listing::{self, Source};
use crate::page::{self, Page};
use crate::session::Visitor;
use crate::words::Line;

/// What Skype Interviews sends, for whoever has nothing at hand.
const EXAMPLE: &str = r#"{
  "event": "State",
  "interviewCode": "EXAMPLE-1",
  "timestamp": "2026-03-02T09:30:00.1234567Z",
  "previousStage": { "value": "SchedulingTime", "metadata": "2000 - Pending interviewer time selection" },
  "currentStage": { "value": "SchedulingCompleted", "metadata": "2200 - Interview time was confirmed" }
}"#;

pub(crate) fn routes() -> Router<Arc<Board>> {
    Router::new().route("/translate", get(ask).post(translate))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    example: bool,
    source: String,
}

/// What was pasted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Pasted {
    body: String,
    /// A header a line, as they are written in a request.
    headers: String,
    url: String,
    source: String,
}

#[derive(Deserialize)]
struct Translation {
    understood: Vec<Understood>,
    not_understood: Vec<NotUnderstood>,
    verification: Option<Verification>,
}

#[derive(Deserialize)]
struct Understood {
    platform: String,
    label: String,
    events: Vec<Translated>,
    #[serde(default)]
    left_out: usize,
}

#[derive(Deserialize)]
struct NotUnderstood {
    platform: String,
    reason: String,
}

#[derive(Deserialize)]
struct Translated {
    event: Event,
    readings: Vec<Reading>,
}

#[derive(Deserialize)]
struct Reading {
    dialect: String,
    body: Option<String>,
    #[serde(default)]
    further_bodies: Vec<String>,
    reason: Option<String>,
}

#[derive(Deserialize)]
struct Verification {
    authentic: bool,
    explanation: Option<String>,
}

#[derive(Template)]
#[template(path = "translate.html")]
struct Translate {
    pasted: Pasted,
    sources: Vec<Source>,
    refused: Option<Fault>,
    translation: Option<Translation>,
}

impl Translate {
    const SECTION: &str = "Translate";
}

impl Translated {
    fn line(&self, platform: &str) -> Line {
        Line::of(&self.event, Some(platform), self.event.timestamp)
    }
}

async fn ask(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Page, Fault> {
    let sources = listing::sources(&visitor.api).await?;
    let body = if asked.example { EXAMPLE.to_owned() } else { String::new() };
    let pasted = Pasted { body, source: asked.source, ..Pasted::default() };
    Ok(page::draw(&Translate { pasted, sources, refused: None, translation: None }))
}

async fn translate(visitor: Visitor, Form(pasted): Form<Pasted>) -> Result<Response, Fault> {
    let sources = listing::sources(&visitor.api).await?;
    let (status, refused, translation) = match pasted.translated(&visitor.api).await {
        Ok(translation) => (StatusCode::OK, None, Some(translation)),
        Err(fault) if fault.status.is_client_error() && fault.status != StatusCode::UNAUTHORIZED => {
            (fault.status, Some(fault), None)
        }
        Err(fault) => return Err(fault),
    };
    Ok((status, page::draw(&Translate { pasted, sources, refused, translation })).into_response())
}

impl Pasted {
    async fn translated(&self, api: &Api) -> Result<Translation, Fault> {
        let mut form = json!({ "headers": headers(&self.headers), "body": self.body });
        for (name, value) in [("url", self.url.trim()), ("source", self.source.as_str())] {
            if !value.is_empty() {
                form[name] = Value::from(value);
            }
        }
        api.send(Method::POST, "/v1/translate", &form).await
    }
}

/// `Name: value`, a line each; what is no header is passed over.
fn headers(lines: &str) -> BTreeMap<String, String> {
    let pairs = lines.lines().filter_map(|line| line.split_once(':'));
    pairs.map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_they_are_pasted() {
        let read = headers("POST /in/src_1 HTTP/1.1\r\nWebhook-Id: msg_1\r\n\r\nauthorization:Basic dTpw:\n");
        let read: Vec<(&str, &str)> =
            read.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(read, [("authorization", "Basic dTpw:"), ("webhook-id", "msg_1")]);
    }
}
