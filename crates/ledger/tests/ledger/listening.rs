//! What the outbox and the live stream hear.

use std::time::{Duration, Instant};

use callboard_core::{DeliveryId, EndpointId, Identifier, Stage};
use callboard_ledger::{
    Attempt, CALLED_OFF_AT_ONCE, Change, DeliveryState, Live, NOTICE_QUEUE, Notice, Settlement,
};

use crate::support::{Asked, Fault, Hub, answers, ask_all, endpoint, intake, moved};

/// How long it may really take, whatever the paused clock says, before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);

fn settled(delivery: DeliveryId, state: DeliveryState) -> Settlement {
    let attempt = Attempt {
        number: 1,
        at: intake("x").received_at,
        took_us: 900,
        status: Some(503),
        error: None,
        response: bytes::Bytes::new(),
    };
    Settlement { delivery, attempt, state, next_at: None, overtook: Vec::new(), news: None }
}

#[tokio::test]
async fn what_is_owed_is_heard_in_order_with_everything_it_takes_to_send_it() {
    let mut hub = Hub::with_endpoints(2).await;
    let ledger = hub.ledger.clone();
    let busy = hub.busy().await;
    let asked = ask_all(&ledger, (0..10).map(|number| intake(&format!("code {number}")))).await;
    busy.over().await;
    assert!(answers(asked).await.iter().all(Result::is_ok));
    ledger.record(moved("code 3", 1, Stage::InterviewStarted)).await.unwrap();

    let heard = hub.heard_owed();

    assert_eq!(heard.len(), (10 * 2 + 1) * 2);
    assert!(heard.is_sorted_by_key(|owed| owed.delivery));
    for id in [1, 2] {
        let to_one: Vec<_> = heard.iter().filter(|owed| owed.endpoint.raw() == id).cloned().collect();
        assert_eq!(to_one, hub.owed(id).await, "what is heard is what is stored");
    }
}

#[tokio::test]
async fn what_people_change_is_heard_after_what_came_before_it() {
    // Given something that is owed and something that was given up
    let mut hub = Hub::with_endpoints(1).await;
    hub.ledger.record(intake("RENE2010")).await.unwrap();
    let owed = hub.heard_owed();
    let (kept, given_up) = (owed[0].delivery, owed[1].delivery);
    hub.ledger.settle(vec![settled(given_up, DeliveryState::Failed)]).await.unwrap();

    // When people change things, all at once
    let changes = vec![
        Change::Retry(given_up),
        Change::Cancel(kept),
        Change::PutEndpoint(endpoint(2)),
        Change::Retry(DeliveryId::from_raw(77)),
        Change::DeleteEndpoint(EndpointId::from_raw(1)),
        Change::Retry(given_up),
    ];
    hub.ledger.change(changes).await.unwrap();

    // Then the outbox hears of each that means something to it, in order
    let heard = hub.heard();
    assert_eq!(heard.len(), 4, "{heard:?}");
    assert!(matches!(&heard[0], Notice::Retry(owed) if owed.delivery == given_up
        && owed.attempts == 1 && owed.next_at.is_none() && !owed.body.is_empty()));
    assert!(matches!(&heard[1], Notice::Cancelled(delivery, _) if *delivery == kept));
    assert!(matches!(&heard[2], Notice::Endpoint(id) if id.raw() == 2));
    assert!(matches!(&heard[3], Notice::Endpoint(id) if id.raw() == 1));
    assert_eq!(hub.owed(1).await, [], "nothing is owed to an endpoint that is gone");
}

#[tokio::test]
async fn a_change_is_in_the_directory_when_it_is_answered_and_governs_what_comes_after_it_in_its_batch() {
    let mut hub = Hub::with_endpoints(1).await;
    let ledger = hub.ledger.clone();
    let busy = hub.busy().await;
    let before = Asked::new(ledger.record(intake("code 1"))).await;
    let change = Asked::new(
        ledger
            .change(vec![Change::DeleteEndpoint(EndpointId::from_raw(1)), Change::PutEndpoint(endpoint(2))]),
    )
    .await;
    let after = Asked::new(ledger.record(intake("code 2"))).await;
    busy.over().await;
    change.await.unwrap();

    let directory = ledger.directory();
    assert!(directory.endpoint(EndpointId::from_raw(1)).is_none());
    assert!(directory.endpoint(EndpointId::from_raw(2)).is_some());
    before.await.unwrap();
    after.await.unwrap();
    assert_eq!(hub.owed(1).await, []);
    assert_eq!(hub.owed(2).await.len(), 2);
    let Some(Notice::Owed(owed)) = hub.heard().into_iter().next() else { panic!("something is owed") };
    assert_eq!(owed.iter().map(|owed| owed.endpoint.raw()).collect::<Vec<_>>(), [1, 1, 2, 2]);
}

#[tokio::test]
async fn an_outbox_that_does_not_listen_is_told_that_it_missed_something() {
    // Given an outbox that hears nothing while more is owed than may wait for it
    let mut hub = Hub::with_endpoints(1).await;
    for number in 0..NOTICE_QUEUE + 5 {
        hub.ledger.record(intake(&format!("code {number}"))).await.unwrap();
    }

    // When it listens again, then it hears the first ones, and that there is more in the store
    let heard = hub.heard();
    assert_eq!(heard.len(), NOTICE_QUEUE + 1);
    let (last, first) = heard.split_last().unwrap();
    assert!(first.iter().all(|notice| matches!(notice, Notice::Owed(_))));
    assert!(matches!(last, Notice::Missed), "{last:?}");
    assert_eq!(hub.owed(1).await.len(), (NOTICE_QUEUE + 5) * 2);

    // And from then on it hears everything again
    hub.ledger.record(intake("another")).await.unwrap();
    assert_eq!(hub.heard_owed().len(), 2);
}

#[tokio::test]
async fn the_live_stream_tells_events_in_the_order_of_their_ids() {
    let hub = Hub::new();
    let mut live = hub.ledger.live();
    hub.ledger.record(intake("RENE2010")).await.unwrap();
    hub.ledger.record(moved("RENE2010", 1, Stage::InterviewStarted)).await.unwrap();

    let mut told = Vec::new();
    while let Ok(Live::Event(event)) = live.try_recv() {
        let id = event.id;
        let row = hub.ledger.read(move |reader| reader.event(id)).await.unwrap().unwrap();
        assert_eq!((row.company, &row.kind, &row.body), (event.company, &event.kind, &event.body));
        told.push(event.id);
    }
    assert_eq!(told.len(), 3);
    assert!(told.is_sorted());
}

#[tokio::test]
async fn whoever_begins_to_watch_while_a_commit_is_under_way_misses_nothing_of_it() {
    // Given a commit that is under way when nobody watches
    let hub = Hub::new();
    hub.control.hold();
    let asked = Asked::new(hub.ledger.record(intake("RENE2010"))).await;
    hub.control.entered().await;

    // When someone begins to watch, and finds nothing in the store yet
    let mut live = hub.ledger.live();
    assert_eq!(hub.ledger.read(|reader| reader.totals()).await.unwrap().events, 0);
    hub.control.release();
    asked.await.unwrap();

    // Then the stream tells of it
    let Live::Event(first) = live.recv().await.unwrap() else { panic!("nobody else is there") };
    let Live::Event(second) = live.recv().await.unwrap() else { panic!("nobody else is there") };
    assert!(first.id < second.id);
}

#[tokio::test]
async fn what_a_removed_endpoint_was_owed_is_called_off_to_the_end_also_after_a_start() {
    // Given an endpoint that is owed more than is called off at once
    let hub = Hub::with_endpoints(2).await;
    let names: Vec<String> = (0..CALLED_OFF_AT_ONCE).map(|number| format!("code {number}")).collect();
    hub.record_all(names.iter().map(|name| intake(name))).await;
    assert_eq!(hub.owed(1).await.len(), CALLED_OFF_AT_ONCE * 2);

    // When it is removed, and the hub stops in the middle of it
    hub.ledger.change(vec![Change::DeleteEndpoint(EndpointId::from_raw(1))]).await.unwrap();
    let hub = hub.reopen().await;
    hub.ledger.resume_calling_off().await.unwrap();

    // Then nothing of it is owed, and nobody else lost anything
    assert_eq!(hub.owed(1).await, []);
    assert_eq!(hub.owed(2).await.len(), CALLED_OFF_AT_ONCE * 2);
}

#[tokio::test(start_paused = true)]
async fn what_a_removed_endpoint_was_owed_is_called_off_although_the_store_did_not_answer_in_between() {
    // Given an endpoint that is owed more than is called off at once
    let hub = Hub::with_endpoints(1).await;
    let names: Vec<String> = (0..CALLED_OFF_AT_ONCE).map(|number| format!("code {number}")).collect();
    hub.record_all(names.iter().map(|name| intake(name))).await;

    // When it is removed, and then the store cannot be read, and does not take what is to be written
    hub.ledger.change(vec![Change::DeleteEndpoint(EndpointId::from_raw(1))]).await.unwrap();
    let commits = hub.control.commits();
    hub.control.refuse_reader();
    hub.control.fail([Fault::Failed]);
    hub.control.reader_refused().await;

    // Then it goes on by itself
    #[expect(clippy::disallowed_methods, reason = "tokio's clock is moved on by this test")]
    let asked = Instant::now();
    while !hub.owed(1).await.is_empty() {
        assert!(asked.elapsed() < PATIENCE, "{} deliveries are left", hub.owed(1).await.len());
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    assert_eq!(hub.control.commits(), commits + 2, "one step was not taken, and was made again");
}
