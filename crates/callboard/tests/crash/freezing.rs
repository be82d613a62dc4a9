//! A machine that stands still and goes on: asleep, or starved by its host. Nothing is lost, told twice or out of order.

use std::thread;
use std::time::Duration;

use callboard_simulate::Platform;
use rand::RngExt;
use serde_json::json;

use crate::support::accounts::Account;
use crate::support::ear::Ear;
use crate::support::insisting::Platforms;
use crate::support::record::Record;
use crate::support::{Hub, signal};
use crate::{MOST_BETWEEN_ENDINGS, dice};

const FREEZES: usize = 8;
const LONGEST_FREEZE_MS: u64 = 1_500;

#[test]
fn a_hub_that_stood_still_under_load_goes_on_where_it_was() {
    let mut dice = dice();
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::Skype);
    let ear = Ear::open("standard");
    ear.subscribe(&hub, &json!({}));

    let platforms = Platforms::telling(&account, &hub);
    let (hub, acknowledged) = platforms.through(hub, &account, |hub| {
        for _ in 0..FREEZES {
            platforms.heard_yes(dice.random_range(0..MOST_BETWEEN_ENDINGS));
            signal(hub.pid(), "STOP");
            thread::sleep(Duration::from_millis(dice.random_range(1..LONGEST_FREEZE_MS)));
            signal(hub.pid(), "CONT");
        }
        hub
    });
    hub.settle();

    let record = Record::of(&hub);
    record.assert_holds(&acknowledged);
    record.assert_delivered(1);
    record.assert_told_to(&ear);
    ear.assert_sound();
}
