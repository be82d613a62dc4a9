//! What a webhook of HireHive says, in our words.

use std::borrow::Cow;

use callboard_core::{
    About, Change, EventType, FeedbackChange, InterviewChange, News, Observation, Timestamp,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{application, feedback, interview, members, note, tag};
use crate::dialect::{Reading, Unreadable, text};

/// The envelope (platforms.md 1.1). Its `id` and `version`, which may be absent, say nothing that is needed.
#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Envelope<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    timestamp: Option<Timestamp>,
    #[serde(borrow)]
    data: Option<Data<'a>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Data<'a> {
    #[serde(borrow)]
    object: Option<&'a RawValue>,
}

/// Reads a body. A type that we do not know is no error: it is told that it came, and nothing else.
pub(super) fn read(body: &[u8]) -> Result<Reading, Unreadable> {
    let envelope: Envelope<'_> = serde_json::from_str(text(body)?)
        .map_err(|error| Unreadable(format!("the body is no webhook of HireHive: {error}")))?;
    let object = envelope.data.and_then(|data| data.object);
    let news = news(&EventType::from(envelope.kind.as_ref()), object)?;
    let observations = news.map(|news| Observation { at: envelope.timestamp, news }).into_iter().collect();
    Ok(Reading { label: envelope.kind.into_owned(), observations })
}

fn news(kind: &EventType, object: Option<&RawValue>) -> Result<Option<News>, Unreadable> {
    let object = || {
        object.map(RawValue::get).ok_or_else(|| Unreadable(format!("`{kind}` comes without `data.object`")))
    };
    Ok(Some(match kind {
        EventType::JobCreated => job(object()?, Change::Created, false)?,
        EventType::JobUpdated => job(object()?, Change::Updated, false)?,
        EventType::JobStatusUpdated => job(object()?, Change::Updated, true)?,
        EventType::JobDeleted => job(object()?, Change::Deleted, false)?,
        EventType::ApplicationCreated => application(object()?, Change::Created, false)?,
        EventType::ApplicationStageUpdated => application(object()?, Change::Updated, true)?,
        EventType::ApplicationDeleted => application(object()?, Change::Deleted, false)?,
        EventType::CandidateUpdated => {
            News::Candidate { candidate: thing(object()?)?, change: Change::Updated }
        }
        EventType::CandidateNoteCreated => note(object()?, Change::Created)?,
        EventType::CandidateNoteUpdated => note(object()?, Change::Updated)?,
        EventType::CandidateNoteDeleted => note(object()?, Change::Deleted)?,
        EventType::CandidateTagAdded => tag(object()?, true)?,
        EventType::CandidateTagRemoved => tag(object()?, false)?,
        EventType::FeedbackRequested => feedback(object()?, FeedbackChange::Requested)?,
        EventType::FeedbackSubmitted => feedback(object()?, FeedbackChange::Submitted)?,
        EventType::FeedbackUpdated => feedback(object()?, FeedbackChange::Updated)?,
        EventType::InterviewCreated => interview(object()?, InterviewChange::Created)?,
        EventType::InterviewUpdated => interview(object()?, InterviewChange::Updated)?,
        EventType::InterviewCancelled => interview(object()?, InterviewChange::Cancelled)?,
        _ => return Ok(None),
    }))
}

fn thing<T: members::Told>(json: &str) -> Result<About<T>, Unreadable>
where
    About<T>: for<'de> members::Members<'de>,
{
    let mut about = About::default();
    let kept = members::read(json, &mut about)?;
    members::identified(members::keeping(about, kept))
}

fn job(json: &str, change: Change, status_only: bool) -> Result<News, Unreadable> {
    Ok(News::Job { job: thing(json)?, change, status_only })
}

fn application(json: &str, change: Change, stage_only: bool) -> Result<News, Unreadable> {
    let (application, of) = application::read(json)?;
    Ok(News::Application { application, of, change, stage_only })
}

fn note(json: &str, change: Change) -> Result<News, Unreadable> {
    let (note, of) = note::read(json)?;
    Ok(News::Note { note, of, answer_video: None, change })
}

fn tag(json: &str, added: bool) -> Result<News, Unreadable> {
    let (candidate, tag) = tag::read(json)?;
    Ok(News::Tag { candidate, tag, added })
}

fn feedback(json: &str, change: FeedbackChange) -> Result<News, Unreadable> {
    let (feedback, of) = feedback::read(json)?;
    Ok(News::Feedback { feedback, interview: None, of, change })
}

/// There is no event for an interview's end: whatever shows the status `past` tells it.
fn interview(json: &str, change: InterviewChange) -> Result<News, Unreadable> {
    let whole = interview::read(json)?;
    let change = match change {
        InterviewChange::Created | InterviewChange::Updated if whole.is_cancelled() => {
            InterviewChange::Cancelled
        }
        InterviewChange::Created | InterviewChange::Updated if whole.is_past() => InterviewChange::Ended,
        told => told,
    };
    Ok(News::Interview { meeting: whole.meeting(), interview: whole.interview, of: whole.of, change })
}
