//! Invariant I3: in order per interview, and a stuck one holds back nobody else's.

use std::time::Duration;

use callboard_core::{Endpoint, Ordering};
use callboard_ledger::DeliveryState;

use super::carrier::Courier;
use super::hub::{Home, Hub, TestClock, endpoint};

const URL: &str = "https://ats.example/hooks";

#[tokio::test(start_paused = true)]
async fn i3_one_interview_s_moves_arrive_in_order_whatever_fails_in_between() {
    let (home, clock) = (Home::new(), TestClock::new());
    let courier = Courier::new(&clock, |sent| if sent.number == 1 && sent.attempt < 3 { 500 } else { 200 });
    let mut hub = Hub::start(&home, courier.clone(), clock, vec![endpoint(1, URL)]).await;

    hub.move_all(&["RENE2010", "MIRA2011"], 4).await;
    hub.as_time_passes(|stats| stats.delivered == 8).await;

    for interview in ["RENE2010", "MIRA2011"] {
        assert_eq!(courier.moves(interview), [0, 1, 1, 1, 2, 3]);
    }
    hub.stop().await;
}

#[tokio::test(start_paused = true)]
async fn i3_a_stuck_interview_holds_back_its_own_and_nobody_else_s() {
    let (home, clock) = (Home::new(), TestClock::new());
    let courier = Courier::new(&clock, |sent| if sent.interview == "STUCK" { 500 } else { 200 });
    let patient =
        Endpoint { retry: vec!["2h".to_owned()], hold_for: Duration::from_secs(86_400), ..endpoint(1, URL) };
    let hub = Hub::start(&home, courier.clone(), clock, vec![patient]).await;

    hub.move_all(&["STUCK", "RENE2010"], 3).await;
    hub.until(|stats| stats.delivered == 3).await;

    assert_eq!(courier.moves("RENE2010"), [0, 1, 2]);
    assert_eq!(courier.moves("STUCK"), [0], "its followers wait without attempts of their own");
    hub.stop().await;
}

#[tokio::test(start_paused = true)]
async fn after_hold_for_the_others_go_ahead_and_the_record_says_whom_they_overtook() {
    let (home, clock) = (Home::new(), TestClock::new());
    let courier = Courier::new(&clock, |sent| if sent.number == 0 && sent.attempt < 3 { 500 } else { 200 });
    let hasty = Endpoint {
        retry: vec!["2m".to_owned(), "1h".to_owned()],
        hold_for: Duration::from_secs(600),
        ..endpoint(1, URL)
    };
    let mut hub = Hub::start(&home, courier.clone(), clock, vec![hasty]).await;

    hub.move_all(&["RENE2010"], 3).await;
    hub.as_time_passes(|stats| stats.settled == 5).await;

    assert_eq!(courier.moves("RENE2010"), [0, 0, 1, 2, 0]);
    let sent = courier.sent();
    let waited = sent[2].at.duration_since(sent[0].at).as_secs();
    assert!((600..602).contains(&waited), "{waited} s");
    let deliveries = hub.deliveries(1).await;
    assert!(deliveries.iter().all(|delivery| delivery.state == DeliveryState::Delivered));
    assert_eq!(deliveries[0].overtook, []);
    assert_eq!(deliveries[1].overtook, [deliveries[0].id]);
    assert_eq!(deliveries[2].overtook, [deliveries[0].id]);
    hub.stop().await;
}

#[tokio::test(start_paused = true)]
async fn without_an_order_nobody_waits_for_anybody() {
    let (home, clock) = (Home::new(), TestClock::new());
    let courier = Courier::new(&clock, |sent| if sent.number == 0 && sent.attempt == 1 { 500 } else { 200 });
    let unordered = Endpoint { ordering: Ordering::None, ..endpoint(1, URL) };
    let mut hub = Hub::start(&home, courier.clone(), clock, vec![unordered]).await;

    hub.move_all(&["RENE2010"], 1).await;
    courier.until_sent(1).await;
    hub.move_on("RENE2010", 1).await;
    hub.as_time_passes(|stats| stats.settled == 3).await;

    let deliveries = hub.deliveries(1).await;
    assert_eq!(courier.moves("RENE2010"), [0, 1, 0]);
    assert_eq!(deliveries[1].overtook, []);
    hub.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_exhausted_head_makes_way_and_stays_on_record_as_failed() {
    let (home, clock) = (Home::new(), TestClock::new());
    let courier = Courier::new(&clock, |sent| if sent.number == 0 { 500 } else { 200 });
    let mut hub = Hub::start(&home, courier.clone(), clock, vec![endpoint(1, URL)]).await;

    hub.move_all(&["RENE2010"], 2).await;
    hub.as_time_passes(|stats| stats.settled == 5).await;

    assert_eq!(hub.states(1).await, [DeliveryState::Failed, DeliveryState::Delivered]);
    let deliveries = hub.deliveries(1).await;
    let numbers: Vec<_> = hub.attempts(&deliveries[0]).await.iter().map(|attempt| attempt.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4], "every attempt is on record");
    assert_eq!(deliveries[1].overtook, [], "nobody is overtaken who is no longer owed");
    hub.stop().await;
}
