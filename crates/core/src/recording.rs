//! Notes, questions and recorded answers.

use jiff::Timestamp;

use crate::entity_macro::entity;
use crate::id::{AnswerVideoId, ApplicationId, CandidateId, InterviewId, JobId, NoteId, QuestionId};
use crate::people::Person;

entity! {
    /// A note on a candidate.
    Note(NoteId) told as NoteTold
    links {
        /// Whom it is about.
        candidate_id: Option<CandidateId>,
        /// The application it was written on.
        application_id: Option<ApplicationId>,
        /// The answer it was written on.
        answer_video_id: Option<AnswerVideoId>,
    }
    facts {
        /// What it says.
        text: String,
        /// Who wrote it.
        author: Person,
        /// When it was written.
        written_at: Timestamp,
    }
}

entity! {
    /// A question put to the candidates of a job: viasto's question, Skype's task.
    Question(QuestionId) told as QuestionTold
    links {
        /// The job it belongs to.
        job_id: Option<JobId>,
    }
    facts {
        /// What is asked.
        text: String,
        /// What else is to be said about it.
        description: String,
        /// How it is answered: `video`, `text`, `code`.
        answered_by: String,
        /// How long an answer may be, in seconds.
        limit_s: i64,
        /// Its place among the questions of the job.
        position: i64,
    }
}

entity! {
    /// A candidate's recorded answer to a question.
    AnswerVideo(AnswerVideoId) told as AnswerVideoTold
    links {
        /// The application it was recorded for.
        application_id: Option<ApplicationId>,
        /// The interview it was recorded in.
        interview_id: Option<InterviewId>,
        /// What was asked.
        question_id: Option<QuestionId>,
    }
    facts {
        /// Where it can be seen.
        url: String,
        /// When it was recorded.
        recorded_at: Timestamp,
        /// How long it is, in seconds.
        duration_s: i64,
        /// A picture of it.
        thumbnail_url: String,
    }
}
