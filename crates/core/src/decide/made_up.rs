//! Events about nobody: what an endpoint is told when people test it, and what shows them how its requests look.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::draft::Draft;
use crate::application::{Application, ApplicationMark, OverallStatus};
use crate::event::{Event, EventType, Quarantined, Snapshot};
use crate::feedback::{Assessment, Feedback, FeedbackStatus, ReviewerScore};
use crate::id::{ApplicationId, CandidateId, FeedbackId, IdMint, InterviewId, QuestionId};
use crate::interview::{Interview, Meeting};
use crate::job::{Job, JobStatus, Named};
use crate::people::{Candidate, Person};
use crate::recording::{AnswerVideo, Note, Question};
use crate::score::Score;
use crate::stage::{Stage, StageMark};
use crate::subscription::Endpoint;
use crate::trouble::{EndpointMark, GivenUp};

/// By which a person sees that it is none of the real ones.
const NAME: &str = "Callboard Test";
const EMAIL: &str = "callboard.test@example.com";
const LINK: &str = "https://example.com/callboard-test";
/// How long the made-up interview is.
const LENGTH: SignedDuration = SignedDuration::from_mins(30);
/// The made-up score.
const POINTS: i64 = 4;
/// How often a made-up delivery was tried in vain.
const ATTEMPTS: u32 = 10;

/// An event of this type as this endpoint would be told of it, about things that are not there.
pub fn made_up(kind: EventType, endpoint: &Endpoint, at: Timestamp, mint: &mut IdMint) -> Event {
    let data = about(&kind, endpoint, at, mint);
    Event { id: mint.mint(at), kind, timestamp: at, company: endpoint.company, data }
}

/// Tells an endpoint something made up. None of it becomes part of the world.
pub(super) fn test(draft: &mut Draft<'_>, endpoint: &Endpoint) {
    let (kind, at) = (EventType::EndpointTest, draft.at);
    let data = about(&kind, endpoint, at, draft.id_mint());
    draft.emit(kind, data);
}

/// What an event of this type carries: whatever any dialect needs to tell it.
fn about(kind: &EventType, endpoint: &Endpoint, at: Timestamp, mint: &mut IdMint) -> Snapshot {
    let mut cast = Cast::new(at, mint);
    let from = cast.interview.move_to(stage_of(kind).into());
    let mark = || Some(Arc::new(EndpointMark::of(endpoint)));
    match kind {
        EventType::EndpointTest => {
            Snapshot { endpoint: mark(), previous: came_from(&from), ..cast.interview() }
        }
        EventType::InterviewStageUpdated => Snapshot { previous: came_from(&from), ..cast.interview() },
        EventType::InterviewAssessed => cast.assessed(mint.mint(at)),
        EventType::JobCreated
        | EventType::JobUpdated
        | EventType::JobStatusUpdated
        | EventType::JobDeleted => cast.job(),
        EventType::CandidateCreated | EventType::CandidateUpdated | EventType::CandidateDeleted => {
            cast.candidate()
        }
        EventType::CandidateTagAdded | EventType::CandidateTagRemoved => {
            let tag = Named { id: None, name: Some(NAME.to_owned()) };
            Snapshot { tag: Some(tag), ..cast.candidate() }
        }
        EventType::CandidateNoteCreated
        | EventType::CandidateNoteUpdated
        | EventType::CandidateNoteDeleted => cast.note(Note::new(mint.mint(at)), at),
        EventType::ApplicationCreated
        | EventType::ApplicationStageUpdated
        | EventType::ApplicationDeleted => cast.application(),
        EventType::FeedbackRequested | EventType::FeedbackSubmitted | EventType::FeedbackUpdated => {
            let given = *kind != EventType::FeedbackRequested;
            cast.feedback(Feedback::new(mint.mint(at)), given.then_some(at))
        }
        EventType::AnswerVideoCreated | EventType::AnswerVideoUpdated => {
            let question = mint.mint(at);
            cast.answer(AnswerVideo::new(mint.mint(at)), question, at)
        }
        EventType::EndpointDisabled => Snapshot { endpoint: mark(), ..Snapshot::default() },
        EventType::DeliveryFailed => {
            let delivery = GivenUp {
                id: mint.mint(at),
                event: mint.mint(at),
                event_type: EventType::InterviewStageUpdated,
                attempts: ATTEMPTS,
                status: Some(503),
                error: None,
            };
            Snapshot { endpoint: mark(), delivery: Some(Arc::new(delivery)), ..Snapshot::default() }
        }
        EventType::ReceiptQuarantined => {
            let receipt = Quarantined { id: mint.mint(at), reason: NAME.to_owned() };
            Snapshot { source: Some(mint.mint(at)), receipt: Some(receipt), ..Snapshot::default() }
        }
        EventType::InterviewCreated
        | EventType::InterviewUpdated
        | EventType::InterviewCancelled
        | EventType::InterviewArchived
        | EventType::InterviewMeetingReady
        | EventType::Other(_) => cast.interview(),
    }
}

/// Where the interview stands when an event of this type happens.
fn stage_of(kind: &EventType) -> Stage {
    match kind {
        EventType::InterviewCancelled => Stage::InterviewCanceled,
        EventType::InterviewArchived => Stage::InterviewArchived,
        EventType::FeedbackRequested => Stage::FeedbackCollecting,
        EventType::FeedbackSubmitted | EventType::FeedbackUpdated | EventType::InterviewAssessed => {
            Stage::FeedbackCompleted
        }
        _ => Stage::SchedulingCompleted,
    }
}

fn came_from(stage: &StageMark) -> Map<String, Value> {
    [("stage".to_owned(), json!(stage))].into_iter().collect()
}

fn reviewer() -> Person {
    Person { name: Some(NAME.to_owned()), email: Some(EMAIL.to_owned()), ..Person::default() }
}

/// Somebody who is nobody, with everything that belongs to them.
struct Cast {
    job: Job,
    candidate: Candidate,
    application: Application,
    interview: Interview,
}

impl Cast {
    fn new(at: Timestamp, mint: &mut IdMint) -> Self {
        let mut job = Job::new(mint.mint(at));
        let mut candidate = Candidate::new(mint.mint(at));
        let mut application = Application::new(mint.mint(at));
        let mut interview = Interview::new(mint.mint(at));
        job.title = Some(NAME.to_owned());
        candidate.full_name = Some(NAME.to_owned());
        candidate.email = Some(EMAIL.to_owned());
        candidate.applications = vec![application.id];
        application.candidate_id = Some(candidate.id);
        application.job_id = Some(job.id);
        application.interviews = vec![interview.id];
        interview.application_id = Some(application.id);
        interview.title = Some(NAME.to_owned());
        interview.start = Some(at);
        interview.end = at.checked_add(LENGTH).ok();
        interview.meeting = Some(Meeting { join_url: Some(LINK.to_owned()), ..Meeting::default() });
        Self { job, candidate, application, interview }
    }

    fn ids(&self) -> (CandidateId, ApplicationId, InterviewId) {
        (self.candidate.id, self.application.id, self.interview.id)
    }

    fn job(mut self) -> Snapshot {
        self.job.status = Some(JobStatus::Published);
        Snapshot { job: Some(Arc::new(self.job)), ..Snapshot::default() }
    }

    fn candidate(self) -> Snapshot {
        let mark = |job_id| ApplicationMark { id: self.application.id, job_id };
        let applications = self.application.job_id.map(mark).into_iter().collect();
        Snapshot { candidate: Some(Arc::new(self.candidate)), applications, ..Snapshot::default() }
    }

    fn application(self) -> Snapshot {
        Snapshot {
            job: Some(Arc::new(self.job)),
            candidate: Some(Arc::new(self.candidate)),
            application: Some(Arc::new(self.application)),
            ..Snapshot::default()
        }
    }

    fn interview(self) -> Snapshot {
        let interview = Some(Arc::new(self.interview.clone()));
        Snapshot { interview, ..self.application() }
    }

    fn note(self, mut note: Note, at: Timestamp) -> Snapshot {
        let (candidate, application, _) = self.ids();
        note.candidate_id = Some(candidate);
        note.application_id = Some(application);
        note.text = Some(NAME.to_owned());
        note.author = Some(reviewer());
        note.written_at = Some(at);
        Snapshot { note: Some(Arc::new(note)), ..self.application() }
    }

    /// Feedback that is asked for, or was given at this time.
    fn feedback(mut self, mut feedback: Feedback, given_at: Option<Timestamp>) -> Snapshot {
        let (_, application, interview) = self.ids();
        feedback.interview_id = Some(interview);
        feedback.application_id = Some(application);
        feedback.reviewer = Some(reviewer());
        feedback.status = Some(FeedbackStatus::Pending);
        if given_at.is_some() {
            feedback.status = Some(FeedbackStatus::Complete);
            feedback.score = Some(Score::from_points(POINTS));
            feedback.comment = Some(NAME.to_owned());
            feedback.completed_at = given_at;
        }
        self.interview.feedback = vec![feedback.id];
        Snapshot { feedback: Some(Arc::new(feedback)), ..self.interview() }
    }

    fn assessed(mut self, feedback_id: FeedbackId) -> Snapshot {
        let score = Score::from_points(POINTS);
        let comment = Some(NAME.to_owned());
        let reviewers = vec![ReviewerScore { feedback_id, reviewer: reviewer(), score, comment }];
        let overall_status = OverallStatus::Completed;
        let assessment = Assessment { average: score, total: score, reviewers, overall_status };
        self.interview.feedback = vec![feedback_id];
        self.interview.assessed = true;
        Snapshot { assessment: Some(assessment), ..self.interview() }
    }

    fn answer(self, mut video: AnswerVideo, question_id: QuestionId, at: Timestamp) -> Snapshot {
        let (_, application, interview) = self.ids();
        let mut question = Question::new(question_id);
        question.job_id = Some(self.job.id);
        question.text = Some(NAME.to_owned());
        video.application_id = Some(application);
        video.interview_id = Some(interview);
        video.question_id = Some(question_id);
        video.url = Some(LINK.to_owned());
        video.recorded_at = Some(at);
        Snapshot {
            question: Some(Arc::new(question)),
            answer_video: Some(Arc::new(video)),
            ..self.application()
        }
    }
}
