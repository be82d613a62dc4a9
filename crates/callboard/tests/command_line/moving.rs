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

#[test]
fn what_has_the_same_id_is_never_taken_for_something_that_is_only_alike() {
    // given two accounts of one name, each with an endpoint at one URL, and a document of it all
    let hub = Hub::start();
    let secret = json!({"secret": "whsec_C2FVsBQIhrscChlQIMVb5sSYspob7oDA"});
    let [gone, stays] = [(); 2].map(|()| hub.source("hirehive", &secret));
    let [told_gone, told_stays] = [&gone, &stays].map(|source| {
        let of_one = json!({"sources": [id(source)], "description": format!("of {}", id(source))});
        hub.endpoint("http://127.0.0.1:9/a", "standard", &of_one)
    });
    let file = hub.data.path().join("setup.json");
    let path = file.to_str().unwrap();
    shown(&hub, &["export", "--setup", "--to", path]);

    // when the older ones go and the document comes again
    shown(&hub, &["endpoint", "remove", id(&told_gone)]);
    shown(&hub, &["source", "remove", id(&gone)]);
    let done = json(&hub, &["import", path]);

    // then those that are there are left alone, and those that had gone are made anew
    let items = done["items"].as_array().unwrap();
    let became: Vec<&str> = items.iter().map(|it| it["became"].as_str().unwrap()).collect();
    assert_eq!(became, ["unchanged", "made", "unchanged", "made", "unchanged"], "{done:#}");
    let endpoint = |id: &str| json(&hub, &["endpoint", "show", id])["sources"].clone();
    assert_eq!(endpoint(id(&told_stays)), json!([id(&stays)]));
    assert_eq!(endpoint(id(&items[3])), json!([id(&items[1])]));
}

/// A document of these sources and endpoints, in a file of this hub.
fn document(hub: &Hub, sources: &Value, endpoints: &Value) -> String {
    let file = hub.data.path().join("written.json");
    let set_up = json!({"callboard_setup": 1, "settings": {}, "sources": sources, "endpoints": endpoints});
    std::fs::write(&file, set_up.to_string()).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn an_import_that_breaks_off_shows_the_secrets_that_it_has_made_and_goes_on_from_there() {
    let hub = Hub::start();
    let sources = json!([{"platform": "standard", "name": "ours"}]);
    let endpoint = |url: &str| json!({"url": url, "dialect": "standard"});
    let endpoints =
        json!([endpoint("http://127.0.0.1:9/a"), endpoint("no URL"), endpoint("http://127.0.0.1:9/b")]);
    let path = document(&hub, &sources, &endpoints);

    let broke_off = hub.run(&["import", &path]);

    assert_eq!(broke_off.status.code(), Some(1));
    assert!(complaint(&broke_off).contains("no URL"), "{}", complaint(&broke_off));
    let told = String::from_utf8(broke_off.stdout).unwrap();
    assert_eq!(told.matches("whsec_").count(), 2, "{told}");
    for made in ["/v1/sources", "/v1/endpoints"] {
        assert!(told.contains(id(&hub.all(made)[0])), "{made}: {told}");
    }

    let path = document(&hub, &sources, &json!([endpoints[0], endpoints[2]]));
    let again = json(&hub, &["import", &path]);
    let became: Vec<&str> =
        again["items"].as_array().unwrap().iter().map(|it| it["became"].as_str().unwrap()).collect();
    assert_eq!(became, ["unchanged", "unchanged", "unchanged", "made"]);
}

#[test]
fn credentials_that_have_to_be_in_the_document_are_asked_for_before_anything_is_made() {
    let hub = Hub::start();
    let fetch = json!({"base_url": "https://acme.interview-suite.com"});
    let sources = json!([
        {"platform": "standard", "name": "ours"},
        {"platform": "skype", "name": "calls"},
        {"platform": "viasto", "name": "on demand", "fetch": fetch},
    ]);
    let path = document(&hub, &sources, &json!([{"url": "http://127.0.0.1:9/a", "dialect": "standard"}]));

    let refused = failed(&hub, &["import", &path]);

    assert!(
        refused.contains("\"calls\": `credentials`")
            && refused.contains("\"on demand\": `fetch.credentials`")
    );
    assert!(!refused.contains("ours"), "{refused}");
    assert_eq!((hub.all("/v1/sources").len(), hub.all("/v1/endpoints").len()), (0, 0));
}
