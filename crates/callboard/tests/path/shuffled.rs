//! A platform's webhooks arrive in any order: in the end the hub knows what the last of them said.

use callboard_simulate::{Ending, Platform, Stories};
use serde_json::{Value, json};

use crate::support::Hub;
use crate::support::accounts::{Account, now};

const INTERVIEWS: u64 = 24;
const SEED: u64 = 5;

#[test]
fn an_interview_at_skype_is_in_its_last_stage() {
    for (ending, newest) in endings(Platform::Skype) {
        let stage = newest.pointer("/interview/stage/value");
        assert_eq!(stage, Some(&json!(ending.stage)), "{newest:#}");
    }
}

#[test]
fn an_interview_at_hirehive_ends_as_it_was_told() {
    for (ending, newest) in endings(Platform::HireHive) {
        let interview = &newest["interview"];
        let stages: &[&str] = match ending.interview_status.unwrap() {
            "cancelled" => &["InterviewCanceled"],
            "past" => &["InterviewCompleted", "FeedbackCollecting", "FeedbackCompleted"],
            other => panic!("no story ends with an interview that is {other}"),
        };
        let stage = interview["stage"]["value"].as_str().unwrap();
        assert!(stages.contains(&stage), "{stage} is none of {stages:?}");
        assert_eq!(interview["meeting"]["join_url"], json!(ending.join_url), "{newest:#}");
        if let Some(stage) = ending.application_stage {
            assert_eq!(newest["application"]["stage"]["parent"], stage, "{newest:#}");
        }
        if let Some(status) = ending.job_status {
            assert_eq!(newest["job"]["status"], status, "{newest:#}");
        }
    }
}

#[test]
fn an_assessment_at_launchpad_is_the_last_one() {
    for (ending, newest) in endings(Platform::LaunchPad) {
        assert_eq!(newest["interview"]["meeting"]["join_url"], json!(ending.join_url), "{newest:#}");
        let (told, known) = (ending.assessment.unwrap(), &newest["assessment"]);
        assert!((known["average"].as_f64().unwrap() - told.average).abs() < 0.01, "{newest:#}");
        assert_eq!(known["total"], told.total, "{newest:#}");
    }
}

#[test]
fn everything_that_viasto_told_of_is_known() {
    let (hub, stories) = shuffled(Platform::Viasto);
    let known = hub.all("/v1/events").iter().map(Value::to_string).collect::<String>();
    for ending in stories {
        for url in ending.resources {
            let name = url.split_once("/v3/").unwrap().1.trim_end_matches('/');
            assert!(known.contains(&format!("\"{name}\"")), "{name} is not known");
        }
    }
}

/// Plays the platform out of order. How each story ends, and what the hub says of everything in it.
fn endings(platform: Platform) -> Vec<(Ending, Value)> {
    let (hub, stories) = shuffled(platform);
    let events = hub.all("/v1/events");
    let known = |ending: &Ending| {
        let name = ending.interview.as_str();
        let called = format!("/interview/external_ids/{platform}");
        // LaunchPad's name is that of the assessment, which each who is invited to it gives an interview in.
        let is_it = |it: &Value| {
            let rest = it.as_str().and_then(|it| it.strip_prefix(name));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let told = events.iter().map(data).find(|it| it.pointer(&called).is_some_and(is_it));
        let id =
            told.unwrap_or_else(|| panic!("{name} was never told of"))["interview"]["id"].as_str().unwrap();
        newest(&hub.all(&format!("/v1/events?interview={id}")), &events)
    };
    stories.into_iter().map(|ending| (ending.clone(), known(&ending))).collect()
}

/// Each thing that the interview's events are about, as it stands in the newest event that has it.
fn newest(of_interview: &[Value], all: &[Value]) -> Value {
    let mut newest = json!({});
    for (name, thing) in of_interview.iter().flat_map(|event| data(event).as_object().unwrap()) {
        let same = |it: &&Value| thing["id"].is_string() && it[name]["id"] == thing["id"];
        let found = all.iter().map(data).find(same).map_or(thing, |it| &it[name]);
        newest.as_object_mut().unwrap().entry(name).or_insert_with(|| found.clone());
    }
    newest
}

fn data(event: &Value) -> &Value {
    &event["event"]["data"]
}

fn shuffled(platform: Platform) -> (Hub, Vec<Ending>) {
    let hub = Hub::start();
    let account = Account::open(&hub, platform);
    account.simulate(&["--count", &INTERVIEWS.to_string(), "--seed", &SEED.to_string(), "--shuffle"]);
    let stories = Stories::new(platform, SEED, now()).calling(&account.url);
    let endings = stories.take(usize::try_from(INTERVIEWS).unwrap()).map(|it| it.ending().clone());
    let endings = endings.collect();
    (hub, endings)
}
