//! Who is told of what: what they asked for, from whom they asked for it, from the time on when they asked.

use std::collections::BTreeSet;

use callboard_simulate::{Heard, Platform};
use serde_json::json;

use crate::support::accounts::Account;
use crate::support::ear::Ear;
use crate::telling::{Scene, moves};

#[test]
fn an_endpoint_is_not_told_of_what_happened_before_it_was_made() {
    let scene = Scene::set();
    let letters = scene.account.letters(0);
    scene.account.tell_all(&letters[..2]);

    let ear = Ear::open("skype");
    ear.subscribe(&scene.hub, &moves(&json!({})));
    scene.account.tell_all(&letters[2..4]);
    scene.hub.settle();

    let told: Vec<_> = ear.heard().iter().map(|it| stage(&it.body)).collect();
    let sent: Vec<_> = letters[2..4].iter().map(|it| stage(&it.body)).collect();
    assert_eq!(told, sent);
}

#[test]
fn an_endpoint_is_told_the_events_it_asked_for() {
    let scene = Scene::set();
    let hirehive = Account::open(&scene.hub, Platform::HireHive);
    let asked = [
        (json!(["job.*"]), "job."),
        (json!(["interview.created"]), "interview.created"),
        (json!(["candidate.note.*"]), "candidate.note."),
    ];
    let ears = asked.map(|(events, prefix)| {
        let ear = Ear::open("standard");
        ear.subscribe(&scene.hub, &json!({"events": events}));
        (ear, prefix)
    });

    hirehive.simulate(&["--count", "8"]);
    scene.hub.settle();

    let events = scene.hub.all("/v1/events");
    for (ear, prefix) in &ears {
        let of_that = events.iter().filter(|it| it["event"]["type"].as_str().unwrap().starts_with(prefix));
        assert_eq!(ear.counts().taken, of_that.count() as u64, "{prefix}");
        assert!(ear.counts().taken > 0, "{prefix}");
        assert!(kinds(&ear.heard()).iter().all(|kind| kind.starts_with(prefix)), "{prefix}");
    }
}

#[test]
fn an_endpoint_is_told_of_the_sources_it_asked_for() {
    let scene = Scene::set();
    let other = Account::open(&scene.hub, Platform::Skype);
    let (mine, all) = (Ear::open("skype"), Ear::open("skype"));
    mine.subscribe(&scene.hub, &moves(&json!({"sources": [other.id]})));
    all.subscribe(&scene.hub, &moves(&json!({})));

    let sent = scene.tell(0, 3).len();
    let letters = other.letters(1);
    other.tell_all(&letters[..2]);
    scene.hub.settle();

    assert_eq!((mine.counts().taken, all.counts().taken), (2, sent as u64 + 2));
    assert!(mine.heard().iter().all(|it| letters.iter().any(|sent| stage(&sent.body) == stage(&it.body))));
}

#[test]
fn what_cannot_be_asked_for_is_refused_by_name() {
    let scene = Scene::set();
    let good = json!({"url": "http://127.0.0.1:9/hook", "dialect": "standard"});
    let bad = [
        ("events", json!(["interview.exploded"]), "unknown_event"),
        ("sources", json!(["src_0000000000000"]), "unknown_source"),
        ("dialect", json!("klingon"), "unknown_dialect"),
        ("retry", json!({"schedule": ["soon"]}), "bad_retry"),
        ("hold_for", json!("a while"), "bad_hold_for"),
        ("rate_limit", json!({"per_second": 0}), "bad_rate_limit"),
        ("credentials", json!({"secret": 5}), "bad_credentials"),
        ("ordering", json!("alphabetical"), "bad_body"),
        ("evnets", json!([]), "bad_body"),
    ];
    for (name, value, code) in bad {
        let mut body = good.clone();
        body[name] = value;
        let (status, problem) = scene.hub.ask("POST", "/v1/endpoints", Some(&body));
        assert_eq!((status, problem["code"].as_str()), (400, Some(code)), "{name}: {problem}");
    }
    assert_eq!(scene.hub.ask("POST", "/v1/endpoints", Some(&good)).0, 201);
}

fn stage(body: &[u8]) -> [serde_json::Value; 2] {
    let body: serde_json::Value = serde_json::from_slice(body).unwrap();
    ["interviewCode", "timestamp"].map(|name| body[name].clone())
}

fn kinds(heard: &[Heard]) -> BTreeSet<String> {
    let kind = |it: &Heard| {
        let body: serde_json::Value = serde_json::from_slice(&it.body).unwrap();
        body["type"].as_str().unwrap().to_owned()
    };
    heard.iter().map(kind).collect()
}
