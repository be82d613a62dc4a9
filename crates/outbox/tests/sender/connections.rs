//! Connections are used again, and given up in time.

use std::sync::{Arc, Mutex};

use callboard_outbox::SenderLimits;
use callboard_outbox::sender::IDLE_LIMIT;
use tokio::io::AsyncWriteExt;
use tokio::sync::oneshot;

use crate::stage::{Endpoint, OK, send, sender};

#[tokio::test]
async fn a_connection_is_used_again() {
    let endpoint = Endpoint::answering(OK).await;
    let sender = sender(SenderLimits::default());
    for _ in 0..50 {
        send(&sender, &endpoint.url()).await.unwrap();
    }
    assert_eq!((endpoint.requests().len(), endpoint.connections()), (50, 1));
}

#[tokio::test]
async fn a_used_connection_that_is_closed_on_us_is_not_a_failed_attempt() {
    // Given an endpoint that closes each connection upon its second request, unanswered
    let endpoint = Endpoint::open(|mut stream, seen| async move {
        seen.read_request(&mut stream).await;
        stream.write_all(OK.as_bytes()).await.unwrap();
        seen.read_request(&mut stream).await;
    })
    .await;
    let sender = sender(SenderLimits::default());

    // When shipments follow each other, then each one is answered
    for _ in 0..20 {
        assert!(send(&sender, &endpoint.url()).await.unwrap().is_success());
    }
    assert!(endpoint.requests().len() > 20, "some of them met a connection that was then closed");
}

#[tokio::test]
async fn a_connection_is_not_kept_beyond_the_number_that_is_allowed() {
    let endpoint = Endpoint::answering(OK).await;
    let sender = sender(SenderLimits { idle_connections_per_host: 0, ..SenderLimits::default() });
    for _ in 0..3 {
        send(&sender, &endpoint.url()).await.unwrap();
    }
    assert_eq!(endpoint.connections(), 3);
}

#[tokio::test]
async fn a_connection_is_not_kept_for_longer_than_is_allowed() {
    // Given connections that have answered
    let endpoint = Endpoint::answering(OK).await;
    let sender = sender(SenderLimits::default());
    for _ in 0..3 {
        send(&sender, &endpoint.url()).await.unwrap();
    }
    let before = endpoint.connections();

    // When they have been idle for longer than the limit
    tokio::time::pause();
    tokio::time::advance(IDLE_LIMIT * 2).await;
    tokio::time::resume();

    // Then the next shipment gets a new one
    send(&sender, &endpoint.url()).await.unwrap();
    assert!(endpoint.connections() > before);
}

#[tokio::test]
async fn the_connections_to_all_hosts_together_have_a_limit() {
    // Given room for one unused connection
    let (first, second) = (Endpoint::answering(OK).await, Endpoint::answering(OK).await);
    let sender = sender(SenderLimits { idle_connections: 1, ..SenderLimits::default() });

    // When one host is sent to in between what another is sent
    for endpoint in [&first, &first, &second, &second, &first, &first] {
        send(&sender, &endpoint.url()).await.unwrap();
    }

    // Then whoever was sent to last has the connection that is kept
    assert_eq!((first.connections(), second.connections()), (2, 1));
}

#[tokio::test]
async fn an_unused_connection_is_hung_up_though_nothing_is_sent_any_more() {
    // Given an endpoint that was sent something once
    let (hung_up, told) = oneshot::channel();
    let hung_up = Arc::new(Mutex::new(Some(hung_up)));
    let endpoint = Endpoint::open(move |mut stream, seen| {
        let hung_up = hung_up.lock().unwrap().take();
        async move {
            while seen.read_request(&mut stream).await {
                stream.write_all(OK.as_bytes()).await.unwrap();
            }
            hung_up.unwrap().send(()).unwrap();
        }
    })
    .await;
    let sender = sender(SenderLimits::default());
    send(&sender, &endpoint.url()).await.unwrap();

    // When nothing happens but that time passes, then it finds the connection closed
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    told.await.unwrap();
    assert!(begun.elapsed() <= IDLE_LIMIT * 2);
}

#[tokio::test]
async fn many_shipments_at_once_are_all_answered() {
    let endpoint = Endpoint::answering(OK).await;
    let sender = sender(SenderLimits::default());
    let mut sending = tokio::task::JoinSet::new();
    for _ in 0..200 {
        let (sender, url) = (sender.clone(), endpoint.url());
        sending.spawn(async move { send(&sender, &url).await.unwrap().status });
    }
    assert!(sending.join_all().await.into_iter().all(|status| status == 200));
    assert_eq!(endpoint.requests().len(), 200);
}
