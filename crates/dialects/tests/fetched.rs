//! What viasto's and Skype's APIs answer about the things that their webhooks point at (platforms.md 2.5, 3.3).

#![expect(clippy::unwrap_used, reason = "a test may take its samples for granted")]

#[expect(dead_code, reason = "these tests need a part of it")]
mod wire;

use callboard_core::{InterviewTold, News, Timestamp};
use callboard_dialects::{Fetching, Pass, Reading, Request};
use proptest::prelude::*;
use serde_json::{Value, json};
use wire::{fixture, speaking, told};

const PROJECT: &str = "companies/1/projects/17";
const COLLECTIONS: [&str; 5] = ["candidates/42", "questions/3", "answervideos/99", "ratings/7", "notes/12"];

fn fetching(platform: &str) -> &'static dyn Fetching {
    speaking(platform).fetching().unwrap()
}

/// What was read of a sample: as a person can compare it, and what it refers to.
fn read(platform: &str, resource: &str, sample: &str) -> (String, Vec<String>) {
    let fetched =
        fetching(platform).read(resource, &fixture(&format!("{platform}/rest/{sample}.json"))).unwrap();
    let reading = Reading { label: fetched.label, observations: fetched.observations };
    (told(&reading), fetched.refers_to)
}

#[test]
fn each_resource_of_viasto_is_read_under_the_name_that_webhooks_use_for_it() {
    let mut resources = vec![PROJECT.to_owned(), "customers/5".to_owned()];
    resources.extend(COLLECTIONS.map(|it| format!("{PROJECT}/{it}")));
    for resource in resources {
        let sample = resource.rsplit('/').nth(1).unwrap().trim_end_matches('s');
        let (told, _) = read("viasto", &resource, sample);
        assert!(told.contains(&format!("\"{resource}\"")));
        insta::assert_snapshot!(format!("viasto_answers_{sample}"), told);
    }
}

#[test]
fn an_interview_of_skype_is_read_with_everyone_and_everything_in_it() {
    insta::assert_snapshot!("skype_answers_interview", read("skype", "RENE2010", "interview").0);
}

#[test]
fn what_an_answer_refers_to_and_says_nothing_of_is_to_be_read_first() {
    let refers = |sample: &str, resource: &str| read("viasto", &format!("{PROJECT}/{resource}"), sample).1;
    assert_eq!(refers("rating", "ratings/7"), ["customers/5"]);
    assert_eq!(refers("note", "notes/12"), ["customers/5"]);
    assert_eq!(refers("answervideo", "answervideos/99"), [format!("{PROJECT}/questions/3")]);
    assert_eq!(read("viasto", PROJECT, "project").1, ["customers/5"]);
}

#[test]
fn a_webhook_points_at_what_it_is_about_after_what_that_refers_to() {
    let pointed_at = |sample: &str| fetching("viasto").points_at(&fixture(&format!("viasto/{sample}.json")));
    assert_eq!(pointed_at("seed_003_project_changed"), [PROJECT]);
    assert_eq!(
        pointed_at("note_changed.created"),
        [
            PROJECT,
            "companies/1/projects/17/candidates/42",
            "customers/5",
            "companies/1/projects/17/answervideos/99",
            "companies/1/projects/17/notes/12"
        ]
    );
    assert_eq!(
        fetching("skype").points_at(&fixture("skype/seed_004.json")),
        ["1c519c56-1712-1e89-1c3e-743ecbedd117"]
    );
    for garbage in [&b""[..], b"{}", b"[]", br#"{"event":"veto_changed","data":{}}"#, b"\xff"] {
        assert_eq!(fetching("viasto").points_at(garbage), [] as [&str; 0]);
        assert_eq!(fetching("skype").points_at(garbage), [] as [&str; 0]);
    }
}

#[test]
fn what_is_no_resource_of_the_api_is_pointed_at_by_nobody() {
    for url in [
        "https://interview-suite.com/api/v3/companies/1/projects/../../admin/",
        "https://interview-suite.com/api/v3/companies/1/projects/%2e%2e/",
        "https://interview-suite.com/api/v3/companies/1/projects/./",
        "https://interview-suite.com/api/v3/companies/1/projects//",
        "https://interview-suite.com/api/v3/companies/1/projects/1;x=1/",
        "https://interview-suite.com/api/v3/companies/1/projects/1@evil.com/",
        "https://interview-suite.com/api/v3/companies/1/projects/1:80/",
        "https://interview-suite.com/api/v3/companies/1/",
        "https://interview-suite.com/api/v3/whoami/",
        "https://interview-suite.com/projects/1/",
        "javascript:alert('/api/v3/projects/1')",
        "file:///api/v3/projects/1",
    ] {
        let webhook = json!({"event": "project_changed", "data": {"project": url}}).to_string();
        assert_eq!(fetching("viasto").points_at(webhook.as_bytes()), [] as [&str; 0], "{url}");
    }
    for code in ["", ".", "..", &"x".repeat(257)] {
        assert_eq!(fetching("skype").path(code), None, "{code}");
    }
    assert_eq!(fetching("skype").path("a/../b?c#d").unwrap(), "/api/interviews/a%2F..%2Fb%3Fc%23d");
}

#[test]
fn an_answer_that_makes_no_sense_says_which_member() {
    let said = |answer: &str| fetching("viasto").read(PROJECT, answer.as_bytes()).unwrap_err().0;
    assert!(said("<html>").starts_with("the answer is no JSON"));
    assert_eq!(said("[]"), "the answer is no object");
    assert_eq!(said(r#"{"name":["x"]}"#), "`name` is no text");
    assert_eq!(said(r#"{"contact_person":"Minerva"}"#), "`contact_person` is no resource URL: `Minerva`");
    let rating = fetching("viasto").read("projects/1/ratings/1", br#"{"value":"high"}"#).unwrap_err().0;
    assert!(rating.starts_with("`value`: `high` is not a score"), "{rating}");
    let skype = fetching("skype").read("x", br#"{"participants":{}}"#).unwrap_err().0;
    assert!(skype.contains("participants"), "{skype}");
}

#[test]
fn a_time_of_skype_s_is_utc_unless_a_zone_is_named() {
    let start = |scheduling: Value| {
        let answer = json!({"scheduling": scheduling}).to_string();
        let fetched = fetching("skype").read("x", answer.as_bytes()).unwrap();
        let told = fetched.observations.into_iter().find_map(|it| match it.news {
            News::Interview { interview, .. } => Some(interview.told),
            _ => None,
        });
        let InterviewTold { start, end, time_zone, .. } = told.unwrap();
        (start.map(|it| it.to_string()), end.map(|it| it.to_string()), time_zone)
    };
    let some = |text: &str| Some(text.to_owned());
    let utc = json!({"start": "2019-12-23T14:00:00", "duration": 45});
    assert_eq!(start(utc), (some("2019-12-23T14:00:00Z"), some("2019-12-23T14:45:00Z"), None));
    let berlin = json!({"start": "2019-12-23 14:00", "timezone": "Europe/Berlin"});
    assert_eq!(start(berlin), (some("2019-12-23T13:00:00Z"), None, some("Europe/Berlin")));
    assert_eq!(start(json!({"start": "soon"})), (None, None, None));
}

#[test]
fn an_answer_is_behind_as_long_as_it_shows_another_stage_than_was_told() {
    let webhook = fixture("skype/seed_004.json");
    let shows = |stage: &str| json!({"stage": {"value": stage}}).to_string().into_bytes();
    assert!(fetching("skype").is_behind(&webhook, &shows("InterviewCreated")));
    assert!(!fetching("skype").is_behind(&webhook, &shows("SchedulingTime")));
    assert!(!fetching("skype").is_behind(&webhook, b"{}"));
    assert!(!fetching("viasto").is_behind(b"{}", b"{}"));
}

#[test]
fn a_call_to_skype_s_api_is_one_that_skype_s_verifier_takes() {
    let credentials = json!({"api_key": "key", "api_secret": "secret"});
    let now: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();

    let of_webhooks = fetching("skype").credentials(None, &credentials).unwrap();
    let Pass::Once(authorization) = fetching("skype").pass(&of_webhooks, now, [7; 16]).unwrap() else {
        panic!()
    };

    let headers = [("authorization", authorization)];
    let verifier = speaking("skype").verifier(&credentials).unwrap();
    verifier.verify(&Request { headers: &headers, token: None, body: b"" }, now).unwrap();
}

#[test]
fn viasto_s_login_needs_three_members_and_answers_with_a_token() {
    let check = |given: Value| fetching("viasto").credentials(Some(&given), &Value::Null);
    let login = json!({"username": "u", "password": "p", "company": "acme"});
    let Pass::Login { path, body } =
        fetching("viasto").pass(&check(login.clone()).unwrap(), Timestamp::UNIX_EPOCH, [0; 16]).unwrap()
    else {
        panic!()
    };
    assert_eq!((path, serde_json::from_slice::<Value>(&body).unwrap()), ("/api-token-auth/", login));
    assert_eq!(check(json!({"username": "u", "company": "c"})).unwrap_err().0, "`password` is missing");
    assert!(check(Value::Null).is_err());
    assert_eq!(fetching("viasto").ticket(br#"{"token":"abc"}"#).unwrap(), "Token abc");
    for answer in ["{}", r#"{"token":""}"#, r#"{"token":"a\nb"}"#, r#"{"token":7}"#, "nonsense"] {
        assert!(fetching("viasto").ticket(answer.as_bytes()).is_err(), "{answer}");
    }
}

proptest! {
    #[test]
    fn no_answer_and_no_webhook_is_too_strange(
        resource in "[a-z0-9/._%-]{0,40}|companies/1/projects/[a-z0-9]{1,4}/(candidates|ratings|notes)/[0-9]",
        answer in "\\PC{0,80}|\\{\"(name|value|text|notes|participants|urls|scheduling)\":(1e999|-3|\"x\"|\\[\\]|\\[\\{\\}\\]|null)\\}",
    ) {
        for platform in ["viasto", "skype"] {
            let _ = fetching(platform).read(&resource, answer.as_bytes());
            let _ = fetching(platform).points_at(answer.as_bytes());
            let _ = fetching(platform).is_behind(answer.as_bytes(), answer.as_bytes());
            if let Some(path) = fetching(platform).path(&resource) {
                prop_assert!(path.starts_with("/api/") && !path.contains("/../") && !path.contains("//"), "{}", path);
            }
        }
    }
}
