//! viasto's five events, read and written (seed 003, platforms.md 3).

#![expect(clippy::unwrap_used, reason = "a test may take its samples for granted")]

mod wire;

use std::sync::Arc;

use callboard_core::{
    AnswerVideo, AnswerVideoId, Application, ApplicationId, ApplicationMark, Candidate, CandidateId, Change,
    EventType, Feedback, FeedbackChange, FeedbackId, FeedbackStatus, Identifier, Interview, InterviewId, Job,
    JobId, News, Note, NoteId, Person, Question, QuestionId, Snapshot, UserId,
};
use callboard_dialects::Recipient;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use wire::{event, fixture, pretty, speaking, told};

const TO: Recipient<'static> =
    Recipient { url: "https://abc.com/project", public_url: "https://callboard.example" };

const EVENTS: [&str; 5] =
    ["project_changed", "candidate_changed", "answervideo_changed", "rating_changed", "note_changed"];

const TOLD: [EventType; 14] = [
    EventType::JobCreated,
    EventType::JobUpdated,
    EventType::JobStatusUpdated,
    EventType::CandidateUpdated,
    EventType::CandidateNoteCreated,
    EventType::CandidateNoteUpdated,
    EventType::CandidateTagAdded,
    EventType::CandidateTagRemoved,
    EventType::ApplicationCreated,
    EventType::ApplicationStageUpdated,
    EventType::InterviewStageUpdated,
    EventType::FeedbackSubmitted,
    EventType::FeedbackUpdated,
    EventType::AnswerVideoCreated,
];

fn news_of(body: &[u8]) -> News {
    speaking("viasto").parse(body).unwrap().observations.remove(0).news
}

fn said(body: &str) -> String {
    speaking("viasto").parse(body.as_bytes()).unwrap_err().0
}

fn written(kind: EventType, data: Snapshot) -> Vec<Vec<u8>> {
    speaking("viasto").render(&event(kind, data), &TO)
}

/// Everything that an event of viasto's can name, each thing with its own number.
fn known() -> Snapshot {
    let mut candidate = Candidate::new(CandidateId::from_raw(2));
    candidate.applications = vec![ApplicationId::from_raw(3)];
    let mut application = Application::new(ApplicationId::from_raw(3));
    application.job_id = Some(JobId::from_raw(1));
    let mut interview = Interview::new(InterviewId::from_raw(4));
    interview.application_id = Some(ApplicationId::from_raw(3));
    let mut note = Note::new(NoteId::from_raw(6));
    note.author = Some(Person { user: Some(UserId::from_raw(9)), ..Person::default() });
    Snapshot {
        job: Some(Job::new(JobId::from_raw(1)).into()),
        candidate: Some(candidate.into()),
        application: Some(application.into()),
        interview: Some(interview.into()),
        feedback: Some(Feedback::new(FeedbackId::from_raw(5)).into()),
        note: Some(note.into()),
        question: Some(Question::new(QuestionId::from_raw(7)).into()),
        answer_video: Some(AnswerVideo::new(AnswerVideoId::from_raw(8)).into()),
        ..Snapshot::default()
    }
}

fn candidate_url(body: &[u8]) -> String {
    let body: serde_json::Value = serde_json::from_slice(body).unwrap();
    let url = body["data"]["candidate"].as_str().unwrap();
    url.strip_prefix("https://callboard.example/viasto/api/v3/companies/com_0000000000001/")
        .unwrap()
        .to_owned()
}

#[test]
fn each_of_the_five_events_is_read_with_and_without_an_action() {
    for name in EVENTS {
        for action in ["created", "modified", "no_action"] {
            let reading =
                speaking("viasto").parse(&fixture(&format!("viasto/{name}.{action}.json"))).unwrap();
            assert_eq!(reading.label, name);
            insta::assert_snapshot!(format!("viasto_reads_{name}.{action}"), told(&reading));
        }
    }
}

#[test]
fn the_sample_of_seed_003_names_a_project_that_was_modified() {
    let reading = speaking("viasto").parse(&fixture("viasto/seed_003_project_changed.json")).unwrap();
    assert_eq!(reading.observations[0].at, Some("2015-03-16T15:32:34.174752Z".parse().unwrap()));
    let News::Job { job, change, .. } = &reading.observations[0].news else { panic!() };
    assert_eq!(job.external_id.as_deref(), Some("companies/1/projects/17"));
    assert_eq!(*change, Change::Updated, "it has no action");
}

#[test]
fn a_rating_is_feedback_that_was_given_and_a_note_has_an_author() {
    let News::Feedback { feedback, change, .. } = news_of(&fixture("viasto/rating_changed.created.json"))
    else {
        panic!()
    };
    assert_eq!((feedback.told.status, change), (Some(FeedbackStatus::Complete), FeedbackChange::Submitted));
    assert_eq!(feedback.told.score, None);
    let News::Note { note, .. } = news_of(&fixture("viasto/note_changed.created.json")) else { panic!() };
    assert_eq!(note.told.author.unwrap().id.as_deref(), Some("customers/5"));
}

#[test]
fn a_resource_has_one_name_however_its_url_is_written() {
    for url in [
        "https://interview-suite.com/api/v3/companies/1/projects/17/",
        "https://interview-suite.com/api/v3/companies/1/projects/17",
        "http://acme.interview-suite.com/api/v3/companies/1/projects/17/",
        "HTTPS://INTERVIEW-SUITE.COM:8443/api/v3/companies/1/projects/17//?page=1#top",
        "/api/v3/companies/1/projects/17/",
        "https://callboard.example/viasto/api/v3/companies/1/projects/17/",
        " https://gateway.example/api/v3/acme/api/v3/companies/1/projects/17/ ",
        "https:\\/\\/interview-suite.com\\/api\\/v3\\/companies\\/1\\/projects\\/17\\/",
    ] {
        let body = format!(r#"{{"event":"project_changed","data":{{"project":"{url}"}}}}"#);
        let News::Job { job, .. } = news_of(body.as_bytes()) else { panic!() };
        assert_eq!(job.external_id.as_deref(), Some("companies/1/projects/17"), "{url}");
    }
}

#[test]
fn what_is_no_resource_url_is_unreadable() {
    for url in [
        "",
        "17",
        "https://interview-suite.com/",
        "https://interview-suite.com/api/v3/",
        "https://interview-suite.com/api/v3//",
        "https://interview-suite.com/api/v2/companies/1/projects/17/",
        "https://interview-suite.com/?next=/api/v3/companies/1/projects/17/",
        "javascript:/api/v3/companies/1/projects/17/",
        "https://interview-suite.com/api/v3/companies/1/pro jects/17/",
        "https://interview-suite.com/api/v3/companies/1/projects/\\u0000/",
    ] {
        let said = said(&format!(r#"{{"event":"project_changed","data":{{"project":"{url}"}}}}"#));
        assert!(said.contains("`data.project` is no resource URL"), "{url}: {said}");
    }
}

#[test]
fn what_cannot_be_read_says_why() {
    for (body, why) in [
        ("", "no webhook of viasto"),
        (r#"{"data":{}}"#, "missing field `event`"),
        (r#"{"event":"project_changed"}"#, "no `data.project`"),
        (r#"{"event":"project_changed","data":{"project":null}}"#, "no `data.project`"),
        (r#"{"event":"project_changed","data":{"project":17}}"#, "expected a string"),
        (r#"{"event":"candidate_changed","data":{"project":"/api/v3/p/1/"}}"#, "no `data.candidate`"),
        (r#"{"event":"project_changed","data":{"action":"deleted","project":"/api/v3/p/1/"}}"#, "`deleted`"),
        (r#"{"event":"project_changed","time":"2015-02-29T00:00:00+00:00","data":{}}"#, "date is not valid"),
        (r#"{"event":"project_changed","event":"note_changed"}"#, "duplicate field `event`"),
    ] {
        let said = said(body);
        assert!(said.contains(why), "{body}: {said}");
    }
    let deep = format!(r#"{{"event":"project_changed","data":{{"project":{}"#, "[".repeat(100_000));
    assert!(speaking("viasto").parse(deep.as_bytes()).is_err());
    assert!(speaking("viasto").parse(b"{\"event\":\"\xff\"}").is_err());
}

#[test]
fn an_event_that_is_new_to_us_is_no_error() {
    let reading = speaking("viasto").parse(br#"{"event":"veto_changed","data":{"veto":"x"}}"#).unwrap();
    assert_eq!((reading.label.as_str(), reading.observations.len()), ("veto_changed", 0));
}

#[test]
fn each_of_our_events_is_written_in_viasto_s_form() {
    for kind in TOLD {
        let bodies = written(kind.clone(), known());
        assert_eq!(bodies.len(), 1, "{kind}");
        insta::assert_snapshot!(format!("viasto_writes_{kind}"), pretty(&bodies[0]));
    }
}

#[test]
fn a_change_to_a_candidate_is_told_once_for_each_application() {
    let mut data = known();
    let other = ApplicationId::from_raw(30);
    Arc::make_mut(data.candidate.as_mut().unwrap()).applications.push(other);
    let bodies = written(EventType::CandidateUpdated, data.clone());
    assert_eq!(
        bodies.iter().map(|body| candidate_url(body)).collect::<Vec<_>>(),
        [
            "projects/job_0000000000001/candidates/app_0000000000003/",
            "projects/app_000000000000y/candidates/app_000000000000y/",
        ],
        "the job of the second is not known, so the application stands in for its project"
    );

    data.application = None;
    let mark = |application, job| ApplicationMark { id: application, job_id: JobId::from_raw(job) };
    data.applications = vec![mark(ApplicationId::from_raw(3), 1), mark(other, 8)];
    let urls = |bodies: Vec<Vec<u8>>| bodies.iter().map(|body| candidate_url(body)).collect::<Vec<_>>();
    let expected = [
        "projects/job_0000000000001/candidates/app_0000000000003/",
        "projects/job_0000000000008/candidates/app_000000000000y/",
    ];
    for kind in [EventType::CandidateUpdated, EventType::CandidateTagAdded] {
        assert_eq!(urls(written(kind, data.clone())), expected);
    }
    assert_eq!(urls(written(EventType::CandidateNoteCreated, data.clone())), expected[..1]);

    data.candidate = Some(Candidate::new(CandidateId::from_raw(2)).into());
    assert!(written(EventType::CandidateUpdated, data).is_empty(), "who never applied is in no project");
}

#[test]
fn an_interview_of_no_application_stands_in_for_project_and_candidate() {
    let data =
        Snapshot { interview: Some(Interview::new(InterviewId::from_raw(4)).into()), ..Snapshot::default() };
    let bodies = written(EventType::InterviewStageUpdated, data);
    assert_eq!(candidate_url(&bodies[0]), "projects/int_0000000000004/candidates/int_0000000000004/");
}

#[test]
fn what_is_not_known_of_a_note_is_null() {
    let mut note = Note::new(NoteId::from_raw(6));
    note.application_id = Some(ApplicationId::from_raw(3));
    let data = Snapshot { note: Some(note.into()), ..Snapshot::default() };
    insta::assert_snapshot!(pretty(&written(EventType::CandidateNoteCreated, data)[0]));
    let nowhere = Snapshot { note: Some(Note::new(NoteId::from_raw(6)).into()), ..Snapshot::default() };
    assert!(written(EventType::CandidateNoteCreated, nowhere).is_empty());
}

#[test]
fn events_that_viasto_has_no_word_for_are_not_told() {
    for kind in EventType::KNOWN {
        let has_word = TOLD.contains(kind) || *kind == EventType::AnswerVideoUpdated;
        assert_eq!(written(kind.clone(), known()).len(), usize::from(has_word), "{kind}");
        assert!(written(kind.clone(), Snapshot::default()).is_empty(), "{kind} about nothing");
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back_with_our_ids_in_the_names(
        kind in select(&TOLD), application: u64, job: u64, interview: u64, thing: u64, applied: bool, hired: bool,
    ) {
        let mut held = Interview::new(InterviewId::from_raw(interview));
        held.application_id = applied.then(|| ApplicationId::from_raw(application));
        let mut applying = Application::new(ApplicationId::from_raw(application));
        applying.job_id = hired.then(|| JobId::from_raw(job));
        let mut candidate = Candidate::new(CandidateId::from_raw(thing));
        candidate.applications = vec![applying.id];
        let mut note = Note::new(NoteId::from_raw(thing));
        note.author = Some(Person { user: Some(UserId::from_raw(thing)), ..Person::default() });
        let in_project = format!(
            "companies/com_0000000000001/projects/{}",
            if hired { JobId::from_raw(job).to_string() } else { applying.id.to_string() }
        );
        let data = Snapshot {
            job: kind.as_str().starts_with("job.").then(|| Job::new(JobId::from_raw(job)).into()),
            application: Some(applying.clone().into()),
            candidate: Some(candidate.into()),
            interview: Some(held.into()),
            feedback: Some(Feedback::new(FeedbackId::from_raw(thing)).into()),
            note: Some(note.into()),
            answer_video: Some(AnswerVideo::new(AnswerVideoId::from_raw(thing)).into()),
            ..Snapshot::default()
        };

        let bodies = written(kind.clone(), data);

        prop_assert_eq!(bodies.len(), 1);
        let reading = speaking("viasto").parse(&bodies[0]).unwrap();
        prop_assert_eq!(reading.observations[0].at, Some("2018-01-24T14:59:34.522087Z".parse().unwrap()));
        let of = |of: callboard_core::Belonging| of.job.unwrap().external_id.unwrap();
        match reading.observations[0].news.clone() {
            News::Job { job: told, change, .. } => {
                let name = format!("companies/com_0000000000001/projects/{}", JobId::from_raw(job));
                prop_assert_eq!(told.external_id, Some(name));
                prop_assert_eq!(change == Change::Created, kind == EventType::JobCreated);
            }
            News::Application { application: told, of: belonging, change, .. } => {
                prop_assert_eq!(told.external_id, Some(format!("{in_project}/candidates/{}", applying.id)));
                prop_assert_eq!(of(belonging), in_project);
                prop_assert_eq!(change == Change::Created, kind == EventType::ApplicationCreated);
            }
            News::Feedback { feedback, of: belonging, change, .. } => {
                let name = format!("{in_project}/ratings/{}", FeedbackId::from_raw(thing));
                prop_assert_eq!(feedback.external_id, Some(name));
                prop_assert_eq!(of(belonging), in_project);
                prop_assert_eq!(change == FeedbackChange::Submitted, kind == EventType::FeedbackSubmitted);
            }
            News::Note { note, of: belonging, answer_video, change } => {
                prop_assert_eq!(note.external_id, Some(format!("{in_project}/notes/{}", NoteId::from_raw(thing))));
                let author = note.told.author.unwrap().id;
                prop_assert_eq!(author, Some(format!("customers/{}", UserId::from_raw(thing))));
                prop_assert!(answer_video.is_some());
                prop_assert_eq!(of(belonging), in_project);
                prop_assert_eq!(change == Change::Created, kind == EventType::CandidateNoteCreated);
            }
            News::AnswerVideo { answer_video, question, of: belonging, .. } => {
                let name = format!("{in_project}/answervideos/{}", AnswerVideoId::from_raw(thing));
                prop_assert_eq!(answer_video.external_id, Some(name));
                prop_assert_eq!((question, of(belonging)), (None, in_project));
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes: Vec<u8>, url in "(https?://)?\\PC{0,20}(/api/v3/)?\\PC{0,20}") {
        let _ = speaking("viasto").parse(&bytes);
        let body = serde_json::json!({ "event": "project_changed", "data": { "project": url } }).to_string();
        let _ = speaking("viasto").parse(body.as_bytes());
    }

    #[test]
    fn no_change_to_a_sample_makes_the_reader_panic(
        name in select(&EVENTS), edits in prop::collection::vec((any::<Index>(), any::<u8>(), 0..4_u8), 1..6),
    ) {
        let mut body = fixture(&format!("viasto/{name}.created.json"));
        for (at, byte, edit) in edits {
            let at = at.index(body.len());
            match edit {
                0 => body[at] = byte,
                1 => body.insert(at, byte),
                2 => drop(body.remove(at)),
                _ => body.extend_from_within(at..),
            }
        }
        let _ = speaking("viasto").parse(&body);
    }
}
