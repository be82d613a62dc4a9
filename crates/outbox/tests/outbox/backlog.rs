//! Invariant I2: owed until told, through stops, starts and more than memory holds.

use std::sync::Arc;
use std::time::Duration;

use callboard_core::Endpoint;
use callboard_ledger::DeliveryState;
use callboard_outbox::OutboxLimits;
use tokio::sync::Semaphore;

use super::carrier::{Courier, Held, Lost};
use super::hub::{Home, Hub, TestClock, disabled, endpoint};

const URL: &str = "https://ats.example/hooks";
const INTERVIEWS: [&str; 3] = ["RENE2010", "MIRA2011", "OLGA2012"];

#[tokio::test(start_paused = true)]
async fn i2_what_was_owed_at_a_stop_is_told_after_the_next_start() {
    // Given a hub that is stopped while everything fails
    let (home, clock) = (Home::new(), TestClock::new());
    let failing = Courier::new(&clock, |_| 500);
    let hub = Hub::start(&home, failing.clone(), clock.clone(), vec![endpoint(1, URL)]).await;
    hub.move_all(&INTERVIEWS, 2).await;
    hub.until(|stats| stats.attempts >= 3).await;
    hub.stop().await;
    let attempts_before = failing.sent().len();

    // When it starts again
    let courier = Courier::new(&clock, |_| 200);
    let mut hub = Hub::start(&home, courier.clone(), clock, vec![endpoint(1, URL)]).await;
    hub.as_time_passes(|stats| stats.settled == 6).await;

    // Then everything is told, in order, and the attempts go on counting
    for interview in INTERVIEWS {
        assert_eq!(courier.moves(interview), [0, 1]);
    }
    let deliveries = hub.deliveries(1).await;
    assert!(deliveries.iter().all(|delivery| delivery.state == DeliveryState::Delivered));
    let attempts: usize = deliveries.iter().map(|delivery| delivery.attempts as usize).sum();
    assert_eq!(attempts, attempts_before + 6);
    hub.stop().await;
}

#[tokio::test(start_paused = true)]
async fn i2_an_attempt_cut_off_by_a_stop_is_made_again() {
    let (home, clock) = (Home::new(), TestClock::new());
    let limits = OutboxLimits { landing: Duration::ZERO, ..OutboxLimits::default() };
    let hub = Hub::start_with(&home, Lost, clock.clone(), vec![endpoint(1, URL)], limits).await;
    hub.move_on("RENE2010", 0).await;
    hub.until(|stats| stats.in_flight == 1).await;
    hub.stop().await;

    let courier = Courier::new(&clock, |_| 200);
    let hub = Hub::start(&home, courier.clone(), clock, vec![endpoint(1, URL)]).await;
    hub.until(|stats| stats.settled == 1).await;
    assert_eq!(courier.moves("RENE2010"), [0]);
    hub.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_for_attempts_under_way_and_makes_them_durable() {
    let (home, clock) = (Home::new(), TestClock::new());
    let courier = Courier::new(&clock, |_| 200);
    let hub = Hub::start(&home, courier.clone(), clock, vec![endpoint(1, URL)]).await;
    hub.move_all(&INTERVIEWS, 1).await;
    courier.until_sent(1).await;
    let mut numbers = hub.outbox.watch();
    let ledger = hub.ledger.clone();
    hub.stop().await;

    let last = *numbers.borrow_and_update();
    assert_eq!((last.in_flight, last.attempts, last.delivered), (0, last.delivered, last.attempts));
    let totals = ledger.read(|store| store.totals()).await.unwrap();
    assert_eq!((totals.delivered, totals.pending), (last.delivered, 3 - last.delivered));
}

#[tokio::test(start_paused = true)]
async fn a_stop_that_waits_for_one_attempt_makes_the_others_durable_meanwhile() {
    // Given an attempt that is not answered, and many others under way
    const OTHERS: usize = 40;
    let home = Home::new();
    let limits = OutboxLimits { settle_batch: 1, ..OutboxLimits::default() };
    let carrier = Held(Arc::new(Semaphore::new(0)));
    let hub = Hub::start_with(&home, carrier.clone(), TestClock::new(), vec![endpoint(1, URL)], limits).await;
    hub.move_on("RENE2010", 0).await;
    for number in 0..OTHERS {
        hub.move_on(&format!("other {number}"), 0).await;
    }
    hub.until(|stats| stats.in_flight == OTHERS + 1).await;

    // When the hub is stopped, and the others are answered after that
    let ledger = hub.ledger.clone();
    let stopping = tokio::spawn(hub.stop());
    tokio::task::yield_now().await;
    carrier.0.add_permits(OTHERS);

    // Then they are on record while the stop still waits
    while ledger.read(|store| store.totals()).await.unwrap().delivered < OTHERS as u64 {
        assert!(!stopping.is_finished());
    }
    assert!(!stopping.is_finished());
    tokio::time::advance(Duration::from_secs(60)).await;
    stopping.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_outbox_that_breaks_is_not_taken_for_one_that_has_nothing_to_do() {
    let (home, clock) = (Home::new(), TestClock::new());
    let courier = Courier::new(&clock, |_| 200);
    let hub = Hub::start(&home, courier, Arc::clone(&clock), vec![endpoint(1, URL)]).await;
    hub.move_on("RENE2010", 0).await;
    hub.until(|stats| stats.delivered == 1).await;
    assert!(tokio::time::timeout(Duration::ZERO, hub.outbox.ended()).await.is_err());

    clock.breaks();
    hub.move_on("RENE2010", 1).await;
    hub.outbox.ended().await;
    hub.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_backlog_larger_than_memory_is_read_page_by_page_and_told_in_order() {
    // Given an endpoint that is owed far more than may be held in memory
    let (home, clock) = (Home::new(), TestClock::new());
    let limits = OutboxLimits {
        in_flight_total: 4,
        in_flight_per_endpoint: 2,
        owed_in_memory_per_endpoint: 8,
        page: 4,
        unsettled: 16,
        settle_batch: 4,
        ..OutboxLimits::default()
    };
    let courier =
        Courier::new(&clock, |sent| if sent.number % 7 == 3 && sent.attempt == 1 { 500 } else { 200 });
    let switched_off = vec![disabled(endpoint(1, URL))];
    let mut hub = Hub::start_with(&home, courier.clone(), clock, switched_off, limits).await;
    hub.move_all(&INTERVIEWS, 40).await;
    let mut numbers = hub.outbox.watch();
    let most_held = tokio::spawn(async move {
        let mut most = 0;
        while numbers.changed().await.is_ok() {
            most = most.max(numbers.borrow_and_update().held);
        }
        most
    });

    // When it is told, and is owed more meanwhile
    hub.switch_on(1).await;
    for number in 40..50 {
        for interview in INTERVIEWS {
            hub.move_on(interview, number).await;
        }
    }
    hub.as_time_passes(|stats| stats.delivered == 150 && stats.unsettled == 0 && stats.behind == 0).await;

    // Then it is told everything, in order, and memory never held more than it may
    for interview in INTERVIEWS {
        let mut moves = courier.moves(interview);
        moves.dedup();
        assert_eq!(moves, (0..50).collect::<Vec<_>>());
    }
    assert_eq!(hub.states(1).await, [DeliveryState::Delivered; 150]);
    hub.stop().await;
    let most = most_held.await.unwrap();
    assert!((1..=8).contains(&most), "{most} were held");
}

#[tokio::test(start_paused = true)]
async fn however_many_interviews_are_stuck_what_is_owed_about_others_is_told() {
    // Given more stuck interviews than deliveries whose bodies may be in memory
    let (home, clock) = (Home::new(), TestClock::new());
    let limits = OutboxLimits { owed_in_memory_per_endpoint: 4, page: 2, ..OutboxLimits::default() };
    let is_stuck = |interview: &str| interview.starts_with("STUCK");
    let courier = Courier::new(&clock, move |sent| if is_stuck(&sent.interview) { 500 } else { 200 });
    let patient =
        Endpoint { retry: vec!["2h".to_owned()], hold_for: Duration::from_secs(86_400), ..endpoint(1, URL) };
    let hub = Hub::start_with(&home, courier.clone(), clock.clone(), vec![patient.clone()], limits).await;
    for number in 0..12 {
        hub.move_on("RENE2010", number).await;
        hub.move_all(&[&format!("STUCK{number}")], 2).await;
        hub.until(|stats| stats.attempts == 2 * u64::from(number + 1)).await;
    }

    // Then the other one is told, also after a start, and no stuck one's follower has been tried
    assert_eq!(courier.moves("RENE2010"), (0..12).collect::<Vec<_>>());
    hub.stop().await;
    let hub = Hub::start_with(&home, courier.clone(), clock, vec![patient], limits).await;
    hub.move_all(&["MIRA2011"], 3).await;
    hub.until(|stats| stats.delivered == 3).await;
    assert_eq!(courier.moves("MIRA2011"), [0, 1, 2]);
    for number in 0..12 {
        assert_eq!(courier.moves(&format!("STUCK{number}")), [0]);
    }
    let numbers = hub.outbox.stats();
    assert_eq!((numbers.held, numbers.known), (0, 24));
    hub.stop().await;
}
