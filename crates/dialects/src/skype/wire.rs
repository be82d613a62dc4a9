//! The body of a webhook of Skype Interviews (seed 004), as it is read and as it is written.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use callboard_core::{Event, EventType, Interview, SourceId, StageMark, Timestamp};
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::metadata;
use crate::dialect::{Unreadable, text};

/// The only word that Microsoft's `event` has been seen to hold.
pub(super) const STATE: &str = "State";

/// A change of stage, as it goes out. The order of the members is the sample's.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct State {
    previous_stage: StageOut,
    current_stage: StageOut,
    event: &'static str,
    timestamp: String,
    interview_code: String,
}

#[derive(Serialize)]
struct StageOut {
    value: String,
    metadata: String,
}

impl StageOut {
    fn new(mark: &StageMark, is_told: bool) -> Self {
        let metadata = if is_told { metadata::told(mark) } else { metadata::own(mark) };
        Self { value: mark.value.to_string(), metadata }
    }
}

impl State {
    /// What tells this event, if there is a word for it. A move from nowhere is told as one from the first stage, which
    /// each interview begins in.
    pub fn telling(event: &Event) -> Option<Self> {
        if event.kind != EventType::InterviewStageUpdated {
            return None;
        }
        let interview = event.data.interview.as_deref()?;
        let previous = event.data.previous.get("stage").and_then(|stage| StageMark::deserialize(stage).ok());
        let is_told = event.data.source.is_some();
        Some(Self {
            previous_stage: StageOut::new(&previous.unwrap_or_default(), is_told),
            current_stage: StageOut::new(&interview.stage, is_told),
            event: STATE,
            timestamp: seven_digits(event.timestamp),
            interview_code: code_of(interview, event.data.source),
        })
    }

    /// The bytes to send.
    pub fn to_body(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts are JSON")
    }
}

/// What an interview is called: by the account that tells of it, by the platform or the partner, else by us.
pub(super) fn code_of(interview: &Interview, source: Option<SourceId>) -> String {
    interview.external_ids.get_for("skype", source).map_or_else(|| interview.id.to_string(), str::to_owned)
}

/// A time as .NET writes it: `2018-02-26T17:50:17.4862382Z`.
fn seven_digits(time: Timestamp) -> String {
    format!("{time:.7}")
}

/// A text, which stays where it was read unless it holds an escape. Serde copies a bare `Cow` inside of an `Option`.
#[derive(Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] pub Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// A change of stage, as it comes in. What the sample has is named; everything else is kept.
#[derive(Default)]
pub(super) struct StateIn<'a> {
    pub previous_stage: Option<StageIn<'a>>,
    pub current_stage: Option<StageIn<'a>>,
    pub event: Option<Text<'a>>,
    pub timestamp: Option<Text<'a>>,
    pub interview_code: Option<Text<'a>>,
    pub unknown: Map<String, Value>,
}

#[derive(Deserialize)]
pub(super) struct StageIn<'a> {
    #[serde(borrow)]
    pub value: Option<Text<'a>>,
    #[serde(borrow)]
    pub metadata: Option<Text<'a>>,
}

impl<'a> StateIn<'a> {
    /// Reads a body.
    pub fn read(body: &'a [u8]) -> Result<Self, Unreadable> {
        serde_json::from_str(text(body)?)
            .map_err(|error| Unreadable(format!("the body is no change of stage: {error}")))
    }
}

impl<'de> Deserialize<'de> for StateIn<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = StateIn<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `currentStage` and `interviewCode`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<StateIn<'de>, A::Error> {
        let mut state = StateIn::default();
        let mut seen = Vec::with_capacity(8);
        while let Some(Text(name)) = map.next_key::<Text<'de>>()? {
            match &*name {
                "previousStage" => state.previous_stage = map.next_value()?,
                "currentStage" => state.current_stage = map.next_value()?,
                "event" => state.event = map.next_value()?,
                "timestamp" => state.timestamp = map.next_value()?,
                "interviewCode" => state.interview_code = map.next_value()?,
                _ => {
                    let value = map.next_value()?;
                    if state.unknown.insert(name.clone().into_owned(), value).is_some() {
                        return Err(twice(&name));
                    }
                    continue;
                }
            }
            if seen.contains(&name) {
                return Err(twice(&name));
            }
            seen.push(name);
        }
        Ok(state)
    }
}

fn twice<E: de::Error>(name: &str) -> E {
    E::custom(format_args!("the member `{name}` is there twice"))
}
