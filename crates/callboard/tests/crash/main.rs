//! The real program, ended again and again in the middle of its work: what it acknowledged is there (I1), and what it
//! owed is told (I2).

#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

mod freezing;
mod resetting;

#[path = "../support/mod.rs"]
mod support;

use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use callboard_server::new_secret_bytes;
use callboard_simulate::{Answer, Platform};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use tempfile::TempDir;

use support::accounts::Account;
use support::deserted::Deserted;
use support::ear::{Ear, subscribe};
use support::insisting::Platforms;
use support::record::Record;
use support::{CALLBOARD, Hub, assert_whole, store_beside};

const KILLS: usize = 12;
const STOPS: usize = 4;
/// An ending comes after so many more acknowledgements at most: at times before the first one.
const MOST_BETWEEN_ENDINGS: usize = 60;

#[test]
fn ack_after_commit_what_was_answered_200_is_there_after_sigkill() {
    let mut dice = dice();
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::Skype);
    let ear = Ear::open("standard");
    ear.subscribe(&hub, &json!({}));

    let platforms = Platforms::telling(&account, &hub);
    let (hub, acknowledged) = platforms.through(hub, &account, |mut hub| {
        for _ in 0..KILLS {
            platforms.heard_yes(dice.random_range(0..MOST_BETWEEN_ENDINGS));
            hub = killed_and_started(hub, &mut dice);
            platforms.moved_to(&hub.url);
            platforms.repeat_the_last_one(&account);
        }
        hub
    });

    assert!(acknowledged.iter().any(|it| it.tries > 1), "no ending came between a request and its answer");
    Record::of(&hub).assert_holds(&acknowledged);
}

#[test]
fn owed_until_told_what_was_pending_is_delivered_after_sigkill() {
    let mut dice = dice();
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::Skype);
    // Soon again where this goes fast, and for long enough where it does not.
    let delays = [["1s"; 10], ["4s"; 10]].concat();
    let patient = json!({"retry": {"schedule": delays}});
    let steady = Ear::open("standard");
    steady.subscribe(&hub, &patient);
    let moody = Ear::answering("standard", |heard| match (heard.number % 7, heard.attempt) {
        (0, 1) => Answer::now(500),
        _ => Answer::honest(heard),
    });
    moody.subscribe(&hub, &patient);
    let place = Deserted::keep();
    subscribe(&hub, &place.url(), "standard", &patient);

    let platforms = Platforms::telling(&account, &hub);
    let (hub, acknowledged) = platforms.through(hub, &account, |mut hub| {
        for _ in 0..KILLS {
            platforms.heard_yes(dice.random_range(0..MOST_BETWEEN_ENDINGS));
            hub = killed_and_started(hub, &mut dice);
            platforms.moved_to(&hub.url);
        }
        hub
    });
    let absent = Ear::listening_at(place.address(), "standard", Answer::honest);
    hub.settle();

    let record = Record::of(&hub);
    record.assert_holds(&acknowledged);
    record.assert_delivered(3);
    for ear in [&steady, &moody, &absent] {
        record.assert_told_to(ear);
    }
    assert_eq!(absent.counts().duplicates, 0, "whoever was down all the time is told everything once");
}

#[test]
fn a_stop_under_load_loses_nothing_and_tells_nothing_twice() {
    let mut dice = dice();
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::Skype);
    let ear = Ear::open("standard");
    ear.subscribe(&hub, &json!({}));

    let platforms = Platforms::telling(&account, &hub);
    let (hub, acknowledged) = platforms.through(hub, &account, |mut hub| {
        for _ in 0..STOPS {
            platforms.heard_yes(dice.random_range(1..MOST_BETWEEN_ENDINGS));
            let (data, status) = hub.terminate();
            assert!(status.success(), "SIGTERM ends it well: {status}");
            hub = Hub::start_on(data, &[]);
            platforms.moved_to(&hub.url);
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

/// A power cut, right after an answer or at some other moment, and at times another one while the hub comes up again.
fn killed_and_started(hub: Hub, dice: &mut StdRng) -> Hub {
    if dice.random() {
        thread::sleep(Duration::from_micros(dice.random_range(0..20_000)));
    }
    let data = hub.kill();
    if dice.random_ratio(1, 3) {
        false_start(&data, dice);
    }
    assert_whole(data.path());
    Hub::start_on(data, &[])
}

fn false_start(data: &TempDir, dice: &mut StdRng) {
    let mut child = Command::new(CALLBOARD)
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data.path())
        .args(store_beside(data.path()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_micros(dice.random_range(0..40_000)));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Chances from a seed that is printed, and that `CRASH_SEED` sets.
fn dice() -> StdRng {
    let mut random = [0; 8];
    new_secret_bytes(&mut random);
    let given = std::env::var("CRASH_SEED").ok().map(|seed| seed.parse().unwrap());
    let seed = given.unwrap_or(u64::from_le_bytes(random));
    eprintln!("CRASH_SEED={seed}");
    StdRng::seed_from_u64(seed)
}
