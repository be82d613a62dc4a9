//! The same request again comes to nothing new, and is answered as it was the first time.

use std::sync::Arc;

use bytes::Bytes;
use callboard_core::{CompanyId, Identifier};
use callboard_ledger::{Answer, Asking, Carried, Change, LedgerError, Remember, RequestKey};
use jiff::SignedDuration;

use crate::support::{Asked, Fault, Hub, asking, create, endpoint, noon, out, refused, retitle, source};

fn key(fingerprint: u8, after: SignedDuration) -> RequestKey {
    let (company, key) = (source().company, "made up".to_owned());
    RequestKey { company, key, fingerprint: [fingerprint; 32], at: noon() + after }
}

/// A request that is to be known again; its answer says what was made.
fn once(key: RequestKey, asking: Asking) -> Asking {
    let answer = Arc::new(|done: &callboard_ledger::Done| answer(done.things[0].entity.raw_id()));
    Asking { remember: Some(Remember { key, answer }), ..asking }
}

fn answer(made: u64) -> Answer {
    Answer { status: 201, etag: Some("\"1\"".to_owned()), body: Bytes::from(format!(r#"{{"made":{made}}}"#)) }
}

fn before(carried: Result<Carried, LedgerError>) -> Answer {
    match carried {
        Ok(Carried::Before(answer)) => answer,
        other => panic!("{other:?} had not been carried out before"),
    }
}

fn reused<T>(answered: &Result<T, LedgerError>) -> bool {
    matches!(answered, Err(LedgerError::KeyReused))
}

const NOW: SignedDuration = SignedDuration::ZERO;
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A request to make a job, under an id that is made up anew each time it comes.
fn made(id: u64, fingerprint: u8, after: SignedDuration) -> Asking {
    once(key(fingerprint, after), asking(vec![create(id, "Engineer")]))
}

async fn jobs(hub: &Hub) -> u64 {
    hub.ledger.read(|reader| reader.totals()).await.unwrap().events
}

#[tokio::test]
async fn a_request_that_comes_twice_is_carried_out_once_in_one_batch_later_and_after_a_start() {
    // Given the same request twice, and another one under its key, in one batch
    let hub = Hub::new();
    let busy = hub.busy().await;
    let first = Asked::new(hub.ledger.command(made(1, 1, NOW))).await;
    let again = Asked::new(hub.ledger.command(made(2, 1, NOW))).await;
    let other = Asked::new(hub.ledger.command(made(3, 2, NOW))).await;
    busy.over().await;

    // Then the first is carried out, and the second is answered so
    assert_eq!(out(first.await).things[0].entity.raw_id(), 1);
    assert_eq!(before(again.await), answer(1));
    assert!(reused(&other.await));

    // And so it is later, and after a start
    assert_eq!(before(hub.ledger.command(made(4, 1, DAY)).await), answer(1));
    let hub = hub.reopen().await;
    assert_eq!(before(hub.ledger.command(made(5, 1, DAY)).await), answer(1));
    assert!(reused(&hub.ledger.command(made(6, 2, DAY)).await));
    assert_eq!(hub.ledger.remembered(key(1, DAY)).await.unwrap(), Some(answer(1)));
    assert!(reused(&hub.ledger.remembered(key(2, DAY)).await));
    assert_eq!(jobs(&hub).await, 1);
}

#[tokio::test]
async fn after_a_day_and_at_another_company_it_is_another_request() {
    let hub = Hub::new();
    out(hub.ledger.command(made(1, 1, NOW)).await);
    let elsewhere = RequestKey { company: CompanyId::from_raw(2), ..key(2, NOW) };
    assert_eq!(hub.ledger.remembered(elsewhere.clone()).await.unwrap(), None);
    out(hub.ledger.command(once(elsewhere, asking(vec![create(2, "Elsewhere")]))).await);

    let later = DAY + SignedDuration::from_secs(1);
    assert_eq!(hub.ledger.remembered(key(2, later)).await.unwrap(), None);
    out(hub.ledger.command(made(3, 2, later)).await);
    assert_eq!(hub.ledger.remembered(key(2, later)).await.unwrap(), Some(answer(3)));
    assert_eq!(jobs(&hub).await, 3);
}

#[tokio::test]
async fn what_was_refused_or_not_written_is_not_remembered() {
    let hub = Hub::new();
    let nobody = once(key(1, NOW), asking(vec![retitle(1, "Nobody")]));
    assert_eq!(refused(hub.ledger.command(nobody).await), "not_found");
    hub.control.fail([Fault::Full]);
    assert!(matches!(hub.ledger.command(made(1, 2, NOW)).await, Err(LedgerError::Store(_))));
    assert_eq!(hub.ledger.remembered(key(3, NOW)).await.unwrap(), None);
    out(hub.ledger.command(made(1, 3, NOW)).await);
}

#[tokio::test]
async fn a_change_that_is_asked_for_twice_is_made_once() {
    let mut hub = Hub::new();
    let make = async |hub: &Hub, id, fingerprint| {
        let changes = vec![Change::PutEndpoint(endpoint(id))];
        hub.ledger.change_once(hub.ledger.directory(), changes, key(fingerprint, NOW), answer(id)).await
    };
    assert_eq!(make(&hub, 1, 1).await.unwrap(), None);
    assert_eq!(hub.heard().len(), 1);
    assert_eq!(make(&hub, 2, 1).await.unwrap(), Some(answer(1)));
    assert!(reused(&make(&hub, 3, 2).await));
    assert!(hub.heard().is_empty());
    assert_eq!(hub.ledger.directory().endpoints().count(), 1);
    let hub = hub.reopen().await;
    assert_eq!(make(&hub, 4, 1).await.unwrap(), Some(answer(1)));
    assert!(hub.ledger.directory().endpoint(Identifier::from_raw(4)).is_none());
}
