//! What happens around an interview: entities, observations, events, and the rules between them.
//!
//! Nothing in here does IO, reads a clock, rolls dice or knows a platform's JSON. Time, ids and randomness are handed
//! in, so that any run can be replayed (invariant I5).

mod application;
mod command;
mod decide;
mod entity_macro;
mod erasure;
mod event;
mod external;
mod feedback;
mod file;
mod id;
mod interview;
mod job;
mod limits;
mod observation;
mod open_enum;
mod people;
mod recording;
mod refusal;
mod score;
mod stage;
mod subscription;
mod trouble;
mod world;

pub use application::{
    Application, ApplicationMark, ApplicationStage, ApplicationTold, OverallStatus, ParentStage,
};
pub use command::{
    AnswerVideoCommand, ApplicationCommand, Asker, CandidateCommand, Command, Expected, Facts,
    FeedbackCommand, FileCommand, InterviewCommand, JobCommand, NoteCommand, NotePlace, QuestionCommand,
    Schedule, TimeAsked, UserCommand,
};
pub use decide::{
    Before, Decision, Remark, Sought, Teller, assessment, command, decide, delivery_failed,
    endpoint_disabled, made_up, overall_status, quarantined,
};
pub use erasure::Erasure;
pub use event::{Event, EventType, Quarantined, Snapshot};
pub use external::{ExternalIds, Extra, Kind, Name};
pub use feedback::{
    Answer, Assessment, AssessmentSoFar, AssessmentStatus, Feedback, FeedbackStatus, FeedbackTold, Rating,
    ReviewerScore, ReviewerSoFar,
};
pub use file::{File, FileTold};
pub use id::{
    AnswerVideoId, ApplicationId, AttendeeId, CandidateId, CompanyId, DeliveryId, EndpointId, EventId,
    FeedbackId, FileId, IdError, IdMint, Identifier, InterviewId, JobId, KeyId, NoteId, QuestionId,
    ReceiptId, ReplayId, SourceId, UserId, first_raw_at, time_of,
};
pub use interview::{
    Attendee, AttendeeAnswer, AttendeeKind, HostLink, Interview, InterviewFormat, InterviewMode,
    InterviewTold, Meeting,
};
pub use jiff::Timestamp;
pub use job::{Job, JobStatus, JobTold, Named};
pub use limits::{
    MAX_ANSWERS, MAX_APPLICATIONS, MAX_ATTENDEES, MAX_EXTERNAL_ID_CHARS, MAX_EXTERNAL_IDS, MAX_FEEDBACK,
    MAX_INTERVIEWS, MAX_LEVELS, MAX_NAMES, MAX_REVIEWERS, MAX_SCORES, MAX_TAGS, MAX_TAGS_TOLD,
};
pub use observation::{
    About, Belonging, Change, FeedbackChange, InterviewChange, News, Observation, ScoreTold,
};
pub use people::{Candidate, CandidateTold, Person, User, UserTold};
pub use recording::{AnswerVideo, AnswerVideoTold, Note, NoteTold, Question, QuestionTold};
pub use refusal::{Refusal, RefusalCode, RefusalKind};
pub use score::{Score, ScoreError};
pub use stage::{Stage, StageMark};
pub use subscription::{
    Endpoint, EndpointState, FORMER_DIALECTS, Fetch, Former, Ordering, RateLimit, Rotated, Sealed, Source,
    matches_pattern,
};
pub use trouble::{EndpointMark, GivenUp};
pub use world::{Entity, Held, Record, World};
