//! When the next attempt is made.

use std::time::Duration;

use callboard_core::{Endpoint, RateLimit};
use callboard_ledger::DeliveryState;
use callboard_outbox::RetryAfter;

use super::carrier::{Courier, Sent};
use super::hub::{Home, Hub, TestClock, endpoint};

const URL: &str = "https://ats.example/hooks";

/// The waits between what was sent, in whole seconds.
fn waits_s(sent: &[Sent]) -> Vec<i64> {
    sent.windows(2).map(|pair| pair[1].at.duration_since(pair[0].at).as_secs()).collect()
}

#[tokio::test(start_paused = true)]
async fn attempts_follow_the_endpoint_s_schedule() {
    let (home, clock) = (Home::new(), TestClock::new());
    let courier = Courier::new(&clock, |_| 0);
    let mut hub = Hub::start(&home, courier.clone(), clock, vec![endpoint(1, URL)]).await;

    hub.move_on("RENE2010", 0).await;
    hub.as_time_passes(|stats| stats.failed == 1 && stats.unsettled == 0).await;

    let waits = waits_s(&courier.sent());
    assert!(matches!(waits[..], [4..=6, 269..=331, 1619..=1981]), "{waits:?}");
    let delivery = &hub.deliveries(1).await[0];
    assert_eq!((delivery.state, delivery.attempts, delivery.next_at), (DeliveryState::Failed, 4, None));
    let attempts = hub.attempts(delivery).await;
    let error = Some("no connection could be made: connection refused".to_owned());
    assert!(
        attempts.iter().all(|attempt| attempt.status.is_none() && attempt.error == error),
        "{attempts:?}"
    );
    hub.stop().await;
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_honoured() {
    let (home, clock) = (Home::new(), TestClock::new());
    let courier = Courier::new(&clock, |sent| if sent.attempt == 1 { 503 } else { 200 })
        .asking_for(RetryAfter::In(Duration::from_secs(120)));
    let mut hub = Hub::start(&home, courier.clone(), clock, vec![endpoint(1, URL)]).await;

    hub.move_on("RENE2010", 0).await;
    hub.as_time_passes(|stats| stats.delivered == 1).await;

    let waits = waits_s(&courier.sent());
    assert!(matches!(waits[..], [120..=121]), "asked for 120 s where the schedule has 5 s: {waits:?}");
    hub.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_spaces_attempts_and_its_waiting_is_not_an_attempt() {
    let (home, clock) = (Home::new(), TestClock::new());
    let courier = Courier::new(&clock, |_| 200);
    let slow = Endpoint { rate_limit: Some(RateLimit { per_second: 0.1 }), ..endpoint(1, URL) };
    let mut hub = Hub::start(&home, courier.clone(), clock, vec![slow]).await;

    hub.move_all(&["RENE2010", "MIRA2011", "OLGA2012"], 1).await;
    hub.as_time_passes(|stats| stats.settled == 3).await;

    assert_eq!(waits_s(&courier.sent()), [10, 10]);
    assert!(hub.deliveries(1).await.iter().all(|delivery| delivery.attempts == 1));
    hub.stop().await;
}
