//! Readers beside the writer.

use std::sync::mpsc;
use std::time::Duration;

use callboard_core::{EndpointId, Identifier};
use callboard_ledger::{ASKED_WITHIN, EngineError, READERS, Totals};

use crate::support::{Asked, Hub, intake};

#[tokio::test]
async fn a_question_that_fails_or_breaks_off_costs_nobody_a_place() {
    let hub = Hub::new();
    for _ in 0..=READERS {
        let failed = hub.ledger.read(|_| Err::<Totals, _>(EngineError::Failed("no".to_owned()))).await;
        assert!(failed.is_err());
        let broken = hub.ledger.read(|_| -> Result<Totals, EngineError> { panic!("a bad question") }).await;
        assert!(broken.unwrap_err().to_string().contains("broke off"));
    }
    hub.ledger.record(intake("RENE2010")).await.unwrap();
    assert_eq!(hub.ledger.read(|reader| reader.totals()).await.unwrap().receipts, 1);
}

#[tokio::test]
async fn questions_are_answered_while_the_writer_is_busy_and_readers_are_kept() {
    let hub = Hub::new();
    hub.ledger.record(intake("RENE2010")).await.unwrap();
    let opened = hub.control.readers();
    assert_eq!(hub.ledger.read(|reader| reader.totals()).await.unwrap().receipts, 1);
    let busy = hub.busy().await;
    for _ in 0..10 {
        assert_eq!(hub.ledger.read(|reader| reader.totals()).await.unwrap().receipts, 1);
    }
    busy.over().await;
    assert_eq!(hub.control.readers() - opened, 1);
}

/// As many questions under way as there may be; each ends when what is answered here is dropped.
async fn as_many_as_may_be(hub: &Hub) -> Vec<mpsc::Sender<()>> {
    let (begun, begins) = mpsc::channel();
    let mut ends = Vec::new();
    for _ in 0..READERS {
        let (end, ended) = mpsc::channel::<()>();
        let begun = begun.clone();
        let question = hub.ledger.read(move |_| {
            begun.send(()).unwrap();
            let _ = ended.recv();
            Ok(())
        });
        drop(Asked::new(question).await);
        ends.push(end);
    }
    (0..READERS).for_each(|_| begins.recv().unwrap());
    ends
}

#[tokio::test]
async fn a_question_keeps_its_place_until_it_is_over_even_if_nobody_waits_for_the_answer() {
    // Given as many questions under way as there may be, for whose answers nobody waits any more
    let hub = Hub::new();
    let opened = hub.control.readers();
    let under_way = as_many_as_may_be(&hub).await;

    // When one more is asked, then it waits for one of them
    let one_more = Asked::new(hub.ledger.read(|reader| reader.totals())).await;
    tokio::task::spawn_blocking(|| ()).await.unwrap();
    assert_eq!(hub.control.readers() - opened, READERS);
    drop(under_way);
    assert_eq!(one_more.await.unwrap(), Totals::default());
    assert_eq!(hub.control.readers() - opened, READERS);
}

#[tokio::test]
async fn what_is_owed_is_read_though_as_many_others_ask_as_may() {
    let hub = Hub::with_endpoints(1).await;
    hub.ledger.record(intake("RENE2010")).await.unwrap();
    let _under_way = as_many_as_may_be(&hub).await;
    let mut looked_up = Asked::new(hub.ledger.read(|reader| reader.totals())).await;

    let endpoint = EndpointId::from_raw(1);
    let page = hub.ledger.read_owed(move |reader| reader.owed(endpoint, None, 10, usize::MAX)).await.unwrap();
    assert_eq!(page.rows.len(), 2);
    assert!(!looked_up.is_answered().await);
}

#[tokio::test]
async fn a_question_does_not_wait_for_ever_behind_others_that_are_not_answered() {
    let hub = Hub::new();
    let under_way = as_many_as_may_be(&hub).await;
    tokio::time::pause();
    let mut one_more = Asked::new(hub.ledger.read(|reader| reader.totals())).await;

    tokio::time::advance(ASKED_WITHIN.saturating_sub(Duration::from_secs(1))).await;
    assert!(!one_more.is_answered().await);
    tokio::time::advance(Duration::from_secs(2)).await;
    assert!(one_more.await.unwrap_err().to_string().contains("others ask the store"));

    drop(under_way);
    assert_eq!(hub.ledger.read(|reader| reader.totals()).await.unwrap(), Totals::default());
}
