//! Applications: a candidate for a job.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::entity_macro::entity;
use crate::id::{ApplicationId, CandidateId, FeedbackId, InterviewId, JobId};
use crate::job::Named;
use crate::open_enum::open_enum;

open_enum! {
    /// The six stages that every pipeline has (platforms.md 1.5.2).
    ParentStage {
        /// Turned down.
        Rejected = "rejected",
        /// Just arrived.
        New = "new",
        /// Being looked at.
        Screening = "screening",
        /// Being interviewed.
        Interviewing = "interviewing",
        /// Offered the job.
        Offered = "offered",
        /// Hired.
        Hired = "hired",
    }
}

/// Where an application stands: one of six stages, and the company's own name for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ApplicationStage {
    /// The stage that every pipeline has.
    pub parent: ParentStage,
    /// The company's own stage within it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom: Option<Named>,
}

open_enum! {
    /// How far a whole application is, in LaunchPad's words (seed 001).
    OverallStatus {
        /// Some interview is still to be assessed.
        InProgress = "In Progress",
        /// Every interview is assessed, or the application is decided.
        Completed = "Completed",
    }
}

entity! {
    /// A candidate for a job: HireHive's application, a viasto project's candidate, a LaunchPad invite.
    Application(ApplicationId) told as ApplicationTold
    links {
        /// Who applies.
        candidate_id: Option<CandidateId>,
        /// What for.
        job_id: Option<JobId>,
        /// The interviews held for it, oldest first.
        interviews: Vec<InterviewId>,
        /// Feedback given on it without an interview.
        feedback: Vec<FeedbackId>,
    }
    facts {
        /// Where it stands.
        stage: ApplicationStage,
        /// When it was made.
        applied_at: Timestamp,
        /// The cover letter's text.
        cover_letter: String,
        /// How it came in: `applied`, `referred` and so on, in the platform's word.
        origin: String,
        /// The partner's own id for the invitation (seed 000).
        custom_invite_id: String,
    }
}

impl Application {
    /// Has it been decided, whatever interviews are still open?
    pub fn is_decided(&self) -> bool {
        self.stage
            .as_ref()
            .is_some_and(|stage| matches!(stage.parent, ParentStage::Hired | ParentStage::Rejected))
    }
}

/// An application of a candidate whom an event is about: which it is, and what for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ApplicationMark {
    /// Its id.
    pub id: ApplicationId,
    /// The job.
    pub job_id: JobId,
}
