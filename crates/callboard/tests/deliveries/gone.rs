//! `410 Gone` switches an endpoint off; what it is owed waits until a person switches it on again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use callboard_simulate::Answer;
use serde_json::json;

use crate::support::ear::Ear;
use crate::support::until;
use crate::telling::{Scene, moves, once, states};

#[test]
fn an_endpoint_that_says_it_is_gone_is_told_nothing_until_it_is_enabled() {
    // given
    let scene = Scene::set();
    let gone = Arc::new(AtomicBool::new(true));
    let is_gone = Arc::clone(&gone);
    let ear = Ear::answering("skype", move |_| {
        Answer::now(if is_gone.load(Ordering::Relaxed) { 410 } else { 200 })
    });
    let endpoint = ear.subscribe(&scene.hub, &moves(&json!({})));
    let path = format!("/v1/endpoints/{endpoint}");

    // when
    scene.tell(0, 1);
    until("it is disabled", || scene.hub.get(&path)["state"] == "disabled");
    let letters = scene.account.letters(0);
    scene.account.tell_all(&letters[1..4]);

    // then
    let disabled = scene.hub.get(&path)["disabled"].clone();
    assert_eq!(disabled["reason"], "gone");
    assert!(disabled["since"].is_string());
    let deliveries = scene.deliveries(&endpoint);
    assert_eq!(states(&deliveries), ["pending"; 4]);
    assert_eq!(scene.attempts(&deliveries[0])[0]["status"], 410);
    assert_eq!(ear.counts().heard, 1);

    // and when it is enabled again, it gets everything
    gone.store(false, Ordering::Relaxed);
    let enabled = scene.hub.post(&format!("{path}/enable"), &json!({}));
    assert_eq!(enabled["state"], "enabled");
    scene.hub.settle();
    assert_eq!(ear.counts().taken, 4);
    ear.assert_sound();
}

#[test]
fn an_endpoint_that_a_person_disabled_is_owed_what_happens_meanwhile() {
    let scene = Scene::set();
    let ear = Ear::open("standard");
    let endpoint = ear.subscribe(&scene.hub, &moves(&json!({})));
    let path = format!("/v1/endpoints/{endpoint}");

    let disabled = scene.hub.post(&format!("{path}/disable"), &json!({}));
    assert_eq!((&disabled["state"], &disabled["disabled"]["reason"]), (&json!("disabled"), &json!("person")));
    scene.tell(0, 3);
    assert_eq!(states(&scene.deliveries(&endpoint)), ["pending"; 3]);
    assert_eq!(ear.counts().heard, 0);

    scene.hub.post(&format!("{path}/enable"), &json!({}));
    scene.hub.settle();
    assert_eq!(ear.counts().taken, 3);
    ear.assert_sound();
}

#[test]
fn what_waits_for_another_try_is_sent_at_once_when_a_person_enables_the_endpoint() {
    // given a move that failed, and is tried again in an hour
    let scene = Scene::set();
    let broken = Arc::new(AtomicBool::new(true));
    let is_broken = Arc::clone(&broken);
    let ear = Ear::answering("skype", move |_| {
        Answer::now(if is_broken.load(Ordering::Relaxed) { 500 } else { 200 })
    });
    let endpoint = ear.subscribe(&scene.hub, &moves(&once()));
    scene.tell(0, 3);
    scene.tried(&endpoint, 1);

    // when the endpoint is switched off, and on again
    let path = format!("/v1/endpoints/{endpoint}");
    scene.hub.post(&format!("{path}/disable"), &json!({}));
    broken.store(false, Ordering::Relaxed);
    scene.hub.post(&format!("{path}/enable"), &json!({}));

    // then it and what waits behind it are sent, in order
    scene.hub.settle();
    assert_eq!(ear.counts().taken, 3);
    ear.assert_sound();
}
