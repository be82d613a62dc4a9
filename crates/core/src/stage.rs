//! The twelve stages of an interview (seed 004), and the words that go with being in one.

use serde::{Deserialize, Serialize};

use crate::open_enum::open_enum;

open_enum! {
    /// Where an interview stands. The spelling is Skype Interviews' own, one `l` in `Canceled` included.
    Stage {
        /// A recruiter created the interview.
        InterviewCreated = "InterviewCreated",
        /// The recruiter cancelled it.
        InterviewCanceled = "InterviewCanceled",
        /// The recruiter archived it.
        InterviewArchived = "InterviewArchived",
        /// Someone is asked to propose or select a time.
        SchedulingTime = "SchedulingTime",
        /// Scheduling went wrong.
        SchedulingFailed = "SchedulingFailed",
        /// A time has been set.
        SchedulingCompleted = "SchedulingCompleted",
        /// At least two participants joined.
        InterviewStarted = "InterviewStarted",
        /// The interview went wrong.
        InterviewFailed = "InterviewFailed",
        /// A participant ended the interview after it had started.
        InterviewCompleted = "InterviewCompleted",
        /// The interview is over; feedback is awaited.
        FeedbackCollecting = "FeedbackCollecting",
        /// Submitting feedback went wrong.
        FeedbackFailed = "FeedbackFailed",
        /// The feedback is in.
        FeedbackCompleted = "FeedbackCompleted",
    }
}

/// A stage with what a platform said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StageMark {
    /// The stage itself.
    pub value: Stage,
    /// The platform's code for the reason, such as 2000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u32>,
    /// The platform's words for the reason, such as `Pending interviewer time selection`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl From<Stage> for StageMark {
    fn from(value: Stage) -> Self {
        Self { value, code: None, text: None }
    }
}

impl StageMark {
    /// Is it the same stage? Codes tell stages of one name apart (platforms.md 2.4) where both marks carry one; the
    /// words beside them do not.
    pub fn is_same_stage(&self, other: &Self) -> bool {
        self.value == other.value && (self.code == other.code || self.code.is_none() || other.code.is_none())
    }
}
