//! An endpoint that fails as a whole: it is left alone but for probes, shown, told to others, and gets everything when it is
//! back.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use callboard_core::{DeliveryId, Timestamp, time_of};
use callboard_simulate::{Answer, Heard};
use serde_json::{Value, json};

use crate::support::deserted::Deserted;
use crate::support::ear::{Ear, subscribe};
use crate::support::until;
use crate::telling::{Scene, id, moves, states};

const TROUBLE: [&str; 2] = ["endpoint.disabled", "delivery.failed"];

/// What a receiver was told of trouble.
fn trouble(heard: &[Heard]) -> Vec<Value> {
    let bodies = heard.iter().map(|it| serde_json::from_slice::<Value>(&it.body).unwrap());
    bodies.filter(|body| TROUBLE.contains(&body["type"].as_str().unwrap_or_default())).collect()
}

/// How many events of this type there are.
fn happened(scene: &Scene, kind: &str) -> usize {
    scene.hub.all(&format!("/v1/events?type={kind}")).len()
}

#[test]
fn an_endpoint_that_is_down_is_only_probed_and_gets_everything_in_order_when_it_is_back() {
    // given an endpoint where nobody listens, which is owed eight interviews
    let scene = Scene::set();
    let place = Deserted::keep();
    // What has been tried once is not tried again by itself while this test runs.
    let endpoint =
        subscribe(&scene.hub, &place.url(), "skype", &moves(&json!({"retry": {"schedule": ["1h", "1h"]}})));
    let path = format!("/v1/endpoints/{endpoint}");
    let told: usize = (0..8).map(|interview| scene.tell(interview, 4).len()).sum();

    // when it has failed often enough
    let mut health = Value::Null;
    until("only probes are begun", || {
        health = scene.hub.get(&path)["health"].clone();
        health["breaker"] == "open"
    });

    // then that is shown, and most of what is owed has not been tried
    assert_eq!(
        (&health["state"], &health["owed"], &health["behind"]),
        (&json!("failing"), &json!(told), &json!(false))
    );
    assert!(health["failing_since"].is_string() && health["next_probe_at"].is_string(), "{health}");
    let error = health["last_failure"]["error"].as_str().unwrap();
    assert!(error.contains("refused"), "{error}");
    assert_eq!(states(&scene.deliveries(&endpoint)), vec!["pending"; told]);
    let oldest = scene.deliveries(&endpoint).iter().map(|it| id(it).parse::<DeliveryId>().unwrap()).min();
    assert_eq!(
        health["oldest_owed_at"].as_str(),
        oldest.map(|oldest| time_of(oldest).to_string()).as_deref()
    );
    assert!(health["held_lanes"].as_u64() > Some(0), "{health}");
    assert!(came_to(&health, "attempts") >= 5 && came_to(&health, "failed") == came_to(&health, "attempts"));
    let shown = scene.hub.run(&["endpoint", "show", &endpoint]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("health.breaker"), "{shown:?}");

    // and when it is back, a person who asks for one delivery gets all that are due going
    let back = Ear::listening_at(place.address(), "skype", Answer::honest);
    let mut asked_for = HashSet::new();
    until("nothing is owed to it", || {
        let mut pending = scene.deliveries(&endpoint);
        pending.retain(|it| it["state"] == "pending");
        for tried in pending.iter().filter(|it| it["attempts"] != 0) {
            if asked_for.insert(id(tried).to_owned()) {
                scene.hub.post(&format!("/v1/deliveries/{}/retry", id(tried)), &json!({}));
            }
        }
        pending.is_empty()
    });
    scene.hub.settle();
    assert_eq!(back.counts().taken, told as u64);
    back.assert_sound();
    let health = scene.hub.get(&path)["health"].clone();
    assert_eq!((&health["state"], &health["breaker"]), (&json!("well"), &json!("closed")));
    assert!(health["last_success_at"].is_string() && health["failing_since"].is_null(), "{health}");
    assert!(health["oldest_owed_at"].is_null() && health["held_lanes"] == 0, "{health}");
    assert_eq!(came_to(&health, "attempts") - came_to(&health, "failed"), told as u64);
    assert!(health["last_hour"][0]["at"].as_str().is_some_and(|at| at.ends_with(":00Z")), "{health}");
}

/// What an endpoint's attempts came to in the last hour.
fn came_to(health: &Value, what: &str) -> u64 {
    health["last_hour"].as_array().unwrap().iter().map(|minute| minute[what].as_u64().unwrap()).sum()
}

#[test]
fn that_an_endpoint_is_gone_is_told_once_to_others_in_their_words_and_never_to_itself() {
    let scene = Scene::set();
    let is_gone = Arc::new(AtomicBool::new(true));
    let gone_now = Arc::clone(&is_gone);
    let gone = Ear::answering("standard", move |_| {
        Answer::now(if gone_now.load(Ordering::Relaxed) { 410 } else { 200 })
    });
    let endpoint = gone.subscribe(&scene.hub, &json!({}));
    let others = ["standard", "cloudevents"].map(Ear::open);
    let trouble_only = json!({"events": TROUBLE});
    for ear in &others {
        ear.subscribe(&scene.hub, &trouble_only);
    }
    let wordless = Ear::open("skype");
    let skipping = wordless.subscribe(&scene.hub, &trouble_only);

    scene.tell(0, 1);
    until("both have heard of it", || others.iter().all(|ear| ear.heard().len() == 1));

    // then
    let told = trouble(&others[0].heard());
    let about = &told[0]["data"]["endpoint"];
    assert_eq!((told.len(), &told[0]["type"]), (1, &json!("endpoint.disabled")));
    assert_eq!((&about["id"], &about["reason"]), (&json!(endpoint), &json!("gone")));
    assert_eq!(about["host"], gone.address().to_string());
    let secret = gone.url().rsplit('/').next().unwrap().to_owned();
    assert!(!told[0].to_string().contains(&secret), "the path may be a secret: {}", told[0]);
    let event = scene.hub.all("/v1/events?type=endpoint.disabled");
    let told = scene.hub.get(&format!("/v1/events/{}/deliveries", id(&event[0])));
    let skipped = told["items"].as_array().unwrap().iter().find(|it| it["endpoint"] == json!(skipping));
    assert_eq!(skipped.unwrap()["reason"], "no word for it");
    assert_eq!(gone.counts().heard, 1);

    // and when it is enabled again, it is told what it missed, but not that
    is_gone.store(false, Ordering::Relaxed);
    scene.hub.post(&format!("/v1/endpoints/{endpoint}/enable"), &json!({}));
    scene.hub.settle();
    assert!(gone.counts().taken > 1 && trouble(&gone.heard()).is_empty());
    assert_eq!(happened(&scene, "endpoint.disabled"), 1);
    others.iter().for_each(Ear::assert_sound);
}

#[test]
fn a_person_s_own_switch_is_no_event() {
    let scene = Scene::set();
    let [switched, other] = ["standard"; 2].map(Ear::open);
    let endpoint = switched.subscribe(&scene.hub, &json!({}));
    other.subscribe(&scene.hub, &json!({"events": TROUBLE}));
    scene.hub.post(&format!("/v1/endpoints/{endpoint}/disable"), &json!({}));
    assert_eq!((happened(&scene, "endpoint.disabled"), other.counts().heard), (0, 0));
}

#[test]
fn each_delivery_that_is_given_up_is_told_once_to_others_in_the_order_in_which_that_happened() {
    let scene = Scene::set();
    let broken = Ear::answering("standard", |_| Answer::now(500));
    let endpoint = broken.subscribe(&scene.hub, &moves(&json!({"retry": {"schedule": ["1s"]}})));
    let other = Ear::open("standard");
    other.subscribe(&scene.hub, &json!({"events": TROUBLE}));

    scene.tell(0, 2);
    scene.hub.settle();

    // then
    let told = trouble(&other.heard());
    let given_up = scene.deliveries(&endpoint);
    assert_eq!((states(&given_up), told.len()), (vec!["failed"; 2], 2));
    for (event, delivery) in told.iter().zip(&given_up) {
        assert_eq!(event["type"], "delivery.failed");
        let said = &event["data"]["delivery"];
        let expected = json!({
            "id": delivery["id"], "event": delivery["event"], "event_type": "interview.stage.updated",
            "attempts": 2, "status": 500,
        });
        assert_eq!(*said, expected);
        assert_eq!(event["data"]["endpoint"]["id"], json!(endpoint));
    }
    other.assert_sound();

    // and a person who tries in vain once more hears of that, too
    scene.hub.post(&format!("/v1/deliveries/{}/retry", id(&given_up[0])), &json!({}));
    until("it is told", || trouble(&other.heard()).len() == 3);
}

#[test]
fn trouble_that_cannot_be_told_makes_no_further_trouble() {
    // given two that take nothing, and want everything
    let scene = Scene::set();
    let broken = ["standard"; 2].map(|dialect| Ear::answering(dialect, |_| Answer::now(422)));
    let everything = json!({"retry": {"schedule": ["1s"]}});
    let endpoints = [0, 1].map(|one| broken[one].subscribe(&scene.hub, &everything));

    // when there is one of them, and when there are both
    scene.hub.post(&format!("/v1/endpoints/{}/disable", endpoints[1]), &json!({}));
    let first = scene.tell(0, 1).len();
    until("the first has been given up", || happened(&scene, "delivery.failed") > 0);
    scene.hub.post(&format!("/v1/endpoints/{}/enable", endpoints[1]), &json!({}));
    scene.hub.settle();

    // then each that was given up is an event, but for those that were to tell of that
    assert!(first > 0);
    let news = scene.hub.all("/v1/events").len() - happened(&scene, "delivery.failed");
    assert_eq!(happened(&scene, "delivery.failed"), 2 * news);
    let deliveries = scene.hub.all("/v1/deliveries");
    assert!(deliveries.iter().all(|it| it["state"] == "failed"));
    assert_eq!(deliveries.len(), 4 * news);
}

#[test]
fn who_asks_for_time_gets_it_for_everything_and_waiting_uses_up_no_attempts() {
    let scene = Scene::set();
    let is_first = AtomicBool::new(true);
    let ear = Ear::answering("standard", move |_| {
        if is_first.swap(false, Ordering::Relaxed) {
            Answer { headers: vec![("retry-after", "2".to_owned())], ..Answer::now(429) }
        } else {
            Answer::now(200)
        }
    });
    let endpoint = ear.subscribe(&scene.hub, &moves(&json!({"retry": {"schedule": ["1s"]}})));
    scene.tell(0, 1);
    let tried = scene.tried(&endpoint, 1);
    (1..6).for_each(|interview| drop(scene.tell(interview, 1)));
    scene.hub.settle();

    let counts = ear.counts();
    assert_eq!((counts.heard, counts.taken), (7, 6));
    let asked_at = time(&scene.attempts(&tried)[0]["at"]);
    for delivery in &scene.deliveries(&endpoint) {
        let last = scene.attempts(delivery).pop().unwrap();
        assert!(time(&last["at"]).duration_since(asked_at).as_secs() >= 2, "{last}");
    }
    ear.assert_sound();
}

#[test]
fn a_rate_limit_holds_for_retries_and_behind_a_breaker_too() {
    let scene = Scene::set();
    let ear = Ear::answering("skype", |heard| Answer::now(if heard.attempt == 1 { 503 } else { 200 }));
    let limited = moves(&json!({"rate_limit": {"per_second": 20}, "retry": {"schedule": ["1s", "1s"]}}));
    let endpoint = ear.subscribe(&scene.hub, &limited);
    let told: usize = (0..6).map(|interview| scene.tell(interview, 1).len()).sum();
    scene.hub.settle();

    assert_eq!(ear.counts().taken, told as u64);
    let attempts: Vec<Value> = scene.deliveries(&endpoint).iter().flat_map(|it| scene.attempts(it)).collect();
    assert_eq!(attempts.len(), 2 * told, "waiting for one's turn is no attempt");
    let mut times: Vec<Timestamp> = attempts.iter().map(|it| time(&it["at"])).collect();
    times.sort_unstable();
    assert!(times.windows(2).all(|pair| pair[1].duration_since(pair[0]).as_millis() >= 45), "{times:?}");
    ear.assert_sound();
}

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}
