//! An endpoint that is down loses nothing, and holds up nobody.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use callboard_simulate::Answer;
use serde_json::json;

use crate::support::deserted::Deserted;
use crate::support::ear::{Ear, subscribe};
use crate::support::until;
use crate::telling::{Scene, moves, once, states};

#[test]
fn an_endpoint_that_is_down_gets_everything_in_order_when_it_is_back() {
    // given one endpoint where nobody listens, and one that is well
    let scene = Scene::set();
    let place = Deserted::keep();
    let schedule = vec!["1s"; 20];
    let down =
        subscribe(&scene.hub, &place.url(), "skype", &moves(&json!({"retry": {"schedule": schedule}})));
    let well = Ear::open("skype");
    well.subscribe(&scene.hub, &moves(&json!({})));

    // when three interviews go on
    let told: usize = (0..3).map(|interview| scene.tell(interview, 4).len()).sum();

    // then the one that is well hears of all of them, while the other is owed all of them
    until("the one that is well has heard everything", || well.counts().taken == told as u64);
    let tried = scene.tried(&down, 2);
    let error = scene.attempts(&tried)[0]["error"].as_str().unwrap().to_owned();
    assert!(error.contains("refused"), "{error}");
    assert_eq!(states(&scene.deliveries(&down)), vec!["pending"; told]);

    // and when it is back, it hears everything too, in order
    let back = Ear::listening_at(place.address(), "skype", Answer::honest);
    scene.hub.settle();
    assert_eq!(back.counts().taken, told as u64);
    back.assert_sound();
    well.assert_sound();
}

#[test]
fn an_interview_that_is_stuck_holds_back_its_own_moves_and_no_other_interview_s() {
    let scene = Scene::set();
    let letters = scene.account.letters(0);
    let stuck: serde_json::Value = serde_json::from_slice(&letters[0].body).unwrap();
    let code = stuck["interviewCode"].as_str().unwrap().to_owned();
    let broken = Arc::new(AtomicBool::new(true));
    let is_broken = Arc::clone(&broken);
    let ear = Ear::answering("skype", move |heard| {
        let mine = String::from_utf8_lossy(&heard.body).contains(&code);
        Answer::now(if mine && is_broken.load(Ordering::Relaxed) { 500 } else { 200 })
    });
    let endpoint = ear.subscribe(&scene.hub, &moves(&json!({"retry": {"schedule": vec!["1s"; 20]}})));

    scene.tell(0, 3);
    let others = scene.tell(1, 4).len() + scene.tell(2, 4).len();
    until("the others are told", || ear.counts().taken == others as u64);
    let tried: Vec<_> = scene.deliveries(&endpoint).iter().take(3).map(|it| it["attempts"].clone()).collect();
    assert!(tried[0].as_u64() > Some(0) && tried[1..] == [0, 0], "only the first is tried: {tried:?}");

    broken.store(false, Ordering::Relaxed);
    scene.hub.settle();
    ear.assert_sound();
}

#[test]
fn what_is_owed_is_still_owed_after_a_restart() {
    // given
    let scene = Scene::set();
    let place = Deserted::keep();
    let endpoint = subscribe(&scene.hub, &place.url(), "standard", &moves(&once()));
    scene.tell(0, 3);
    let tried = scene.tried(&endpoint, 1);
    let Scene { hub, account } = scene;

    // when
    let (data, _) = hub.terminate();
    let scene = Scene { hub: crate::support::Hub::start_on(data, &[]), account };

    // then its hour is not up, and a person need not wait for it
    assert_eq!(states(&scene.deliveries(&endpoint)), ["pending"; 3]);
    assert_eq!(scene.again(&tried)["next_at"], tried["next_at"]);
    let ear = Ear::listening_at(place.address(), "standard", Answer::honest);
    let id = tried["id"].as_str().unwrap();
    scene.hub.post(&format!("/v1/deliveries/{id}/retry"), &json!({}));
    scene.hub.settle();
    assert_eq!(ear.counts().taken, 3);
    ear.assert_sound();
}
