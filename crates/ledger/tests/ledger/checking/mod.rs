//! A whole store is found whole, and of each kind of damage exactly that is found, on both engines.

mod postgres;
mod sqlite;

use bytes::Bytes;
use callboard_core::{EndpointId, Identifier, Stage};
use callboard_ledger::{
    Attempt, Change, Check, Checked, Company, DeliveryState, Inspector, Ledger, Owed, Settlement, check,
};
use jiff::SignedDuration;

use crate::support::{asking, create, create_noted, endpoint, intake, moved, source, unreadable};

/// What stands for an id in statements.
const NAMES: [(&str, &str); 5] = [
    ("$pending", "(SELECT MIN(id) FROM deliveries WHERE state = 0)"),
    ("$told", "(SELECT MIN(id) FROM deliveries WHERE state = 1)"),
    ("$given_up", "(SELECT MIN(id) FROM deliveries WHERE state = 2)"),
    ("$event", "(SELECT MAX(id) FROM events)"),
    ("$duplicate", "(SELECT id FROM receipts WHERE outcome = 1)"),
];

/// Damage: by which check it is found, in which words, and what does it.
type Planted<'d> = (Check, &'d str, &'d str);

const PLANTED: [Planted<'_>; 35] = [
    (Check::Configured, "cannot be read", "UPDATE endpoints SET body = '{}' WHERE id = 1"),
    (Check::Configured, "another's id", "UPDATE sources SET id = 8"),
    (Check::Things, "cannot be read", "UPDATE entities SET body = '[]' WHERE kind = 'job'"),
    (Check::Things, "cannot be read", "UPDATE entities SET record = 'x' WHERE kind = 'job'"),
    (Check::Things, "another's id", "UPDATE entities SET id = 12345 WHERE kind = 'job'"),
    (Check::Things, "does not belong", "UPDATE entities SET parent = 7 WHERE kind = 'job'"),
    (Check::Things, "no version", "UPDATE entities SET version = 0 WHERE kind = 'job'"),
    (Check::Things, "company that is not there", "UPDATE entities SET company = 9 WHERE kind = 'job'"),
    (Check::Things, "belongs to something that is not there", "DELETE FROM entities WHERE kind = 'can'"),
    (Check::Names, "leads to nothing", "UPDATE names SET entity = 4711"),
    (Check::Events, "cannot be read", "UPDATE events SET body = x'7b' WHERE id = $event"),
    (Check::Events, "as something else", "UPDATE events SET kind = 'job.deleted' WHERE id = $event"),
    (Check::Events, "something else", "UPDATE events SET subject = 3 WHERE id = $event"),
    (
        Check::Events,
        "which is not there",
        "UPDATE events SET receipt = 1152921504606846976 WHERE id = $event",
    ),
    (Check::Events, "only repeats another", "UPDATE events SET receipt = $duplicate WHERE id = $event"),
    (Check::Events, "skipped for", "UPDATE events SET skipped = x'00' WHERE id = $event"),
    (
        Check::Receipts,
        "no event tells so",
        "UPDATE events SET receipt = NULL WHERE kind = 'receipt.quarantined'",
    ),
    (Check::Receipts, "does not say of which", "UPDATE receipts SET detail = '' WHERE id = $duplicate"),
    (
        Check::Receipts,
        "is not there",
        "UPDATE receipts SET detail = 'rcp_7000000000000' WHERE id = $duplicate",
    ),
    (Check::Receipts, "another account's", "UPDATE receipts SET source = 99 WHERE id = $duplicate"),
    (Check::Seen, "known again", "DELETE FROM seen WHERE receipt = (SELECT MAX(receipt) FROM seen)"),
    (
        Check::Seen,
        "another account",
        "UPDATE seen SET source = 99 WHERE receipt = (SELECT MAX(receipt) FROM seen)",
    ),
    (Check::Deliveries, "not there", "UPDATE deliveries SET event = event - 1 WHERE id = $pending"),
    (
        Check::Deliveries,
        "1 of the 1 deliveries that tell it",
        "DELETE FROM deliveries WHERE id = (SELECT MAX(id) FROM deliveries WHERE state = 0)",
    ),
    (Check::Deliveries, "says 7 attempts", "UPDATE deliveries SET attempts = 7 WHERE id = $told"),
    (Check::Deliveries, "no attempt was answered", "UPDATE attempts SET status = 500 WHERE delivery = $told"),
    (
        Check::Deliveries,
        "although it was told",
        "UPDATE attempts SET status = 200 WHERE delivery = $given_up AND number = 1",
    ),
    (Check::Deliveries, "has ended, but says when", "UPDATE deliveries SET next_at = 5 WHERE id = $told"),
    (
        Check::Attempts,
        "numbered 2 to 3",
        "UPDATE attempts SET number = number + 1 WHERE delivery = $given_up AND number = 2; UPDATE attempts SET number = 2 WHERE delivery = $given_up AND number = 1",
    ),
    (Check::Attempts, "tried, but is not there", "INSERT INTO attempts VALUES (5, 1, 0, 0, 200, NULL, NULL)"),
    (Check::Lanes, "was tried before", "UPDATE attempts SET at = at + 1000000000000 WHERE delivery = $told"),
    (Check::Lanes, "which is newer", "UPDATE deliveries SET overtook = x'7000000000000000' WHERE id = $told"),
    (Check::LooseEnds, "has bytes", "INSERT INTO blobs VALUES (5, x'00')"),
    (
        Check::LooseEnds,
        "to be fetched",
        "INSERT INTO pointers (source, receipt, resource, due_at, attempts) VALUES (99, 1, 'thing', 0, 0)",
    ),
    (Check::LooseEnds, "has ended", "INSERT INTO replays VALUES (5, 1, 0, '{}', 0, 0, 0, 0, 0, 0, 5, NULL)"),
];
/// As it is when a hub ended while it called off what a removed endpoint was owed.
const CALLED_OFF_HALFWAY: &str = "DELETE FROM endpoints WHERE id = 2";
const AHEAD: &str = "UPDATE attempts SET at = at + 1000000000000 WHERE delivery = $told;";

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

/// Writes down something of everything: an interview that went through stages, told to one endpoint in order, given up at
/// another and still owed there; a message that came twice, one that nobody understood, and what was asked for: a candidate with a note, and a job.
async fn fill(ledger: &Ledger) {
    let company =
        Company { id: source().company, name: "default".to_owned(), time_zone: None, stages: Vec::new() };
    let mut configured = vec![Change::PutCompany(company), Change::PutSource(source().as_ref().clone())];
    configured.extend([1, 2].map(|id| Change::PutEndpoint(endpoint(id))));
    ledger.change(configured).await.unwrap();
    for told in [intake("RENE2010"), intake("RENE2010"), unreadable("other")] {
        ledger.record(told).await.unwrap();
    }
    for (second, stage) in [(10, Stage::InterviewCreated), (20, Stage::SchedulingTime)] {
        ledger.record(moved("RENE2010", second, stage)).await.unwrap();
    }
    ledger.command(asking(create_noted(2, 3).into())).await.unwrap();
    ledger.command(asking(vec![create(1, "Engineer")])).await.unwrap();
    let delivered = owed(ledger, 1).await;
    let told = (1..).zip(&delivered).map(|(second, owed)| tried(owed, 1, second, DeliveryState::Delivered));
    ledger.settle(told.collect()).await.unwrap();
    let owed = owed(ledger, 2).await;
    let failed = vec![
        tried(&owed[0], 1, 1, DeliveryState::Pending),
        tried(&owed[0], 2, 2, DeliveryState::Failed),
        tried(&owed[1], 1, 3, DeliveryState::Pending),
    ];
    ledger.settle(failed).await.unwrap();
}

async fn owed(ledger: &Ledger, endpoint: u64) -> Vec<Owed> {
    let endpoint = EndpointId::from_raw(endpoint);
    ledger.read(move |reader| reader.owed(endpoint, None, 10_000, usize::MAX)).await.unwrap().rows
}

/// A statement with ids in it.
fn named(sql: &str) -> String {
    NAMES.iter().fold(sql.to_owned(), |sql, (name, id)| sql.replace(name, id))
}

fn made(inspector: &mut dyn Inspector) -> Vec<Checked> {
    check(inspector, &mut |_, _| {})
}

/// What is found, by which check.
fn found(inspector: &mut dyn Inspector) -> Vec<(Check, String)> {
    let checked = made(inspector);
    assert_eq!(checked.len(), Check::ALL.len());
    assert!(checked.iter().all(|it| it.found == it.findings.len() as u64 && !it.sentence.is_empty()));
    let findings =
        checked.into_iter().flat_map(|it| it.findings.into_iter().map(move |said| (it.check, said)));
    findings.map(|(check, said)| (check, format!("{} {}", said.id, said.sentence))).collect()
}

/// Nothing is found, and everything was looked at.
fn assert_whole(inspector: &mut dyn Inspector) {
    let mut said = Vec::new();
    let checked = check(inspector, &mut |check, rows| said.push((check, rows)));
    for it in &checked {
        assert_eq!(it.findings, [], "{:?}", it.check);
        assert!(it.looked_at > 0 || it.check == Check::LooseEnds, "{:?} has nothing to look at", it.check);
    }
    assert_eq!(said, Check::ALL.map(|check| (check, 0)), "each is said to begin");
}

fn assert_found((check, sentence, sql): Planted<'_>, inspector: &mut dyn Inspector) {
    let found = found(inspector);
    assert!(!found.is_empty(), "not found: {sql}");
    assert!(
        found.iter().all(|(by, said)| *by == check && said.contains(sentence)),
        "{sql} is found as {found:#?}"
    );
}
