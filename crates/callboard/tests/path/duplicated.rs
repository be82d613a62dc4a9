//! A platform that did not hear the answer sends again: it is thanked again, and nobody is told twice.

use callboard_simulate::Platform;
use serde_json::json;

use crate::support::Hub;
use crate::support::accounts::Account;
use crate::support::ear::Ear;

#[test]
fn what_a_platform_sends_twice_is_told_once() {
    let hub = Hub::start();
    for platform in Platform::ALL {
        // given
        let account = Account::open(&hub, platform);
        let ears = ["standard", platform.name()].map(Ear::open);
        for ear in &ears {
            ear.subscribe(&hub, &json!({"sources": [account.id]}));
        }

        // when
        let sent = account.simulate(&["--count", "6", "--duplicate"]);
        hub.settle();

        // then
        let receipts = hub.all(&format!("/v1/receipts?source={}", account.id));
        let duplicates = receipts.iter().filter(|receipt| receipt["outcome"] == "duplicate").count();
        assert!(duplicates > 0, "{platform}");
        assert_eq!(duplicates, sent["duplicates"], "{platform}");
        assert_eq!(receipts.len(), sent["sent"], "{platform}: duplicates are kept too");
        let events = hub.all(&format!("/v1/events?source={}", account.id));
        assert_eq!(ears[0].counts().taken, events.len() as u64, "{platform}");
        for ear in &ears {
            ear.assert_sound();
            assert!(ear.counts().taken > 0, "{platform} to {}", ear.dialect);
        }
    }
}

#[test]
fn a_story_told_again_from_its_beginning_brings_nothing_new() {
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::HireHive);
    let letters = account.letters(0);
    account.tell_all(&letters);
    let events = hub.all("/v1/events").len();

    for letter in &letters {
        let answer = account.tell(letter);
        assert_eq!((&answer["outcome"], &answer["events"]), (&json!("duplicate"), &json!(0)));
    }

    assert_eq!(hub.all("/v1/events").len(), events);
}
