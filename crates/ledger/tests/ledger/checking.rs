//! A whole store is found whole, and of each kind of damage exactly that is found.

use std::path::Path;

use bytes::Bytes;
use callboard_core::Stage;
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{
    Attempt, Change, Check, Company, DeliveryState, FINDINGS_TOLD, Owed, Settlement, check,
};
use jiff::SignedDuration;

use crate::support::{Hub, asking, create, intake, moved, source, unreadable};

const PENDING: &str = "(SELECT MIN(id) FROM deliveries WHERE state = 0)";
const TOLD: &str = "(SELECT MIN(id) FROM deliveries WHERE state = 1)";
const GIVEN_UP: &str = "(SELECT MIN(id) FROM deliveries WHERE state = 2)";
const EVENT: &str = "(SELECT MAX(id) FROM events)";
const DUPLICATE: &str = "(SELECT id FROM receipts WHERE outcome = 1)";

fn tried(owed: &Owed, number: u32, second: i64, state: DeliveryState) -> Settlement {
    let attempt = Attempt {
        number,
        at: intake("x").received_at + SignedDuration::from_secs(second),
        took_us: 900,
        status: Some(if state == DeliveryState::Delivered { 204 } else { 500 }),
        error: None,
        response: Bytes::new(),
    };
    Settlement { delivery: owed.delivery, attempt, state, next_at: None, overtook: Vec::new(), news: None }
}

/// A store with everything in it: an interview that went through stages, told to one endpoint in order, given up at another
/// and still owed there; a message that came twice, one that nobody understood, and a job that was asked for.
async fn whole() -> std::sync::Arc<tempfile::TempDir> {
    let hub = Hub::with_endpoints(2).await;
    let company =
        Company { id: source().company, name: "default".to_owned(), time_zone: None, stages: Vec::new() };
    let configured = vec![Change::PutCompany(company), Change::PutSource(source().as_ref().clone())];
    hub.ledger.change(configured).await.unwrap();
    for told in [intake("RENE2010"), intake("RENE2010"), unreadable("other")] {
        hub.ledger.record(told).await.unwrap();
    }
    for (second, stage) in [(10, Stage::InterviewCreated), (20, Stage::SchedulingTime)] {
        hub.ledger.record(moved("RENE2010", second, stage)).await.unwrap();
    }
    hub.ledger.command(asking(vec![create(1, "Engineer")])).await.unwrap();
    let delivered = hub.owed(1).await;
    let told = (1..).zip(&delivered).map(|(second, owed)| tried(owed, 1, second, DeliveryState::Delivered));
    hub.ledger.settle(told.collect()).await.unwrap();
    let owed = hub.owed(2).await;
    let failed = vec![
        tried(&owed[0], 1, 1, DeliveryState::Pending),
        tried(&owed[0], 2, 2, DeliveryState::Failed),
        tried(&owed[1], 1, 3, DeliveryState::Pending),
    ];
    hub.ledger.settle(failed).await.unwrap();
    hub.close().await
}

fn found(data: &Path) -> Vec<(Check, String)> {
    let store = SqliteStore::open(data).unwrap();
    let checked = check(store.inspector().unwrap().as_mut(), &mut |_, _| {});
    assert_eq!(checked.len(), Check::ALL.len());
    assert!(checked.iter().all(|it| it.found == it.findings.len() as u64 && !it.sentence.is_empty()));
    let findings =
        checked.into_iter().flat_map(|it| it.findings.into_iter().map(move |said| (it.check, said)));
    findings.map(|(check, said)| (check, format!("{} {}", said.id, said.sentence))).collect()
}

fn damaged(whole: &Path, sql: &str) -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(whole).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), data.path().join(file.file_name())).unwrap();
    }
    let file = rusqlite::Connection::open(data.path().join("callboard.db")).unwrap();
    let sql = sql
        .replace("$pending", PENDING)
        .replace("$told", TOLD)
        .replace("$given_up", GIVEN_UP)
        .replace("$event", EVENT)
        .replace("$duplicate", DUPLICATE);
    file.execute_batch(&sql).unwrap();
    data
}

#[tokio::test]
async fn a_whole_store_is_found_whole_and_everything_in_it_was_looked_at() {
    let data = whole().await;
    let store = SqliteStore::open(data.path()).unwrap();
    let mut said = Vec::new();
    let checked = check(store.inspector().unwrap().as_mut(), &mut |check, rows| said.push((check, rows)));
    for it in &checked {
        assert_eq!(it.findings, [], "{:?}", it.check);
        assert!(it.looked_at > 0 || it.check == Check::LooseEnds, "{:?} has nothing to look at", it.check);
    }
    assert_eq!(said, Check::ALL.map(|check| (check, 0)), "each is said to begin");
    assert!(SqliteStore::is_in(data.path()) && !SqliteStore::is_in(&data.path().join("elsewhere")));
}

#[tokio::test]
async fn each_kind_of_damage_is_found_and_nothing_else() {
    let data = whole().await;
    let planted = [
        (Check::Configured, "cannot be read", "UPDATE endpoints SET body = '{}' WHERE id = 1"),
        (Check::Configured, "another's id", "UPDATE sources SET id = 8"),
        (Check::Things, "cannot be read", "UPDATE entities SET body = '[]' WHERE kind = 'job'"),
        (Check::Things, "cannot be read", "UPDATE entities SET record = 'x' WHERE kind = 'job'"),
        (Check::Things, "another's id", "UPDATE entities SET id = 12345 WHERE kind = 'job'"),
        (Check::Things, "does not belong", "UPDATE entities SET parent = 7 WHERE kind = 'job'"),
        (Check::Things, "no version", "UPDATE entities SET version = 0 WHERE kind = 'job'"),
        (Check::Things, "company that is not there", "UPDATE entities SET company = 9 WHERE kind = 'job'"),
        (Check::Names, "leads to nothing", "UPDATE names SET entity = 4711"),
        (Check::Events, "cannot be read", "UPDATE events SET body = x'7b' WHERE id = $event"),
        (Check::Events, "as something else", "UPDATE events SET kind = 'job.deleted' WHERE id = $event"),
        (Check::Events, "something else", "UPDATE events SET subject = 3 WHERE id = $event"),
        (Check::Events, "which is not there", "UPDATE events SET receipt = 1 << 60 WHERE id = $event"),
        (Check::Events, "only repeats another", "UPDATE events SET receipt = $duplicate WHERE id = $event"),
        (Check::Events, "skipped for", "UPDATE events SET skipped = x'00' WHERE id = $event"),
        (
            Check::Stages,
            "moves on from",
            "UPDATE events SET body = CAST(replace(CAST(body AS TEXT), '\"previous\":{\"stage\":{\"value\":\"Scheduling', '\"previous\":{\"stage\":{\"value\":\"Scheduled') AS BLOB)
             WHERE kind = 'interview.stage.updated'",
        ),
        (Check::Receipts, "no event tells so", "UPDATE events SET receipt = NULL WHERE kind = 'receipt.quarantined'"),
        (Check::Receipts, "does not say of which", "UPDATE receipts SET detail = '' WHERE id = $duplicate"),
        (Check::Receipts, "is not there", "UPDATE receipts SET detail = 'rcp_7000000000000' WHERE id = $duplicate"),
        (Check::Receipts, "another account's", "UPDATE receipts SET source = 99 WHERE id = $duplicate"),
        (Check::Seen, "known again", "DELETE FROM seen WHERE receipt = (SELECT MAX(receipt) FROM seen)"),
        (Check::Seen, "another account", "UPDATE seen SET source = 99 WHERE receipt = (SELECT MAX(receipt) FROM seen)"),
        (Check::Deliveries, "not there", "UPDATE deliveries SET event = event - 1 WHERE id = $pending"),
        (Check::Deliveries, "1 of the 1 deliveries that tell it", "DELETE FROM deliveries WHERE id = (SELECT MAX(id) FROM deliveries WHERE state = 0)"),
        (Check::Deliveries, "endpoint that is not", "UPDATE deliveries SET endpoint = 77 WHERE id = (SELECT MAX(id) FROM deliveries WHERE state = 0)"),
        (Check::Deliveries, "says 7 attempts", "UPDATE deliveries SET attempts = 7 WHERE id = $told"),
        (Check::Deliveries, "no attempt was answered", "UPDATE attempts SET status = 500 WHERE delivery = $told"),
        (Check::Deliveries, "although it was told", "UPDATE attempts SET status = 200 WHERE delivery = $given_up AND number = 1"),
        (Check::Deliveries, "has ended, but says when", "UPDATE deliveries SET next_at = 5 WHERE id = $told"),
        (Check::Attempts, "numbered 2 to 3", "UPDATE attempts SET number = number + 1 WHERE delivery = $given_up AND number = 2; UPDATE attempts SET number = 2 WHERE delivery = $given_up AND number = 1"),
        (Check::Attempts, "tried, but is not there", "INSERT INTO attempts VALUES (5, 1, 0, 0, 200, NULL, NULL)"),
        (Check::Lanes, "was tried before", "UPDATE attempts SET at = at + 1000000000000 WHERE delivery = $told"),
        (Check::Lanes, "which is newer", "UPDATE deliveries SET overtook = x'7000000000000000' WHERE id = $told"),
        (Check::LooseEnds, "has bytes", "INSERT INTO blobs VALUES (5, x'00')"),
        (Check::LooseEnds, "to be fetched", "INSERT INTO pointers VALUES (1, 99, 1, 'thing', 0, 0, NULL)"),
        (Check::LooseEnds, "has ended", "INSERT INTO replays VALUES (5, 1, 0, '{}', 0, 0, 0, 0, 0, 0, 5, NULL)"),
        (
            Check::Files,
            "missing from index",
            "PRAGMA writable_schema = 1; DELETE FROM sqlite_schema WHERE name = 'x';
             UPDATE sqlite_schema SET sql = replace(sql, 'WHERE state = 0', 'WHERE state = 1') WHERE name = 'deliveries_owed'",
        ),
    ];
    for (check, sentence, sql) in planted {
        let found = found(damaged(data.path(), sql).path());
        assert!(!found.is_empty(), "not found: {sql}");
        assert!(
            found.iter().all(|(by, said)| *by == check && said.contains(sentence)),
            "{sql} is found as {found:#?}"
        );
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
    let store = SqliteStore::open(damaged.path()).unwrap();
    let checked = check(store.inspector().unwrap().as_mut(), &mut |_, _| {});
    let ends = checked.iter().find(|it| it.check == Check::LooseEnds).unwrap();
    assert_eq!((ends.findings.len(), ends.found), (FINDINGS_TOLD, FINDINGS_TOLD as u64 + 1));
}

#[tokio::test]
async fn someone_who_goes_ahead_says_whom_they_overtook_and_what_a_person_retried_has_no_turn() {
    let data = whole().await;
    let ahead = "UPDATE attempts SET at = at + 1000000000000 WHERE delivery = $told;";
    let all = "UPDATE deliveries SET retried = 1 WHERE id = $told;";
    assert_eq!(found(damaged(data.path(), &format!("{ahead}{all}")).path()), []);
    let says =
        "UPDATE deliveries SET overtook = unhex(printf('%016x', $told)) WHERE endpoint = 1 AND id > $told;";
    assert_eq!(found(damaged(data.path(), &format!("{ahead}{says}")).path()), []);
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
    assert_eq!(found(data.path()), []);
}
