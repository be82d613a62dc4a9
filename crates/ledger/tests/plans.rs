//! How rows are looked up of which the database does not know how many there are.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

#[expect(dead_code, reason = "the whole program's tests use all of it")]
mod database;
#[path = "engine/sample.rs"]
#[expect(dead_code, reason = "the suite of all stores uses all of it")]
mod sample;

use callboard_core::{Identifier, Timestamp};
use callboard_ledger::postgres::PostgresStore;
use callboard_ledger::{Batch, DedupKey, DeliveryFilter, EventFilter, EventRow, Store};
use database::Database;
use sample::{ALL, SOURCE, delivery, event, receipt};

const ROWS: u64 = 500;

fn dedup(number: u64) -> DedupKey {
    let mut hash = [0; 16];
    hash[..8].copy_from_slice(&number.to_be_bytes());
    DedupKey { source: Identifier::from_raw(SOURCE), hash, not_before: Timestamp::UNIX_EPOCH }
}

fn of_request(receipt: u64, id: u64) -> EventRow {
    EventRow { receipt: Some(Identifier::from_raw(receipt)), ..event(id) }
}

/// One in which nobody counts how many rows a table has.
fn uncounted() -> Database {
    let database = Database::start();
    database.run("ALTER SYSTEM SET autovacuum = off");
    database.run("SELECT pg_reload_conf()");
    database
}

#[test]
fn rows_are_looked_up_by_an_index_however_little_is_known_of_a_table() {
    let database = uncounted();
    let store = PostgresStore::open(&database.address()).unwrap();
    let mut engine = store.engine().unwrap();
    let keys: Vec<_> = (1..=ROWS).map(dedup).collect();
    let batch = Batch {
        receipts: (1..=ROWS).map(receipt).collect(),
        seen: (1..=ROWS).map(|id| (dedup(id), Identifier::from_raw(id))).collect(),
        events: (1..=ROWS).map(event).collect(),
        ..Batch::default()
    };
    engine.commit(&batch).unwrap();

    assert_eq!(engine.seen(&keys).unwrap().into_iter().flatten().count(), keys.len());

    // What a connection has looked up is counted when it ends.
    drop(engine);
    database.until("SELECT idx_scan > 0 FROM pg_stat_user_tables WHERE relname = 'seen'");
    let read_one_by_one = "SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'seen'";
    assert_eq!(database.ask(read_one_by_one), "0");
}

#[test]
fn what_happened_because_of_something_is_looked_for_behind_it_and_not_in_the_whole_table() {
    let database = uncounted();
    let store = PostgresStore::open(&database.address()).unwrap();
    let numbers = || (1..=ROWS).map(|number| number << 20);
    let mut engine = store.engine().unwrap();
    let batch = Batch {
        events: numbers().map(|number| of_request(number - 1, number)).collect(),
        deliveries: numbers().map(|number| delivery(number + 1, number)).collect(),
        ..Batch::default()
    };
    engine.commit(&batch).unwrap();

    let asked: Vec<_> = numbers().take(20).map(Identifier::from_raw).collect();
    assert!(engine.told(&asked).unwrap().iter().all(|told| told.deliveries.len() == 1));
    assert_eq!(engine.owed_of(asked[0]).unwrap().len(), 1);
    let requests: Vec<_> = numbers().take(20).map(|number| Identifier::from_raw(number - 1)).collect();
    assert_eq!(engine.events_of(&[], &requests).unwrap().len(), 20);
    let mut reader = store.reader().unwrap();
    let filter = EventFilter { receipt: Some(requests[0]), ..EventFilter::default() };
    assert_eq!(reader.events(&filter, ALL).unwrap().items.len(), 1);
    let filter = DeliveryFilter { event: Some(asked[0]), ..DeliveryFilter::default() };
    assert_eq!(reader.deliveries(&filter, ALL).unwrap().items.len(), 1);

    drop((engine, reader));
    for table in ["events", "deliveries"] {
        let of_table = format!("FROM pg_stat_user_tables WHERE relname = '{table}'");
        database.until(&format!("SELECT idx_scan > 20 {of_table}"));
        assert_eq!(database.ask(&format!("SELECT seq_tup_read {of_table}")), "0", "{table}");
    }
}
