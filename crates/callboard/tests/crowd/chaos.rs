//! Hubs that end, stand still, come and go under load.

use std::thread;
use std::time::Duration;

use callboard_core::Timestamp;
use callboard_simulate::Platform;
use jiff::SignedDuration;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::support::accounts::{Account, now};
use crate::support::database;
use crate::support::database::relay::Relay;
use crate::support::ear::Ear;
use crate::support::insisting::{Acknowledged, Platforms};
use crate::support::record::Record;
use crate::support::{Hub, signal, until};
use crate::{Crowd, ears};

/// Endings, of whatever kind.
const ROUNDS: usize = 9;
/// How long a hub stands still: far longer than it holds what it holds.
const FREEZE: Duration = Duration::from_secs(20);
/// How long a hub is cut off: longer than it waits for an answer.
const CUT_OFF: Duration = Duration::from_secs(35);
/// For how long after an ending something may be told twice: until the ended hub's endpoints have been taken over, and what
/// was under way has been made again.
const TOLD_TWICE_WITHIN: SignedDuration = SignedDuration::from_secs(10);
/// When a platform turns to another hub.
const PATIENCE: Duration = Duration::from_secs(3);

/// What an ordeal does to hubs that it ends without their knowing.
struct Endings(Vec<Timestamp>);

impl Endings {
    /// Whatever was told twice was so because a hub had just ended.
    fn assert_explain(&self, ear: &Ear) {
        for heard in ear.heard().iter().filter(|heard| heard.duplicate) {
            let explains = |ended: &&Timestamp| {
                (SignedDuration::ZERO..TOLD_TWICE_WITHIN).contains(&heard.at.duration_since(**ended))
            };
            assert!(self.0.iter().any(|ended| explains(&ended)), "told twice for no reason: {heard:?}");
        }
    }
}

/// Lets platforms send to all hubs while an ordeal goes on. Answers what was acknowledged.
fn through(
    crowd: &mut Crowd,
    account: &Account,
    ordeal: impl FnOnce(&mut Crowd, &Platforms),
) -> Vec<Acknowledged> {
    until("all hubs know the account", || crowd.hubs.iter().all(|hub| hub.all("/v1/sources").len() == 1));
    let platforms = Platforms::telling(account, &crowd.hubs[0]).impatient(PATIENCE);
    platforms.spread_over(crowd.urls());
    let keeper = Hub::joining(&crowd.database.address(), &crowd.key);
    let (keeper, acknowledged) = platforms.through(keeper, account, |keeper| {
        ordeal(crowd, &platforms);
        keeper
    });
    crowd.hubs.push(keeper);
    acknowledged
}

fn assert_whole(crowd: &Crowd, ears: &[Ear], acknowledged: &[Acknowledged]) {
    let hub = crowd.hubs.last().unwrap();
    hub.settle();
    let record = Record::of(hub);
    record.assert_holds(acknowledged);
    record.assert_delivered(ears.len());
    for ear in ears {
        record.assert_told_to(ear);
    }
}

fn dice() -> StdRng {
    StdRng::seed_from_u64(0x0043_726f_7764)
}

#[test]
fn hubs_that_come_and_go_pass_on_their_endpoints_and_nothing_is_told_twice() {
    let mut crowd = Crowd::of(2);
    let account = Account::open(&crowd.hubs[0], Platform::Skype);
    let ears = ears(&crowd.hubs[0], 6);
    let mut dice = dice();

    let acknowledged = through(&mut crowd, &account, |crowd, platforms| {
        for _ in 0..ROUNDS {
            platforms.heard_yes(dice.random_range(5..30));
            crowd.add();
            platforms.spread_over(crowd.urls());
            platforms.heard_yes(dice.random_range(5..30));
            let goes = crowd.hubs.remove(dice.random_range(0..crowd.hubs.len()));
            platforms.spread_over(crowd.urls());
            let (_, status) = goes.terminate();
            assert!(status.success(), "{status}");
        }
    });

    assert_whole(&crowd, &ears, &acknowledged);
    ears.iter().for_each(Ear::assert_sound);
}

#[test]
fn hubs_that_are_killed_and_stopped_lose_nothing_and_tell_nothing_out_of_order() {
    let mut crowd = Crowd::of(2);
    let account = Account::open(&crowd.hubs[0], Platform::Skype);
    let ears = ears(&crowd.hubs[0], 6);
    let mut dice = dice();
    let mut endings = Endings(Vec::new());

    let acknowledged = through(&mut crowd, &account, |crowd, platforms| {
        for round in 0..ROUNDS {
            platforms.heard_yes(dice.random_range(5..40));
            let one = dice.random_range(0..crowd.hubs.len());
            if round % 4 == 3 {
                signal(crowd.hubs[one].pid(), "STOP");
                endings.0.push(now());
                thread::sleep(FREEZE);
                // It goes on before whoever tells it to is told so.
                endings.0.push(now());
                signal(crowd.hubs[one].pid(), "CONT");
            } else {
                drop(crowd.hubs.remove(one).kill());
                endings.0.push(now());
                crowd.add();
                endings.0.push(now());
            }
            platforms.spread_over(crowd.urls());
        }
    });

    assert_whole(&crowd, &ears, &acknowledged);
    for ear in &ears {
        endings.assert_explain(ear);
    }
}

#[test]
fn a_hub_that_is_cut_off_from_the_database_is_not_missed_and_breaks_nothing_when_it_is_heard_again() {
    let mut crowd = Crowd::of(1);
    let account = Account::open(&crowd.hubs[0], Platform::Skype);
    let ears = ears(&crowd.hubs[0], 6);
    let relay = Relay::to(crowd.database.place());
    crowd.hubs.push(Hub::joining(&database::address(relay.place()), &crowd.key));
    let mut endings = Endings(Vec::new());

    let acknowledged = through(&mut crowd, &account, |crowd, platforms| {
        until("three hubs share the endpoints", || crowd.shares().len() == 3);
        platforms.heard_yes(40);
        endings.0.push(now());
        relay.stand_still();
        until("two of them have all that the third one told", || crowd.shares().len() == 2);
        platforms.heard_yes(40);
        thread::sleep(CUT_OFF);
        platforms.heard_yes(40);
        // What it had said reaches the database now, and what it was told reaches the hub.
        endings.0.push(now());
        relay.go_on();
        until("it is one of them again", || crowd.shares().len() == 3);
        platforms.heard_yes(40);
    });

    assert_whole(&crowd, &ears, &acknowledged);
    for ear in &ears {
        endings.assert_explain(ear);
    }
}

#[test]
fn what_a_hub_held_that_is_not_heard_of_passes_to_the_others_and_some_of_it_comes_back_with_it() {
    let mut crowd = Crowd::of(2);
    until("the shards are spread", || crowd.shares() == [30, 31]);
    let dead = crowd.hubs.pop().unwrap();
    signal(dead.pid(), "STOP");
    until("the other one has them", || crowd.shares() == [61]);
    signal(dead.pid(), "CONT");
    until("it joins again", || crowd.shares() == [30, 31]);
}
