//! A commit whose answer is lost: what the database says that is asked about it, whichever that is by then.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

#[expect(dead_code, reason = "the whole program's tests use all of it")]
mod database;

use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use callboard_core::Identifier;
use callboard_ledger::postgres::PostgresStore;
use callboard_ledger::{Batch, Engine, EngineError, EventRow, Store};
use database::pair::Pair;
use database::relay::{Cut, Relay};
use database::{Database, PATIENCE};
use tokio::time::Instant;

fn happened(id: u64) -> Batch {
    let event = EventRow {
        id: Identifier::from_raw(id),
        company: Identifier::from_raw(1),
        source: None,
        receipt: None,
        subject: 1,
        kind: "job.created".into(),
        body: "{}".into(),
        skipped: Vec::new(),
        owed: 0,
        erased: false,
    };
    Batch { events: vec![event], ..Batch::default() }
}

/// A database as another one is now, which ends for that and goes on.
fn left_behind(database: &mut Database, place: &Path) -> Database {
    database.kill();
    std::fs::create_dir(place).unwrap();
    let copied = Command::new("cp").arg("-a").arg(database.place().join("data")).arg(place).status().unwrap();
    assert!(copied.success());
    database.restart();
    Database::start_in(place)
}

/// A commit that goes on elsewhere. A test that fails meanwhile does not wait for it.
struct Committing(Receiver<(Box<dyn Engine>, Result<(), EngineError>)>);

impl Committing {
    fn of(mut engine: Box<dyn Engine>, batch: Batch) -> Self {
        let (tell, told) = channel();
        thread::spawn(move || {
            let outcome = engine.commit(&batch);
            let _ = tell.send((engine, outcome));
        });
        Self(told)
    }

    /// What came of it, and the engine.
    fn over(self) -> (Box<dyn Engine>, Result<(), EngineError>) {
        self.0.recv_timeout(PATIENCE).expect("the commit is over")
    }
}

const EVENTS: &str = "SELECT COUNT(*) FROM events";

#[test]
fn where_the_database_has_it_it_came_to_pass() {
    let database = Database::start();
    let relay = Relay::to(database.place());
    let mut engine = PostgresStore::open(&database::address(relay.place())).unwrap().engine().unwrap();
    engine.commit(&happened(1)).unwrap();

    relay.cut_after_commit(Cut::Way);
    let committing = Committing::of(engine, happened(2));
    database.until(&format!("SELECT ({EVENTS}) = 2"));
    relay.leads_to(database.place());
    let (mut engine, outcome) = committing.over();
    outcome.unwrap();

    assert!(!relay.is_to_be_cut());
    engine.commit(&happened(3)).unwrap();
    assert_eq!(database.ask(EVENTS), "3");
}

#[test]
fn answers_that_come_byte_by_byte_hold_nothing_up() {
    let database = Database::start();
    let relay = Relay::to(database.place());
    let mut engine = PostgresStore::open(&database::address(relay.place())).unwrap().engine().unwrap();
    // What is said for the first time is prepared, and goes another way.
    engine.commit(&happened(1)).unwrap();
    let connected = relay.connected();

    // when
    relay.drip();
    engine.commit(&happened(2)).unwrap();

    // then nobody lost patience with the connection
    assert_eq!(relay.connected(), connected);
    assert_eq!(database.ask(EVENTS), "2");
}

#[test]
fn where_the_database_never_had_it_it_did_not_whatever_has_its_number_there() {
    // given a database that does not follow the one that is written
    let own = tempfile::tempdir().unwrap();
    let mut database = Database::start_in(&own.path().join("one"));
    let relay = Relay::to(database.place());
    let store = PostgresStore::open(&database::address(relay.place())).unwrap();
    let mut engine = store.engine().unwrap();
    engine.commit(&happened(1)).unwrap();
    let other = left_behind(&mut database, &own.path().join("other"));
    let asked = Instant::now();
    while engine.commit(&happened(2)).is_err() {
        assert!(asked.elapsed() < PATIENCE, "nothing is committed any more");
    }

    // when a commit is in doubt, and the other one takes over and has gone on to the same numbers of transactions
    relay.cut_after_commit(Cut::Way);
    let committing = Committing::of(engine, happened(3));
    database.until(&format!("SELECT ({EVENTS}) = 3"));
    let reached: u64 = database.ask("SELECT pg_current_xact_id()").parse().unwrap();
    other.run(&format!("DO 'BEGIN WHILE pg_current_xact_id() < ''{reached}'' LOOP COMMIT; END LOOP; END'"));
    relay.leads_to(other.place());

    // then it did not come to pass
    let (mut engine, outcome) = committing.over();
    assert!(matches!(outcome, Err(EngineError::Failed(_))), "{outcome:?}");
    assert_eq!(other.ask(EVENTS), "1");
    engine.commit(&happened(3)).unwrap();
    assert_eq!(other.ask(EVENTS), "2");
}

#[test]
fn what_the_primary_alone_has_is_not_taken_for_durable() {
    a_commit_waits_for_the_standby(Pair::start());
}

/// Whatever the settings of the database say.
#[test]
fn nor_is_it_where_commits_wait_for_nothing_unless_they_are_asked_to() {
    let pair = Pair::start();
    pair.primary.run("ALTER SYSTEM SET synchronous_commit = off");
    pair.primary.run("SELECT pg_reload_conf()");
    pair.primary.until("SELECT current_setting('synchronous_commit') = 'off'");
    a_commit_waits_for_the_standby(pair);
}

fn a_commit_waits_for_the_standby(mut pair: Pair) {
    // given a standby that does not follow any more, and a commit that waits for it
    let store = PostgresStore::open(&pair.address()).unwrap();
    let mut engine = store.engine().unwrap();
    engine.commit(&happened(1)).unwrap();
    pair.standby.kill();
    let waits = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep')";
    let committing = Committing::of(engine, happened(2));
    pair.primary.until(waits);

    // when its connection is cut, so that the primary goes on without the standby
    pair.primary
        .run("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    assert_eq!(pair.primary.ask(EVENTS), "2");
    // then whoever asks about it waits for the standby as well
    pair.primary.until(waits);

    // when the standby takes the primary's place, then it did not come to pass
    pair.primary.kill();
    pair.standby.restart();
    pair.promote();
    let (mut engine, outcome) = committing.over();
    assert!(matches!(outcome, Err(EngineError::Failed(_))), "{outcome:?}");
    assert_eq!(pair.standby.ask(EVENTS), "1");
    engine.commit(&happened(2)).unwrap();
    assert_eq!(pair.standby.ask(EVENTS), "2");
}
