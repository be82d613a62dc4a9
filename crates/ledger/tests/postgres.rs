//! The store in a PostgreSQL database: everything that a store must do, what is its own, and what is copied into it.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

mod copying;
#[expect(dead_code, reason = "the whole program's tests use all of it")]
mod database;
mod engine;

use std::ops::Deref;
use std::os::unix::net::UnixListener;

use callboard_ledger::postgres::PostgresStore;
use callboard_ledger::{Batch, Store};
use database::Database;
use engine::sample::{APPLICATION, event, note_filed_under_nothing};

/// Who holds this makes or changes tables.
const MAKES_TABLES: i64 = 0x0043_414c_4c42_4f41;

/// A store in an empty database, which goes with it.
struct Fresh {
    store: PostgresStore,
    database: Database,
}

impl Deref for Fresh {
    type Target = PostgresStore;

    fn deref(&self) -> &PostgresStore {
        &self.store
    }
}

fn fresh() -> Fresh {
    let database = Database::start();
    Fresh { store: PostgresStore::open(&database.address()).unwrap(), database }
}

engine_suite!(fresh());

fn happened(id: u64) -> Batch {
    Batch { events: vec![event(id)], ..Batch::default() }
}

#[test]
fn a_hub_that_lost_its_connections_in_the_meantime_goes_on_as_if_nothing_had_been() {
    let fresh = fresh();
    let mut first = fresh.engine().unwrap();
    let mut reader = fresh.reader().unwrap();
    first.commit(&happened(1)).unwrap();
    assert_eq!(reader.totals().unwrap().events, 1);
    fresh.database.run(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
         WHERE application_name = 'callboard' AND pid <> pg_backend_pid()",
    );
    first.commit(&happened(2)).unwrap();
    assert_eq!(reader.totals().unwrap().events, 2);
}

#[test]
fn who_starts_while_another_one_makes_the_tables_waits_for_it_however_impatient_the_database_is() {
    // Given a database that waits for nothing, and one who has the lock under which tables are made
    let database = Database::start();
    database.run("ALTER ROLE postgres SET lock_timeout = 1");
    let other = database.connected(&format!("SELECT pg_advisory_lock({MAKES_TABLES})"));

    // When a hub starts, then it waits for longer than that
    let address = database.address();
    let starting = std::thread::spawn(move || PostgresStore::open(&address).map(drop));
    database.until(
        "SELECT COUNT(*) = 1 FROM pg_stat_activity
         WHERE wait_event = 'advisory' AND CLOCK_TIMESTAMP() - query_start > INTERVAL '50 ms'",
    );
    assert_eq!(database.ask("SELECT to_regclass('callboard') IS NULL"), "t");

    // And when the other one has gone, it makes them
    drop(other);
    starting.join().unwrap().unwrap();
    assert_eq!(database.ask("SELECT version FROM callboard"), "3");
}

#[test]
fn a_note_on_an_application_that_is_filed_under_nothing_is_filed_under_that() {
    let database = Database::start();
    drop(PostgresStore::open(&database.address()).unwrap());
    database.run("UPDATE callboard SET version = 2");
    database.run(&note_filed_under_nothing());

    let store = PostgresStore::open(&database.address()).unwrap();
    assert_eq!(store.engine().unwrap().belonging(&[APPLICATION]).unwrap(), [3]);
}

#[test]
fn a_host_that_hangs_does_not_keep_a_hub_from_the_one_that_answers() {
    let database = Database::start();
    let hanging = tempfile::tempdir().unwrap();
    let _listener = UnixListener::bind(hanging.path().join(".s.PGSQL.5432")).unwrap();

    let address = database::addresses(&[hanging.path(), database.place()]);
    let store = PostgresStore::open(&address).unwrap();

    store.engine().unwrap().commit(&happened(1)).unwrap();
}

#[test]
fn when_no_host_can_be_written_each_says_why() {
    let nobody = tempfile::tempdir().unwrap();
    let nowhere = [nobody.path().join("one"), nobody.path().join("two")];
    let address = database::addresses(&[&nowhere[0], &nowhere[1]]);
    let error = PostgresStore::open(&address).err().unwrap().to_string();
    assert!(nowhere.iter().all(|place| error.contains(place.to_str().unwrap())), "{error}");
}
