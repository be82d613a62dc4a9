//! Closing: nothing more is taken, and what was taken is written.

use callboard_ledger::LedgerError;

use crate::support::{Asked, Hub, answers, ask_all, intake};

#[tokio::test]
async fn what_was_taken_before_it_was_closed_is_written_and_nothing_is_taken_after() {
    // Given requests that wait for a writer that is held up
    let hub = Hub::new();
    let ledger = hub.ledger.clone();
    let busy = hub.busy().await;
    let asked = ask_all(&ledger, (0..20).map(|number| intake(&format!("code {number}")))).await;

    // When the ledger is closed behind them, and one more comes in before the writer gets to that
    ledger.close().await;
    let behind = Asked::new(ledger.record(intake("behind"))).await;
    busy.over().await;

    // Then all of them are answered, and from then on nothing is taken
    assert!(answers(asked).await.into_iter().all(|answer| answer.is_ok()));
    behind.await.unwrap();
    let late = ledger.record(intake("late")).await;
    assert!(matches!(late, Err(LedgerError::Closed)), "{late:?}");
    assert!(matches!(ledger.settle(Vec::new()).await, Err(LedgerError::Closed)));

    // And everything is there when the writer is gone, and the store is free
    drop(ledger);
    let hub = Hub::open(hub.close().await);
    assert_eq!(hub.ledger.read(|reader| reader.totals()).await.unwrap().receipts, 21);
}

#[tokio::test]
async fn the_outbox_hears_that_it_is_over() {
    let mut hub = Hub::new();
    hub.ledger.close().await;
    assert!(hub.notices.recv().await.is_none());
}
