//! An endpoint that fails for days, on a real store: it is disabled, that is told, and what it is owed is recovered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering::SeqCst};
use std::time::Duration;

use bytes::Bytes;
use callboard_core::{Endpoint, EndpointId, EndpointState, Event, EventType, Identifier};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{DeliveryState, Directory, Ledger, Plan, Planner};
use callboard_outbox::{BreakerState, OutboxLimits, Planning};
use jiff::SignedDuration;

use super::carrier::Courier;
use super::hub::{Home, Hub, TestClock, disabled, endpoint, start};

const URL: &str = "https://ats.example/hooks";
/// Two hours each: a day more than the longest time after which one that fails is disabled here.
const MOST_INTERVIEWS: usize = 78;

impl Hub {
    fn first(&self) -> Arc<Endpoint> {
        Arc::clone(self.ledger.directory().endpoint(EndpointId::from_raw(1)).unwrap())
    }
}

#[tokio::test(start_paused = true)]
async fn after_five_days_of_failing_it_is_disabled_and_what_it_is_owed_is_recovered_when_it_is_enabled() {
    // Given one that fails with everything, and one that wants to hear of that, but is switched off itself
    let (home, clock) = (Home::new(), TestClock::new());
    let status = Arc::new(AtomicU16::new(0));
    let answers = Arc::clone(&status);
    let courier = Courier::new(&clock, move |_| answers.load(SeqCst));
    let failing = Endpoint { retry: Vec::new(), ..endpoint(1, URL) };
    let wanted = vec![EventType::EndpointDisabled.to_string()];
    let other = disabled(Endpoint { events: wanted, ..endpoint(2, "https://partner.example/hooks") });
    let hub = Hub::start(&home, courier.clone(), Arc::clone(&clock), vec![failing, other]).await;

    // When days pass, with something new every two hours
    let (mut interviews, mut settled) = (0, 0);
    while hub.outbox.stats().disabled < 2 {
        hub.move_on(&format!("interview {interviews}"), 0).await;
        interviews += 1;
        assert!(interviews < MOST_INTERVIEWS, "it is still told");
        hub.until(|stats| stats.settled > settled && stats.in_flight == 0 && stats.unsettled == 0).await;
        // What is tried as time goes on may be settled before the next one moves on.
        settled = hub.outbox.stats().settled;
        tokio::time::advance(Duration::from_secs(2 * 3_600)).await;
    }
    // That it is disabled may not be on record yet: no more is sent from the attempt on that shows it.
    hub.until(|stats| stats.in_flight == 0 && stats.unsettled == 0).await;

    // Then it is disabled, not before, and that is owed to the other
    let since = hub.first().failing_since.unwrap();
    assert!(since.duration_since(start()) < SignedDuration::from_mins(1), "{since}");
    let EndpointState::Disabled { reason, since: until } = &hub.first().state else {
        panic!("it is enabled")
    };
    let lasted = until.duration_since(since);
    assert_eq!(reason, "failing");
    assert!(
        lasted >= SignedDuration::from_hours(120) && lasted < SignedDuration::from_hours(130),
        "{lasted}"
    );
    assert_eq!(hub.states(1).await, vec![DeliveryState::Pending; interviews]);
    assert_eq!(hub.states(2).await, [DeliveryState::Pending]);

    // And that is so after a restart, also if it is well by then
    status.store(200, SeqCst);
    let tried = courier.sent().len();
    hub.stop().await;
    let mut hub = Hub::start(&home, courier.clone(), clock, Vec::new()).await;
    hub.until(|stats| stats.disabled == 2).await;
    let health = hub.outbox.desk().of(EndpointId::from_raw(1)).await.unwrap();
    assert_eq!((health.breaker, health.failing_since), (BreakerState::Closed, Some(since)));

    // When a person enables it, everything goes out
    hub.switch_on(1).await;
    hub.as_time_passes(|stats| stats.delivered == interviews as u64 && stats.unsettled == 0).await;
    assert_eq!(courier.sent().len(), tried + interviews);
    assert_eq!(hub.states(1).await, vec![DeliveryState::Delivered; interviews]);
    assert_eq!((hub.first().failing_since, hub.first().state.clone()), (None, EndpointState::Enabled));
    let health = hub.outbox.desk().of(EndpointId::from_raw(1)).await.unwrap();
    assert!(health.last_success_at.is_some() && health.last_failure.is_none(), "{health:?}");
    assert_eq!(hub.outbox.desk().of(EndpointId::from_raw(77)).await, None, "there is no such endpoint");
    hub.stop().await;
}

/// Breaks on what tells that an endpoint was disabled.
struct Breaking(Planning);

impl Planner for Breaking {
    fn plan(&mut self, event: &Event, native: &Bytes, directory: &Directory) -> Plan {
        assert_ne!(event.kind, EventType::EndpointDisabled, "on purpose");
        self.0.plan(event, native, directory)
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_cannot_be_put_on_record_keeps_no_other_from_it_and_is_made_again_after_the_next_start()
 {
    // Given a hub that breaks when it is to tell that an endpoint was disabled, and one endpoint that is gone
    let (home, clock, gone) = (Home::new(), TestClock::new(), "https://gone.example/hooks");
    let courier = Courier::new(&clock, move |sent| if sent.url == gone { 410 } else { 200 });
    let breaking = Box::new(Breaking(Planning::new("https://hub.example")));
    let opened = Ledger::open(SqliteStore::open(home.path()).unwrap(), 0, breaking).unwrap();
    let endpoints = vec![endpoint(1, gone), endpoint(2, URL)];
    let limits = OutboxLimits { unsettled: 4, ..OutboxLimits::default() };
    let hub = Hub::on(opened, courier.clone(), Arc::clone(&clock), endpoints, limits).await;

    // When both are told of twenty moves
    hub.move_all(&["RENE2010", "MIRA2011"], 10).await;
    hub.until(|stats| stats.delivered == 20 && stats.unsettled == 0).await;

    // Then what the other was told is on record, and the one that is gone was not called again and again
    assert_eq!(hub.states(2).await, [DeliveryState::Delivered; 20]);
    let at_gone = |courier: &Courier| courier.told(gone).len();
    let called = at_gone(&courier);
    assert!((1..=2).contains(&called), "once for each interview at the most: {called}");
    assert_eq!(hub.states(1).await, [DeliveryState::Pending; 20]);
    hub.stop().await;

    // And after the next start, by a hub that does not break, it is called once more and disabled
    let hub = Hub::start(&home, courier.clone(), clock, Vec::new()).await;
    hub.until(|stats| stats.disabled == 1 && stats.in_flight == 0 && stats.unsettled == 0).await;
    assert!(at_gone(&courier) > called);
    assert!(matches!(hub.first().state, EndpointState::Disabled { .. }));
    hub.stop().await;
}

#[tokio::test(start_paused = true)]
async fn how_an_endpoint_is_doing_can_be_asked_while_it_is_probed() {
    let (home, clock) = (Home::new(), TestClock::new());
    let courier = Courier::new(&clock, |_| 503);
    let hub = Hub::start(&home, courier.clone(), clock, vec![endpoint(1, URL)]).await;
    hub.move_all(&["RENE2010", "MIRA2011", "ALEX2012", "KIM2013", "SAM2014", "LEE2015"], 2).await;
    hub.until(|stats| stats.open_breakers == 1 && stats.in_flight == 0 && stats.behind == 0).await;

    let desk = hub.outbox.desk();
    let health = desk.of(EndpointId::from_raw(1)).await.unwrap();
    assert_eq!(
        (health.breaker, health.owed, health.is_behind, health.in_flight),
        (BreakerState::Open, 12, false, 0)
    );
    let last_failure = health.last_failure.clone().unwrap();
    let minutes: Vec<_> = health.in_last_hour(last_failure.at).collect();
    let came_to = (minutes.iter().map(|it| it.attempts).sum(), minutes.iter().map(|it| it.failed).sum());
    assert_eq!(came_to, (hub.outbox.stats().attempts, hub.outbox.stats().attempts));
    let later = last_failure.at + SignedDuration::from_hours(1);
    assert_eq!(health.in_last_hour(later).count(), 0, "an hour later there is nothing to show");
    assert!(health.held_lanes > 0 && health.held_lanes <= 6, "{health:?}");
    assert_eq!((last_failure.status, last_failure.error, health.last_success_at), (Some(503), None, None));
    assert!(health.next_probe_at > Some(last_failure.at) && health.failing_since >= Some(start()));

    hub.stop().await;
    assert_eq!(desk.of(EndpointId::from_raw(1)).await, None, "nobody answers any more");
}
