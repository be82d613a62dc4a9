//! SIGTERM and SIGINT under load: what was acknowledged is there afterwards, and everyone who is owed it is told, once.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use callboard_simulate::{Answer, Platform};
use serde_json::json;

use crate::support::accounts::Account;
use crate::support::ear::{Ear, header};
use crate::support::{Hub, until};

const SENDERS: u64 = 4;

#[test]
fn nothing_acknowledged_is_lost_when_the_hub_is_stopped_while_it_takes_and_tells() {
    // given a hub under way: senders who go on until nobody answers, and a receiver that takes its time
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::Skype);
    let begun = Arc::new(AtomicU64::new(0));
    let begins = Arc::clone(&begun);
    let ear = Ear::answering("standard", move |_| {
        begins.fetch_add(1, Ordering::Relaxed);
        Answer { after: Duration::from_millis(100), ..Answer::now(200) }
    });
    ear.subscribe(&hub, &json!({}));
    let acknowledged = Mutex::new(BTreeSet::new());
    let send = |sender: u64| {
        for interview in (sender..).step_by(usize::try_from(SENDERS).unwrap()) {
            for letter in account.letters(interview) {
                match account.try_to_send(&letter) {
                    Ok((200, answer)) => {
                        acknowledged.lock().unwrap().insert(answer["receipt"].as_str().unwrap().to_owned())
                    }
                    _ => return,
                };
            }
        }
    };

    // when it is stopped
    let data = std::thread::scope(|scope| {
        for sender in 0..SENDERS {
            scope.spawn(move || send(sender));
        }
        until("much was told", || ear.counts().taken > 50);
        let (data, status) = hub.terminate();
        assert!(status.success(), "{status}");
        data
    });
    assert_eq!(ear.counts().heard, begun.load(Ordering::Relaxed), "no answer was cut off");

    // then all that was acknowledged is there after a restart, and is told in the end, once
    let hub = Hub::start_on(data, &[]);
    let kept = hub.all("/v1/receipts").iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    assert!(acknowledged.lock().unwrap().is_subset(&kept));
    hub.settle();
    let events: BTreeSet<_> =
        hub.all("/v1/events").iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    let told: BTreeSet<_> = ear.heard().iter().map(|it| header(it, "webhook-id").to_owned()).collect();
    assert_eq!(told, events);
    ear.assert_sound();
}

#[test]
fn a_hub_that_owes_someone_who_is_slow_stops_all_the_same_by_either_signal() {
    for stop in [Hub::terminate, Hub::interrupt] {
        let hub = Hub::start();
        let account = Account::open(&hub, Platform::Skype);
        let ear =
            Ear::answering("standard", |_| Answer { after: Duration::from_millis(300), ..Answer::now(200) });
        ear.subscribe(&hub, &json!({}));
        account.tell_all(&account.letters(0)[..3]);
        let (data, status) = stop(hub);
        assert!(status.success(), "{status}");

        let hub = Hub::start_on(data, &[]);
        hub.settle();
        assert_eq!(ear.counts().taken, hub.all("/v1/events").len() as u64);
        ear.assert_sound();
    }
}
