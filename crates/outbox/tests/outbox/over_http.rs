//! Invariant I4 and the wire: what a real receiver gets.

use std::time::Duration;

use callboard_core::Endpoint;
use callboard_dialects::{Request, dialect};
use callboard_ledger::DeliveryState;
use callboard_outbox::{AddressGuard, Sender, SenderLimits, client_config};
use serde_json::json;

use super::hub::{Home, Hub, SECRET, endpoint};
use super::receiver::{Received, Receiver};

fn sender(allowed: &[&str]) -> Sender {
    let allow_networks = allowed.iter().map(|network| network.parse().unwrap()).collect();
    let guard = AddressGuard { allow_http: true, allow_networks };
    Sender::new(guard, client_config(&[]).unwrap(), SenderLimits::default())
}

/// Verifies a request as its receiver would, at the time that it says it was sent.
fn verify(received: &Received) {
    let standard = dialect("standard").unwrap();
    let verifier = standard.verifier(&json!({ "secret": SECRET })).unwrap();
    let headers =
        ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| (name, received.header(name)));
    let sent_at = received.header("webhook-timestamp").parse().unwrap();
    let now = callboard_core::Timestamp::from_second(sent_at).unwrap();
    verifier.verify(&Request { headers: &headers, token: None, body: &received.body }, now).unwrap();
}

#[tokio::test]
async fn i4_a_receiver_that_fails_three_times_gets_the_same_body_four_times_under_one_webhook_id() {
    // Given a receiver that answers 500 three times, then 200
    let failure = "500 Internal Server Error";
    let receiver = Receiver::answering([failure, failure, failure, "200 OK"]).await;
    let home = Home::new();
    // Its clock is a thousand times as fast, and goes on while a slow machine does not: nobody steps aside.
    let patient = Endpoint { hold_for: Duration::from_secs(30 * 86_400), ..endpoint(1, &receiver.url) };
    let hub = Hub::start_fast(&home, sender(&["127.0.0.0/8"]), vec![patient]).await;

    // When an interview moves on twice
    hub.move_all(&["RENE2010"], 2).await;
    hub.until(|stats| stats.settled == 5).await;

    // Then the first move is sent four times, the second after it
    let requests = receiver.received();
    assert_eq!(requests.len(), 5);
    let id = requests[0].header("webhook-id");
    assert!(requests[..4].iter().all(|request| request.body == requests[0].body));
    assert!(requests[..4].iter().all(|request| request.header("webhook-id") == id));
    assert_ne!(requests[4].header("webhook-id"), id);
    let user_agent = concat!("Callboard/", env!("CARGO_PKG_VERSION"));
    for request in &requests {
        verify(request);
        assert_eq!(request.header("user-agent"), user_agent);
        assert_eq!(request.header("content-type"), "application/json");
    }
    assert_ne!(requests[0].header("webhook-timestamp"), requests[1].header("webhook-timestamp"));
    assert_ne!(requests[0].header("webhook-signature"), requests[1].header("webhook-signature"));

    let statuses: Vec<_> =
        hub.attempts(&hub.deliveries(1).await[0]).await.iter().map(|it| it.status).collect();
    assert_eq!(statuses, [Some(500), Some(500), Some(500), Some(200)]);
    hub.stop().await;
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_is_not_followed() {
    let elsewhere = Receiver::answering(["200 OK"]).await;
    let redirect = format!("307 Temporary Redirect\r\nlocation: {}", elsewhere.url);
    let receiver = Receiver::answering([redirect.as_str()]).await;
    let home = Home::new();
    let hub = Hub::start_fast(&home, sender(&["127.0.0.0/8"]), vec![endpoint(1, &receiver.url)]).await;

    hub.move_on("RENE2010", 0).await;
    hub.until(|stats| stats.failed == 1 && stats.unsettled == 0).await;

    assert_eq!(hub.states(1).await, [DeliveryState::Failed]);
    assert_eq!(receiver.received().len(), 4);
    assert_eq!(elsewhere.received().len(), 0);
    hub.stop().await;
}

#[tokio::test]
async fn a_refused_address_is_a_failing_attempt_that_says_so() {
    let receiver = Receiver::answering(["200 OK"]).await;
    let home = Home::new();
    let once = Endpoint { retry: vec!["1s".to_owned()], ..endpoint(1, &receiver.url) };
    let hub = Hub::start_fast(&home, sender(&[]), vec![once]).await;

    hub.move_on("RENE2010", 0).await;
    hub.until(|stats| stats.failed == 1 && stats.unsettled == 0).await;

    let attempt = &hub.attempts(&hub.deliveries(1).await[0]).await[0];
    assert!(attempt.error.as_ref().unwrap().contains("loopback"), "{attempt:?}");
    assert_eq!(receiver.received().len(), 0);
    hub.stop().await;
}
