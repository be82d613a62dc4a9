//! Events of every kind, with a fact of every type in them.

use std::sync::Arc;

use callboard_core::{
    Answer, AnswerVideo, AnswerVideoId, Application, ApplicationId, ApplicationMark, ApplicationStage,
    Assessment, Attendee, AttendeeAnswer, AttendeeKind, Candidate, CandidateId, CompanyId, Event, EventId,
    EventType, Feedback, FeedbackId, FeedbackStatus, HostLink, Identifier, Interview, InterviewFormat,
    InterviewId, Job, JobId, JobStatus, Meeting, Named, Note, NoteId, OverallStatus, ParentStage, Person,
    Question, QuestionId, Rating, ReviewerScore, Score, Snapshot, SourceId, Stage, StageMark, Timestamp,
    UserId,
};
use serde_json::json;

#[expect(clippy::unnecessary_wraps, reason = "each fact is optional")]
pub fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[expect(clippy::unnecessary_wraps, reason = "each fact is optional")]
pub fn time(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

pub fn named(id: &str, name: &str) -> Named {
    Named { id: text(id), name: text(name) }
}

pub fn reviewer() -> Person {
    Person { user: Some(UserId::from_raw(90)), name: text("Rui"), email: text("rui@acme.example"), id: None }
}

fn job() -> Job {
    let mut job = Job::new(JobId::from_raw(10));
    job.title = text("Stage manager");
    job.description = text("<p>Calls the cues.</p>");
    job.status = Some(JobStatus::Published);
    job.employment = text("full_time");
    job.city = text("Cork");
    job.owner_id = text("usr_9");
    job.code = text("SM-1");
    job.url = text("https://acme.example/jobs/1");
    job.category = Some(named("cat_1", "Backstage"));
    job.opened_at = time("2026-01-02T03:04:05.1234567Z");
    job.published_at = time("2026-01-03T00:00:00Z");
    job.extra.insert("hirehive".to_owned(), json!({"salary": "enough"}));
    job
}

fn candidate() -> Candidate {
    let mut candidate = Candidate::new(CandidateId::from_raw(20));
    candidate.applications = vec![ApplicationId::from_raw(30)];
    candidate.first_name = text("Ada");
    candidate.last_name = text("Byrne");
    candidate.full_name = text("Ada Byrne");
    candidate.email = text("ada@example.org");
    candidate.phone = text("+353 1");
    candidate.title = text("Prompter");
    candidate.employer = text("The Abbey");
    candidate.address = text("Dublin");
    candidate.image_url = text("https://example.org/ada.png");
    candidate.tags = Some(vec![named("tag_1", "calm")]);
    candidate.rating = Some(4);
    candidate.time_zone = text("Europe/Dublin");
    candidate
}

fn application() -> Application {
    let mut application = Application::new(ApplicationId::from_raw(30));
    application.candidate_id = Some(CandidateId::from_raw(20));
    application.job_id = Some(JobId::from_raw(10));
    application.interviews = vec![InterviewId::from_raw(40)];
    application.stage = Some(ApplicationStage {
        parent: ParentStage::Interviewing,
        custom: Some(named("st_1", "Second round")),
    });
    application.applied_at = time("2026-01-04T00:00:00Z");
    application.cover_letter = text("I never miss a cue.");
    application.origin = text("applied");
    application.custom_invite_id = text("inv-7");
    application
}

fn interview() -> Interview {
    let mut interview = Interview::new(InterviewId::from_raw(40));
    interview.application_id = Some(ApplicationId::from_raw(30));
    interview.external_ids.note("skype", SourceId::from_raw(5), "RENE2010");
    interview.stage =
        StageMark { value: Stage::SchedulingTime, code: Some(2100), text: text("Candidate proposes a time") };
    interview.meeting = Some(Meeting {
        join_url: text("https://meet.example/1"),
        start_url: Some(HostLink("https://meet.example/1?zak=secret".to_owned())),
        provider: text("zoom"),
        id: text("817"),
    });
    interview.feedback = vec![FeedbackId::from_raw(50)];
    interview.assessed = true;
    interview.title = text("Second round");
    interview.location = text("Stage door");
    interview.format = Some(InterviewFormat::Online);
    interview.start = time("2026-02-01T10:00:00Z");
    interview.end = time("2026-02-01T11:00:00Z");
    interview.time_zone = text("Europe/Dublin");
    interview.organizer_id = text("usr_9");
    interview.attendees = Some(vec![Attendee {
        id: text("attd_1"),
        application_id: text("app_1"),
        user_id: None,
        kind: Some(AttendeeKind::Candidate),
        answer: Some(AttendeeAnswer::Accepted),
        display_name: text("Ada"),
        email: text("ada@example.org"),
        joined_at: None,
    }]);
    interview
}

fn feedback() -> Feedback {
    let mut feedback = Feedback::new(FeedbackId::from_raw(50));
    feedback.interview_id = Some(InterviewId::from_raw(40));
    feedback.status = Some(FeedbackStatus::Complete);
    feedback.reviewer = Some(reviewer());
    feedback.creator = Some(Person { id: text("usr_77"), ..Person::default() });
    feedback.score = Score::from_f64(7.5);
    feedback.comment = text("Calm under fire.");
    feedback.form = Some(named("form_1", "Scorecard"));
    feedback.ratings = Some(vec![Rating { option_id: "opt_1".to_owned(), rating: 5 }]);
    feedback.answers = Some(vec![Answer { question_id: "qustn_1".to_owned(), text: "Yes".to_owned() }]);
    feedback.requested_at = time("2026-02-01T11:00:00Z");
    feedback.completed_at = time("2026-02-01T12:00:00Z");
    feedback
}

/// A snapshot in which nothing is missing.
pub fn everything() -> Snapshot {
    let mut note = Note::new(NoteId::from_raw(60));
    note.text = text("Call back.");
    note.author = Some(reviewer());
    note.written_at = time("2026-02-02T00:00:00Z");
    let mut question = Question::new(QuestionId::from_raw(70));
    question.text = text("What do you do when the lights fail?");
    let mut answer_video = AnswerVideo::new(AnswerVideoId::from_raw(80));
    answer_video.url = text("https://videos.example/80");
    answer_video.recorded_at = time("2026-02-01T10:30:00Z");
    let score = Score::from_f64(7.5).unwrap();
    let mut snapshot = Snapshot {
        source: Some(SourceId::from_raw(5)),
        thin: false,
        job: Some(Arc::new(job())),
        candidate: Some(Arc::new(candidate())),
        applications: vec![ApplicationMark { id: ApplicationId::from_raw(30), job_id: JobId::from_raw(10) }],
        application: Some(Arc::new(application())),
        interview: Some(Arc::new(interview())),
        feedback: Some(Arc::new(feedback())),
        assessment: Some(Assessment {
            average: score,
            total: score,
            reviewers: vec![ReviewerScore {
                feedback_id: FeedbackId::from_raw(50),
                reviewer: reviewer(),
                score,
                comment: text("Calm under fire."),
            }],
            overall_status: OverallStatus::Completed,
        }),
        note: Some(Arc::new(note)),
        tag: Some(named("tag_1", "calm")),
        question: Some(Arc::new(question)),
        answer_video: Some(Arc::new(answer_video)),
        receipt: None,
        endpoint: None,
        delivery: None,
        previous: serde_json::Map::new(),
    };
    snapshot.previous.insert("stage".to_owned(), json!({"value": "InterviewCreated"}));
    snapshot
}

pub fn event(kind: EventType) -> Event {
    Event {
        id: EventId::from_raw(1),
        kind,
        timestamp: "2026-02-01T12:00:00.1234567Z".parse().unwrap(),
        company: CompanyId::from_raw(2),
        data: everything(),
    }
}

/// An event about one interview and nothing more, as the snapshots of the wire forms show it.
pub fn small_event() -> Event {
    let mut event = event(EventType::InterviewStageUpdated);
    let mut interview = interview();
    interview.attendees = None;
    event.data = Snapshot {
        source: event.data.source,
        interview: Some(Arc::new(interview)),
        previous: event.data.previous,
        ..Snapshot::default()
    };
    event
}

/// The kinds that tell something about interviews, and not about the hub.
pub fn telling_kinds() -> impl Iterator<Item = EventType> {
    use EventType::{DeliveryFailed, EndpointDisabled, EndpointTest, ReceiptQuarantined};
    EventType::KNOWN
        .iter()
        .filter(|it| !matches!(it, EndpointTest | EndpointDisabled | DeliveryFailed | ReceiptQuarantined))
        .cloned()
}
