//! On SQLite.

use std::path::Path;
use std::sync::Arc;

use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{Check, FINDINGS_TOLD, Inspector};
use jiff::SignedDuration;
use tempfile::TempDir;

use super::{
    AHEAD, CALLED_OFF_HALFWAY, PLANTED, Planted, assert_found, assert_whole, fill, found, made, named,
};
use crate::support::{Hub, intake};

/// What only a store in files can have.
const OWN: [Planted<'_>; 2] = [
    (
        Check::Stages,
        "moves on from",
        "UPDATE events SET body = CAST(replace(CAST(body AS TEXT), '\"previous\":{\"stage\":{\"value\":\"Scheduling', '\"previous\":{\"stage\":{\"value\":\"Scheduled') AS BLOB)
         WHERE kind = 'interview.stage.updated'",
    ),
    (
        Check::Files,
        "missing from index",
        "PRAGMA writable_schema = 1; DELETE FROM sqlite_schema WHERE name = 'x';
         UPDATE sqlite_schema SET sql = replace(sql, 'WHERE state = 0', 'WHERE state = 1') WHERE name = 'deliveries_owed'",
    ),
];

async fn whole() -> Arc<TempDir> {
    let hub = Hub::new();
    fill(&hub.ledger).await;
    hub.close().await
}

fn inspector(data: &Path) -> Box<dyn Inspector> {
    SqliteStore::open(data).unwrap().inspector().unwrap()
}

fn damaged(whole: &Path, sql: &str) -> TempDir {
    let data = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(whole).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), data.path().join(file.file_name())).unwrap();
    }
    let file = rusqlite::Connection::open(data.path().join("callboard.db")).unwrap();
    file.execute_batch(&named(sql)).unwrap();
    data
}

#[tokio::test]
async fn a_whole_store_is_found_whole_and_everything_in_it_was_looked_at() {
    let data = whole().await;
    assert_whole(inspector(data.path()).as_mut());
    assert!(SqliteStore::is_in(data.path()) && !SqliteStore::is_in(&data.path().join("elsewhere")));
}

#[tokio::test]
async fn what_is_still_owed_to_an_endpoint_that_was_removed_is_no_damage() {
    let damaged = damaged(whole().await.path(), CALLED_OFF_HALFWAY);
    assert_whole(inspector(damaged.path()).as_mut());
}

#[tokio::test]
async fn each_kind_of_damage_is_found_and_nothing_else() {
    let data = whole().await;
    for planted in PLANTED.into_iter().chain(OWN) {
        let damaged = damaged(data.path(), planted.2);
        assert_found(planted, inspector(damaged.path()).as_mut());
    }
}

#[tokio::test]
async fn of_very_many_findings_so_many_are_told_and_all_are_counted() {
    let data = whole().await;
    let plant = format!(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {FINDINGS_TOLD})
         INSERT INTO blobs SELECT i + 5, x'00' FROM n"
    );
    let damaged = damaged(data.path(), &plant);
    let checked = made(inspector(damaged.path()).as_mut());
    let ends = checked.iter().find(|it| it.check == Check::LooseEnds).unwrap();
    assert_eq!((ends.findings.len(), ends.found), (FINDINGS_TOLD, FINDINGS_TOLD as u64 + 1));
}

#[tokio::test]
async fn someone_who_goes_ahead_says_whom_they_overtook_and_what_a_person_retried_has_no_turn() {
    let data = whole().await;
    let all = "UPDATE deliveries SET retried = TRUE WHERE id = $told;";
    assert_eq!(found(inspector(damaged(data.path(), &format!("{AHEAD}{all}")).path()).as_mut()), []);
    let says =
        "UPDATE deliveries SET overtook = unhex(printf('%016x', $told)) WHERE endpoint = 1 AND id > $told;";
    assert_eq!(found(inspector(damaged(data.path(), &format!("{AHEAD}{says}")).path()).as_mut()), []);
}

#[tokio::test]
async fn a_store_that_has_let_go_of_what_is_old_is_whole() {
    let hub = Hub::open(whole().await);
    let keep = callboard_ledger::Keep {
        receipts: Some(SignedDuration::from_hours(1)),
        quarantined: None,
        events: Some(SignedDuration::from_hours(1)),
    };
    let later = intake("x").received_at + SignedDuration::from_hours(24);
    assert!(hub.ledger.let_go(&keep, later).await.unwrap() > 0);
    let data = hub.close().await;
    assert_eq!(found(inspector(data.path()).as_mut()), []);
}
