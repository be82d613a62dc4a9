//! The objects of HireHive's own API, and the bodies that it takes (platforms.md 1.5, 1.6).

#![expect(clippy::unwrap_used, reason = "a test may take its samples for granted")]

#[path = "wire/learning.rs"]
mod learning;
#[expect(dead_code, reason = "these tests need a part of it")]
mod wire;

use std::sync::Arc;

use callboard_core::{
    Application, ApplicationId, AttendeeKind, CandidateId, CompanyId, Entity, Feedback, FeedbackId, Held,
    Identifier, InterviewId, Job, JobId, NoteId, Record, Snapshot, User, UserId, World,
};
use callboard_dialects::Recipient;
use callboard_dialects::rest::hirehive::{self, Shown};
use learning::learned;
use proptest::prelude::*;
use serde_json::{Value, json};
use wire::{event, fixture, speaking};

const TO: Recipient<'static> =
    Recipient { url: "https://ats.example/hooks", public_url: "https://callboard.example" };

const OBJECTS: [&str; 6] = [
    "job.updated",
    "application.stage.updated",
    "candidate.updated",
    "candidate.note.updated",
    "feedback.submitted",
    "interview.updated",
];

/// What a hub knows of the things of a snapshot: each under an id of its own, tied together.
fn tied(mut data: Snapshot) -> Snapshot {
    if let Some(job) = &mut data.job {
        Arc::make_mut(job).id = JobId::from_raw(1);
    }
    if let Some(candidate) = &mut data.candidate {
        Arc::make_mut(candidate).id = CandidateId::from_raw(2);
    }
    let (job, candidate) = (data.job.as_ref().map(|it| it.id), data.candidate.as_ref().map(|it| it.id));
    if let Some(application) = &mut data.application {
        let application = Arc::make_mut(application);
        (application.id, application.job_id, application.candidate_id) =
            (ApplicationId::from_raw(3), job, candidate);
    }
    let application = data.application.as_ref().map(|it| it.id);
    if let Some(interview) = &mut data.interview {
        let interview = Arc::make_mut(interview);
        (interview.id, interview.application_id) = (InterviewId::from_raw(4), application);
    }
    if let Some(feedback) = &mut data.feedback {
        let feedback = Arc::make_mut(feedback);
        (feedback.id, feedback.application_id) = (FeedbackId::from_raw(5), application);
    }
    if let Some(note) = &mut data.note {
        let note = Arc::make_mut(note);
        (note.id, note.application_id, note.candidate_id) = (NoteId::from_raw(6), application, candidate);
    }
    data
}

/// The thing that the snapshot is about, and a world that it is in.
fn placed(data: &Snapshot, about: &str) -> (Entity, World) {
    let entities: Vec<Entity> = [
        data.job.clone().map(Entity::Job),
        data.candidate.clone().map(Entity::Candidate),
        data.application.clone().map(Entity::Application),
        data.interview.clone().map(Entity::Interview),
        data.feedback.clone().map(Entity::Feedback),
        data.note.clone().map(Entity::Note),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut world = World::default();
    for entity in &entities {
        let company = CompanyId::from_raw(1);
        world.put(Held { company, entity: entity.clone(), record: Record::default().into() });
    }
    let is_about = |entity: &&Entity| {
        let of_its_kind = match entity {
            Entity::Note(_) => "candidate.note.",
            Entity::Job(_) => "job.",
            Entity::Candidate(_) => "candidate.updated",
            Entity::Application(_) => "application.",
            Entity::Interview(_) => "interview.",
            _ => "feedback.",
        };
        about.starts_with(of_its_kind)
    };
    (entities.iter().find(is_about).unwrap().clone(), world)
}

fn object(entity: &Entity, world: &World) -> String {
    Shown(world).object(entity).unwrap().get().to_owned()
}

#[test]
fn an_object_is_the_same_in_an_answer_and_in_a_webhook() {
    for kind in OBJECTS {
        let sample = speaking("hirehive").parse(&fixture(&format!("hirehive/{kind}.json"))).unwrap();
        let data = tied(learned(&sample.observations[0].news));
        let (entity, world) = placed(&data, kind);

        let shown = object(&entity, &world);

        let webhook = speaking("hirehive").render(&event(kind.into(), data), &TO).remove(0);
        let webhook = String::from_utf8(webhook).unwrap();
        assert!(
            webhook.ends_with(&format!(r#""data":{{"object":{shown}}}}}"#)),
            "{kind}: {shown}\n{webhook}"
        );
    }
}

#[test]
fn what_is_posted_as_a_job_comes_back_with_every_member() {
    let sample: Value = serde_json::from_slice(&fixture("hirehive/job.created.json")).unwrap();
    let mut posted = sample["data"]["object"].clone();
    for not_taken in ["id", "created_date", "published_date", "job_ads"] {
        posted.as_object_mut().unwrap().shift_remove(not_taken);
    }
    posted["owner_id"] = json!(UserId::from_raw(9).to_string());
    posted["tags"] = json!(["backstage"]);
    posted["deadline"] = json!({"closes_at": "2026-04-01T00:00:00Z", "auto_close": true});

    let mut job = Job::new(JobId::from_raw(1));
    job.take(&hirehive::job(posted.to_string().as_bytes()).unwrap(), true);

    let shown: Value = serde_json::from_str(&object(&Entity::Job(job.into()), &World::default())).unwrap();
    for (member, value) in posted.as_object().unwrap() {
        assert_eq!(&shown[member], value, "{member}");
    }
}

#[test]
fn an_interview_is_read_with_its_links_and_what_each_attendee_is() {
    let body = json!({
        "application_id": "app_1a2b3c",
        "event": {"title": "Call", "type": "online", "start": "2026-03-02T10:00:00+01:00",
            "end": "2026-03-02T11:00:00+01:00", "time_zone": "Europe/Berlin",
            "attendees": [{"application_id": "app_1a2b3c"}, {"user_id": "usr_9"}, {"email": "guest@example.com"}]},
        "meta": {"note_for_candidate": "Bring a pen", "online_meeting_type": "hangouts_meet",
            "meeting_url": "https://meet.example/1"},
    });
    let asked = hirehive::interview(body.to_string().as_bytes()).unwrap();
    assert_eq!(asked.application.as_deref(), Some("app_1a2b3c"));
    assert_eq!(asked.told.start, Some("2026-03-02T09:00:00Z".parse().unwrap()));
    let kinds: Vec<_> = asked.told.attendees.iter().flatten().map(|it| it.kind.clone().unwrap()).collect();
    assert_eq!(kinds, [AttendeeKind::Candidate, AttendeeKind::User, AttendeeKind::Guest]);
    assert_eq!(asked.meeting.unwrap().provider.as_deref(), Some("hangouts_meet"));
    assert_eq!(asked.told.extra["hirehive"], json!({"meta": {"note_for_candidate": "Bring a pen"}}));
}

#[test]
fn a_source_replaces_the_one_before_and_leaves_everything_else_that_was_kept() {
    let mut application = Application::new(ApplicationId::from_raw(3));
    application.origin = Some("applied".to_owned());
    application.extra.insert(
        "hirehive".to_owned(),
        json!({"potential_duplicate": true, "source": {"source": "Google", "contact": {"id": "c", "name": "C"}}}),
    );
    let told = hirehive::source(br#"{"origin": "referred", "source": "LinkedIn"}"#, &application).unwrap();
    application.take(&told, true);
    let source: Value = serde_json::from_str(Shown(&World::default()).source(&application).get()).unwrap();
    assert_eq!(
        source,
        json!({"origin": "referred", "source": "LinkedIn", "contact": null, "user": null, "recruiter": null})
    );
    assert_eq!(application.extra["hirehive"]["potential_duplicate"], true);
}

#[test]
fn answers_fill_in_the_form_that_was_asked_for() {
    let sample = speaking("hirehive").parse(&fixture("hirehive/feedback.requested.json")).unwrap();
    let asked = learned(&sample.observations[0].news).feedback.unwrap();
    let body = json!({
        "application_id": "app_1a2b3c",
        "form_id": "form_1a2b3c",
        "answers": [
            {"question_id": "qustn_1", "ratings": [{"option_id": "opt_1", "rating": 4}, {"option_id": "opt_2", "rating": 3}]},
            {"question_id": "qustn_2", "text": "Calm under fire"},
            {"question_id": "qustn_4", "selected_option": "opt_3"},
            {"question_id": "qustn_77", "text": "Not on the form"},
        ],
    });

    let told = hirehive::answers(body.to_string().as_bytes()).unwrap().told(Some(&asked));

    assert_eq!(told.score.unwrap().to_string(), "7");
    assert_eq!(told.comment.as_deref(), Some("Calm under fire\nNot on the form"));
    let mut feedback = Feedback::clone(&asked);
    feedback.take(&told, true);
    let shown: Value =
        serde_json::from_str(&object(&Entity::Feedback(feedback.into()), &World::default())).unwrap();
    let question = |number: usize| &shown["questions"][number];
    assert_eq!(shown["questions"].as_array().unwrap().len(), 6);
    assert_eq!(question(1)["question"], "Skills", "the form stays");
    assert_eq!(question(1)["answer"]["ratings"][0], json!({"option_id": "opt_1", "rating": 4}));
    assert_eq!(question(4)["answer"]["selected_option"], "opt_3");
    assert_eq!(question(5)["id"], "qustn_77", "what the form does not have comes after it");
}

#[test]
fn answers_to_no_known_form_make_one() {
    let body = br#"{"application_id": "app_1", "answers": [
        {"question_id": "a", "ratings": [{"option_id": "o", "rating": 5}]},
        {"question_id": "b", "selected_options": ["x"]}, {"question_id": "c", "selected_option": "y"},
        {"question_id": "d", "text": "yes"}]}"#;
    let told = hirehive::answers(body).unwrap().told(None);
    let kinds: Vec<_> = told.extra["hirehive"]["questions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|question| question["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["scorecard", "checkbox", "radio", "textbox"]);
}

#[test]
fn a_user_is_shown_by_the_id_that_hirehive_knows() {
    let mut user = User::new(UserId::from_raw(9));
    user.email = Some("grace@example.com".to_owned());
    let shown = |user: &User| -> Value {
        serde_json::from_str(&object(&Entity::User(user.clone().into()), &World::default())).unwrap()
    };
    assert_eq!(
        shown(&user),
        json!({"id": "usr_0000000000009", "name": null, "email": "grace@example.com", "role": null, "time_zone": null})
    );
    user.external_ids.put("hirehive", "usr_1a2b3c");
    assert_eq!(shown(&user)["id"], "usr_1a2b3c");
}

#[test]
fn a_body_that_is_not_what_it_should_be_says_why() {
    for (body, why) in [
        ("", "EOF"),
        ("null", "null"),
        ("[]", "expected an object"),
        (r#"{"title": 7}"#, "expected a string"),
        (r#"{"title": "a"} {"#, "trailing"),
    ] {
        let error = hirehive::job(body.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(why), "{body}: {error}");
    }
    let error = hirehive::answers(br#"{"application_id": "a", "answers": [{"text": "x"}]}"#).unwrap_err();
    assert_eq!(error.to_string(), "`answers[0]` has no `question_id`");
}

proptest! {
    #[test]
    fn no_body_makes_a_reader_panic(bytes: Vec<u8>, json in "[\\[\\]{}:,\"a-z0-9 ]{0,40}") {
        for body in [&bytes[..], json.as_bytes()] {
            let _ = hirehive::job(body);
            let _ = hirehive::candidate(body);
            let _ = hirehive::note(body);
            let _ = hirehive::interview(body);
            let _ = hirehive::answers(body).map(|it| it.told(None));
            let _ = hirehive::source(body, &Application::new(ApplicationId::from_raw(3)));
        }
    }

    #[test]
    fn no_value_of_a_known_member_makes_a_reader_panic(body in nearly()) {
        let body = body.to_string();
        let body = body.as_bytes();
        let _ = (hirehive::job(body), hirehive::candidate(body), hirehive::note(body), hirehive::interview(body));
        let _ = hirehive::answers(body).map(|it| it.told(None));
        let _ = hirehive::source(body, &Application::new(ApplicationId::from_raw(3)));
    }
}

/// JSON with the members that bodies have, and any values.
fn nearly() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}|-?[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:00Z".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        let name = "application_id|event|start|end|time_zone|attendees|meta|meeting_url|title|category|location|tags|id|\
            answers|question_id|ratings|rating|option_id|text|author|type|status|created_date";
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((name, inner), 1..6).prop_map(|members| members.into_iter().collect()),
        ]
    })
}
