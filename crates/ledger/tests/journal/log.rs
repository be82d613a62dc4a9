//! SQLite's own log beside the store does not grow for as long as somebody reads.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use callboard_ledger::Store;
use callboard_ledger::sqlite::{LOG_BYTES, SqliteStore};
use rusqlite::Connection;

use crate::batch;

/// Somebody who reads what is there now, until they let go.
fn reading(data: &Path) -> Connection {
    let reader = Connection::open(data.join("callboard.db")).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM journal").unwrap();
    reader
}

fn log_bytes(data: &Path) -> u64 {
    fs::metadata(data.join("callboard.db-wal")).unwrap().len()
}

#[test]
fn a_log_that_is_too_long_is_emptied_by_the_next_fold_after_nobody_reads_from_it() {
    // Given somebody who reads what there was before very much was written
    let data = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(data.path()).unwrap();
    let mut engine = store.engine().unwrap();
    let reader = reading(data.path());
    engine.commit(&batch(1, LOG_BYTES as usize)).unwrap();
    assert!(log_bytes(data.path()) > LOG_BYTES.into());

    // When they let go
    drop(reader);
    engine.promise(&batch(2, 10)).unwrap();
    engine.fold().unwrap();

    // Then it is all in the file
    assert_eq!(log_bytes(data.path()), 0);
    assert_eq!(store.reader().unwrap().totals().unwrap().receipts, 2);
}

#[test]
fn a_log_that_is_too_long_is_emptied_although_there_is_always_somebody_who_reads() {
    let data = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(data.path()).unwrap();
    let mut engine = store.engine().unwrap();
    let is_over = AtomicBool::new(false);
    let written = thread::scope(|scope| {
        scope.spawn(|| {
            let mut reader = reading(data.path());
            while !is_over.load(Ordering::Relaxed) {
                // The next one begins before this one ends.
                let next = reading(data.path());
                drop(std::mem::replace(&mut reader, next));
            }
        });
        let written = engine.commit(&batch(1, LOG_BYTES as usize));
        is_over.store(true, Ordering::Relaxed);
        written
    });
    written.unwrap();
    assert_eq!(log_bytes(data.path()), 0);
}
