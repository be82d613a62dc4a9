//! Events: what came of it. Immutable, ordered, and self-contained: whoever renders one needs no look-up.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::application::{Application, ApplicationMark};
use crate::feedback::{Assessment, Feedback};
use crate::id::{CompanyId, EventId, Identifier, ReceiptId, SourceId};
use crate::interview::Interview;
use crate::job::{Job, Named};
use crate::open_enum::open_enum;
use crate::people::Candidate;
use crate::recording::{AnswerVideo, Note, Question};
use crate::trouble::{EndpointMark, GivenUp};

open_enum! {
    /// What happened.
    EventType {
        /// A job was made.
        JobCreated = "job.created",
        /// A job was changed.
        JobUpdated = "job.updated",
        /// A job was opened or closed.
        JobStatusUpdated = "job.status.updated",
        /// A job was removed.
        JobDeleted = "job.deleted",
        /// A candidate became known.
        CandidateCreated = "candidate.created",
        /// A candidate's data changed.
        CandidateUpdated = "candidate.updated",
        /// A candidate was removed.
        CandidateDeleted = "candidate.deleted",
        /// A note was written.
        CandidateNoteCreated = "candidate.note.created",
        /// A note was changed.
        CandidateNoteUpdated = "candidate.note.updated",
        /// A note was removed.
        CandidateNoteDeleted = "candidate.note.deleted",
        /// A tag was put on a candidate.
        CandidateTagAdded = "candidate.tag.added",
        /// A tag was taken off.
        CandidateTagRemoved = "candidate.tag.removed",
        /// A candidate applied for a job.
        ApplicationCreated = "application.created",
        /// An application moved on.
        ApplicationStageUpdated = "application.stage.updated",
        /// An application was removed.
        ApplicationDeleted = "application.deleted",
        /// An interview was made.
        InterviewCreated = "interview.created",
        /// An interview's data changed.
        InterviewUpdated = "interview.updated",
        /// An interview was cancelled.
        InterviewCancelled = "interview.cancelled",
        /// An interview was archived.
        InterviewArchived = "interview.archived",
        /// An interview moved from one stage to another.
        InterviewStageUpdated = "interview.stage.updated",
        /// The links to join are there, or have changed.
        InterviewMeetingReady = "interview.meeting.ready",
        /// All assigned reviewers have scored, or one has changed a score after that.
        InterviewAssessed = "interview.assessed",
        /// A reviewer was asked for feedback.
        FeedbackRequested = "feedback.requested",
        /// A reviewer gave feedback.
        FeedbackSubmitted = "feedback.submitted",
        /// A reviewer changed feedback.
        FeedbackUpdated = "feedback.updated",
        /// An answer was recorded.
        AnswerVideoCreated = "answer_video.created",
        /// An answer was recorded anew or processed.
        AnswerVideoUpdated = "answer_video.updated",
        /// Somebody tests an endpoint. Everything in it is made up.
        EndpointTest = "endpoint.test",
        /// An endpoint was switched off.
        EndpointDisabled = "endpoint.disabled",
        /// A delivery ran out of attempts.
        DeliveryFailed = "delivery.failed",
        /// A request was authentic but could not be understood.
        ReceiptQuarantined = "receipt.quarantined",
    }
}

/// A request that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Quarantined {
    /// The receipt under which it is kept.
    pub id: ReceiptId,
    /// Why it could not be understood.
    pub reason: String,
}

/// Everything an event is about, as it stood when the event happened.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Snapshot {
    /// The account it came from, unless it was asked for through the API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceId>,
    /// The platform said *that* something changed, not *what*.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub thin: bool,
    /// The job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<Arc<Job>>,
    /// The candidate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<Arc<Candidate>>,
    /// What the candidate has applied for, as far as it is known, where the event is about a candidate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub applications: Vec<ApplicationMark>,
    /// The application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<Arc<Application>>,
    /// The interview.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interview: Option<Arc<Interview>>,
    /// The feedback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback: Option<Arc<Feedback>>,
    /// The assessment of the interview.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment: Option<Assessment>,
    /// The note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Arc<Note>>,
    /// The tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Named>,
    /// The question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Arc<Question>>,
    /// The recorded answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_video: Option<Arc<AnswerVideo>>,
    /// The receipt that could not be understood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Quarantined>,
    /// The endpoint that was switched off, that a delivery did not reach, or that is tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Arc<EndpointMark>>,
    /// The delivery that was given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Arc<GivenUp>>,
    /// The old values of what changed: facts by name; for a move from one stage to another `stage`, a [`crate::StageMark`].
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub previous: Map<String, Value>,
}

/// Something that happened. Its JSON form is the native webhook body (contract: `standard`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    /// Its id; also the time at which it was written down, and its place in the order.
    pub id: EventId,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// When it happened, by the clock of whoever told it.
    pub timestamp: Timestamp,
    /// Whose it is.
    pub company: CompanyId,
    /// What it is about.
    pub data: Snapshot,
}

impl Event {
    /// What events are kept in order by: the interview if it is about one, else the nearest thing it is about.
    pub fn subject(&self) -> u64 {
        let data = &self.data;
        data.interview
            .as_ref()
            .map(|interview| interview.id.raw())
            .or_else(|| data.application.as_ref().map(|application| application.id.raw()))
            .or_else(|| data.candidate.as_ref().map(|candidate| candidate.id.raw()))
            .or_else(|| data.job.as_ref().map(|job| job.id.raw()))
            .or_else(|| data.endpoint.as_ref().map(|endpoint| endpoint.id.raw()))
            .unwrap_or(self.id.raw())
    }
}
