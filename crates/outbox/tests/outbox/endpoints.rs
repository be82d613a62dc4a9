//! Endpoints that go away, come back, or cannot be told at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering::SeqCst};

use callboard_core::{Endpoint, EndpointId, EndpointState, Identifier, Sealed};
use callboard_ledger::{Change, DeliveryState};

use super::carrier::Courier;
use super::hub::{Home, Hub, TestClock, disabled, endpoint, in_time};

const URL: &str = "https://ats.example/hooks";
const OTHER_URL: &str = "https://partner.example/hooks";

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_is_gone_is_disabled_and_what_it_is_owed_waits_for_it() {
    // Given an endpoint that answers 410
    let (home, clock) = (Home::new(), TestClock::new());
    let status = Arc::new(AtomicU16::new(410));
    let answers = Arc::clone(&status);
    let courier = Courier::new(&clock, move |_| answers.load(SeqCst));
    let hub = Hub::start(&home, courier.clone(), clock, vec![endpoint(1, URL)]).await;
    hub.move_on("RENE2010", 0).await;
    hub.until(|stats| stats.settled == 1).await;

    // Then it is disabled, and what comes now waits with what it refused
    let state = || hub.ledger.directory().endpoint(EndpointId::from_raw(1)).unwrap().state.clone();
    let disabled = async {
        while state() == EndpointState::Enabled {
            tokio::task::yield_now().await;
        }
    };
    in_time("it is disabled", disabled).await;
    assert!(matches!(state(), EndpointState::Disabled { reason, .. } if reason == "gone"));
    hub.move_on("RENE2010", 1).await;
    assert_eq!(hub.states(1).await, [DeliveryState::Pending; 2]);
    assert_eq!(courier.moves("RENE2010"), [0]);

    // When a person enables it again, it is told everything, in order
    status.store(200, SeqCst);
    hub.switch_on(1).await;
    hub.until(|stats| stats.settled == 3).await;
    assert_eq!(courier.moves("RENE2010"), [0, 0, 1]);
    assert_eq!(hub.states(1).await, [DeliveryState::Delivered; 2]);
    hub.stop().await;
}

#[tokio::test(start_paused = true)]
async fn one_that_was_off_for_longer_than_anything_is_held_back_is_still_told_in_order() {
    // Given an endpoint that was disabled after the first attempt at the first of three
    let (home, clock) = (Home::new(), TestClock::new());
    let courier = Courier::new(&clock, |sent| match (sent.number, sent.attempt) {
        (0, 1) => 410,
        (0, 2) => 500,
        _ => 200,
    });
    let hub_of = |endpoints| Hub::start(&home, courier.clone(), Arc::clone(&clock), endpoints);
    let hub = hub_of(vec![endpoint(1, URL)]).await;
    hub.move_all(&["RENE2010"], 3).await;
    hub.until(|stats| stats.settled == 1 && stats.disabled == 1).await;

    // When it is enabled long after that one has stopped holding back the others, and the next attempt fails as well
    tokio::time::advance(hub.hold_for(1) * 2).await;
    hub.switch_on(1).await;
    hub.until(|stats| stats.settled >= 2).await;

    // Then nobody goes ahead: neither at once nor after a restart
    hub.stop().await;
    let mut hub = hub_of(Vec::new()).await;
    hub.as_time_passes(|_| courier.sent().len() == 5).await;
    assert_eq!(courier.moves("RENE2010"), [0, 0, 0, 1, 2]);
    hub.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_a_disabled_endpoint_is_owed_waits_and_others_are_told() {
    let (home, clock) = (Home::new(), TestClock::new());
    let courier = Courier::new(&clock, |_| 200);
    let endpoints = vec![disabled(endpoint(1, URL)), endpoint(2, OTHER_URL)];
    let hub = Hub::start(&home, courier.clone(), clock, endpoints).await;

    hub.move_all(&["RENE2010"], 3).await;
    hub.until(|stats| stats.delivered == 3).await;
    assert_eq!(courier.told(URL), []);
    assert_eq!(hub.states(1).await, [DeliveryState::Pending; 3]);

    hub.switch_on(1).await;
    hub.until(|stats| stats.delivered == 6).await;
    assert_eq!(courier.told(URL), courier.told(OTHER_URL));
    hub.stop().await;
}

#[tokio::test(start_paused = true)]
async fn one_that_is_down_loses_nothing_and_holds_up_nobody_else() {
    let (home, clock) = (Home::new(), TestClock::new());
    let courier = Courier::new(&clock, |sent| if sent.url == URL && sent.attempt < 4 { 0 } else { 200 });
    let mut hub =
        Hub::start(&home, courier.clone(), clock, vec![endpoint(1, URL), endpoint(2, OTHER_URL)]).await;

    hub.move_all(&["RENE2010", "MIRA2011"], 3).await;
    hub.as_time_passes(|stats| stats.delivered == 12 && stats.unsettled == 0).await;

    let sent = courier.sent();
    let first_success = sent.iter().position(|sent| sent.url == URL && sent.attempt == 4).unwrap();
    let others = sent[..first_success].iter().filter(|sent| sent.url == OTHER_URL).count();
    assert_eq!(others, 6, "the other was told everything meanwhile");
    assert_eq!(hub.states(1).await, [DeliveryState::Delivered; 6]);
    hub.stop().await;
}

#[tokio::test(start_paused = true)]
async fn settings_that_cannot_work_are_failing_attempts_that_say_why() {
    let (home, clock) = (Home::new(), TestClock::new());
    let courier = Courier::new(&clock, |_| 200);
    let once = |endpoint: Endpoint| Endpoint { retry: vec!["1s".to_owned()], ..endpoint };
    let endpoints = vec![
        once(Endpoint { credentials: Sealed::default(), ..endpoint(1, URL) }),
        once(endpoint(2, "not a url")),
    ];
    let mut hub = Hub::start(&home, courier.clone(), clock, endpoints).await;

    hub.move_on("RENE2010", 0).await;
    hub.as_time_passes(|stats| stats.failed == 2 && stats.unsettled == 0).await;

    assert_eq!(courier.sent(), []);
    for (number, says) in [(1, "credentials cannot be used"), (2, "URL cannot be used")] {
        let delivery = &hub.deliveries(number).await[0];
        let error = hub.attempts(delivery).await[1].error.clone().unwrap();
        assert!(error.contains(says), "{error}");
    }
    hub.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_person_may_have_a_failed_delivery_tried_again_and_a_waiting_one_called_off() {
    let (home, clock) = (Home::new(), TestClock::new());
    let courier = Courier::new(&clock, |sent| if sent.number == 0 && sent.attempt <= 2 { 500 } else { 200 });
    let once = Endpoint { retry: vec!["1h".to_owned()], ..endpoint(1, URL) };
    let mut hub = Hub::start(&home, courier.clone(), clock, vec![once]).await;
    hub.move_all(&["RENE2010"], 1).await;
    hub.as_time_passes(|stats| stats.failed == 1 && stats.unsettled == 0).await;

    let failed = hub.deliveries(1).await[0].id;
    hub.ledger.change(vec![Change::Retry(failed)]).await.unwrap();
    hub.until(|stats| stats.settled == 3).await;
    assert_eq!(hub.states(1).await, [DeliveryState::Delivered]);

    hub.move_on("MIRA2011", 0).await;
    hub.move_on("MIRA2011", 1).await;
    hub.until(|stats| stats.settled == 4).await;
    let waiting = hub.deliveries(1).await[1].id;
    hub.ledger.change(vec![Change::Cancel(waiting)]).await.unwrap();
    hub.until(|stats| stats.settled == 5).await;
    assert_eq!(courier.moves("MIRA2011"), [0, 1]);
    assert_eq!(hub.states(1).await[1..], [DeliveryState::Cancelled, DeliveryState::Delivered]);
    hub.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_removed_endpoint_is_told_nothing_more() {
    let (home, clock) = (Home::new(), TestClock::new());
    let courier = Courier::new(&clock, |sent| if sent.url == URL { 500 } else { 200 });
    let hub = Hub::start(&home, courier.clone(), clock, vec![endpoint(1, URL), endpoint(2, OTHER_URL)]).await;
    hub.move_on("RENE2010", 0).await;
    hub.until(|stats| stats.settled >= 2).await;

    hub.ledger.change(vec![Change::DeleteEndpoint(EndpointId::from_raw(1))]).await.unwrap();
    hub.move_on("RENE2010", 1).await;
    hub.until(|stats| stats.delivered == 2 && stats.endpoints == 1).await;
    assert_eq!(hub.outbox.stats().held, 0);
    assert_eq!(courier.told(URL), [("RENE2010".to_owned(), 0)]);
    hub.stop().await;
}
