//! Observations: reports of what already happened elsewhere. The core never refuses one.
//!
//! A platform's parser says here, in our words, what its webhook told, and nothing that it did not tell. It knows no ids
//! of ours: things are named as the platform names them, people also by e-mail.

use jiff::Timestamp;

use crate::application::{ApplicationTold, OverallStatus};
use crate::feedback::FeedbackTold;
use crate::interview::{InterviewTold, Meeting};
use crate::job::{JobTold, Named};
use crate::people::{CandidateTold, Person, UserTold};
use crate::recording::{AnswerVideoTold, NoteTold, QuestionTold};
use crate::score::Score;
use crate::stage::StageMark;

/// One thing that one webhook told.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// When it happened by the platform's clock; the time of receipt where the platform does not say.
    pub at: Option<Timestamp>,
    /// What happened.
    pub news: News,
}

impl Observation {
    /// How many reviewers' scores it lists.
    pub fn scores(&self) -> usize {
        if let News::Assessed { scores, .. } = &self.news { scores.len() } else { 0 }
    }
}

/// A thing as a platform names it, with what was told about it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct About<T> {
    /// The platform's name for it, unique among things of its kind at that account.
    pub external_id: Option<String>,
    /// What was told about it.
    pub told: T,
}

/// What a thing belongs to, as far as the message says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Belonging {
    /// The job.
    pub job: Option<About<JobTold>>,
    /// The candidate.
    pub candidate: Option<About<CandidateTold>>,
    /// The application.
    pub application: Option<About<ApplicationTold>>,
}

/// What is said to have happened to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It was removed.
    Deleted,
}

/// What is said to have happened to feedback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedbackChange {
    /// A reviewer was asked.
    Requested,
    /// A reviewer answered.
    Submitted,
    /// A reviewer changed the answer.
    Updated,
}

/// A reviewer's score, as an assessment tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreTold {
    /// Whose it is.
    pub reviewer: Person,
    /// The points; `None` if the platform sent something that is no number.
    pub score: Option<Score>,
    /// What the reviewer says.
    pub comment: Option<String>,
}

/// What a webhook can tell. Where it only says *that* a thing changed (viasto), what is told about the thing is empty.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "news is made, read once and dropped; a box would cost more than it saves"
)]
pub enum News {
    /// A job.
    Job {
        /// Which, and what of it.
        job: About<JobTold>,
        /// What happened to it.
        change: Change,
        /// The message is about its status alone.
        status_only: bool,
    },
    /// A candidate.
    Candidate {
        /// Who, and what of them.
        candidate: About<CandidateTold>,
        /// What happened to them.
        change: Change,
    },
    /// A tag on a candidate.
    Tag {
        /// Whose.
        candidate: About<CandidateTold>,
        /// Which tag.
        tag: Named,
        /// Put on, or taken off.
        added: bool,
    },
    /// An application.
    Application {
        /// Which, and what of it.
        application: About<ApplicationTold>,
        /// Whose and what for; its `application` stays empty.
        of: Belonging,
        /// What happened to it.
        change: Change,
        /// The message is about its stage alone.
        stage_only: bool,
    },
    /// An interview's own data. Its stage follows from what happened.
    Interview {
        /// Which, and what of it.
        interview: About<InterviewTold>,
        /// What it is held for.
        of: Belonging,
        /// The links, if they were told.
        meeting: Option<Meeting>,
        /// What happened to it.
        change: InterviewChange,
    },
    /// An interview's stage, told by a platform that has stages (Skype).
    Stage {
        /// Which, and what of it.
        interview: About<InterviewTold>,
        /// What it is held for.
        of: Belonging,
        /// The stage it is said to come from.
        previous: Option<StageMark>,
        /// The stage it is in.
        current: StageMark,
    },
    /// The links to join an interview are there (LaunchPad).
    Meeting {
        /// Which, and what of it.
        interview: About<InterviewTold>,
        /// What it is held for.
        of: Belonging,
        /// The links.
        meeting: Meeting,
        /// How far the application is as a whole, if told.
        overall_status: Option<OverallStatus>,
    },
    /// All assigned reviewers have scored (LaunchPad).
    Assessed {
        /// Which, and what of it.
        interview: About<InterviewTold>,
        /// What it is held for.
        of: Belonging,
        /// The assigned reviewers and their scores: all of them.
        scores: Vec<ScoreTold>,
        /// The mean as the platform computed it.
        average: Option<Score>,
        /// The sum as the platform computed it.
        total: Option<Score>,
        /// How far the application is as a whole, if told.
        overall_status: Option<OverallStatus>,
    },
    /// One reviewer's feedback.
    Feedback {
        /// Which, and what of it.
        feedback: About<FeedbackTold>,
        /// The interview, if the platform ties feedback to one.
        interview: Option<About<InterviewTold>>,
        /// What it is about.
        of: Belonging,
        /// What happened.
        change: FeedbackChange,
    },
    /// A note.
    Note {
        /// Which, and what of it.
        note: About<NoteTold>,
        /// Whom it is about.
        of: Belonging,
        /// The answer it was written on.
        answer_video: Option<About<AnswerVideoTold>>,
        /// What happened to it.
        change: Change,
    },
    /// A recorded answer.
    AnswerVideo {
        /// Which, and what of it.
        answer_video: About<AnswerVideoTold>,
        /// What was asked.
        question: Option<About<QuestionTold>>,
        /// What it was recorded for.
        of: Belonging,
        /// What happened to it.
        change: Change,
    },
    /// A question, as it stands.
    Question {
        /// Which, and what of it.
        question: About<QuestionTold>,
        /// What it belongs to; only its `job` counts.
        of: Belonging,
    },
    /// One of the company's people, as they stand.
    User {
        /// Who, and what of them.
        user: About<UserTold>,
    },
}

/// What is said to have happened to an interview.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InterviewChange {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It lies in the past.
    Ended,
    /// It was cancelled.
    Cancelled,
    /// It was archived.
    Archived,
}
