//! What people do at one hub holds at all of them.

use callboard_simulate::{Answer, Platform};
use serde_json::json;

use crate::support::accounts::Account;
use crate::support::ear::Ear;
use crate::support::until;
use crate::{Crowd, ears};

#[test]
fn an_interview_is_told_at_whichever_hub_and_heard_in_order_and_known_again_by_all() {
    // Given three hubs, and receivers that were made known to one of them
    let crowd = Crowd::of(3);
    let ears = ears(&crowd.hubs[0], 6);
    let mut account = Account::open(&crowd.hubs[0], Platform::Skype);
    until("the shards are spread", || crowd.shares() == [20, 20, 21]);

    // When each letter about some interviews goes to another hub
    let path = account.url.strip_prefix(&crowd.hubs[0].url).unwrap().to_owned();
    let letters: Vec<_> = (0..4).flat_map(|interview| account.letters(interview)).collect();
    for (letter, hub) in letters.iter().zip(crowd.hubs.iter().cycle()) {
        account.url = format!("{}{path}", hub.url);
        until("the hub knows the account", || account.send(letter).0 == 200);
    }

    // Then each receiver hears of everything once, in order
    crowd.hubs[1].settle();
    let events = crowd.hubs[2].all("/v1/events");
    for ear in &ears {
        until("all of it was heard", || ear.heard().len() == events.len());
        ear.assert_sound();
    }

    // And a letter that comes again, wherever, is known
    for (letter, hub) in letters.iter().zip(crowd.hubs.iter().cycle().skip(1)) {
        account.url = format!("{}{path}", hub.url);
        assert_eq!(account.tell(letter)["outcome"], "duplicate");
    }
    assert_eq!(crowd.hubs[0].all("/v1/events").len(), events.len());
}

#[test]
fn a_delivery_is_called_off_and_tried_again_at_a_hub_that_does_not_tell_it() {
    // Given endpoints that refuse everything at first, so that some are told by either hub
    let crowd = Crowd::of(2);
    until("the shards are spread", || crowd.shares() == [30, 31]);
    let account = Account::open(&crowd.hubs[0], Platform::HireHive);
    let refusing: Vec<Ear> = (0..6)
        .map(|_| Ear::answering("standard", |heard| Answer::now(if heard.attempt == 1 { 500 } else { 200 })))
        .collect();
    for ear in &refusing {
        ear.subscribe(&crowd.hubs[0], &json!({"retry": {"schedule": ["1h"]}}));
    }
    account.tell(&account.letters(0)[0]);
    let owed = || crowd.hubs[1].all("/v1/deliveries?state=pending");
    until("each was tried", || {
        let owed = owed();
        owed.len() >= refusing.len() && owed.iter().all(|it| it["attempts"] == 1)
    });

    // When one half is called off and the other tried again, each at one hub
    for (place, delivery) in owed().iter().enumerate() {
        let id = delivery["id"].as_str().unwrap();
        let (hub, deed) = if place % 2 == 0 { (0, "retry") } else { (1, "cancel") };
        crowd.hubs[hub].post(&format!("/v1/deliveries/{id}/{deed}"), &json!({}));
    }

    // Then that is what comes of them, long before they would have been tried by themselves
    crowd.hubs[0].settle();
    let all = crowd.hubs[1].all("/v1/deliveries");
    let with = |state: &str| all.iter().filter(|it| it["state"] == state).count();
    assert_eq!((with("delivered"), with("cancelled")), (all.len().div_ceil(2), all.len() / 2));
}

#[test]
fn an_endpoint_that_is_switched_off_at_one_hub_is_not_told_by_another() {
    let crowd = Crowd::of(2);
    until("the shards are spread", || crowd.shares() == [30, 31]);
    let account = Account::open(&crowd.hubs[0], Platform::HireHive);
    let ear = Ear::open("standard");
    let endpoint = ear.subscribe(&crowd.hubs[0], &json!({}));
    let is_known = |hub: usize, state: &str| {
        let (status, shown) = crowd.hubs[hub].ask("GET", &format!("/v1/endpoints/{endpoint}"), None);
        status == 200 && shown["state"]["value"] == state
    };
    until("both hubs know it", || is_known(1, "enabled"));

    crowd.hubs[1].post(&format!("/v1/endpoints/{endpoint}/disable"), &json!({}));
    until("both hubs know it", || is_known(0, "disabled"));
    account.tell(&account.letters(0)[0]);
    assert_eq!(ear.heard().len(), 0);

    crowd.hubs[0].post(&format!("/v1/endpoints/{endpoint}/enable"), &json!({}));
    crowd.hubs[0].settle();
    assert!(!ear.heard().is_empty());
}
