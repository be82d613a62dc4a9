//! LaunchPad's Live API as JSON (platforms.md 4.2), and that its callbacks carry the ids that it gave.

#![expect(clippy::unwrap_used, reason = "a test may take its samples for granted")]

#[expect(dead_code, reason = "no samples are read here")]
mod wire;

use callboard_core::{
    Application, ApplicationId, Assessment, Candidate, CandidateId, EventType, Identifier, Interview,
    InterviewId, Job, JobId, Meeting, OverallStatus, Score, Snapshot, SourceId, Timestamp,
};
use callboard_dialects::Recipient;
use callboard_dialects::rest::launchpad::{Invite, Made, NewAssessment, assessment_answer};
use proptest::prelude::*;
use serde_json::{Value, json};
use wire::{event, speaking};

const TO: Recipient<'static> =
    Recipient { url: "https://partner-url.com/callback", public_url: "https://callboard.example" };

fn invitation() -> Value {
    json!({
        "candidate": {
            "first_name": "harry", "last_name": "potter", "email": "hpotter@hogwarts.com", "custom_invite_id": "123test",
        },
        "schedule": {"start_time": "2018-01-24T14:45:00Z", "duration": "30"},
        "reviewers": [{"email": "adumbledore@hogwarts.com"}, {"email": "ssnape@hogwarts.com", "host": "true"}],
    })
}

fn with(pointer: &str, value: Value) -> Value {
    let mut body = invitation();
    *body.pointer_mut(pointer).unwrap() = value;
    body
}

fn invite(body: &Value) -> Result<Invite, String> {
    Invite::read(body.to_string().as_bytes()).map_err(|error| error.0)
}

#[test]
fn an_invitation_is_read_whether_its_numbers_are_texts_or_numbers() {
    let read = invite(&invitation()).unwrap();
    let start: Timestamp = "2018-01-24T14:45:00Z".parse().unwrap();
    assert_eq!((read.start, read.duration_min, read.send_email), (Some(start), 30, false));
    assert_eq!(read.end(start), Some("2018-01-24T15:15:00Z".parse().unwrap()));
    let hosts =
        |body: &Value| invite(body).unwrap().reviewers.iter().map(|it| it.is_host).collect::<Vec<_>>();
    assert_eq!(hosts(&invitation()), [false, true]);
    assert_eq!(
        hosts(&with("/reviewers/1/host", json!(false))),
        [true, false],
        "the first, if nobody else is said to"
    );
    assert_eq!(invite(&with("/schedule/duration", json!(45))).unwrap().duration_min, 45);
    assert_eq!(invite(&with("/schedule/start_time", json!(""))).unwrap().start, None);
    assert_eq!(invite(&with("/reviewers", Value::Null)).unwrap().reviewers, []);
}

#[test]
fn what_is_missing_or_makes_no_sense_is_named() {
    let nine: Vec<Value> = (0..9).map(|n| json!({"email": format!("r{n}@x.org")})).collect();
    for (pointer, value, why) in [
        ("/candidate", Value::Null, "`candidate` is missing"),
        ("/candidate/first_name", json!(" "), "`candidate.first_name` is missing"),
        ("/candidate/email", json!("harry"), "`candidate.email` must be an e-mail address"),
        ("/candidate/custom_invite_id", Value::Null, "`candidate.custom_invite_id` is missing"),
        ("/schedule", json!([]), "`schedule` must be an object"),
        ("/schedule/start_time", json!("soon"), "`schedule.start_time` must be a time"),
        ("/schedule/duration", json!("0"), "`schedule.duration` must be a number of minutes"),
        ("/reviewers", json!(nine), "at most 8"),
        ("/reviewers/1/email", json!("ADumbledore@hogwarts.com"), "twice"),
        ("/reviewers/1/host", json!("perhaps"), "`reviewers[].host` must be"),
    ] {
        let said = invite(&with(pointer, value)).unwrap_err();
        assert!(said.contains(why), "{pointer}: {said}");
    }
    let title = NewAssessment::read(br#"{"interview": {"email": "a@b.c"}}"#).unwrap_err().0;
    assert!(title.contains("`interview.title` is missing"), "{title}");
    let misspelt = br#"{"interview": {"title": "Magic", "email": "a@b.c", "descrption": "Wands"}}"#;
    assert_eq!(NewAssessment::read(misspelt).unwrap().description.as_deref(), Some("Wands"));
}

struct Scene {
    job: Job,
    candidate: Candidate,
    application: Application,
    interview: Interview,
}

impl Scene {
    /// What the hub makes of the invitation to an assessment that was made here.
    fn new() -> Self {
        let mut job = Job::new(JobId::from_raw(1));
        job.title = Some("Magic".to_owned());
        job.external_ids.put("launchpad", "job_0000000000001");
        let mut candidate = Candidate::new(CandidateId::from_raw(2));
        candidate.first_name = Some("harry".to_owned());
        candidate.last_name = Some("potter".to_owned());
        candidate.email = Some("hpotter@hogwarts.com".to_owned());
        let mut application = Application::new(ApplicationId::from_raw(3));
        application.custom_invite_id = Some("123test".to_owned());
        let mut interview = Interview::new(InterviewId::from_raw(4));
        interview.start = Some("2018-01-24T14:45:00Z".parse().unwrap());
        interview.end = Some("2018-01-24T15:15:00Z".parse().unwrap());
        Self { job, candidate, application, interview }
    }

    fn callback(&self, kind: EventType) -> Value {
        let assessment = Assessment {
            average: Score::from_points(50),
            total: Score::from_points(50),
            reviewers: Vec::new(),
            overall_status: OverallStatus::Completed,
        };
        let data = Snapshot {
            job: Some(self.job.clone().into()),
            candidate: Some(self.candidate.clone().into()),
            application: Some(self.application.clone().into()),
            interview: Some(self.interview.clone().into()),
            assessment: (kind == EventType::InterviewAssessed).then_some(assessment),
            ..Snapshot::default()
        };
        let bodies = speaking("launchpad").render(&event(kind, data), &TO);
        serde_json::from_slice(&bodies[0]).unwrap()
    }
}

#[test]
fn the_answers_are_all_texts() {
    let scene = Scene::new();
    let at: Timestamp = "2019-03-21T22:57:33.7Z".parse().unwrap();
    let assessment = assessment_answer(&scene.job, "hr@hogwarts.com", at);
    let read = invite(&invitation()).unwrap();
    let made = Made {
        job: &scene.job,
        candidate: &scene.candidate,
        application: &scene.application,
        interview: &scene.interview,
        reviewers: &read.reviewers,
        at,
    };
    let both = json!({"assessment": assessment, "invitation": made.answer()});
    insta::assert_snapshot!(serde_json::to_string_pretty(&both).unwrap());
}

#[test]
fn the_callbacks_of_an_invitation_carry_the_ids_that_its_answer_gave() {
    let mut scene = Scene::new();
    let made = Made {
        job: &scene.job,
        candidate: &scene.candidate,
        application: &scene.application,
        interview: &scene.interview,
        reviewers: &[],
        at: "2019-03-21T22:57:33Z".parse().unwrap(),
    };
    let answer = made.answer();
    let (join_url, id) = (Some("https://meet.example/1".to_owned()), Some("zoom-77".to_owned()));
    scene.interview.meeting = Some(Meeting { join_url, id, ..Meeting::default() });

    let link = scene.callback(EventType::InterviewMeetingReady);
    let status = scene.callback(EventType::InterviewAssessed);

    assert_eq!(link["candidate"], answer["candidate"]);
    assert_eq!(link["interview"]["id"], "job_0000000000001");
    for id in ["id", "live_meeting_id"] {
        assert_eq!(link["interview"][id], answer["interview"][id], "{id}");
    }
    assert_eq!(status["interview"]["id"], answer["interview"]["id"]);
    assert_eq!(status["candidate"]["custom_invite_id"], "123test");
}

#[test]
fn an_interview_that_launchpad_named_is_told_on_under_that_name() {
    let mut scene = Scene::new();
    scene.interview.meeting = Some(Meeting {
        join_url: Some("https://x".to_owned()),
        id: Some("456".to_owned()),
        ..Meeting::default()
    });
    scene.interview.external_ids.note("launchpad", SourceId::from_raw(9), "123");
    let told = scene.callback(EventType::InterviewMeetingReady);
    assert_eq!(
        (&told["interview"]["id"], &told["interview"]["live_meeting_id"]),
        (&json!("123"), &json!("456"))
    );

    // One candidate's part of an assessment, as progress callbacks tell of it.
    scene.job.external_ids.put("launchpad", "13917");
    scene.interview.external_ids.put("launchpad", "13917/FSINV123");
    assert_eq!(scene.callback(EventType::InterviewAssessed)["interview"]["id"], "13917");

    // A name that only begins alike is another one.
    scene.interview.external_ids.put("launchpad", "139170");
    assert_eq!(scene.callback(EventType::InterviewAssessed)["interview"]["id"], "139170");
}

proptest! {
    #[test]
    fn no_bytes_make_the_readers_panic(bytes: Vec<u8>) {
        let _ = (Invite::read(&bytes), NewAssessment::read(&bytes));
    }

    #[test]
    fn no_value_of_a_member_makes_the_reader_panic(
        pointer in prop::sample::select(&["/candidate", "/candidate/email", "/schedule", "/schedule/start_time",
            "/schedule/duration", "/reviewers", "/reviewers/0", "/reviewers/1/host"]),
        text in "[ -~]{0,20}", number: f64, which in 0..4,
    ) {
        let value = match which { 0 => json!(text), 1 => json!(number), 2 => json!([text]), _ => json!({"email": text}) };
        if let Ok(invite) = invite(&with(pointer, value)) {
            let _ = invite.end(Timestamp::MAX);
        }
    }
}
