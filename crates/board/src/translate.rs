//! Any webhook, pasted: whose it is, whether it would be taken, what it says, and how that reads in everybody's words.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::Form;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use callboard_core::Event;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Board;
use crate::api::{Api, Fault};
use crate::in_address::InAddress;
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

async fn ask(visitor: Visitor, InAddress(asked): InAddress<Asked>) -> Result<Page, Fault> {
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
        let mut form = json!({ "headers": headers(&self.headers) });
        for (name, value) in [("url", self.url.trim()), ("source", self.source.as_str())] {
            if !value.is_empty() {
                form[name] = Value::from(value);
            }
        }
        let mut first = None;
        for body in as_it_may_have_been(&self.body) {
            form["body"] = Value::from(body);
            let translation: Translation = api.send(Method::POST, "/v1/translate", &form).await?;
            if translation.verification.as_ref().is_none_or(|it| it.authentic) {
                return Ok(translation);
            }
            first.get_or_insert(translation);
        }
        Ok(first.expect("a body may always have been as it was pasted"))
    }
}

/// A browser sends every end of a line as CR LF, and whoever copies a text may take one more along, or one less: but a signature
/// is over every byte. What is most likely comes first.
fn as_it_may_have_been(pasted: &str) -> Vec<String> {
    let lines = pasted.replace("\r\n", "\n");
    let trimmed = lines.trim_end_matches('\n').to_owned();
    let mut all = vec![
        trimmed.clone(),
        lines,
        format!("{trimmed}\n"),
        trimmed.replace('\n', "\r\n"),
        pasted.to_owned(),
    ];
    let mut known = Vec::new();
    all.retain(|it| {
        !known.contains(it) && {
            known.push(it.clone());
            true
        }
    });
    all
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
    fn what_was_pasted_may_have_had_other_ends_of_lines() {
        assert_eq!(as_it_may_have_been("{}"), ["{}", "{}\n"]);
        assert_eq!(as_it_may_have_been("a\r\nb\r\n"), ["a\nb", "a\nb\n", "a\r\nb", "a\r\nb\r\n"]);
    }

    #[test]
    fn headers_are_read_as_they_are_pasted() {
        let read = headers("POST /in/src_1 HTTP/1.1\r\nWebhook-Id: msg_1\r\n\r\nauthorization:Basic dTpw:\n");
        let read: Vec<(&str, &str)> =
            read.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(read, [("authorization", "Basic dTpw:"), ("webhook-id", "msg_1")]);
    }
}
