//! Skype's own REST API as JSON (platforms.md 2.5).

use std::sync::Arc;

use callboard_core::{
    ApplicationId, Attendee, AttendeeKind, Candidate, CandidateId, Feedback, FeedbackId, FeedbackStatus,
    Identifier, Interview, InterviewCommand, InterviewId, Job, JobId, Meeting, Note, NoteId, Person, Score,
    Stage, StageMark, TimeAsked, Timestamp, User, UserId,
};
use callboard_dialects::rest::skype::{Asked, Known, Start, Tenant, asks_for_feedback, merge, stage_command};
use proptest::prelude::*;
use serde_json::{Value, json};

fn asked(body: &Value) -> Asked {
    Asked::read(body.to_string().as_bytes()).unwrap()
}

fn said(body: &Value) -> String {
    Asked::read(body.to_string().as_bytes()).unwrap_err().0
}

#[test]
fn everything_may_be_left_out_or_be_null() {
    assert_eq!(asked(&json!({})), Asked::default());
    assert_eq!(
        asked(&json!({"title": null, "position": null, "participants": null, "tasks": null})),
        Asked::default()
    );
}

#[test]
fn names_of_members_are_read_in_any_letter_case_as_the_platform_s_own_samples_spell_them() {
    let read = asked(&json!({
        "Code": "RENE2010",
        "position": {"code": "SIN-12345", "Description": "Skype"},
        "scheduling": {"duration": "90", "mode": "Automatic", "dateproposing": "candidate"},
        "participants": [{"name": "Harvey Pitman", "email": "harvey@outlook.com", "role": "Candidate"}],
        "SkypeConfig": {"call": false},
    }));
    assert_eq!(read.code.as_deref(), Some("RENE2010"));
    assert_eq!(read.position.unwrap().description.as_deref(), Some("Skype"));
    let scheduling = read.scheduling.unwrap();
    assert_eq!((scheduling.duration_min, scheduling.asks()), (Some(90), Some(TimeAsked::CandidateProposes)));
    assert_eq!(
        Value::Object(scheduling.kept),
        json!({"mode": "automatic", "dateProposing": "Candidate", "duration": 90})
    );
    assert_eq!(read.participants.unwrap()[0].kind, AttendeeKind::Candidate);
    assert_eq!(read.kept["skypeConfig"], json!({"call": false}));
}

#[test]
fn a_start_without_a_zone_is_told_apart_from_one_with() {
    let utc: Timestamp = "2019-12-23T14:00:00Z".parse().unwrap();
    let start =
        |text: &str| asked(&json!({"scheduling": {"start": text}})).scheduling.unwrap().start.unwrap();
    for text in ["2019-12-23 14:00", "2019-12-23T14:00:00", "2019-12-23T14:00"] {
        assert_eq!(start(text).at(None), Some(utc), "{text}");
        assert_eq!(start(text).at(Some("America/New_York")), Some("2019-12-23T19:00:00Z".parse().unwrap()));
        assert_eq!(start(text).at(Some("Nowhere/Atall")), None);
    }
    for text in ["2019-12-23T14:00:00Z", "2019-12-23T15:00:00+01:00"] {
        assert_eq!(start(text), Start::Instant(utc), "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    for (body, why) in [
        (json!([]), "the body must be an object"),
        (json!({"title": {}}), "`title` must be a text"),
        (json!({"scheduling": {"start": "noon"}}), "`scheduling.start` must be a date and a time"),
        (json!({"scheduling": {"duration": -5}}), "`scheduling.duration` must be a whole number of minutes"),
        (json!({"scheduling": {"mode": "psychic"}}), "`scheduling.mode` must be"),
        (json!({"scheduling": {"dateproposing": "nobody"}}), "`scheduling.dateProposing` must be"),
        (json!({"participants": {}}), "`participants` must be a list"),
        (
            json!({"participants": [{"email": "a@b.c"}, {"email": "harvey"}]}),
            "`participants[1].email` must be an e-mail",
        ),
        (json!({"participants": [{"role": "candidate"}]}), "`participants[0].email` must be given"),
        (json!({"participants": [{"name": "x", "role": "ghost"}]}), "`participants[0].role` must be"),
        (json!({"stage": {}}), "`stage.value` must be the name of a stage"),
        (json!({"capabilities": true}), "`capabilities` must be an object"),
        (json!({"tasks": ["fib"]}), "`tasks[0]` must be an object"),
    ] {
        let said = said(&body);
        assert!(said.contains(why), "{body}: {said}");
    }
    assert!(Asked::read(b"{").unwrap_err().0.contains("no JSON"));
}

#[test]
fn a_stage_that_is_asked_for_is_the_command_that_leads_there() {
    let mark = |stage: &str, text: Option<&str>| StageMark {
        text: text.map(str::to_owned),
        ..Stage::from(stage).into()
    };
    let command =
        |now: &str, asked: &StageMark| stage_command(&mark(now, None), asked).map_err(|error| error.0);
    let to = |stage: &str| mark(stage, None);
    let reason = Some("ill".to_owned());
    for (now, asked, expected) in [
        (
            "SchedulingCompleted",
            mark("InterviewCanceled", Some("ill")),
            InterviewCommand::Cancel { reason: reason.clone() },
        ),
        (
            "SchedulingTime",
            mark("InterviewCanceled", Some("Interview was canceled")),
            InterviewCommand::Cancel { reason: None },
        ),
        ("InterviewCanceled", to("InterviewArchived"), InterviewCommand::Archive),
        ("SchedulingCompleted", to("InterviewStarted"), InterviewCommand::Start),
        ("InterviewStarted", to("InterviewCompleted"), InterviewCommand::End),
        ("InterviewStarted", mark("InterviewFailed", Some("ill")), InterviewCommand::Fail { reason }),
        (
            "InterviewCanceled",
            to("SchedulingTime"),
            InterviewCommand::AskForTime(TimeAsked::InterviewerSelects),
        ),
        (
            "SchedulingTime",
            mark("SchedulingTime", Some("Pending candidate time proposal")),
            InterviewCommand::AskForTime(TimeAsked::CandidateProposes),
        ),
    ] {
        assert_eq!(command(now, &asked), Ok(Some(expected)), "{now} {asked:?}");
    }
    for stage in Stage::KNOWN {
        assert_eq!(command(stage.as_str(), &to(stage.as_str())), Ok(None), "it is there already: {stage}");
    }
    for (now, asked, why) in [
        ("SchedulingTime", "InterviewFailed", "what fails is what is under way"),
        ("SchedulingTime", "SchedulingCompleted", "set `scheduling.start`"),
        ("SchedulingTime", "InterviewCreated", "begins there"),
        ("InterviewCompleted", "FeedbackCompleted", "follows from the feedback"),
        ("SchedulingTime", "InterviewPaused", "no such stage"),
    ] {
        let said = command(now, &to(asked)).unwrap_err();
        assert!(said.contains(why) && said.contains(asked), "{said}");
    }
}

/// Harvey's interview with Louis, at two in the afternoon in New York.
struct Scene {
    interview: Interview,
    job: Job,
    candidate: Candidate,
    user: User,
    feedback: Feedback,
    note: Note,
}

impl Scene {
    fn new() -> Self {
        let mut candidate = Candidate::new(CandidateId::from_raw(1));
        candidate.full_name = Some("Harvey Pitman".to_owned());
        candidate.email = Some("harveypitman@outlook.com".to_owned());
        let mut user = User::new(UserId::from_raw(2));
        user.name = Some("Louis Dingle".to_owned());
        user.email = Some("louis@contoso.com".to_owned());
        user.time_zone = Some("US/Pacific".to_owned());
        let mut job = Job::new(JobId::from_raw(3));
        job.title = Some("Software Engineer".to_owned());
        job.code = Some("SIN-12345".to_owned());
        let mut interview = Interview::new(InterviewId::from_raw(4));
        interview.external_ids.put("skype", "RENE2010");
        interview.title = Some(".Net Developer Interview".to_owned());
        interview.start = Some("2019-12-23T19:00:00Z".parse().unwrap());
        interview.end = Some("2019-12-23T19:45:00Z".parse().unwrap());
        interview.time_zone = Some("America/New_York".to_owned());
        interview.move_to(Stage::SchedulingCompleted.into());
        let harvey = Attendee {
            kind: Some(AttendeeKind::Candidate),
            application_id: Some(ApplicationId::from_raw(5).to_string()),
            ..Attendee::default()
        };
        let louis = Attendee {
            kind: Some(AttendeeKind::User),
            user_id: Some(user.id.to_string()),
            ..Attendee::default()
        };
        interview.attendees = Some(vec![harvey, louis]);
        let reviewer = Person { name: user.name.clone(), email: user.email.clone(), ..Person::default() };
        let mut feedback = Feedback::new(FeedbackId::from_raw(6));
        feedback.status = Some(FeedbackStatus::Complete);
        feedback.reviewer = Some(reviewer.clone());
        feedback.score = Some(Score::from_points(4));
        feedback.comment = Some("Convincing.".to_owned());
        let mut note = Note::new(NoteId::from_raw(7));
        note.text = Some("Asked for a second round.".to_owned());
        note.author = Some(reviewer);
        Self { interview, job, candidate, user, feedback, note }
    }

    fn answer(&self) -> Value {
        let known = Known {
            interview: &self.interview,
            job: Some(&self.job),
            candidate: Some(&self.candidate),
            users: vec![&self.user],
            feedback: vec![&self.feedback],
            notes: vec![&self.note],
            stage_is_told: false,
        };
        known.answer()
    }
}

#[test]
fn an_interview_is_answered_with_every_member_that_the_documentation_names() {
    let mut scene = Scene::new();
    scene.interview.extra.insert(
        "skype".to_owned(),
        json!({
            "capabilities": {"codeEditor": false},
            "codingConfig": {"defaultCodingLanguage": "java"},
            "tasks": [{"title": "Fibonacci", "definitions": [{"language": "python", "content": "def fib(n):"}]}],
            "scheduling": {"mode": "automatic", "dateProposing": "Candidate", "duration": 90},
            "somethingNew": 7,
        }),
    );
    let meeting = Meeting { join_url: Some("https://meet.example/1".to_owned()), ..Meeting::default() };
    scene.interview.meeting = Some(meeting);
    insta::assert_snapshot!(serde_json::to_string_pretty(&scene.answer()).unwrap());
}

#[test]
fn an_interview_of_which_nothing_is_known_is_answered_with_the_documented_defaults() {
    let interview = Interview::new(InterviewId::from_raw(4));
    let known = Known {
        interview: &interview,
        job: None,
        candidate: None,
        users: Vec::new(),
        feedback: Vec::new(),
        notes: Vec::new(),
        stage_is_told: false,
    };
    insta::assert_snapshot!(serde_json::to_string_pretty(&known.answer()).unwrap());
}

#[test]
fn a_link_for_everyone_is_there_where_nobody_is_named_and_the_host_s_never_is() {
    let mut scene = Scene::new();
    scene.interview.attendees = None;
    assert_eq!(scene.answer()["urls"], json!([]));
    let start_url = Some(callboard_core::HostLink("https://meet.example/host?zak=secret".to_owned()));
    let join_url = Some("https://meet.example/1".to_owned());
    scene.interview.meeting = Some(Meeting { join_url, start_url, ..Meeting::default() });
    let answer = scene.answer();
    let link = json!([{"url": "https://meet.example/1", "type": "Interview", "participantType": null, "participant": "all"}]);
    assert_eq!(answer["urls"], link);
    assert!(!answer.to_string().contains("zak"));
}

#[test]
fn an_answer_sent_back_as_it_is_asks_for_nothing_new() {
    let scene = Scene::new();
    let read = asked(&scene.answer());
    assert_eq!(read.code.as_deref(), Some("RENE2010"));
    let attendees = scene.interview.attendees.as_ref().unwrap();
    let participants = read.participants.unwrap();
    assert_eq!(participants.len(), attendees.len());
    let scheduling = read.scheduling.unwrap();
    assert_eq!(scheduling.start, Some(Start::Civil("2019-12-23T14:00".parse().unwrap())));
    assert_eq!(scheduling.time_zone, scene.interview.time_zone);
    assert_eq!(stage_command(&scene.interview.stage, &read.stage.unwrap()), Ok(None));
    assert!(!read.kept.contains_key("urls") && !read.kept.contains_key("notes"), "{:?}", read.kept);
}

#[test]
fn what_is_kept_is_laid_over_what_was_kept_and_says_whether_interviewers_are_asked() {
    let first =
        merge(None, &asked(&json!({"capabilities": {"notes": false}, "tasks": [{"title": "a"}]})).kept);
    let second =
        merge(Some(&first), &asked(&json!({"capabilities": {"feedbacks": false}, "tasks": []})).kept);
    assert_eq!(second, json!({"capabilities": {"notes": false, "feedbacks": false}, "tasks": []}));
    let extra = |kept: Value| callboard_core::Extra::from([("skype".to_owned(), kept)]);
    assert!(asks_for_feedback(&extra(first)));
    assert!(!asks_for_feedback(&extra(second)));
}

#[test]
fn a_tenant_needs_the_name_of_a_company() {
    let read = |body: Value| Tenant::read(body.to_string().as_bytes());
    let endpoint = "https://your.webhook.endpoint.com/interviews";
    let tenant = read(json!({"company": {"name": "Contoso"}, "webHooks": {"endpoint": endpoint}})).unwrap();
    assert_eq!(
        (tenant.name.as_str(), tenant.admin, tenant.endpoint.as_deref()),
        ("Contoso", None, Some(endpoint))
    );
    assert!(read(json!({})).unwrap_err().0.contains("`company`"));
    assert!(read(json!({"company": {}})).unwrap_err().0.contains("`company.name`"));
    assert!(read(json!({"company": {"name": "x"}, "admin": {}})).unwrap_err().0.contains("`admin.email`"));
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[ -~]{0,12}|20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let name = "code|title|start|duration|mode|dateproposing|name|email|role|definitions|value|metadata";
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..4).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn no_request_makes_the_reader_or_the_answer_panic(
        members in prop::collection::vec(
            ("code|title|position|capabilities|skypeConfig|codingConfig|tasks|participants|scheduling|stage|x", anything()),
            0..6,
        ),
    ) {
        let body: Value = members.into_iter().collect();
        if let Ok(asked) = Asked::read(body.to_string().as_bytes()) {
            let mut scene = Scene::new();
            let mut kept = merge(None, &asked.kept);
            if let Some(scheduling) = &asked.scheduling {
                kept["scheduling"] = scheduling.kept.clone().into();
                scene.interview.start = match scheduling.start {
                    Some(Start::Instant(at)) => Some(at),
                    _ => None,
                };
            }
            scene.interview.extra.insert("skype".to_owned(), kept);
            let answer = scene.answer();
            prop_assert!(Asked::read(answer.to_string().as_bytes()).is_ok(), "{}", answer);
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes: Vec<u8>) {
        let _ = (Asked::read(&bytes), Tenant::read(&bytes));
    }
}

#[test]
fn a_stage_that_a_platform_told_is_answered_in_its_words() {
    let mut scene = Scene::new();
    scene.interview.stage.text = Some("as agreed".to_owned());
    assert_eq!(scene.answer()["stage"]["metadata"], "3000 - as agreed");
    let (interview, job) = (Arc::new(scene.interview), scene.job);
    let known = Known {
        interview: &interview,
        job: Some(&job),
        candidate: None,
        users: Vec::new(),
        feedback: Vec::new(),
        notes: Vec::new(),
        stage_is_told: true,
    };
    assert_eq!(known.answer()["stage"], json!({"value": "SchedulingCompleted", "metadata": "as agreed"}));
}
