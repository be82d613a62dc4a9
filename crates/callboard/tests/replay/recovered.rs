//! What an endpoint did not get while it was down.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use callboard_simulate::{Answer, Platform};
use serde_json::{Value, json};

use crate::support::accounts::Account;
use crate::support::ear::{Ear, header};
use crate::support::{Hub, until};
use crate::{counts, deliveries, done, replay};

/// An endpoint that fails as long as it is down.
struct Patient {
    ear: Ear,
    is_down: Arc<AtomicBool>,
    endpoint: String,
}

impl Patient {
    fn down(hub: &Hub, more: &Value) -> Self {
        let is_down = Arc::new(AtomicBool::new(true));
        let down = Arc::clone(&is_down);
        let ear = Ear::answering("standard", move |_| {
            Answer::now(if down.load(Ordering::Relaxed) { 500 } else { 200 })
        });
        let mut fields = json!({"retry": {"schedule": ["1s"]}});
        for (name, value) in more.as_object().unwrap() {
            fields[name] = value.clone();
        }
        let endpoint = ear.subscribe(hub, &fields);
        Self { ear, is_down, endpoint }
    }

    /// Waits until one was given up, and calls the others off: nothing is owed to it any more.
    fn given_up(&self, hub: &Hub) {
        let failed = format!("/v1/deliveries?endpoint={}&state=failed", self.endpoint);
        until("one was given up", || !hub.all(&failed).is_empty());
        let pending = format!("/v1/deliveries?endpoint={}&state=pending", self.endpoint);
        until("the others are called off", || {
            let rest = hub.all(&pending);
            for delivery in &rest {
                let id = delivery["id"].as_str().unwrap();
                hub.ask("POST", &format!("/v1/deliveries/{id}/cancel"), Some(&json!({})));
            }
            rest.is_empty()
        });
        // What was begun before is not called off, and may still arrive.
        let path = format!("/v1/endpoints/{}", self.endpoint);
        until("nothing is under way", || hub.get(&path)["health"]["in_flight"] == 0);
    }

    fn gets_well(&self) {
        self.is_down.store(false, Ordering::Relaxed);
    }
}

#[test]
fn an_endpoint_that_was_down_gets_every_delivery_that_it_missed_in_order_with_the_same_bytes() {
    // given one that is down until everything it is owed has been given up or called off
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::Skype);
    let patient = Patient::down(&hub, &json!({}));
    (0..4).for_each(|interview| account.tell_all(&account.letters(interview)[..3]));
    patient.given_up(&hub);
    let before = deliveries(&hub, &patient.endpoint);
    let heard_before = patient.ear.heard();
    assert!(!heard_before.is_empty() && before.iter().any(|(_, state)| state == "failed"));

    // when it is well again, and what failed is asked for
    patient.gets_well();
    let ended = done(&hub, &replay(&hub, &format!("endpoints/{}", patient.endpoint), &json!({})));
    hub.settle();

    // then each of the same deliveries has arrived, once, in order, under its id and with its bytes
    let all = before.len() as u64;
    assert_eq!((counts(&ended), &ended["total"]), ([all, all, 0], &json!(all)));
    let after = deliveries(&hub, &patient.endpoint);
    let expected: Vec<_> = before.iter().map(|(id, _)| (id.clone(), "delivered".to_owned())).collect();
    assert_eq!(after, expected);
    assert_eq!(patient.ear.counts().taken, all);
    patient.ear.assert_sound();
    let bodies: BTreeMap<String, Vec<u8>> = patient.ear.heard()[heard_before.len()..]
        .iter()
        .map(|heard| (header(heard, "webhook-id").to_owned(), heard.body.to_vec()))
        .collect();
    for first in &heard_before {
        assert_eq!(bodies[header(first, "webhook-id")], first.body, "the same bytes under the same id");
    }

    // and nothing is left for another one
    let again = done(&hub, &replay(&hub, &format!("endpoints/{}", patient.endpoint), &json!({})));
    assert_eq!(counts(&again), [0, 0, 0]);
}

#[test]
fn what_happens_meanwhile_comes_after_what_is_told_again() {
    // given an interview of which nothing arrived, and an endpoint that is switched off
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::Skype);
    let patient = Patient::down(&hub, &json!({}));
    let letters = account.letters(0);
    let (early, late) = letters.split_at(3);
    account.tell_all(early);
    patient.given_up(&hub);
    let path = format!("/v1/endpoints/{}", patient.endpoint);
    hub.post(&format!("{path}/disable"), &json!({}));
    patient.gets_well();
    let missed = deliveries(&hub, &patient.endpoint).len();

    // when it is owed anew, the interview goes on, and the endpoint is switched on again
    done(&hub, &replay(&hub, &format!("endpoints/{}", patient.endpoint), &json!({})));
    account.tell_all(late);
    assert_eq!(patient.ear.counts().taken, 0, "what is owed waits");
    hub.post(&format!("{path}/enable"), &json!({}));
    hub.settle();

    // then all of it arrives in the order in which it happened
    let all = deliveries(&hub, &patient.endpoint);
    assert!(all.len() > missed);
    assert_eq!(patient.ear.counts().taken, all.len() as u64);
    patient.ear.assert_sound();
}

#[test]
fn one_that_fails_again_has_its_whole_schedule_before_it_again() {
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::Skype);
    let patient =
        Patient::down(&hub, &json!({"retry": {"schedule": ["1s", "1s"]}, "events": ["interview.created"]}));
    account.tell_all(&account.letters(0)[..1]);
    let attempts = |least: u64| {
        let failed = format!("/v1/deliveries?endpoint={}&state=failed", patient.endpoint);
        until("it was given up", || {
            hub.all(&failed).first().is_some_and(|it| it["attempts"].as_u64() >= Some(least))
        });
        hub.all(&failed)[0]["attempts"].as_u64().unwrap()
    };
    assert_eq!(attempts(1), 3);

    done(&hub, &replay(&hub, &format!("endpoints/{}", patient.endpoint), &json!({})));

    assert_eq!(attempts(4), 6, "three attempts more");
}

#[test]
fn an_endpoint_that_is_made_late_is_told_what_it_missed_and_again_only_if_that_is_asked_for() {
    // given
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::Skype);
    (0..3).for_each(|interview| account.tell_all(&account.letters(interview)));
    let all = hub.all("/v1/events").len() as u64;
    let moves = hub.all("/v1/events?type=interview.stage.updated").len() as u64;
    assert!(0 < moves && moves < all);
    let ear = Ear::open("standard");
    let endpoint = format!("endpoints/{}", ear.subscribe(&hub, &json!({})));

    // when moves alone are asked for, then everything
    let first = json!({"what": "missed", "events": ["interview.stage.*"]});
    assert_eq!(counts(&done(&hub, &replay(&hub, &endpoint, &first))), [moves, moves, 0]);
    hub.settle();
    let rest = done(&hub, &replay(&hub, &endpoint, &json!({"what": "missed"})));
    hub.settle();

    // then everything arrives once
    assert_eq!(counts(&rest), [all, all - moves, moves]);
    assert_eq!((ear.counts().taken, ear.counts().duplicates), (all, 0));

    // and of one interview again, under the ids by which it is known
    let of_one = hub.all("/v1/events?type=interview.created")[0]["event"]["data"]["interview"]["id"].clone();
    let again = json!({"what": "all", "interview": of_one});
    let again = done(&hub, &replay(&hub, &endpoint, &again));
    hub.settle();
    let [seen, replayed, skipped] = counts(&again);
    assert!(seen == replayed && skipped == 0 && 0 < seen && seen < all, "{again}");
    assert_eq!((ear.counts().taken, ear.counts().duplicates), (all + seen, seen));

    // and a source's events are told to whoever has not heard of them
    let late = Ear::open("hirehive");
    late.subscribe(&hub, &json!({}));
    let of_source = replay(&hub, &format!("sources/{}", account.id), &json!({"what": "events"}));
    let [seen, replayed, skipped] = counts(&done(&hub, &of_source));
    hub.settle();
    assert_eq!(seen, all);
    assert!(replayed > 0 && skipped > 0, "hirehive has no word for some");
    assert_eq!(late.counts().taken, replayed);
    assert_eq!(ear.counts().heard, all + again["replayed"].as_u64().unwrap(), "it has heard them");
}
