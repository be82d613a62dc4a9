//! What is promised and not folded yet survives whatever happens: a crash is a copy of the files as they are.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

mod damage;
mod log;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::{slice, thread};

use bytes::Bytes;
use callboard_core::{Identifier, Kind, Name, ReceiptId, SourceId, Timestamp};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{
    Batch, DedupKey, Engine, EngineError, Erased, Outcome, Page, Receipt, ReceiptFilter, Store,
};
use tempfile::TempDir;

const JOURNAL: &str = "callboard.journal";
const BLOCK: usize = 4_096;

fn receipt(id: u64, body: &str) -> Receipt {
    Receipt {
        id: ReceiptId::from_raw(id),
        source: SourceId::from_raw(11),
        received_at: Timestamp::UNIX_EPOCH,
        outcome: Outcome::Understood,
        detail: "State".to_owned(),
        remarks: Vec::new(),
        headers: "{}".to_owned(),
        body: Bytes::copy_from_slice(body.as_bytes()),
        erased: false,
    }
}

/// A batch with one request, so many bytes long.
fn batch(id: u64, length: usize) -> Batch {
    Batch { receipts: vec![receipt(id, &"x".repeat(length))], ..Batch::default() }
}

/// A directory, and a store in it with its writer.
fn open() -> (TempDir, SqliteStore, Box<dyn Engine>) {
    let data = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(data.path()).unwrap();
    let engine = store.engine().unwrap();
    (data, store, engine)
}

/// The files as they are, as a power cut would leave them.
fn crash(data: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in fs::read_dir(data).unwrap() {
        let file = file.unwrap();
        if !file.file_name().to_string_lossy().ends_with("-shm") {
            fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
        }
    }
    copy
}

/// Which requests there are, by the numbers of their ids, oldest first.
fn there(store: &SqliteStore) -> Vec<u64> {
    let page = Page { after: Some(0), bytes: usize::MAX, ..Page::newest(1_000) };
    let receipts = store.reader().unwrap().receipts(&ReceiptFilter::default(), page).unwrap().items;
    receipts.iter().map(|receipt| receipt.id.raw()).collect()
}

/// How many requests are there after a crash.
fn count(crashed: &TempDir) -> u64 {
    SqliteStore::open(crashed.path()).unwrap().reader().unwrap().totals().unwrap().receipts
}

fn after(crashed: &TempDir) -> Vec<u64> {
    there(&SqliteStore::open(crashed.path()).unwrap())
}

/// Why a store is not opened.
fn refusal(data: &Path) -> String {
    SqliteStore::open(data).err().expect("it is not to be opened").to_string()
}

#[test]
fn what_is_promised_is_seen_by_the_writer_at_once_and_by_readers_after_the_fold() {
    let (_data, store, mut engine) = open();
    let seen = DedupKey { source: SourceId::from_raw(11), hash: [7; 16], not_before: Timestamp::UNIX_EPOCH };
    let name = Name::external(Kind::Candidate, SourceId::from_raw(11), "ada");
    engine
        .promise(&Batch {
            seen: vec![(seen, ReceiptId::from_raw(1))],
            names: vec![(name.clone(), 5)],
            ..batch(1, 10)
        })
        .unwrap();
    assert!(!engine.is_folded());
    assert_eq!(engine.seen(&[seen]).unwrap(), [Some(ReceiptId::from_raw(1))]);
    assert_eq!(engine.resolve(slice::from_ref(&name)).unwrap(), [Some(5)]);
    engine.promise(&Batch { dropped_names: vec![name.clone()], ..Batch::default() }).unwrap();
    assert_eq!(engine.resolve(slice::from_ref(&name)).unwrap(), [None]);
    assert_eq!(there(&store), [0; 0]);

    engine.fold().unwrap();
    assert!(engine.is_folded());
    assert_eq!(there(&store), [1]);
    assert_eq!(engine.seen(&[seen]).unwrap(), [Some(ReceiptId::from_raw(1))]);
    assert_eq!(engine.resolve(&[name]).unwrap(), [None]);

    // And what the writer asks for more seldom is folded for it
    engine.promise(&batch(2, 10)).unwrap();
    assert_eq!(engine.outcomes(&[ReceiptId::from_raw(2)]).unwrap(), [Some(Outcome::Understood)]);
    assert_eq!(there(&store), [1, 2]);
}

#[test]
fn what_was_folded_is_not_carried_out_again_from_a_journal_that_still_has_it() {
    // Given a crash after the fold, before the journal was written over
    let (data, _store, mut engine) = open();
    engine.promise(&batch(1, 10)).unwrap();
    engine.promise(&batch(2, 10)).unwrap();
    engine.fold().unwrap();
    assert!(fs::read(data.path().join(JOURNAL)).unwrap().iter().any(|byte| *byte != 0));
    assert_eq!(after(&crash(data.path())), [1, 2]);

    // And one after the first of them was written over, while the second is still whole behind it
    engine.promise(&batch(3, 10)).unwrap();
    let crashed = crash(data.path());
    assert_eq!(after(&crashed), [1, 2, 3]);
    assert_eq!(after(&crashed), [1, 2, 3], "opened once more");
}

#[test]
fn after_a_crash_nothing_that_is_left_in_the_journal_counts_any_more() {
    let (data, _store, mut engine) = open();
    engine.promise(&batch(1, 10)).unwrap();
    let crashed = crash(data.path());
    let left = fs::read(crashed.path().join(JOURNAL)).unwrap();
    assert_eq!(after(&crashed), [1]);

    fs::write(crashed.path().join(JOURNAL), left).unwrap();
    assert_eq!(after(&crashed), [1]);
}

#[test]
fn a_batch_that_is_refused_is_nowhere_and_those_before_and_after_it_are() {
    let (data, store, mut engine) = open();
    engine.promise(&batch(1, 10)).unwrap();
    let twice = Batch { receipts: vec![receipt(2, "new"), receipt(1, "again")], ..Batch::default() };
    let refused = engine.commit(&twice);
    assert!(matches!(refused, Err(EngineError::Refused(_))), "{refused:?}");
    engine.promise(&batch(3, 10)).unwrap();

    assert_eq!(after(&crash(data.path())), [1, 3]);
    engine.fold().unwrap();
    assert_eq!(there(&store), [1, 3]);
}

#[test]
fn a_fold_that_fails_loses_nothing_that_was_promised_and_is_made_up() {
    // Given a store that does not take a fold as long as it has two requests
    let (data, store, mut engine) = open();
    let other = rusqlite::Connection::open(data.path().join("callboard.db")).unwrap();
    let trigger = "CREATE TRIGGER full BEFORE UPDATE ON journal WHEN (SELECT COUNT(*) FROM receipts) = 2
        BEGIN SELECT RAISE(ROLLBACK, 'no space left'); END";
    other.execute_batch(trigger).unwrap();
    engine.promise(&batch(1, 10)).unwrap();
    engine.promise(&batch(2, 10)).unwrap();

    // When it is folded, then that fails, nothing is seen, and nothing is lost
    engine.fold().unwrap_err();
    assert!(!engine.is_folded());
    assert_eq!(there(&store), [0; 0]);
    let healed = |data: &Path| {
        let crashed = crash(data);
        let file = rusqlite::Connection::open(crashed.path().join("callboard.db")).unwrap();
        file.execute_batch("DROP TRIGGER full").unwrap();
        crashed
    };
    assert_eq!(after(&healed(data.path())), [1, 2]);

    // And nothing is acknowledged behind what does not fit
    engine.promise(&batch(3, 10)).unwrap_err();
    engine.outcomes(&[ReceiptId::from_raw(1)]).unwrap_err();
    engine.commit(&batch(4, 10)).unwrap_err();
    assert_eq!(after(&healed(data.path())), [1, 2]);

    // And once it is taken, all goes on
    other.execute_batch("DROP TRIGGER full").unwrap();
    engine.fold().unwrap();
    engine.promise(&batch(5, 10)).unwrap();
    assert_eq!(there(&store), [1, 2]);
    assert_eq!(after(&crash(data.path())), [1, 2, 5]);
}

#[test]
fn a_journal_that_cannot_be_written_is_done_without() {
    let (data, store, mut engine) = open();
    fs::create_dir(data.path().join(JOURNAL)).unwrap();
    engine.promise(&batch(1, 10)).unwrap();
    engine.promise(&batch(2, 10)).unwrap();
    assert!(engine.is_folded());
    assert_eq!(there(&store), [1, 2]);

    // And used again when it can be
    fs::remove_dir(data.path().join(JOURNAL)).unwrap();
    engine.promise(&batch(3, 10)).unwrap();
    assert!(!engine.is_folded());
    assert_eq!(after(&crash(data.path())), [1, 2, 3]);
}

#[test]
fn a_commit_that_failed_leaves_no_number_that_a_promise_could_share() {
    // Given a store whose next commit fails at its very end
    let (data, _store, mut engine) = open();
    engine.promise(&batch(1, 10)).unwrap();
    engine.fold().unwrap();
    let other = rusqlite::Connection::open(data.path().join("callboard.db")).unwrap();
    let deferred = "PRAGMA foreign_keys = ON; CREATE TABLE first (id INTEGER PRIMARY KEY);
        CREATE TABLE second (id INTEGER REFERENCES first (id) DEFERRABLE INITIALLY DEFERRED);
        CREATE TRIGGER broken AFTER INSERT ON receipts WHEN new.id = 2 BEGIN INSERT INTO second VALUES (7); END";
    other.execute_batch(deferred).unwrap();
    engine.commit(&batch(2, 10)).unwrap_err();
    assert_eq!(after(&crash(data.path())), [1]);

    // When the next batch comes, then it is committed as well, and the one after it is promised
    engine.promise(&batch(3, 10)).unwrap();
    assert!(engine.is_folded());
    engine.promise(&batch(4, 10)).unwrap();
    assert!(!engine.is_folded());
    assert_eq!(after(&crash(data.path())), [1, 3, 4]);
}

#[test]
fn while_one_half_is_folded_the_other_takes_promises_and_a_crash_loses_none_of_both() {
    // Given a fold that waits for another writer of the file
    let (data, store, mut engine) = open();
    engine.promise(&batch(1, 10)).unwrap();
    engine.promise(&batch(2, 10)).unwrap();
    let other = rusqlite::Connection::open(data.path().join("callboard.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut folder = engine.folder().unwrap();
    let folding = thread::spawn(move || folder.fold());

    // When more is promised until it goes to the other half
    let in_second_half = || fs::metadata(data.path().join(JOURNAL)).unwrap().len() > 32 * 1024 * 1024;
    let mut last = 2;
    while !in_second_half() {
        last += 1;
        engine.promise(&batch(last, 10)).unwrap();
    }

    // Then a crash finds all of it, and nothing is doubled when it is folded after all
    assert_eq!(there(&store), [0; 0]);
    assert_eq!(count(&crash(data.path())), last);
    other.execute_batch("ROLLBACK").unwrap();
    // It may have waited for too long.
    let _ = folding.join().unwrap();
    assert_eq!(count(&crash(data.path())), last);
    engine.fold().unwrap();
    assert!(engine.is_folded());
    assert_eq!(count(&crash(data.path())), last);
}

#[test]
fn a_writer_that_breaks_leaves_its_journal_and_what_was_promised_in_it() {
    let (data, store, mut engine) = open();
    let broke = catch_unwind(AssertUnwindSafe(move || {
        engine.promise(&batch(1, 10)).unwrap();
        panic!("it broke, perhaps in the middle of a batch");
    }));
    assert!(broke.is_err());
    assert!(data.path().join(JOURNAL).exists());
    assert_eq!(there(&store), [0; 0]);
    assert_eq!(after(&crash(data.path())), [1]);
}

#[test]
fn what_does_not_fit_into_the_journal_is_folded_with_what_is_in_it() {
    let (data, store, mut engine) = open();
    engine.promise(&batch(1, 10)).unwrap();
    engine.promise(&batch(2, 33 * 1024 * 1024)).unwrap();
    assert!(engine.is_folded());
    assert_eq!(there(&store), [1, 2]);

    // And when both halves are full, one of them is folded for what comes next
    for id in 3..=25 {
        engine.promise(&batch(id, 5 * 1024 * 1024)).unwrap();
    }
    assert!(engine.has_much_to_fold());
    assert!(there(&store).len() > 2);
    assert_eq!(after(&crash(data.path())), (1..=25).collect::<Vec<_>>());
}

#[test]
fn a_copy_without_its_journal_is_the_store_as_of_the_last_fold() {
    let (data, _store, mut engine) = open();
    engine.commit(&batch(1, 10)).unwrap();
    engine.promise(&batch(2, 10)).unwrap();
    let copy = crash(data.path());
    fs::remove_file(copy.path().join(JOURNAL)).unwrap();
    assert_eq!(after(&copy), [1]);
}

#[test]
fn a_store_that_is_older_than_its_journal_is_not_opened_as_if_nothing_were_missing() {
    let (data, _store, mut engine) = open();
    let before = crash(data.path());
    for id in 1..=3 {
        engine.promise(&batch(id, 10)).unwrap();
        engine.fold().unwrap();
    }
    fs::copy(data.path().join(JOURNAL), before.path().join(JOURNAL)).unwrap();

    let why = refusal(before.path());
    assert!(why.contains("record 1 cannot be read") && why.contains("newer state of the store"), "{why}");
    fs::remove_file(before.path().join(JOURNAL)).unwrap();
    assert_eq!(after(&before), [0; 0]);
}

#[test]
fn a_writer_that_goes_leaves_no_journal() {
    let (data, store, mut engine) = open();
    engine.promise(&batch(1, 10)).unwrap();
    assert!(data.path().join(JOURNAL).exists());
    drop(engine);
    assert!(!data.path().join(JOURNAL).exists());
    assert_eq!(there(&store), [1]);
}

#[test]
fn what_was_erased_is_not_in_the_journal_either() {
    const SECRET: &str = "ada.lovelace@example.com";
    let (data, _store, mut engine) = open();
    let said = Batch { receipts: vec![receipt(1, SECRET)], ..Batch::default() };
    engine.promise(&said).unwrap();
    let is_in_journal = || {
        let journal = fs::read(data.path().join(JOURNAL)).unwrap();
        journal.windows(SECRET.len()).any(|window| window == SECRET.as_bytes())
    };
    assert!(is_in_journal());
    let erased = Erased { receipts: vec![ReceiptId::from_raw(1)], ..Erased::default() };
    engine.promise(&Batch { erased, ..Batch::default() }).unwrap();
    engine.compact().unwrap();
    assert!(!is_in_journal());
}
