//! What happened, as a webhook of HireHive.

use callboard_core::{Event, EventType, Snapshot};

use super::{application, candidate, feedback, interview, job, note, tag};

/// What `version` says; which values it takes is not documented (platforms.md 1.1).
const VERSION: u32 = 1;

/// The body that tells this event, if there is a word for it and the thing it is about is there.
pub(super) fn write(event: &Event) -> Option<Vec<u8>> {
    let word = match &event.kind {
        EventType::InterviewMeetingReady => EventType::InterviewUpdated.as_str(),
        kind => kind.as_str(),
    };
    let mut body = format!(
        r#"{{"id":"{}","version":{VERSION},"type":"{word}","timestamp":"{:.7}","data":{{"object":"#,
        event.id, event.timestamp
    )
    .into_bytes();
    object(&mut body, &event.kind, &event.data)?;
    body.extend_from_slice(b"}}");
    Some(body)
}

fn object(out: &mut Vec<u8>, kind: &EventType, data: &Snapshot) -> Option<()> {
    match kind {
        EventType::JobCreated
        | EventType::JobUpdated
        | EventType::JobStatusUpdated
        | EventType::JobDeleted => job::write(out, data.job.as_ref()?, data.source),
        EventType::ApplicationCreated
        | EventType::ApplicationStageUpdated
        | EventType::ApplicationDeleted => application::write(out, data.application.as_ref()?, data),
        EventType::CandidateUpdated => candidate::write(out, data.candidate.as_ref()?, data.source),
        EventType::CandidateNoteCreated
        | EventType::CandidateNoteUpdated
        | EventType::CandidateNoteDeleted => note::write(out, data.note.as_ref()?, data),
        EventType::CandidateTagAdded | EventType::CandidateTagRemoved => {
            tag::write(out, data.candidate.as_ref()?, data.tag.as_ref()?, data.source);
        }
        EventType::FeedbackRequested | EventType::FeedbackSubmitted | EventType::FeedbackUpdated => {
            feedback::write(out, data.feedback.as_ref()?, data);
        }
        EventType::InterviewCreated
        | EventType::InterviewUpdated
        | EventType::InterviewCancelled
        | EventType::InterviewMeetingReady => interview::write(out, data.interview.as_ref()?, data),
        _ => return None,
    }
    Some(())
}
