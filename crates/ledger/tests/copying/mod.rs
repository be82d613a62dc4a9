//! A store in files that is copied into a database.

mod filled;

use std::path::Path;

use callboard_ledger::postgres::PostgresStore;
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{Change, Copied, EngineError, Phase, Store, copy_store};
use tempfile::TempDir;

use crate::database::Database;
use crate::engine::sample::{change, source};

fn copy(from: &Path, to: &Database) -> Result<Copied, EngineError> {
    copy_store(&SqliteStore::open(from).unwrap(), &to.address(), &mut |_| {})
}

/// Why nothing is copied.
fn refusal(from: &Path, to: &Database) -> String {
    match copy(from, to) {
        Err(EngineError::Unfit(why)) => why,
        other => panic!("{other:?} is no refusal"),
    }
}

/// A store with something in it.
fn small() -> TempDir {
    let data = tempfile::tempdir().unwrap();
    change(&SqliteStore::open(data.path()).unwrap(), vec![Change::PutSource(source(11))]);
    data
}

/// Does something to a store's file, which nobody else has open.
fn tamper(data: &Path, sql: &str) {
    rusqlite::Connection::open(data.join("callboard.db")).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn a_store_with_everything_in_it_arrives_as_it_is() {
    let (data, database) = (tempfile::tempdir().unwrap(), Database::start());
    let store = SqliteStore::open(data.path()).unwrap();
    filled::fill(&store);
    let before = filled::answers(&store);

    let mut phases = Vec::new();
    let copied = copy_store(&store, &database.address(), &mut |at| {
        assert!(at.total.is_none_or(|total| at.done <= total), "{at:?}");
        phases.push(at.phase);
    })
    .unwrap();

    phases.dedup();
    assert_eq!(phases, [Phase::Original, Phase::Rows, Phase::Copy]);
    let empty: Vec<_> = copied.tables.iter().filter(|table| table.rows == 0).collect();
    assert!(empty.is_empty(), "nothing is in {empty:?}");
    let copy = PostgresStore::open(&database.address()).unwrap();
    for (here, there) in before.iter().zip(filled::answers(&copy)) {
        assert_eq!(*here, there);
    }
    assert_eq!(filled::answers(&store), before, "the original is as it was");
    database.run(
        "DO $$ BEGIN ASSERT NOT EXISTS (SELECT 1 FROM pg_tables WHERE tablename LIKE 'callboard_%'); END $$",
    );

    // What is numbered goes on after the highest number that there ever was.
    filled::number_one_more(&copy);
    filled::number_one_more(&store);
    assert_eq!(filled::numbers(&copy), filled::numbers(&store));
    assert_eq!(copy.engine().unwrap().last_id().unwrap(), store.engine().unwrap().last_id().unwrap());
}

#[test]
fn what_the_database_does_not_take_is_said_by_its_key_and_the_copy_goes_on_when_that_is_mended() {
    let (data, database) = (small(), Database::start());
    tamper(
        data.path(),
        "INSERT INTO companies VALUES (5, '{'), (6, 'a' || char(0)), (7, CAST(x'ff' AS TEXT));
         INSERT INTO answers VALUES (1, 'short', x'00', 1, NULL, x'', 0);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
         INSERT INTO answers SELECT 2, 'long' || group_concat(hex(randomblob(9))), x'00', 1, NULL, x'', 0 FROM n;
         INSERT INTO horizons VALUES (1, 2);",
    );
    let why = refusal(data.path(), &database);
    assert!(why.contains("companies 6") && why.contains("its body has a NUL"), "{why}");
    tamper(data.path(), "DELETE FROM companies WHERE id = 6");
    let why = refusal(data.path(), &database);
    assert!(why.contains("companies 7") && why.contains("not in UTF-8"), "{why}");
    tamper(data.path(), "DELETE FROM companies WHERE id = 7");
    let why = refusal(data.path(), &database);
    assert!(why.contains("answers 2 long") && why.contains("index"), "{why}");
    tamper(data.path(), "DELETE FROM answers WHERE company = 2");

    let copied = copy(data.path(), &database).unwrap();
    assert!(copied.resumed_at > 0);
    assert!(!copied.whole, "a company cannot be read, here and there");
}

/// More of it than is told, in another order in a database than in files: by name there, by its hash here.
#[test]
fn a_store_in_which_much_is_found_is_copied_as_it_is() {
    let (data, database) = (small(), Database::start());
    tamper(
        data.path(),
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
         INSERT INTO names SELECT 'job:b:' || i, 5 FROM n",
    );
    let copied = copy(data.path(), &database).unwrap();
    assert!(!copied.whole);
}

#[test]
fn nobody_works_on_half_a_copy_and_nobody_else_goes_on_with_it() {
    let (data, database) = (small(), Database::start());
    tamper(data.path(), "INSERT INTO replays VALUES (1, 1, 0, char(0), 0, 0, 0, 0, 0, 0, NULL, NULL)");
    assert!(refusal(data.path(), &database).contains("replays 1"));

    for refused in
        [PostgresStore::open(&database.address()).err(), PostgresStore::inspector(&database.address()).err()]
    {
        let why = refused.expect("it is half a copy").to_string();
        assert!(why.contains("migrate-store goes on with it"), "{why}");
    }
    assert!(refusal(small().path(), &database).contains("half a copy of another store"));

    // Nor does it go on when the original is not what it was.
    change(&SqliteStore::open(data.path()).unwrap(), vec![Change::PutSource(source(12))]);
    assert!(refusal(data.path(), &database).contains("worked on since"));
}

#[test]
fn a_store_is_copied_into_nothing_but_a_database_without_one() {
    let (data, database) = (small(), Database::start());
    database.run("CREATE TABLE events (mine INT)");
    assert!(refusal(data.path(), &database).contains("a table events that is not Callboard's"));
    database.run("DROP TABLE events");

    let nothing = tempfile::tempdir().unwrap();
    assert!(refusal(nothing.path(), &database).contains("nothing in the store"));

    copy(data.path(), &database).unwrap();
    assert!(refusal(data.path(), &database).contains("a store in the database already"));
    database.run("UPDATE callboard SET version = 999, oldest = 999");
    let newer = copy(data.path(), &database);
    assert!(matches!(newer, Err(EngineError::TooNew { found: 999, .. })), "{newer:?}");
}

#[test]
fn a_copy_that_lacks_a_row_is_not_taken_for_the_store() {
    let (data, database) = (small(), Database::start());
    tamper(data.path(), "INSERT INTO replays VALUES (1, 1, 0, char(0), 0, 0, 0, 0, 0, 0, NULL, NULL)");
    assert!(refusal(data.path(), &database).contains("replays 1"));
    tamper(data.path(), "DELETE FROM replays");
    database.run("DELETE FROM sources");
    let why = refusal(data.path(), &database);
    assert!(why.contains("sources has 1 rows, its copy 0"), "{why}");

    database.run("INSERT INTO sources VALUES (11, 'another')");
    let why = refusal(data.path(), &database);
    assert!(
        why.contains("not the same as the original") && why.contains("sources 11 cannot be read"),
        "{why}"
    );
    assert!(PostgresStore::open(&database.address()).is_err());
}
