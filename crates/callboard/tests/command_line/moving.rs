//! Telling again, and what leaves a hub and comes into another as a file.

use callboard_simulate::Platform;
use serde_json::{Value, json};

use crate::said::{complaint, failed, id, json, printed, shown};
use crate::support::Hub;
use crate::support::accounts::Account;
use crate::support::ear::Ear;

#[test]
fn a_person_has_an_endpoint_told_what_it_missed_and_sees_how_far_that_is() {
    // given
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::Skype);
    account.tell_all(&account.letters(0)[..3]);
    let events = hub.all("/v1/events").len();
    let ear = Ear::open("standard");
    let endpoint = ear.subscribe(&hub, &json!({}));
    assert!(shown(&hub, &["replay", "list"]).contains("no replays yet"));

    // when
    let waited = hub.run(&["replay", "--endpoint", &endpoint, "--since", "2h", "--what", "missed", "--wait"]);

    // then
    let said = printed(&waited);
    assert!(said.contains("done") && said.contains(&format!("replayed     {events}")), "{said}");
    assert!(complaint(&waited).contains(&format!("{events}, {events} replayed, 0 skipped")), "{waited:?}");
    hub.settle();
    assert_eq!(ear.counts().taken, events as u64);
    let again = json(&hub, &["replay", "--source", &account.id, "--since", "2026-01-01T00:00Z"]);
    assert_eq!((&again["what"], &again["source"]), (&json!("quarantined"), &json!(account.id)));
    let done = json(&hub, &["replay", "show", id(&again), "--wait"]);
    assert_eq!((&done["state"], &done["seen"]), (&json!("done"), &json!(0)));
    assert_eq!(json(&hub, &["replay", "list"])["items"].as_array().unwrap().len(), 2);
    assert!(failed(&hub, &["replay", "cancel", id(&again)]).contains("replay_ended"));
    let reversed = ["replay", "--endpoint", &endpoint, "--since", "1h", "--until", "2h"];
    assert!(failed(&hub, &reversed).contains("bad_replay"));
}

#[test]
fn events_are_exported_a_line_each_in_the_order_in_which_they_happened() {
    // given more than a page of them
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::Skype);
    account.simulate(&["--count", "40", "--rate", "100000/s"]);
    let mut all = hub.all("/v1/events");
    all.reverse();
    assert!(all.len() > 200);
    let file = hub.data.path().join("events.jsonl");
    let path = file.to_str().unwrap();

    // when
    let said = json(&hub, &["export", "--to", path]);

    // then
    assert_eq!(said["items"], all.len());
    let lines =
        |text: &str| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>();
    let written = lines(&std::fs::read_to_string(&file).unwrap());
    assert_eq!(written, all.iter().map(|it| it["event"].clone()).collect::<Vec<_>>());
    let some = lines(&shown(&hub, &["export", "--since", "1h", "--events", "interview.created,job.*"]));
    assert_eq!(some.len(), 40);
    assert!(some.iter().all(|event| event["type"] == "interview.created"));
    assert_eq!(shown(&hub, &["export", "--until", "2020-01-01T00:00Z"]), "");

    // and they are not made to have happened somewhere else
    let refused = failed(&hub, &["import", path]);
    assert!(refused.contains("move its data directory"), "{refused}");
}

#[test]
fn a_set_up_goes_from_one_hub_to_another_and_can_be_brought_again() {
    // given a hub with a source, an endpoint for it, and one that is switched off
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::HireHive);
    shown(
        &hub,
        &[
            "settings",
            "change",
            "--name",
            "Acme",
            "--zone",
            "Europe/Berlin",
            "--stage",
            "screening:phone:Phone",
        ],
    );
    let of_one = json!({"sources": [account.id], "events": ["interview.*"], "rate_limit": {"per_second": 7.0},
        "retry": {"schedule": ["5s", "1m"]}, "hold_for": "1h", "description": "the ATS"});
    hub.endpoint("http://127.0.0.1:9/a", "hirehive", &of_one);
    let off = hub.endpoint("http://127.0.0.1:9/b", "standard", &json!({}));
    hub.post(&format!("/v1/endpoints/{}/disable", id(&off)), &json!({}));
    let other = Hub::start();
    let file = hub.data.path().join("setup.json");
    let path = file.to_str().unwrap();

    // when
    shown(&hub, &["export", "--setup", "--to", path]);
    let first = json(&other, &["import", path]);

    // then the other hub is set up alike, with secrets of its own that are shown this once
    assert!(!std::fs::read_to_string(&file).unwrap().contains("whsec_"), "no secret leaves a hub");
    let became = |done: &Value| -> Vec<String> {
        done["items"].as_array().unwrap().iter().map(|it| it["became"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(became(&first), ["changed", "made", "made", "made"]);
    let made = &first["items"][1]["thing"];
    assert!(made["credentials"]["secret"].as_str().unwrap().starts_with("whsec_"), "{made}");
    let set_up = |hub: &Hub| {
        let mut set_up: Value = serde_json::from_str(&shown(hub, &["export", "--setup"])).unwrap();
        let sources: Vec<Value> =
            set_up["sources"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
        for endpoint in set_up["endpoints"].as_array_mut().unwrap() {
            endpoint["id"].take();
            for source in endpoint["sources"].as_array_mut().unwrap() {
                *source = json!(sources.iter().position(|id| id == source));
            }
        }
        set_up["sources"].as_array_mut().unwrap().iter_mut().for_each(|source| drop(source["id"].take()));
        set_up
    };
    assert_eq!(set_up(&other), set_up(&hub));

    // and once more changes nothing, but what is another in the document
    assert_eq!(became(&json(&other, &["import", path])), ["unchanged"; 4]);
    let edited = std::fs::read_to_string(&file).unwrap().replace("\"1h\"", "\"2h\"");
    std::fs::write(&file, edited).unwrap();
    assert_eq!(became(&json(&other, &["import", path])), ["unchanged", "unchanged", "changed", "unchanged"]);
    assert_eq!(other.all("/v1/endpoints")[1]["hold_for"], "2h");

    // and what is no set-up is refused
    std::fs::write(&file, "{\"callboard_setup\": 9, \"settings\": {}, \"sources\": [], \"endpoints\": []}")
        .unwrap();
    assert!(failed(&other, &["import", path]).contains("version 9"));
    std::fs::write(&file, "url: http://example.com").unwrap();
    assert!(failed(&other, &["import", path]).contains("no set-up"));
}
