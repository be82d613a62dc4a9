//! On PostgreSQL.

use std::sync::atomic::{AtomicUsize, Ordering};

use callboard_core::Stage;
use callboard_ledger::postgres::PostgresStore;
use callboard_ledger::{Check, EngineError, FINDINGS_TOLD, Inspector, Ledger, Writing};
use jiff::SignedDuration;
use tokio::runtime::Runtime;

use super::{AHEAD, PLANTED, Planted, assert_found, assert_whole, fill, found, made, named};
use crate::database::Database;
use crate::support::{Everyone, intake, moved};

/// What only a store in a database can have.
const OWN: [Planted<'_>; 2] = [
    (
        Check::Stages,
        "moves on from",
        "UPDATE events SET body = convert_to(replace(convert_from(body, 'UTF8'),
            '\"previous\":{\"stage\":{\"value\":\"Scheduling', '\"previous\":{\"stage\":{\"value\":\"Scheduled'), 'UTF8')
         WHERE kind = 'interview.stage.updated'",
    ),
    (
        Check::Files,
        "is not valid",
        "UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'deliveries_of_event'::regclass",
    ),
];
/// Rows that an index does not have.
const UNINDEXED: Planted<'_> = (
    Check::Files,
    "lacks matching index tuple",
    "UPDATE pg_index SET indisready = FALSE WHERE indexrelid = 'deliveries_owed'::regclass;
     CREATE TEMP TABLE owed AS SELECT * FROM deliveries WHERE state = 0;
     DELETE FROM deliveries WHERE state = 0; INSERT INTO deliveries SELECT * FROM owed;
     UPDATE pg_index SET indisready = TRUE WHERE indexrelid = 'deliveries_owed'::regclass",
);

/// A hub on a database. Whoever asks a database waits, which is not for the threads of a runtime.
struct Working {
    runtime: Runtime,
    ledger: Ledger,
    writing: Writing,
}

impl Working {
    fn on(database: &Database) -> Self {
        let runtime = Runtime::new().unwrap();
        let store = PostgresStore::open(&database.address()).unwrap();
        let (ledger, _, writing) = Ledger::open(store, 1, Box::new(Everyone)).unwrap();
        runtime.block_on(fill(&ledger));
        Self { runtime, ledger, writing }
    }

    fn stop(self) {
        self.runtime.block_on(async {
            self.ledger.close().await;
            self.writing.finished().await;
        });
    }
}

fn whole() -> Database {
    let database = Database::start();
    Working::on(&database).stop();
    database
}

fn inspector(address: &str) -> Box<dyn Inspector> {
    PostgresStore::inspector(address).unwrap()
}

/// How many rows each check has looked at.
fn looked_at(inspector: &mut dyn Inspector) -> Vec<u64> {
    made(inspector).iter().map(|it| it.looked_at).collect()
}

/// The address of a copy of the store that something was done to.
fn damaged(whole: &Database, sql: &str) -> String {
    static COPIES: AtomicUsize = AtomicUsize::new(0);
    let copy = format!("damaged{}", COPIES.fetch_add(1, Ordering::Relaxed));
    whole.run_in("template1", &format!("CREATE DATABASE {copy} TEMPLATE postgres"));
    whole.run_in(&copy, &named(sql).replace(" x'", " '\\x"));
    whole.address_of(&copy)
}

#[test]
fn a_whole_store_is_found_whole_and_everything_in_it_was_looked_at() {
    let database = whole();
    assert_whole(inspector(&database.address()).as_mut());
}

#[test]
fn each_kind_of_damage_is_found_and_nothing_else() {
    let database = whole();
    for planted in PLANTED.into_iter().chain(OWN) {
        assert_found(planted, inspector(&damaged(&database, planted.2)).as_mut());
    }
}

#[test]
fn rows_that_an_index_lacks_are_found_where_amcheck_is_installed_and_else_it_is_said_that_they_are_not() {
    let database = whole();
    let without = made(inspector(&damaged(&database, UNINDEXED.2)).as_mut());
    assert!(without[0].found == 0 && without[0].sentence.contains("not compared"), "{without:?}");
    database.run("CREATE EXTENSION amcheck");
    assert_whole(inspector(&database.address()).as_mut());
    assert_found(UNINDEXED, inspector(&damaged(&database, UNINDEXED.2)).as_mut());
}

#[test]
fn more_rows_than_are_read_at_once_are_all_looked_at() {
    let database = whole();
    let rows = 12_000;
    let plant = format!(
        "INSERT INTO blobs SELECT i, '' FROM generate_series(1, {rows}) AS i;
         INSERT INTO seen SELECT i % 7, int8send(i), 1 FROM generate_series(1, {rows}) AS i;
         INSERT INTO names SELECT ('name ' || i)::BYTEA, 5 FROM generate_series(1, {rows}) AS i"
    );
    let checked = made(inspector(&damaged(&database, &plant)).as_mut());
    for (check, more) in [(Check::LooseEnds, 0), (Check::Seen, 4), (Check::Names, 1)] {
        let it = checked.iter().find(|it| it.check == check).unwrap();
        assert_eq!((it.found, it.findings.len()), (rows, FINDINGS_TOLD), "{check:?}");
        assert_eq!(it.looked_at, rows + more, "{check:?}");
    }
}

#[test]
fn someone_who_goes_ahead_says_whom_they_overtook_and_what_a_person_retried_has_no_turn() {
    let database = whole();
    let all = "UPDATE deliveries SET retried = TRUE WHERE id = $told";
    assert_eq!(found(inspector(&damaged(&database, &format!("{AHEAD}{all}"))).as_mut()), []);
    let says = "UPDATE deliveries SET overtook = int8send($told) WHERE endpoint = 1 AND id > $told";
    assert_eq!(found(inspector(&damaged(&database, &format!("{AHEAD}{says}"))).as_mut()), []);
}

#[test]
fn what_a_hub_does_while_a_store_is_checked_is_nothing_that_is_found() {
    let database = Database::start();
    let hub = Working::on(&database);
    let mut inspector = inspector(&database.address());
    let before = looked_at(inspector.as_mut());

    // What came in, happened and went since the check began is not seen.
    let moves = hub.ledger.record(moved("RENE2010", 30, Stage::SchedulingCompleted));
    hub.runtime.block_on(moves).unwrap();
    let keep = callboard_ledger::Keep {
        receipts: Some(SignedDuration::from_hours(1)),
        quarantined: None,
        events: Some(SignedDuration::from_hours(1)),
    };
    let later = intake("x").received_at + SignedDuration::from_hours(24);
    assert!(hub.runtime.block_on(hub.ledger.let_go(&keep, later)).unwrap() > 0);
    assert_whole(inspector.as_mut());
    assert_eq!(looked_at(inspector.as_mut()), before);

    // Whoever begins now sees it, and it is whole as well.
    let mut again = self::inspector(&database.address());
    assert_eq!(found(again.as_mut()), []);
    assert_ne!(looked_at(again.as_mut()), before);
    hub.stop();
}

#[test]
fn a_database_without_a_store_and_one_of_another_version_are_not_touched() {
    let database = Database::start();
    let refusal =
        || PostgresStore::inspector(&database.address()).err().expect("there is nothing to look at");
    assert!(matches!(refusal(), EngineError::Unfit(why) if why.contains("no store")));

    drop(PostgresStore::open(&database.address()).unwrap());
    database.run("UPDATE callboard SET version = 0");
    assert!(matches!(refusal(), EngineError::Unfit(why) if why.contains("older version")));
    database.run("UPDATE callboard SET version = 999, oldest = 999");
    assert!(matches!(refusal(), EngineError::TooNew { found: 999, .. }));
}
