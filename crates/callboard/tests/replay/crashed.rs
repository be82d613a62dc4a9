//! A replay in the middle of which the hub is killed.

use std::collections::BTreeMap;

use callboard_simulate::Platform;
use serde_json::json;

use crate::support::accounts::Account;
use crate::support::ear::{Ear, header};
use crate::support::{Hub, until};
use crate::{counts, done, replay};

/// Interviews whose events are told again: some thousands of them, several pages.
const INTERVIEWS: &str = "350";

#[test]
fn a_replay_goes_on_after_sigkill_and_owes_each_event_once() {
    // given some thousands of events, and an endpoint that is made afterwards
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::Skype);
    account.simulate(&["--count", INTERVIEWS, "--rate", "100000/s"]);
    let ear = Ear::open("standard");
    let endpoint = ear.subscribe(&hub, &json!({}));
    let path = format!("endpoints/{endpoint}");

    // when the hub is killed each time that the replay has gone on, while interviews go on
    let id = replay(&hub, &path, &json!({"what": "missed"}));
    let mut hub = hub;
    let mut account = account;
    for kill in 1..=3_u64 {
        let reached = || hub.get(&format!("/v1/replays/{id}"));
        until("it has gone on", || {
            let stands = reached();
            stands["seen"].as_u64() >= Some(kill * 400) || stands["state"] != "running"
        });
        account.tell_all(&account.letters(1_000 + kill)[..2]);
        hub = Hub::start_on(hub.kill(), &[]);
        let calls = account.url.split_once("/in/").unwrap().1.to_owned();
        account.url = format!("{}/in/{calls}", hub.url);
    }
    let ended = done(&hub, &id);
    hub.settle();

    // then each event has one delivery, and each has arrived
    let events = hub.all("/v1/events");
    let deliveries = hub.all(&format!("/v1/deliveries?endpoint={endpoint}"));
    let mut owed: BTreeMap<&str, usize> = BTreeMap::new();
    for delivery in &deliveries {
        *owed.entry(delivery["event"].as_str().unwrap()).or_default() += 1;
        assert_eq!(delivery["state"], "delivered");
    }
    assert!(events.len() > 2_000, "{}", events.len());
    assert!(owed.values().all(|count| *count == 1), "no event is owed twice");
    assert_eq!(owed.len(), events.len(), "no event is left out");
    let mut heard: Vec<String> =
        ear.heard().iter().map(|heard| header(heard, "webhook-id").to_owned()).collect();
    heard.sort();
    heard.dedup();
    assert_eq!(heard.len(), events.len());
    let [seen, replayed, skipped] = counts(&ended);
    assert_eq!(seen, replayed + skipped, "{ended}");
}
