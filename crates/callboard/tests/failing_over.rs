//! The real program on a PostgreSQL that has a synchronous standby, when the primary dies.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

#[path = "support/mod.rs"]
mod support;

use std::process::Command;
use std::time::Duration;

use callboard_simulate::Platform;
use serde_json::json;

use support::accounts::Account;
use support::database::pair::Pair;
use support::ear::Ear;
use support::insisting::Platforms;
use support::record::Record;
use support::{CALLBOARD, Hub, finished, until};

/// Acknowledgements before the primary dies, and after the standby has taken its place.
const ACKNOWLEDGED: usize = 150;
/// How long whoever looks after a hub waits for an answer before they ask again.
const PROBED_WITHIN: Duration = Duration::from_secs(2);

#[test]
fn when_the_primary_dies_the_hub_follows_to_the_standby_and_nothing_acknowledged_is_lost() {
    assert_follows(|pair| pair.primary.kill());
}

#[test]
fn when_the_primary_dies_with_a_commit_that_the_standby_never_had_that_was_not_acknowledged() {
    assert_follows(|pair| {
        pair.standby.kill();
        pair.primary.until("SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep')");
        pair.primary.kill();
        pair.standby.restart();
    });
}

fn assert_follows(primary_dies: impl FnOnce(&mut Pair)) {
    // given a hub under load
    let mut pair = Pair::start();
    let hub = Hub::start_on(tempfile::tempdir().unwrap(), &["--store", &pair.address()]);
    let account = Account::open(&hub, Platform::Skype);
    let ear = Ear::open("standard");
    ear.subscribe(&hub, &json!({}));
    let platforms = Platforms::telling(&account, &hub);
    let (hub, acknowledged) = platforms.through(hub, &account, |hub| {
        platforms.heard_yes(ACKNOWLEDGED);

        // when the primary dies, then whoever comes is asked to come again
        primary_dies(&mut pair);
        until("it says that it cannot take anything", || is_refused(&hub, "/readyz"));
        assert_eq!(hub.run(&["ready"]).status.code(), Some(1));
        assert_eq!(hub.ask("POST", "/v1/companies", Some(&json!({"name": "Elsewhere"}))).0, 503);

        // when the standby takes its place, then everything is taken again
        pair.promote();
        until("it can take everything again", || hub.run(&["ready"]).status.success());
        until("so much more is taken", || {
            platforms.moved_to(&hub.url);
            platforms.count() >= 2 * ACKNOWLEDGED
        });
        hub
    });
    hub.settle();

    let record = Record::of(&hub);
    record.assert_holds(&acknowledged);
    record.assert_delivered(1);
    record.assert_told_to(&ear);
    assert_eq!(pair.standby.ask("SELECT pg_is_in_recovery()"), "f");
    assert_eq!(pair.standby.ask("SELECT COUNT(*) FROM events"), hub.all("/v1/events").len().to_string());
}

/// Is this answered with 503, and the word to come again?
fn is_refused(hub: &Hub, path: &str) -> bool {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PROBED_WITHIN));
    let asked = ureq::Agent::from(agent.build()).get(format!("{}{path}", hub.url)).call();
    // Whoever was being written when the primary died is answered when it is known what became of that.
    let Ok(answer) = asked else { return false };
    let refused = answer.status() == 503;
    assert_eq!(answer.headers().contains_key("retry-after"), refused, "{answer:?}");
    refused
}

#[test]
fn a_hub_that_finds_only_a_standby_says_so() {
    let mut pair = Pair::start();
    pair.primary.kill();

    let data = tempfile::tempdir().unwrap();
    let mut serve = Command::new(CALLBOARD);
    serve.args(["serve", "--listen", "127.0.0.1:0", "--store", &pair.address(), "--data"]).arg(data.path());
    let started = finished(&mut serve);

    let said = String::from_utf8_lossy(&started.stderr);
    assert_eq!(started.status.code(), Some(1), "{said}");
    assert!(said.contains("does not allow writes"), "{said}");
}
