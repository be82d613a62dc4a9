//! Tried again: the same bytes under the same id, freshly signed, in order, on record, when the endpoint wants it.

use callboard_core::Timestamp;
use callboard_simulate::{Answer, Heard, Platform};
use serde_json::{Value, json};

use crate::support::accounts::Account;
use crate::support::ear::{Ear, header};
use crate::support::{Hub, until};
use crate::telling::{Scene, id, moves, once, states};

const THREE_TIMES: [&str; 3] = ["1s", "1s", "1s"];

/// Fails three times with each message.
fn fails_three_times(heard: &Heard) -> Answer {
    Answer::now(if heard.attempt <= 3 { 500 } else { 200 })
}

#[test]
fn an_endpoint_that_fails_three_times_gets_the_same_body_four_times_in_every_dialect() {
    // given a link to join, for which four dialects have a word, and two have one for the move to it
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::LaunchPad);
    let words = [
        ("standard", "interview.meeting.ready"),
        ("cloudevents", "interview.meeting.ready"),
        ("launchpad", "interview.meeting.ready"),
        ("hirehive", "interview.meeting.ready"),
        ("viasto", "interview.stage.updated"),
        ("skype", "interview.stage.updated"),
    ];
    let ears = words.map(|(dialect, event)| {
        let ear = Ear::answering(dialect, fails_three_times);
        let endpoint = ear.subscribe(&hub, &json!({"events": [event], "retry": {"schedule": THREE_TIMES}}));
        (ear, endpoint)
    });

    // when
    account.tell(&account.letters(0)[0]);
    hub.settle();

    // then
    for (ear, endpoint) in &ears {
        let heard = ear.heard();
        assert_eq!(statuses_answered(&heard), [500, 500, 500, 200], "{}", ear.dialect);
        ear.assert_sound();
        assert!(heard.iter().all(|it| it.body == heard[0].body), "{}", ear.dialect);
        assert!(heard.windows(2).all(|pair| pair[0].at < pair[1].at), "{}", ear.dialect);
        let delivery = &hub.all(&format!("/v1/deliveries?endpoint={endpoint}"))[0];
        assert_eq!((&delivery["state"], &delivery["attempts"]), (&json!("delivered"), &json!(4)));
        let attempts = hub.get(&format!("/v1/deliveries/{}/attempts", id(delivery)));
        assert_on_record(attempts["items"].as_array().unwrap());
    }
    for (ear, _) in ears.iter().filter(|(ear, _)| matches!(ear.dialect, "standard" | "hirehive")) {
        let heard = ear.heard();
        assert!(heard.iter().all(|it| header(it, "webhook-id") == header(&heard[0], "webhook-id")));
        for name in ["webhook-timestamp", "webhook-signature"] {
            assert_ne!(header(&heard[0], name), header(&heard[3], name), "{name} is fresh");
        }
    }
}

fn statuses_answered(heard: &[Heard]) -> Vec<u16> {
    heard.iter().map(|it| it.answered).collect()
}

fn assert_on_record(attempts: &[Value]) {
    let numbers: Vec<_> = attempts.iter().map(|it| it["number"].as_u64().unwrap()).collect();
    let statuses: Vec<_> = attempts.iter().map(|it| it["status"].as_u64().unwrap()).collect();
    assert_eq!((numbers, statuses), (vec![1, 2, 3, 4], vec![500, 500, 500, 200]));
    let times: Vec<_> = attempts.iter().map(|it| time(&it["at"])).collect();
    assert!(times.windows(2).all(|pair| pair[1].duration_since(pair[0]).as_millis() >= 900), "{times:?}");
}

#[test]
fn what_happened_after_a_failure_waits_its_turn() {
    let scene = Scene::set();
    let ear = Ear::answering("skype", |heard| {
        let failing = String::from_utf8_lossy(&heard.body).contains(r#""value":"InterviewCreated""#);
        if failing { fails_three_times(heard) } else { Answer::now(200) }
    });
    let endpoint = ear.subscribe(&scene.hub, &moves(&json!({"retry": {"schedule": THREE_TIMES}})));

    scene.tell(0, 4);
    scene.hub.settle();

    let told = [500, 500, 500, 200, 200, 200, 200];
    assert_eq!(statuses_answered(&ear.heard()), told);
    ear.assert_sound();
    let attempts: Vec<_> = scene.deliveries(&endpoint).iter().map(|it| it["attempts"].clone()).collect();
    assert_eq!(attempts, [4, 1, 1, 1]);
}

#[test]
fn a_delivery_that_runs_out_of_attempts_has_failed_and_a_person_may_ask_for_one_more() {
    // given
    let scene = Scene::set();
    let ear = Ear::answering("standard", |heard| Answer::now(if heard.attempt <= 2 { 503 } else { 204 }));
    let endpoint = ear.subscribe(&scene.hub, &moves(&json!({"retry": {"schedule": ["1s"]}})));
    scene.tell(0, 2);
    scene.hub.settle();
    let failed = &scene.deliveries(&endpoint)[0];
    assert_eq!((&failed["state"], &failed["attempts"]), (&json!("failed"), &json!(2)));
    assert_eq!(failed["next_at"], Value::Null);

    // when
    let (status, retried) =
        scene.hub.ask("POST", &format!("/v1/deliveries/{}/retry", id(failed)), Some(&json!({})));
    scene.hub.settle();

    // then
    assert_eq!((status, id(&retried)), (202, id(failed)));
    assert_eq!(scene.again(failed)["state"], "delivered");
    let attempts = scene.attempts(failed);
    assert_eq!(attempts.iter().map(|it| it["status"].clone()).collect::<Vec<_>>(), [503, 503, 204]);
}

#[test]
fn a_wait_that_the_endpoint_asks_for_is_granted() {
    let soon = scene_asked_to_wait(429, "600".to_owned());
    assert!((600..=660).contains(&soon), "{soon} s");
    let date = scene_asked_to_wait(503, "Fri, 31 Dec 2100 23:59:59 GMT".to_owned());
    let a_day = 24 * 60 * 60;
    assert!((a_day - 60..=a_day + 60).contains(&date), "a day at the most, not {date} s");
}

/// How many seconds after its first attempt a delivery is tried again, if the endpoint answers like this.
fn scene_asked_to_wait(status: u16, retry_after: String) -> i64 {
    let scene = Scene::set();
    let ear = Ear::answering("standard", move |_| Answer {
        headers: vec![("retry-after", retry_after.clone())],
        ..Answer::now(status)
    });
    let endpoint = ear.subscribe(&scene.hub, &moves(&json!({"retry": {"schedule": ["1s"]}})));
    scene.tell(0, 1);
    let tried = scene.tried(&endpoint, 1);
    assert_eq!(tried["state"], "pending");
    let at = time(&scene.attempts(&tried)[0]["at"]);
    time(&tried["next_at"]).duration_since(at).as_secs()
}

#[test]
fn a_redirect_is_a_failure_and_nobody_follows_it() {
    let scene = Scene::set();
    let elsewhere = Ear::open("standard");
    let to = elsewhere.url();
    let ear = Ear::answering("standard", move |_| Answer {
        headers: vec![("location", to.clone())],
        ..Answer::now(307)
    });
    let endpoint = ear.subscribe(&scene.hub, &moves(&once()));

    scene.tell(0, 1);
    let tried = scene.tried(&endpoint, 1);

    assert_eq!(tried["state"], "pending");
    assert_eq!(scene.attempts(&tried)[0]["status"], 307);
    assert_eq!((ear.counts().heard, elsewhere.counts().heard), (1, 0));
}

#[test]
fn with_hold_for_later_moves_go_ahead_and_the_record_says_what_they_overtook() {
    let scene = Scene::set();
    let ear = Ear::answering("skype", |heard| {
        let first = String::from_utf8_lossy(&heard.body).contains(r#""value":"InterviewCreated""#);
        Answer::now(if first { 500 } else { 200 })
    });
    let endpoint =
        ear.subscribe(&scene.hub, &moves(&json!({"hold_for": "1s", "retry": {"schedule": ["1h"]}})));

    scene.tell(0, 3);
    let told = || scene.deliveries(&endpoint).iter().filter(|it| it["state"] == "delivered").count();
    until("the later ones went ahead", || told() == 2);

    let deliveries = scene.deliveries(&endpoint);
    assert_eq!(states(&deliveries), ["pending", "delivered", "delivered"]);
    for ahead in &deliveries[1..] {
        assert_eq!(ahead["overtook"], json!([deliveries[0]["id"]]));
    }
}

#[test]
fn without_ordering_nothing_waits_for_what_fails() {
    let scene = Scene::set();
    let ear = Ear::answering("skype", |heard| {
        let first = String::from_utf8_lossy(&heard.body).contains(r#""value":"InterviewCreated""#);
        Answer::now(if first { 500 } else { 200 })
    });
    let endpoint =
        ear.subscribe(&scene.hub, &moves(&json!({"ordering": "none", "retry": {"schedule": ["1h"]}})));

    scene.tell(0, 3);
    let told = || scene.deliveries(&endpoint).iter().filter(|it| it["state"] == "delivered").count();
    until("the others were told", || told() == 2);

    assert_eq!(states(&scene.deliveries(&endpoint)), ["pending", "delivered", "delivered"]);
}

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

#[test]
fn a_delivery_that_waits_is_tried_at_once_when_a_person_asks_and_nobody_goes_ahead_of_it() {
    let scene = Scene::set();
    let ear = Ear::answering("standard", |heard| Answer::now(if heard.attempt <= 2 { 500 } else { 200 }));
    let endpoint = ear.subscribe(&scene.hub, &moves(&json!({"retry": {"schedule": ["1h", "1h"]}})));
    scene.tell(0, 3);
    let waiting = scene.tried(&endpoint, 1);
    let retry = format!("/v1/deliveries/{}/retry", id(&waiting));

    scene.hub.post(&retry, &json!({}));
    scene.tried(&endpoint, 2);
    assert_eq!(ear.counts().heard, 2, "the others go on waiting");

    scene.hub.post(&retry, &json!({}));
    until("it was told", || scene.again(&waiting)["state"] == "delivered");
    assert_eq!(scene.attempts(&waiting).len(), 3);
    assert!(scene.deliveries(&endpoint).iter().all(|it| it["overtook"].is_null()));
}
