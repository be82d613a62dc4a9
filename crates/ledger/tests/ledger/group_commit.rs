//! What waits together is written together, and nobody is answered before (invariant I1).

use callboard_ledger::{BATCH_BYTES, BATCH_JOBS, BATCH_OWED, Change, Intake, NOTICE_QUEUE, Outcome};

use crate::support::{Asked, Fault, Hub, answers, ask_all, endpoint, intake};

#[tokio::test]
async fn requests_that_wait_together_are_one_transaction() {
    // Given a writer that is held up by a commit
    let hub = Hub::new();
    let busy = hub.busy().await;
    let before = hub.control.commits();

    // When 200 requests come in meanwhile
    let asked = ask_all(&hub.ledger, (0..200).map(|number| intake(&format!("code {number}")))).await;
    busy.over().await;
    let answers = answers(asked).await;

    // Then all of them are recorded by one commit
    assert!(answers.iter().all(|answer| answer.as_ref().unwrap().outcome == Outcome::Understood));
    assert_eq!(hub.control.commits() - before, 1);
    let totals = hub.ledger.read(|reader| reader.totals()).await.unwrap();
    assert_eq!((totals.receipts, totals.events), (200, 400));
}

#[tokio::test]
async fn what_is_more_than_one_transaction_takes_is_the_next_one() {
    let hub = Hub::new();
    let busy = hub.busy().await;
    let before = hub.control.commits();
    let names = (0..=BATCH_JOBS).map(|number| intake(&format!("code {number}")));
    let asked = ask_all(&hub.ledger, names).await;
    busy.over().await;
    assert!(answers(asked).await.iter().all(Result::is_ok));
    assert_eq!(hub.control.commits() - before, 2);
}

#[tokio::test]
async fn what_comes_to_more_than_one_transaction_takes_is_the_next_one_and_stays_in_its_order() {
    // Given a company with so many endpoints that each request comes to 1,200 deliveries
    const EACH: usize = 1_200;
    let mut hub = Hub::with_endpoints(EACH as u64 / 2).await;
    let ledger = hub.ledger.clone();
    let busy = hub.busy().await;
    let before = hub.control.commits();

    // When 40 requests come in together, and are refused once
    hub.control.fail([Fault::Conflict]);
    let asked = ask_all(&ledger, (0..40).map(|number| intake(&format!("code {number}")))).await;
    busy.over().await;

    // Then they are recorded by as many transactions as it takes, the first one tried twice, in the order in which they came
    let receipts: Vec<_> = answers(asked).await.into_iter().map(|answer| answer.unwrap().receipt).collect();
    assert!(receipts.is_sorted());
    let at_once = BATCH_OWED.div_ceil(EACH);
    assert_eq!(hub.control.commits() - before, 40_usize.div_ceil(at_once) + 1);
    let owed = hub.heard_owed_together();
    assert_eq!(owed, [at_once * EACH, at_once * EACH, (40 - 2 * at_once) * EACH]);
}

#[tokio::test]
async fn bodies_that_come_to_more_bytes_than_one_transaction_takes_are_the_next_one() {
    let hub = Hub::new();
    let busy = hub.busy().await;
    let before = hub.control.commits();
    let large = |number: usize| Intake {
        body: vec![b' '; BATCH_BYTES / 8].into(),
        ..intake(&format!("large {number}"))
    };
    let asked = ask_all(&hub.ledger, (0..12).map(large)).await;
    busy.over().await;
    assert!(answers(asked).await.iter().all(Result::is_ok));
    assert_eq!(hub.control.commits() - before, 2);
}

#[tokio::test]
async fn what_people_change_at_the_same_time_is_not_more_in_one_transaction_than_the_outbox_can_hear() {
    // Given many changes of endpoints that come in together
    let mut hub = Hub::new();
    let ledger = hub.ledger.clone();
    let busy = hub.busy().await;
    let before = hub.control.commits();
    let asked: Vec<_> = (1..NOTICE_QUEUE as u64).map(endpoint).collect();
    let change = |endpoint| {
        let ledger = ledger.clone();
        async move { ledger.change(vec![Change::PutEndpoint(endpoint)]).await }
    };
    let mut changing = Vec::new();
    for endpoint in asked {
        changing.push(Asked::new(change(endpoint)).await);
    }

    // When they are made
    busy.over().await;
    for changed in changing {
        changed.await.unwrap();
    }

    // Then the outbox hears of each one
    assert_eq!(hub.control.commits() - before, 2);
    assert_eq!(hub.heard().len(), NOTICE_QUEUE - 1);
}

#[tokio::test]
async fn no_answer_and_no_announcement_leaves_before_the_commit_has_returned() {
    // Given a commit that is under way
    let mut hub = Hub::with_endpoints(1).await;
    let mut live = hub.ledger.live();
    assert_eq!(hub.ledger.read(|reader| reader.totals()).await.unwrap().receipts, 0);
    hub.control.hold();
    let ledger = hub.ledger.clone();
    let mut asked = Asked::new(ledger.record(intake("RENE2010"))).await;
    hub.control.entered().await;

    // Then nobody has heard anything, and nothing is there
    assert!(!asked.is_answered().await);
    assert!(hub.heard().is_empty());
    assert!(live.try_recv().is_err());
    assert_eq!(hub.ledger.read(|reader| reader.totals()).await.unwrap().receipts, 0);

    // When it has returned, then everything is there by the time of the answer
    hub.control.release();
    let recorded = asked.await.unwrap();
    let receipt = hub.ledger.read(move |reader| reader.receipt(recorded.receipt)).await.unwrap();
    assert!(receipt.is_some());
    assert_eq!(hub.owed(1).await.len(), recorded.events);
}

#[tokio::test]
async fn whoever_does_not_wait_for_the_answer_is_recorded_all_the_same() {
    let hub = Hub::new();
    let busy = hub.busy().await;
    drop(ask_all(&hub.ledger, [intake("RENE2010")]).await);
    busy.over().await;
    hub.ledger.change(Vec::new()).await.unwrap();
    assert_eq!(hub.ledger.read(|reader| reader.totals()).await.unwrap().receipts, 1);
}
