//! Each platform in each dialect: what there is a word for arrives, once and in order; what there is none for is skipped,
//! and the event says so.

use std::collections::{BTreeMap, BTreeSet};

use callboard_simulate::Platform;
use serde_json::Value;

use crate::listener::Listener;
use crate::support::Hub;
use crate::support::accounts::Account;

const DIALECTS: [&str; 6] = ["standard", "cloudevents", "launchpad", "hirehive", "viasto", "skype"];

#[test]
fn what_skype_tells_is_told_in_every_dialect() {
    let words = told_in_every_dialect(Platform::Skype);
    assert_eq!(words["launchpad"], words_of(&[]));
    assert_eq!(words["hirehive"], words_of(&["interview.cancelled", "interview.created"]));
    assert_eq!(words["viasto"], words_of(&["candidate_changed"]));
    // The twelfth is where every interview begins; nothing moves there.
    assert_eq!(words["skype"].len(), 11, "all stages but the first: {:?}", words["skype"]);
}

#[test]
fn what_hirehive_tells_is_told_in_every_dialect() {
    let words = told_in_every_dialect(Platform::HireHive);
    assert_eq!(words["hirehive"].len(), 19, "all nineteen events: {:?}", words["hirehive"]);
    assert_eq!(words["launchpad"].len(), 2, "both callbacks: {:?}", words["launchpad"]);
    let viasto = ["candidate_changed", "note_changed", "project_changed", "rating_changed"];
    assert_eq!(words["viasto"], words_of(&viasto));
    assert!(words["skype"].len() > 2, "{:?}", words["skype"]);
}

#[test]
fn what_viasto_tells_is_told_in_every_dialect() {
    let words = told_in_every_dialect(Platform::Viasto);
    assert_eq!(words["launchpad"], words_of(&[]));
    assert_eq!(words["skype"], words_of(&[]));
    assert_eq!(words["viasto"].len(), 5, "all five events: {:?}", words["viasto"]);
    assert!(words["hirehive"].contains("candidate.note.created"), "{:?}", words["hirehive"]);
}

#[test]
fn what_launchpad_tells_is_told_in_every_dialect() {
    let words = told_in_every_dialect(Platform::LaunchPad);
    assert_eq!(words["launchpad"].len(), 2, "both callbacks: {:?}", words["launchpad"]);
    assert!(words["hirehive"].contains("feedback.submitted"), "{:?}", words["hirehive"]);
    assert!(words["viasto"].contains("rating_changed"), "{:?}", words["viasto"]);
    assert_eq!(words["skype"], words_of(&["FeedbackCompleted", "SchedulingCompleted"]));
}

fn words_of(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// Plays the platform to a hub with a listener for each dialect. Answers which words each of them heard.
fn told_in_every_dialect(platform: Platform) -> BTreeMap<&'static str, BTreeSet<String>> {
    // given
    let hub = Hub::start();
    let account = Account::open(&hub, platform);
    let listeners = DIALECTS.map(|dialect| Listener::start(&hub, dialect));

    // when
    let sent = account.simulate(&["--count", "12", "--seed", "3"]);
    hub.settle();

    // then
    assert_eq!(sent["interviews"], 12);
    assert_eq!(hub.all("/v1/receipts").len(), sent["sent"], "every request is kept");
    let events = hub.all("/v1/events");
    let deliveries = hub.all("/v1/deliveries");
    assert!(deliveries.iter().all(|it| it["state"] == "delivered" && it["attempts"] == 1), "{deliveries:?}");
    let endpoints = listeners.iter().map(|it| (it.endpoint.clone(), it.dialect)).collect();
    for event in &events {
        assert_told_or_skipped(&hub, event, &endpoints);
    }
    let words = listeners.map(|listener| {
        let owed = deliveries.iter().filter(|it| it["endpoint"] == listener.endpoint.as_str()).count();
        let dialect = listener.dialect;
        let heard = listener.heard(owed);
        if matches!(dialect, "standard" | "cloudevents") {
            assert_eq!(heard.len(), events.len(), "{dialect} is told everything");
        }
        (dialect, heard.iter().map(|it| word(dialect, it)).collect())
    });
    words.into()
}

/// The platform's own word for what a request says.
fn word(dialect: &str, heard: &Value) -> String {
    let body: Value = serde_json::from_str(heard["body"].as_str().unwrap()).unwrap();
    let word = match dialect {
        "viasto" => &body["event"],
        "skype" => &body["currentStage"]["value"],
        "launchpad" if body["result_details"].is_object() => return "assessment".to_owned(),
        "launchpad" => return "zoom link".to_owned(),
        _ => &body["type"],
    };
    word.as_str().unwrap().to_owned()
}

/// An event has a delivery to each endpoint whose dialect has a word for it, and says of each other one why not.
fn assert_told_or_skipped(hub: &Hub, event: &Value, endpoints: &BTreeMap<String, &'static str>) {
    let kind = event["event"]["type"].as_str().unwrap();
    let told = hub.get(&format!("/v1/events/{}/deliveries", event["id"].as_str().unwrap()));
    let mut seen = BTreeSet::new();
    for one in told["items"].as_array().unwrap() {
        let skipped = one["told"] == "skipped";
        let endpoint = if skipped { &one["endpoint"] } else { &one["delivery"]["endpoint"] };
        let dialect = endpoints[endpoint.as_str().unwrap()];
        seen.insert(dialect);
        assert_eq!(skipped, !has_word(dialect, kind), "{kind} in {dialect}: {one}");
        if skipped {
            assert_eq!(one["reason"], "no word for it", "{kind} in {dialect}");
        }
    }
    assert_eq!(seen, DIALECTS.into(), "{kind} is told or skipped, everywhere");
}

/// The table of the contract, "Webhooks out".
fn has_word(dialect: &str, kind: &str) -> bool {
    match dialect {
        "launchpad" => matches!(kind, "interview.meeting.ready" | "interview.assessed"),
        "skype" => kind == "interview.stage.updated",
        "hirehive" => !matches!(
            kind,
            "candidate.created"
                | "candidate.deleted"
                | "interview.archived"
                | "interview.stage.updated"
                | "interview.assessed"
                | "answer_video.created"
                | "answer_video.updated"
        ),
        "viasto" => matches!(
            kind,
            "job.created"
                | "job.updated"
                | "job.status.updated"
                | "candidate.updated"
                | "candidate.note.created"
                | "candidate.note.updated"
                | "candidate.tag.added"
                | "candidate.tag.removed"
                | "application.created"
                | "application.stage.updated"
                | "interview.stage.updated"
                | "feedback.submitted"
                | "feedback.updated"
                | "answer_video.created"
                | "answer_video.updated"
        ),
        _ => true,
    }
}
