//! The resources that our webhooks of viasto name (platforms.md 3.3).

#![expect(clippy::unwrap_used, reason = "a test may take its samples for granted")]

#[expect(dead_code, reason = "these tests need a part of it")]
mod wire;

use std::sync::Arc;

use callboard_core::{
    AnswerVideo, AnswerVideoId, Application, ApplicationId, ApplicationStage, Attendee, AttendeeAnswer,
    AttendeeKind, Candidate, CandidateId, CompanyId, Entity, EventType, Feedback, FeedbackId, FeedbackStatus,
    Held, Identifier, Interview, InterviewId, InterviewMode, Job, JobId, Meeting, Note, NoteId, ParentStage,
    Person, Question, QuestionId, Rating, Record, Score, Snapshot, Stage, Timestamp, User, UserId, World,
};
use callboard_dialects::Recipient;
use callboard_dialects::rest::viasto::{CandidateOf, CandidateStatus, EvaluationStatus, ProjectOf, Suite};
use proptest::prelude::*;
use serde_json::{Value, json};
use wire::{event, speaking};

const HUB: &str = "https://callboard.example";

/// Everything that viasto has a word for, tied together as `tied` says: to a job, to an application, to an interview.
struct Things {
    job: Job,
    candidate: Candidate,
    application: Application,
    interview: Interview,
    feedback: Feedback,
    note: Note,
    question: Question,
    video: AnswerVideo,
    author: User,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn things(has_job: bool, has_application: bool) -> Things {
    let mut job = Job::new(JobId::from_raw(1));
    job.title = Some("Stage manager".to_owned());
    job.code = Some("SM-7".to_owned());
    job.status = Some("published".into());
    job.opened_at = Some(at("2026-03-01T08:00:00.1234567Z"));
    job.owner_id = Some(UserId::from_raw(9).to_string());
    let mut candidate = Candidate::new(CandidateId::from_raw(2));
    candidate.first_name = Some("Ada".to_owned());
    candidate.last_name = Some("Lovelace".to_owned());
    candidate.email = Some("ada@example.com".to_owned());
    candidate.applications = vec![ApplicationId::from_raw(3)];
    let mut application = Application::new(ApplicationId::from_raw(3));
    application.candidate_id = Some(candidate.id);
    application.job_id = has_job.then_some(job.id);
    application.interviews = vec![InterviewId::from_raw(4)];
    application.custom_invite_id = Some("invite-1".to_owned());
    let mut interview = Interview::new(InterviewId::from_raw(4));
    interview.application_id = has_application.then_some(application.id);
    interview.stage = Stage::FeedbackCollecting.into();
    interview.start = Some(at("2026-03-02T09:00:00Z"));
    interview.meeting =
        Some(Meeting { join_url: Some("https://meet.example/1".to_owned()), ..Meeting::default() });
    interview.feedback = vec![FeedbackId::from_raw(5)];
    let author = User { email: Some("grace@example.com".to_owned()), ..User::new(UserId::from_raw(9)) };
    let person = Some(Person { user: Some(author.id), ..Person::default() });
    let mut feedback = Feedback::new(FeedbackId::from_raw(5));
    feedback.interview_id = Some(interview.id);
    feedback.application_id = interview.application_id;
    feedback.status = Some(FeedbackStatus::Complete);
    feedback.reviewer.clone_from(&person);
    feedback.score = Score::from_f64(3.5);
    feedback.comment = Some("knows the cues".to_owned());
    feedback.ratings = Some(vec![Rating { option_id: "voice".to_owned(), rating: 4 }]);
    let mut note = Note::new(NoteId::from_raw(6));
    note.text = Some("call back".to_owned());
    note.author = person;
    note.written_at = Some(at("2026-03-02T11:00:00Z"));
    note.candidate_id = Some(candidate.id);
    note.application_id = interview.application_id;
    note.answer_video_id = Some(AnswerVideoId::from_raw(8));
    let mut question = Question::new(QuestionId::from_raw(7));
    question.text = Some("Who are you?".to_owned());
    question.limit_s = Some(90);
    question.job_id = application.job_id;
    let mut video = AnswerVideo::new(AnswerVideoId::from_raw(8));
    video.interview_id = Some(interview.id);
    video.application_id = interview.application_id;
    video.question_id = Some(question.id);
    video.url = Some("https://video.example/8".to_owned());
    video.duration_s = Some(61);
    Things { job, candidate, application, interview, feedback, note, question, video, author }
}

impl Things {
    fn world(&self) -> World {
        let mut world = World::default();
        for entity in [
            Entity::Job(self.job.clone().into()),
            Entity::Candidate(self.candidate.clone().into()),
            Entity::Application(self.application.clone().into()),
            Entity::Interview(self.interview.clone().into()),
            Entity::Feedback(self.feedback.clone().into()),
            Entity::Note(self.note.clone().into()),
            Entity::Question(self.question.clone().into()),
            Entity::AnswerVideo(self.video.clone().into()),
            Entity::User(self.author.clone().into()),
        ] {
            world.put(Held { company: company(), entity, record: Record::default().into() });
        }
        world
    }

    /// What an event of this kind carries: what belongs to the thing it is about, as far as that is known.
    fn snapshot(&self, kind: &EventType) -> Snapshot {
        let application = self.interview.application_id.map(|_| Arc::new(self.application.clone()));
        let job = application.as_ref().and_then(|it| it.job_id).map(|_| Arc::new(self.job.clone()));
        let candidate = application.as_ref().map(|_| Arc::new(self.candidate.clone()));
        let of_application = Snapshot { application, job, candidate, ..Snapshot::default() };
        let word = kind.as_str();
        if word.starts_with("job.") {
            return Snapshot { job: Some(self.job.clone().into()), ..Snapshot::default() };
        }
        if word.starts_with("candidate.note.") {
            let candidate = Some(self.candidate.clone().into());
            return Snapshot { note: Some(self.note.clone().into()), candidate, ..of_application };
        }
        if word.starts_with("candidate.") {
            return Snapshot { candidate: Some(self.candidate.clone().into()), ..Snapshot::default() };
        }
        if word.starts_with("answer_video.") {
            let question = Some(self.question.clone().into());
            return Snapshot { answer_video: Some(self.video.clone().into()), question, ..of_application };
        }
        let interview = Some(self.interview.clone().into());
        if word.starts_with("feedback.") {
            return Snapshot { feedback: Some(self.feedback.clone().into()), interview, ..of_application };
        }
        Snapshot { interview, ..of_application }
    }
}

fn company() -> CompanyId {
    CompanyId::from_raw(1)
}

fn suite(world: &World) -> Suite<'_> {
    let now = "2026-03-02T12:00:00Z".parse().unwrap();
    Suite { public_url: HUB, company: company(), world, now }
}

/// What is found under a URL, by what it says alone; `None` where nothing is.
fn fetched(world: &World, url: &str) -> Option<Value> {
    let path = url.strip_prefix(HUB)?.strip_prefix("/viasto/api/v3/")?.strip_suffix('/')?;
    let parts: Vec<&str> = path.split('/').collect();
    let suite = suite(world);
    let entity = |raw: u64| world.entity(raw).map(|held| held.entity.clone());
    if let ["customers", id] = parts[..] {
        let Entity::User(user) = entity(id.parse::<UserId>().ok()?.raw())? else { return None };
        return Some(suite.customer(&user));
    }
    let ["companies", in_company, "projects", of, ..] = parts[..] else { return None };
    assert_eq!(in_company, company().to_string());
    let of: ProjectOf = of.parse().ok()?;
    let project = suite.project(of);
    entity(of.raw())?;
    let ["candidates" | "questions" | "answervideos" | "ratings" | "notes", id] = parts[4..] else {
        return Some(project.view());
    };
    if parts[4] == "candidates" {
        let candidate: CandidateOf = id.parse().ok()?;
        return of.holds(world, &entity(candidate.raw())?).then(|| project.candidate(candidate));
    }
    let raw = [
        id.parse::<QuestionId>().map(Identifier::raw).ok(),
        id.parse::<AnswerVideoId>().map(Identifier::raw).ok(),
        id.parse::<FeedbackId>().map(Identifier::raw).ok(),
        id.parse::<NoteId>().map(Identifier::raw).ok(),
    ];
    let thing = entity(raw.into_iter().flatten().next()?)?;
    assert!(of.holds(world, &thing), "{url} is not in its project");
    match (parts[4], &thing) {
        ("questions", Entity::Question(it)) => Some(project.question(it)),
        ("answervideos", Entity::AnswerVideo(it)) => Some(project.answer_video(it)),
        ("ratings", Entity::Feedback(it)) => Some(project.rating(it)),
        ("notes", Entity::Note(it)) => Some(project.note(it)),
        _ => None,
    }
}

/// Every text in a JSON value that is a URL of this hub.
fn urls(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if text.starts_with(HUB) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(urls).collect(),
        Value::Object(members) => members.values().flat_map(urls).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_url_of_every_webhook_leads_to_the_resource_of_that_name() {
    let mut seen = 0;
    for (has_job, has_application) in [(true, true), (false, true), (true, false), (false, false)] {
        let things = things(has_job, has_application);
        let world = things.world();
        for kind in EventType::KNOWN {
            let to = Recipient { url: "https://abc.com/project", public_url: HUB };
            for body in speaking("viasto").render(&event(kind.clone(), things.snapshot(kind)), &to) {
                let body: Value = serde_json::from_slice(&body).unwrap();
                for url in urls(&body["data"]) {
                    let found = fetched(&world, &url).unwrap_or_else(|| panic!("{kind} names {url}"));
                    assert_eq!(found["resource_uri"], url.as_str(), "{kind}");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn a_resource_names_only_what_can_be_fetched() {
    let world = things(true, true).world();
    let project = suite(&world).project(ProjectOf::Job(JobId::from_raw(1)));
    let rating =
        format!("{}ratings/{}/", project.view()["resource_uri"].as_str().unwrap(), FeedbackId::from_raw(5));
    let rating = fetched(&world, &rating).unwrap();
    for url in urls(&rating) {
        assert!(fetched(&world, &url).is_some(), "{url}");
    }
}

#[test]
fn what_is_known_to_be_in_another_project_is_not_in_this_one() {
    let things = things(true, true);
    let world = things.world();
    let other = ProjectOf::Job(JobId::from_raw(70));
    for entity in [
        Entity::Application(things.application.into()),
        Entity::Interview(things.interview.into()),
        Entity::Feedback(things.feedback.into()),
        Entity::AnswerVideo(things.video.into()),
        Entity::Question(things.question.into()),
        Entity::Note(Note { application_id: None, ..things.note }.into()),
    ] {
        assert!(!other.holds(&world, &entity), "{entity:?}");
        assert!(ProjectOf::Job(JobId::from_raw(1)).holds(&world, &entity), "{entity:?}");
    }
}

#[test]
fn each_resource_has_the_fields_of_its_table() {
    let things = things(true, true);
    let world = things.world();
    let suite = suite(&world);
    let project = suite.project(ProjectOf::Job(things.job.id));
    let candidate = CandidateOf::Application(things.application.id);
    insta::assert_json_snapshot!(json!({
        "company": suite.company("Callboard"),
        "customer": suite.customer(&things.author),
        "project": project.view(),
        "candidate": project.candidate(candidate),
        "question": project.question(&things.question),
        "answervideo": project.answer_video(&things.video.clone().into()),
        "rating": project.rating(&things.feedback.clone().into()),
        "note": project.note(&things.note.clone().into()),
        "results": project.results(candidate, [&things.note]),
    }));
}

#[test]
fn a_note_that_is_restricted_is_not_shared_and_a_pending_rating_has_no_value() {
    let mut things = things(true, true);
    things.note.extra.insert("hirehive".to_owned(), json!({ "restricted": true }));
    things.feedback.status = Some(FeedbackStatus::Pending);
    things.feedback.score = None;
    let world = things.world();
    let project = suite(&world).project(ProjectOf::Job(things.job.id));
    assert_eq!(project.note(&things.note.clone().into())["shared"], false);
    assert_eq!(project.rating(&things.feedback.clone().into())["value"], Value::Null);
    let results = project.results(CandidateOf::Application(things.application.id), []);
    assert_eq!((&results["ratings"], &results["overall_rating"]), (&json!([]), &Value::Null));
}

#[test]
fn a_candidate_s_status_follows_from_the_stage_of_the_interview() {
    use CandidateStatus::{Aborted, Confirmed, Expired, Interviewed, Interviewing, Invited, New, Skipped};
    let now = "2026-03-02T12:00:00Z".parse().unwrap();
    let status = |change: &dyn Fn(&mut Interview)| {
        let mut interview = Interview::new(InterviewId::from_raw(4));
        change(&mut interview);
        CandidateStatus::of(None, Some(&interview), now)
    };
    for (stage, expected) in [
        (Stage::InterviewCreated, Invited),
        (Stage::SchedulingTime, Invited),
        (Stage::SchedulingFailed, Invited),
        (Stage::SchedulingCompleted, Confirmed),
        (Stage::InterviewStarted, Interviewing),
        (Stage::InterviewCompleted, Interviewed),
        (Stage::FeedbackCollecting, Interviewed),
        (Stage::FeedbackFailed, Interviewed),
        (Stage::FeedbackCompleted, Interviewed),
        (Stage::InterviewFailed, Aborted),
        (Stage::InterviewCanceled, Aborted),
        (Stage::InterviewArchived, Skipped),
    ] {
        assert_eq!(status(&|it| it.stage = stage.clone().into()), expected, "{stage}");
    }
    let archived = |change: &dyn Fn(&mut Interview)| {
        status(&|it| {
            it.stage = Stage::InterviewArchived.into();
            change(it);
        })
    };
    assert_eq!(archived(&|it| it.cancelled = true), Aborted);
    assert_eq!(archived(&|it| it.feedback = vec![FeedbackId::from_raw(5)]), Interviewed);
    let on_demand = |answer: AttendeeAnswer| {
        status(&|it| {
            it.stage = Stage::SchedulingCompleted.into();
            it.mode = Some(InterviewMode::OnDemand);
            let kind = Some(AttendeeKind::Candidate);
            it.attendees = Some(vec![Attendee { kind, answer: Some(answer.clone()), ..Attendee::default() }]);
        })
    };
    assert_eq!(on_demand(AttendeeAnswer::Pending), Invited);
    assert_eq!(on_demand(AttendeeAnswer::Accepted), Confirmed);
    assert_eq!(status(&|it| it.deadline = Some(at("2026-03-02T11:59:59Z"))), Expired);
    assert_eq!(status(&|it| it.deadline = Some(at("2026-03-02T12:00:01Z"))), Invited);

    let mut application = Application::new(ApplicationId::from_raw(3));
    assert_eq!(CandidateStatus::of(Some(&application), None, now), New);
    application.stage = Some(ApplicationStage { parent: ParentStage::Rejected, custom: None });
    assert_eq!(CandidateStatus::of(Some(&application), None, now), Skipped);
}

proptest! {
    #[test]
    fn an_evaluation_is_completed_when_all_have_answered(statuses: Vec<bool>) {
        let feedback: Vec<Feedback> = statuses
            .iter()
            .map(|given| {
                let mut one = Feedback::new(FeedbackId::from_raw(5));
                one.status = Some(if *given { FeedbackStatus::Complete } else { FeedbackStatus::Pending });
                one
            })
            .collect();
        let expected = match (statuses.contains(&true), statuses.contains(&false)) {
            (false, _) => EvaluationStatus::Pending,
            (true, true) => EvaluationStatus::Partial,
            (true, false) => EvaluationStatus::Completed,
        };
        prop_assert_eq!(EvaluationStatus::of(&feedback), expected);
    }
}
