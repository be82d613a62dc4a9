//! The attributes around an event's `data`.

use std::borrow::Cow;

use callboard_core::{Event, EventType, Snapshot, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::dialect::{Reading, Unreadable, text};
use crate::standard;

const SPEC_VERSION: &str = "1.0";
/// What our types begin with, so that on a bus with many producers `interview.created` cannot be someone else's. The
/// specification asks for a name that the producer owns; it is left out again when reading.
const TYPE_PREFIX: &str = "callboard.";

#[derive(Serialize)]
struct Out<'a> {
    specversion: &'static str,
    id: String,
    source: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    time: Timestamp,
    datacontenttype: &'static str,
    data: &'a Snapshot,
}

/// Writes an event. Its `source` is the company at this hub, its `subject` the id of the thing that it is about.
pub(super) fn write(event: &Event, public_url: &str) -> Vec<u8> {
    let out = Out {
        specversion: SPEC_VERSION,
        id: event.id.to_string(),
        source: format!("{public_url}/companies/{}", event.company),
        kind: format!("{TYPE_PREFIX}{}", event.kind),
        subject: subject(&event.data),
        time: event.timestamp,
        datacontenttype: "application/json",
        data: &event.data,
    };
    serde_json::to_vec(&out).expect("events have text keys only, which is all that JSON asks for")
}

/// The id of the thing that events are kept in order by: [`Event::subject`], as text.
fn subject(data: &Snapshot) -> Option<String> {
    let interview = data.interview.as_ref().map(|it| it.id.to_string());
    interview
        .or_else(|| data.application.as_ref().map(|it| it.id.to_string()))
        .or_else(|| data.candidate.as_ref().map(|it| it.id.to_string()))
        .or_else(|| data.job.as_ref().map(|it| it.id.to_string()))
        .or_else(|| data.endpoint.as_ref().map(|it| it.id.to_string()))
}

#[derive(Deserialize)]
struct In<'a> {
    #[serde(borrow)]
    specversion: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    source: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    time: Option<Timestamp>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

/// Reads an event in structured mode, of our types with or without their prefix.
pub(super) fn read(body: &[u8]) -> Result<Reading, Unreadable> {
    let event: In<'_> = serde_json::from_str(text(body)?)
        .map_err(|error| Unreadable(format!("the body is no CloudEvent in structured mode: {error}")))?;
    if event.specversion != SPEC_VERSION {
        return Err(Unreadable("only `specversion` 1.0 is understood".to_owned()));
    }
    if event.id.is_empty() || event.source.is_empty() {
        return Err(Unreadable("a CloudEvent's `id` and `source` must not be empty".to_owned()));
    }
    let kind = EventType::from(event.kind.strip_prefix(TYPE_PREFIX).unwrap_or(&event.kind));
    let observations = standard::observations(&kind, event.time, event.data)?;
    Ok(Reading { label: event.kind.into_owned(), observations })
}
