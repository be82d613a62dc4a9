//! What is owed no longer: called off by a person, or because its endpoint was removed.

use callboard_simulate::Answer;
use serde_json::json;

use crate::support::ear::Ear;
use crate::support::until;
use crate::telling::{Scene, id, moves, once, states};

#[test]
fn a_delivery_that_is_called_off_makes_room_for_the_next() {
    // given an interview whose first move is stuck
    let scene = Scene::set();
    let ear = Ear::answering("skype", |heard| {
        let first = String::from_utf8_lossy(&heard.body).contains(r#""value":"InterviewCreated""#);
        Answer::now(if first { 500 } else { 200 })
    });
    let endpoint = ear.subscribe(&scene.hub, &moves(&once()));
    scene.tell(0, 3);
    let stuck = scene.tried(&endpoint, 1);
    let cancel = format!("/v1/deliveries/{}/cancel", id(&stuck));

    // when
    let cancelled = scene.hub.post(&cancel, &json!({}));

    // then
    assert_eq!(cancelled["state"], "cancelled");
    scene.hub.settle();
    assert_eq!(states(&scene.deliveries(&endpoint)), ["cancelled", "delivered", "delivered"]);
    let (status, problem) = scene.hub.ask("POST", &cancel, Some(&json!({})));
    assert_eq!((status, &problem["code"]), (409, &json!("not_pending")));
}

#[test]
fn removing_an_endpoint_calls_off_what_it_was_owed() {
    let scene = Scene::set();
    let ear = Ear::answering("standard", |_| Answer::now(500));
    let endpoint = ear.subscribe(&scene.hub, &moves(&once()));
    let told = scene.tell(0, 3).len();
    let stuck = scene.tried(&endpoint, 1);
    let owed = scene.deliveries(&endpoint);
    assert_eq!(owed.len(), told);

    let (status, _) = scene.hub.ask("DELETE", &format!("/v1/endpoints/{endpoint}"), None);

    assert_eq!(status, 204);
    assert!(owed.iter().all(|it| scene.again(it)["state"] == "cancelled"));
    assert_eq!(scene.attempts(&stuck).len(), 1, "its attempts stay on record");
    let (status, problem) =
        scene.hub.ask("POST", &format!("/v1/deliveries/{}/retry", id(&stuck)), Some(&json!({})));
    assert_eq!((status, &problem["code"]), (409, &json!("endpoint_gone")));
    assert_eq!(scene.hub.ask("GET", &format!("/v1/endpoints/{endpoint}"), None).0, 404);

    // and it is told nothing more
    let well = Ear::open("standard");
    well.subscribe(&scene.hub, &moves(&json!({})));
    let more = scene.tell(1, 2).len();
    until("someone else is told", || well.counts().taken == more as u64);
    assert_eq!(ear.counts().heard, 1);
}
