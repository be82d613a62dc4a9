//! Commands: what the company's own people, and the programs they write, ask for. The core may refuse one.
//!
//! Ids of what is to be made are minted by whoever asks and handed in, so that several commands that belong together can
//! speak of what the ones before them make. They are carried out together, or none of them is.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::application::{ApplicationStage, ApplicationTold};
use crate::feedback::FeedbackTold;
use crate::file::FileTold;
use crate::id::{
    AnswerVideoId, ApplicationId, CandidateId, CompanyId, FeedbackId, FileId, InterviewId, JobId, NoteId,
    QuestionId, UserId,
};
use crate::interview::{Attendee, AttendeeAnswer, InterviewTold, Meeting};
use crate::job::{JobTold, Named};
use crate::people::{CandidateTold, UserTold};
use crate::recording::{AnswerVideoTold, NoteTold, QuestionTold};
use crate::subscription::Endpoint;

/// Who asks, and when.
#[derive(Debug, Clone)]
pub struct Asker {
    /// The company whose world this is. Whatever belongs to another is not found.
    pub company: CompanyId,
    /// When it is asked, which is when it happens.
    pub at: Timestamp,
    /// Only if this thing has one of these versions (`If-Match`).
    pub expected: Option<Expected>,
}

/// The version of a thing that whoever asks has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Which thing, by the number of its id.
    pub raw_id: u64,
    /// The versions that will do.
    pub versions: Vec<u64>,
}

/// What is said about a thing that is to be made or changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts<T> {
    /// What platforms and other programs call it, by platform; `None` takes a name away.
    pub external_ids: BTreeMap<String, Option<String>>,
    /// The facts to set.
    pub told: T,
    /// The facts to take away, by their names in the thing's JSON form.
    pub clear: Vec<String>,
}

/// Something that is asked for, by what it is asked of.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Of a job.
    Job(JobId, JobCommand),
    /// Of a candidate.
    Candidate(CandidateId, CandidateCommand),
    /// Of an application.
    Application(ApplicationId, ApplicationCommand),
    /// Of an interview.
    Interview(InterviewId, InterviewCommand),
    /// Of feedback.
    Feedback(FeedbackId, FeedbackCommand),
    /// Of a note.
    Note(NoteId, NoteCommand),
    /// Of a question.
    Question(QuestionId, QuestionCommand),
    /// Of a recorded answer.
    AnswerVideo(AnswerVideoId, AnswerVideoCommand),
    /// Of a user.
    User(UserId, UserCommand),
    /// Of a file.
    File(FileId, FileCommand),
    /// Of an endpoint: it is told something made up, and nobody else is.
    Test(Arc<Endpoint>),
}

/// What can be asked of a job.
#[derive(Debug, Clone, PartialEq)]
pub enum JobCommand {
    /// Make it. It needs a title, and is `drafted` unless it is said to be something else.
    Create(Facts<JobTold>),
    /// Change it. A changed status is told as such.
    Change(Facts<JobTold>),
    /// Remove it. Applications for it stay.
    Delete,
}

/// What can be asked of a candidate.
#[derive(Debug, Clone, PartialEq)]
pub enum CandidateCommand {
    /// Make one. It needs a name or an e-mail address; no other candidate may have the address.
    Create(Facts<CandidateTold>),
    /// Change one. Tags are put on and taken off one by one.
    Change(Facts<CandidateTold>),
    /// Put a tag on. One that is on already is left as it is.
    AddTag(Named),
    /// Take the tag off that has this name or id.
    RemoveTag(String),
    /// Remove them with their applications; interviews that are still to come are cancelled.
    Delete,
    /// Remove them, and everything personal about them; see [`crate::Erasure`]. One who has been removed can be erased
    /// still. What no link of theirs leads to is named here: what belongs to the candidate, to their applications, or to
    /// the interviews held for those ([`crate::Entity::parent`]). The ledger adds what is not.
    Erase {
        /// Notes about them.
        notes: Vec<NoteId>,
        /// Files about them.
        files: Vec<FileId>,
        /// Their recorded answers.
        answer_videos: Vec<AnswerVideoId>,
        /// Feedback on them, also of reviewers who are not assigned any more.
        feedback: Vec<FeedbackId>,
    },
}

/// What can be asked of an application.
#[derive(Debug, Clone, PartialEq)]
pub enum ApplicationCommand {
    /// Make it. It starts as `new` unless it is said to be somewhere else. A candidate applies for a job once.
    Create {
        /// Who applies.
        candidate: CandidateId,
        /// What for.
        job: Option<JobId>,
        /// What is said about it.
        facts: Facts<ApplicationTold>,
    },
    /// Change it; its stage only by moving it.
    Change(Facts<ApplicationTold>),
    /// Move it to a stage.
    Move(ApplicationStage),
    /// Remove it; its interviews that are still to come are cancelled.
    Delete,
}

/// When an interview is to take place.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// When it starts.
    pub start: Timestamp,
    /// When it ends.
    pub end: Option<Timestamp>,
    /// The zone in which it was arranged, by its IANA name.
    pub time_zone: Option<String>,
}

/// Who is asked for a time, and in which way (seed 004: "you can identify the role and action through the metadata").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeAsked {
    /// The interviewer is to select one of the times proposed, or any.
    InterviewerSelects,
    /// The interviewer is to propose times.
    InterviewerProposes,
    /// The candidate is to select one of the times proposed.
    CandidateSelects,
    /// The candidate is to propose times.
    CandidateProposes,
}

/// What can be asked of an interview.
#[derive(Debug, Clone, PartialEq)]
pub enum InterviewCommand {
    /// Make it. With a time it is scheduled, without one a time is asked for; one on demand needs no time.
    Create {
        /// What it is held for.
        application: Option<ApplicationId>,
        /// What is said about it; attendees without an id get one.
        facts: Facts<InterviewTold>,
    },
    /// Change it; its time only by scheduling it, its attendees one by one.
    Change(Facts<InterviewTold>),
    /// Set its time, or another one. A cancelled one is taken up again by that.
    Schedule(Schedule),
    /// Ask for a time. A cancelled one is taken up again by that.
    AskForTime(TimeAsked),
    /// Someone takes part.
    AddAttendee(Attendee),
    /// Someone does not take part after all, by the attendee's id.
    RemoveAttendee(String),
    /// An attendee answered the invitation.
    Answer {
        /// Whose answer it is, by the attendee's id.
        attendee: String,
        /// What it is.
        answer: AttendeeAnswer,
    },
    /// An attendee joined. With the second one it starts (seed 004); one on demand with the first.
    Join {
        /// Who, by the attendee's id.
        attendee: String,
    },
    /// It has started.
    Start,
    /// It is over: assigned reviewers are asked for feedback.
    End,
    /// What is under way went wrong: the scheduling, the interview, or the feedback.
    Fail {
        /// What went wrong, in words.
        reason: Option<String>,
    },
    /// It will not take place.
    Cancel {
        /// Why not, in words.
        reason: Option<String>,
    },
    /// It is put away.
    Archive,
    /// The links to join are these. Replaces what they were.
    PutMeeting(Meeting),
    /// There are no links to join any more.
    RemoveMeeting,
}

/// What can be asked of feedback.
#[derive(Debug, Clone, PartialEq)]
pub enum FeedbackCommand {
    /// Assign a reviewer to an interview: one that is over asks for the feedback at once, one that is not when it ends.
    /// A reviewer is assigned to an interview once.
    Assign {
        /// The interview.
        interview: InterviewId,
        /// Whose feedback is wanted.
        reviewer: UserId,
        /// Who wants it.
        creator: Option<UserId>,
        /// What else is said, such as the form to fill in.
        facts: Facts<FeedbackTold>,
    },
    /// Ask for feedback on an application as a whole, at once.
    Request {
        /// The application.
        application: ApplicationId,
        /// Whose feedback is wanted.
        reviewer: UserId,
        /// Who wants it.
        creator: Option<UserId>,
        /// What else is said.
        facts: Facts<FeedbackTold>,
    },
    /// Give it, or change what was given. The first time it needs a score, a comment, ratings or answers.
    Submit(Facts<FeedbackTold>),
    /// The reviewer is no longer assigned. What was given is removed with it.
    Remove,
}

/// What a note is written on, and by whom.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NotePlace {
    /// Whom it is about.
    pub candidate: Option<CandidateId>,
    /// The application it is written on; its candidate goes without saying.
    pub application: Option<ApplicationId>,
    /// The answer it is written on; its application goes without saying.
    pub answer_video: Option<AnswerVideoId>,
    /// Who writes it.
    pub author: Option<UserId>,
}

/// What can be asked of a note.
#[derive(Debug, Clone, PartialEq)]
pub enum NoteCommand {
    /// Write it. It needs a text and someone it is about.
    Create {
        /// What it is written on.
        place: NotePlace,
        /// What it says.
        facts: Facts<NoteTold>,
    },
    /// Change what it says.
    Change(Facts<NoteTold>),
    /// Remove it.
    Delete,
}

/// What can be asked of a question.
#[derive(Debug, Clone, PartialEq)]
pub enum QuestionCommand {
    /// Make it. It needs a text.
    Create {
        /// The job whose candidates are asked.
        job: JobId,
        /// What it says.
        facts: Facts<QuestionTold>,
    },
    /// Change it.
    Change(Facts<QuestionTold>),
    /// Remove it. Answers to it stay.
    Delete,
}

/// What can be asked of a recorded answer.
#[derive(Debug, Clone, PartialEq)]
pub enum AnswerVideoCommand {
    /// It was recorded.
    Create {
        /// The interview it was recorded in.
        interview: Option<InterviewId>,
        /// The application it was recorded for; that of the interview goes without saying.
        application: Option<ApplicationId>,
        /// What was asked.
        question: Option<QuestionId>,
        /// What is said about it.
        facts: Facts<AnswerVideoTold>,
    },
    /// It was recorded anew, or processed.
    Change(Facts<AnswerVideoTold>),
    /// Remove it. Notes on it stay.
    Delete,
}

/// What can be asked of a user.
#[derive(Debug, Clone, PartialEq)]
pub enum UserCommand {
    /// Make one. It needs an e-mail address, which no other user may have.
    Create(Facts<UserTold>),
    /// Change one.
    Change(Facts<UserTold>),
    /// Remove one. What they wrote stays; what they were asked for is not waited for any more.
    Delete {
        /// Feedback that they were asked for, which no link of theirs leads to. What they have given is left alone.
        feedback: Vec<FeedbackId>,
    },
}

/// What can be asked of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum FileCommand {
    /// Make it. It needs a name, and someone it is about.
    Create {
        /// Whom it is about.
        candidate: Option<CandidateId>,
        /// The application it came with; its candidate goes without saying.
        application: Option<ApplicationId>,
        /// The note it is attached to; its candidate goes without saying.
        note: Option<NoteId>,
        /// What is said about it.
        facts: Facts<FileTold>,
    },
    /// Change what is said about it.
    Change(Facts<FileTold>),
    /// Its bytes are kept here from now on.
    Store {
        /// How large it is, in bytes.
        size_bytes: i64,
        /// The SHA-256 of its bytes, in lower-case hex.
        sha256: String,
        /// What is in it, as a media type.
        content_type: Option<String>,
    },
    /// Remove it, with its bytes.
    Delete,
}
