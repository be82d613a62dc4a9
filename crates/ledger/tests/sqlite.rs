//! The suite of every engine on SQLite, and what only a store in a file has to do.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

mod engine;

use std::ops::Deref;
use std::path::Path;
use std::process::Command;

use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{EngineError, Store};
use engine::sample;

/// A store in a directory that goes when it does.
struct Fresh {
    store: SqliteStore,
    _data: tempfile::TempDir,
}

impl Deref for Fresh {
    type Target = SqliteStore;

    fn deref(&self) -> &SqliteStore {
        &self.store
    }
}

fn fresh() -> Fresh {
    let data = tempfile::tempdir().unwrap();
    Fresh { store: SqliteStore::open(data.path()).unwrap(), _data: data }
}

engine_suite!(fresh());

fn version(data: &Path) -> u32 {
    let file = rusqlite::Connection::open(data.join("callboard.db")).unwrap();
    file.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

fn refusal(data: &Path) -> EngineError {
    SqliteStore::open(data).err().expect("the store is not to be opened")
}

#[test]
fn a_new_store_has_a_version_and_opening_it_again_changes_nothing() {
    let data = tempfile::tempdir().unwrap();
    sample::owe(&SqliteStore::open(data.path()).unwrap(), &[11]);
    assert_eq!(version(data.path()), 2);

    let again = SqliteStore::open(data.path()).unwrap();
    assert_eq!(sample::owed(&again), [11]);
    assert_eq!(version(data.path()), 2);
}

#[test]
fn a_store_of_a_newer_program_is_refused_and_the_error_says_why() {
    let data = tempfile::tempdir().unwrap();
    drop(SqliteStore::open(data.path()).unwrap());
    let file = rusqlite::Connection::open(data.path().join("callboard.db")).unwrap();
    file.pragma_update(None, "user_version", 999).unwrap();
    drop(file);

    let refusal = refusal(data.path());
    assert!(matches!(refusal, EngineError::TooNew { found: 999, known: 2 }), "{refusal:?}");
    assert!(refusal.to_string().contains("run a newer program"), "{refusal}");
    assert_eq!(version(data.path()), 999);
}

#[test]
fn a_store_that_is_open_is_refused_to_everyone_else_until_its_writer_is_gone() {
    let data = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(data.path()).unwrap();
    let writer = store.engine().unwrap();

    let refused = refusal(data.path());
    assert!(matches!(refused, EngineError::InUse(_)), "{refused:?}");
    assert!(refused.to_string().contains(&data.path().display().to_string()), "{refused}");
    drop(store);
    assert!(matches!(refusal(data.path()), EngineError::InUse(_)), "its writer is still there");

    drop(writer);
    SqliteStore::open(data.path()).unwrap();
}

#[test]
fn a_store_that_another_process_has_is_refused() {
    // Given another process (this test, called by itself) that has the store and has said so
    const DATA: &str = "CALLBOARD_TEST_HOLD_STORE";
    if let Some(data) = std::env::var_os(DATA) {
        let _store = SqliteStore::open(Path::new(&data)).unwrap();
        let this = std::env::current_exe().unwrap();
        let tried = Command::new(this)
            .args(["--exact", "a_store_that_another_process_has_is_refused", "--nocapture"])
            .env_remove(DATA)
            .env("CALLBOARD_TEST_REFUSED_STORE", &data)
            .status();
        assert!(tried.unwrap().success());
        return;
    }
    // When this process opens it, then it is refused
    if let Some(data) = std::env::var_os("CALLBOARD_TEST_REFUSED_STORE") {
        assert!(matches!(refusal(Path::new(&data)), EngineError::InUse(_)));
        return;
    }
    let data = tempfile::tempdir().unwrap();
    let holder = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_store_that_another_process_has_is_refused", "--nocapture"])
        .env(DATA, data.path())
        .status();
    assert!(holder.unwrap().success());
}

#[test]
fn a_writer_that_goes_leaves_everything_in_the_one_file_although_a_reader_stays() {
    let data = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(data.path()).unwrap();
    let mut reader = store.reader().unwrap();
    reader.totals().unwrap();
    sample::owe(&store, &[11]);
    let log = std::fs::metadata(data.path().join("callboard.db-wal")).unwrap();
    assert_eq!(log.len(), 0);
    reader.totals().unwrap();
}

#[cfg(unix)]
#[test]
fn nobody_but_its_owner_may_read_any_file_of_a_store() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("callboard-data");
    let store = SqliteStore::open(&data).unwrap();
    let _writer = store.engine().unwrap();
    sample::owe(&store, &[11]);

    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    let files: Vec<_> = std::fs::read_dir(&data).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.len() >= 3, "the database, its log and the lock: {files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn questions_that_name_a_receipt_a_thing_or_an_event_do_not_read_the_whole_table() {
    let data = tempfile::tempdir().unwrap();
    let _store = SqliteStore::open(data.path()).unwrap();
    let file = rusqlite::Connection::open(data.path().join("callboard.db")).unwrap();
    for (question, index) in [
        ("SELECT id FROM events WHERE receipt = ?1 ORDER BY id DESC LIMIT 50", "events_of_receipt"),
        ("SELECT id FROM events WHERE subject = ?1 ORDER BY id DESC LIMIT 50", "events_of_subject"),
        ("SELECT id FROM deliveries WHERE event = ?1 ORDER BY id DESC LIMIT 50", "deliveries_of_event"),
        ("SELECT id FROM deliveries WHERE state = 2 ORDER BY id DESC LIMIT 50", "deliveries_failed"),
        ("SELECT id FROM receipts WHERE outcome = 2 ORDER BY id DESC LIMIT 50", "receipts_quarantined"),
    ] {
        let mut statement = file.prepare(&format!("EXPLAIN QUERY PLAN {question}")).unwrap();
        let places = vec![1; statement.parameter_count()];
        let steps = statement.query_map(rusqlite::params_from_iter(places), |row| row.get::<_, String>(3));
        let steps: Vec<String> = steps.unwrap().map(Result::unwrap).collect();
        assert!(steps.len() == 1 && steps[0].contains(index), "{question}: {steps:?}");
    }
}
