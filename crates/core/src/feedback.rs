//! Feedback: what one reviewer thinks; and the assessment, which is all feedback of one interview taken together.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::application::OverallStatus;
use crate::entity_macro::entity;
use crate::id::{ApplicationId, FeedbackId, InterviewId};
use crate::job::Named;
use crate::open_enum::open_enum;
use crate::people::Person;
use crate::score::Score;

open_enum! {
    /// Whether a reviewer has answered (platforms.md 1.5.5).
    FeedbackStatus {
        /// Asked for, not given.
        Pending = "pending",
        /// Given.
        Complete = "complete",
    }
}

/// One line of a scorecard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rating {
    /// What was rated, by the platform's id for the option.
    pub option_id: String,
    /// The points given.
    pub rating: i64,
}

/// A reviewer's answer to one question of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Answer {
    /// The question, by the platform's id.
    pub question_id: String,
    /// The answer in words.
    pub text: String,
}

entity! {
    /// One reviewer's feedback on an interview or an application.
    Feedback(FeedbackId) told as FeedbackTold
    links {
        /// The interview it is about, if it is about one.
        interview_id: Option<InterviewId>,
        /// The application it is about.
        application_id: Option<ApplicationId>,
    }
    facts {
        /// Whether it has been given.
        status: FeedbackStatus,
        /// Whose it is.
        reviewer: Person,
        /// Who asked for it.
        creator: Person,
        /// The points given in all.
        score: Score,
        /// What the reviewer says.
        comment: String,
        /// The form that was filled in.
        form: Named,
        /// The lines of the scorecards.
        ratings: Vec<Rating>,
        /// The answers in words.
        answers: Vec<Answer>,
        /// When it was asked for, or given without being asked for.
        requested_at: Timestamp,
        /// When it was given.
        completed_at: Timestamp,
    }
}

impl Feedback {
    /// Has the reviewer scored? Only then does it count into an assessment.
    pub fn is_scored(&self) -> bool {
        self.status == Some(FeedbackStatus::Complete) && self.score.is_some()
    }
}

/// A reviewer with a score, as an assessment lists them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReviewerScore {
    /// The feedback that the score is from.
    pub feedback_id: FeedbackId,
    /// Whose it is.
    pub reviewer: Person,
    /// The points given.
    pub score: Score,
    /// What the reviewer says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// All feedback of one interview, taken together, once every assigned reviewer has scored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Assessment {
    /// The mean of the scores.
    pub average: Score,
    /// The sum of the scores.
    pub total: Score,
    /// Each assigned reviewer's score, in the order of assignment.
    pub reviewers: Vec<ReviewerScore>,
    /// How far the application is as a whole.
    pub overall_status: OverallStatus,
}

open_enum! {
    /// Whether an interview has been assessed.
    AssessmentStatus {
        /// Somebody who is assigned has not scored, or nobody is assigned.
        Open = "open",
        /// All assigned reviewers have scored.
        Assessed = "assessed",
    }
}

/// A reviewer with what they have given up to now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReviewerSoFar {
    /// The feedback that is theirs.
    pub feedback_id: FeedbackId,
    /// Who it is.
    pub reviewer: Person,
    /// Whether it has been given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<FeedbackStatus>,
    /// The points given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<Score>,
    /// What the reviewer says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// The assessment of an interview as it stands, told or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AssessmentSoFar {
    /// Have all assigned reviewers scored?
    pub status: AssessmentStatus,
    /// The mean of the scores, once all have scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average: Option<Score>,
    /// The sum of the scores, once all have scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Score>,
    /// How far the application is as a whole.
    pub overall_status: OverallStatus,
    /// Everyone who is assigned, in the order of assignment.
    pub reviewers: Vec<ReviewerSoFar>,
}
