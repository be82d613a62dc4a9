//! What a webhook of Skype Interviews says, in our words.

use callboard_core::{About, Belonging, Extra, InterviewTold, News, Observation, StageMark, Timestamp};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::metadata;
use super::wire::{STATE, StageIn, StateIn};
use crate::dialect::{Reading, Unreadable};

/// Reads a body.
pub(super) fn read(body: &[u8]) -> Result<Reading, Unreadable> {
    let mut state = StateIn::read(body)?;
    let code = state.interview_code.filter(|code| !code.is_empty()).ok_or_else(|| {
        Unreadable("the body has no `interviewCode`, so it is about no interview".to_owned())
    })?;
    let current = state
        .current_stage
        .and_then(mark)
        .ok_or_else(|| Unreadable("the body has no `currentStage` with a `value`".to_owned()))?;
    let at = state.timestamp.as_deref().map(time).transpose()?;
    let event = state.event.as_deref().unwrap_or(STATE);
    let label = format!("{event} {}", current.value);
    if event != STATE {
        state.unknown.insert("event".to_owned(), event.into());
    }
    let extra = if state.unknown.is_empty() {
        Extra::new()
    } else {
        Extra::from([("skype".to_owned(), Value::Object(state.unknown))])
    };
    let interview = About {
        external_id: Some(code.0.into_owned()),
        told: InterviewTold { extra, ..InterviewTold::default() },
    };
    let previous = state.previous_stage.and_then(mark);
    let news = News::Stage { interview, of: Belonging::default(), previous, current };
    Ok(Reading { label, observations: vec![Observation { at, news }] })
}

fn mark(stage: StageIn<'_>) -> Option<StageMark> {
    let value = stage.value.filter(|value| !value.is_empty())?;
    Some(metadata::mark(&value, stage.metadata.as_deref()))
}

/// Reads a time with any number of fraction digits. Microsoft's times are UTC, said so (`Z`) or not.
fn time(text: &str) -> Result<Timestamp, Unreadable> {
    text.parse::<Timestamp>()
        .or_else(|_| {
            text.parse::<DateTime>().and_then(|at| at.to_zoned(TimeZone::UTC)).map(|at| at.timestamp())
        })
        .map_err(|_| {
            let text: String = text.chars().take(40).collect();
            Unreadable(format!("`timestamp` is no date: `{text}`"))
        })
}
