//! The suite of every engine on SQLite, and what only a store in a file has to do.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

mod engine;

use std::ops::Deref;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use callboard_core::{Candidate, Entity, Held, Identifier, Kind, Name, ReceiptId, Record, SourceId};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{
    Batch, Change, EngineError, EntityWrite, Erased, Receipt, Search, Store, ThingFilter,
};
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
    assert_eq!(version(data.path()), 5);

    let again = SqliteStore::open(data.path()).unwrap();
    assert_eq!(sample::owed(&again), [11]);
    assert_eq!(version(data.path()), 5);
}

/// A store as the first version of the program left it.
fn of_the_first_version(data: &Path) -> rusqlite::Connection {
    let file = rusqlite::Connection::open(data.join("callboard.db")).unwrap();
    file.execute_batch(include_str!("../src/sqlite/schema/1.sql")).unwrap();
    file.pragma_update(None, "user_version", 1).unwrap();
    file
}

#[test]
fn what_is_in_a_store_of_the_first_version_can_be_listed_by_what_it_belongs_to() {
    // Given one with an application for a job, an interview held for it, an event and a receipt
    let data = tempfile::tempdir().unwrap();
    let file = of_the_first_version(data.path());
    for (id, kind, body) in [
        (1, "job", r#"{"id":"job_0000000000001"}"#),
        (2, "app", r#"{"id":"app_0000000000002","job_id":"job_0000000000001"}"#),
        (
            3,
            "int",
            r#"{"id":"int_0000000000003","application_id":"app_0000000000002","stage":{"value":"InterviewCreated"}}"#,
        ),
    ] {
        let row = rusqlite::params![id, kind, r#"{"version":4}"#, body];
        file.execute("INSERT INTO entities VALUES (?1, 1, ?2, 4, ?3, ?4)", row).unwrap();
    }
    file.execute("INSERT INTO events VALUES (5, 1, 11, NULL, 3, 'interview.created', x'7b7d', NULL)", [])
        .unwrap();
    file.execute("INSERT INTO receipts VALUES (6, 11, 0, 0, 'State', NULL, '{}', x'7b7d')", []).unwrap();
    drop(file);

    // When it is opened, then all of it is there, and the interview is one of the job's
    let store = SqliteStore::open(data.path()).unwrap();
    let mut reader = store.reader().unwrap();
    let of_job = ThingFilter { grandparent: Some(1), ..ThingFilter::all(sample::company(), Kind::Interview) };
    let found = reader.things(&of_job, sample::ALL).unwrap().items;
    assert_eq!(
        found.iter().map(|held| (held.entity.raw_id(), held.record.version)).collect::<Vec<_>>(),
        [(3, 4)]
    );
    assert!(!reader.event(Identifier::from_raw(5)).unwrap().unwrap().erased);
    assert!(!reader.receipt(Identifier::from_raw(6)).unwrap().unwrap().erased);
    assert_eq!(version(data.path()), 5);
}

#[test]
fn a_note_on_an_application_that_is_filed_under_nothing_is_filed_under_that() {
    let data = tempfile::tempdir().unwrap();
    drop(SqliteStore::open(data.path()).unwrap());
    let file = rusqlite::Connection::open(data.path().join("callboard.db")).unwrap();
    file.pragma_update(None, "user_version", 4).unwrap();
    file.execute_batch(&sample::note_filed_under_nothing()).unwrap();
    drop(file);

    let store = SqliteStore::open(data.path()).unwrap();
    assert_eq!(store.engine().unwrap().belonging(&[sample::APPLICATION]).unwrap(), [3]);
}

#[test]
fn what_was_erased_is_in_no_file_of_the_store_wherever_it_has_been_moved_to() {
    // Given things among others of all sizes that grow and shrink, so that SQLite moves them from page to page
    const SECRET: &str = "ada.lovelace@example.com";
    const THINGS: u64 = 1_000;
    let data = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(data.path()).unwrap();
    let mut engine = store.engine().unwrap();
    let spread = |number: u64| usize::try_from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32).unwrap();
    let whose = |id: u64| if id % 10 == 5 { SECRET } else { "someone.else@example.org" };
    let candidate = |id: u64, version: u64, email: &str| {
        let mut candidate = Candidate::new(Identifier::from_raw(id));
        candidate.email = Some(email.to_owned());
        candidate.title = Some("e".repeat(spread(id * 100 + version) % 1_500));
        let entity = Entity::Candidate(Arc::new(candidate));
        let record = Record { version, ..Record::default() };
        let held = Held { company: sample::company(), entity, record: record.into() };
        EntityWrite { held, base_version: version - 1, moved: false }
    };
    let name = |id| {
        let value = format!("{}{}{}", spread(id), whose(id), "n".repeat(spread(id) % 60));
        Name::external(Kind::Candidate, SourceId::from_raw(11), &value)
    };
    let mut versions = vec![0; 1 + usize::try_from(THINGS).unwrap()];
    let mut change = |id: u64, version_of: &mut Vec<u64>| {
        let version = &mut version_of[usize::try_from(id).unwrap()];
        *version += 1;
        let names = if *version == 1 { vec![(name(id), id)] } else { Vec::new() };
        let entities = vec![candidate(id, *version, whose(id))];
        engine.commit(&Batch { entities, names, ..Batch::default() }).unwrap();
    };
    for id in 1..=THINGS {
        change(id, &mut versions);
        change(1 + spread(id * 31) as u64 % id, &mut versions);
    }
    let said = |id| Receipt { body: SECRET.into(), ..sample::receipt(id) };
    engine.commit(&Batch { receipts: (1..=200).map(said).collect(), ..Batch::default() }).unwrap();
    let is_in_files = || {
        let files =
            std::fs::read_dir(data.path()).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
        files.filter(|bytes| memory_has(bytes, SECRET.as_bytes())).count()
    };
    assert!(is_in_files() > 0);

    // When all of it is erased, and the store is compacted
    let erased = Erased { receipts: (1..=200).map(ReceiptId::from_raw).collect(), ..Erased::default() };
    let of_ada: Vec<u64> = (1..=THINGS).filter(|id| whose(*id) == SECRET).collect();
    let erase = |held: Held| candidate(held.entity.raw_id(), held.record.version + 1, "gone");
    let entities = engine.load(&of_ada).unwrap().into_iter().map(erase).collect();
    let dropped_names = of_ada.iter().copied().map(name).collect();
    engine.commit(&Batch { entities, dropped_names, erased, ..Batch::default() }).unwrap();
    engine.compact().unwrap();

    // Then it is nowhere, while the store is open
    assert_eq!(is_in_files(), 0);
}

fn memory_has(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[test]
fn a_compaction_that_was_put_off_is_made_up_for_when_the_store_is_opened() {
    let data = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(data.path()).unwrap();
    search(&store, 1);
    assert_eq!(store.reader().unwrap().searches().unwrap().len(), 1);
    drop(store);

    let store = SqliteStore::open(data.path()).unwrap();
    assert_eq!(store.reader().unwrap().searches().unwrap(), []);
}

/// Notes that so many searches are over, and that their traces are to leave the store's files.
fn search(store: &SqliteStore, count: usize) {
    let search = Search { company: sample::company(), words: vec!["ada@example.com".to_owned()] };
    let erased = Erased { searches: vec![search; count], ..Erased::default() };
    store.engine().unwrap().commit(&Batch { erased, ..Batch::default() }).unwrap();
    let open = store.reader().unwrap().searches().unwrap();
    sample::change(store, open.iter().map(|(number, _)| Change::Searched(*number)).collect());
}

#[test]
fn what_was_erased_is_known_until_it_has_left_the_log_as_well() {
    // Given somebody who reads from the log
    let data = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(data.path()).unwrap();
    let mut engine = store.engine().unwrap();
    search(&store, 1);
    let reader = rusqlite::Connection::open(data.path().join("callboard.db")).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM erasures").unwrap();

    // When the store is compacted, then that is to be done again until they have let go
    let log_bytes = || std::fs::metadata(data.path().join("callboard.db-wal")).unwrap().len();
    engine.compact().unwrap();
    assert!(log_bytes() > 0);
    assert_eq!(store.reader().unwrap().searches().unwrap().len(), 1);
    drop(reader);
    engine.compact().unwrap();
    assert_eq!(store.reader().unwrap().searches().unwrap(), []);
}

#[test]
fn that_a_store_is_to_be_compacted_is_noted_once_however_many_were_erased() {
    let data = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(data.path()).unwrap();
    for _ in 0..2 {
        search(&store, 3);
        assert_eq!(store.reader().unwrap().searches().unwrap().len(), 1);
    }
    store.engine().unwrap().compact().unwrap();
    assert_eq!(store.reader().unwrap().searches().unwrap(), []);
}

#[test]
fn a_store_of_a_newer_program_is_refused_and_the_error_says_why() {
    let data = tempfile::tempdir().unwrap();
    drop(SqliteStore::open(data.path()).unwrap());
    let file = rusqlite::Connection::open(data.path().join("callboard.db")).unwrap();
    file.pragma_update(None, "user_version", 999).unwrap();
    drop(file);

    let refusal = refusal(data.path());
    assert!(matches!(refusal, EngineError::TooNew { found: 999, known: 5 }), "{refusal:?}");
    assert!(refusal.to_string().contains("run a newer program"), "{refusal}");
    assert_eq!(version(data.path()), 999);
}

#[test]
fn a_store_of_an_older_version_is_only_brought_up_to_date_by_whoever_asks_for_that() {
    let data = tempfile::tempdir().unwrap();
    drop(SqliteStore::open(data.path()).unwrap());
    assert!(SqliteStore::of_today(data.path()).is_ok());
    let file = rusqlite::Connection::open(data.path().join("callboard.db")).unwrap();
    file.pragma_update(None, "user_version", version(data.path()) - 1).unwrap();
    drop(file);
    let older = version(data.path());

    let refused = SqliteStore::of_today(data.path()).err().unwrap();
    assert!(matches!(&refused, EngineError::Unfit(why) if why.contains("older version")), "{refused}");
    assert_eq!(version(data.path()), older);
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

#[cfg(unix)]
#[test]
fn a_database_that_others_may_read_is_closed_to_them() {
    use std::os::unix::fs::PermissionsExt;
    let data = tempfile::tempdir().unwrap();
    drop(SqliteStore::open(data.path()).unwrap());
    let file = data.path().join("callboard.db");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o664)).unwrap();

    let _store = SqliteStore::open(data.path()).unwrap();

    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn questions_that_name_a_thing_or_a_state_do_not_read_the_whole_table() {
    let data = tempfile::tempdir().unwrap();
    let _store = SqliteStore::open(data.path()).unwrap();
    let file = rusqlite::Connection::open(data.path().join("callboard.db")).unwrap();
    for (question, index) in [
        ("SELECT id FROM events WHERE subject = ?1 ORDER BY id DESC LIMIT 50", "events_of_subject"),
        ("SELECT id FROM deliveries WHERE state = 2 ORDER BY id DESC LIMIT 50", "deliveries_failed"),
        (
            "SELECT id FROM entities WHERE company = ?1 AND kind = ?2 AND id < ?3 ORDER BY id DESC",
            "entities_of_kind",
        ),
        ("SELECT id FROM entities WHERE parent = ?1 AND kind = 'app'", "entities_of_parent"),
        ("SELECT id FROM pointers WHERE due_at < ?1 ORDER BY due_at LIMIT 50", "pointers_due"),
        ("SELECT id FROM pointers WHERE due_at > ?1 ORDER BY due_at LIMIT 50", "pointers_due"),
        ("SELECT rowid FROM answers WHERE at < ?1 ORDER BY at LIMIT 64", "answers_by_age"),
        ("SELECT id FROM receipts WHERE outcome = 2 ORDER BY id DESC LIMIT 50", "receipts_quarantined"),
    ] {
        let mut statement = file.prepare(&format!("EXPLAIN QUERY PLAN {question}")).unwrap();
        let places = vec![1; statement.parameter_count()];
        let steps = statement.query_map(rusqlite::params_from_iter(places), |row| row.get::<_, String>(3));
        let steps: Vec<String> = steps.unwrap().map(Result::unwrap).collect();
        assert!(steps.len() == 1 && steps[0].contains(index), "{question}: {steps:?}");
    }
}
