//! What has been kept for long enough goes; what is owed, and what nobody has looked at yet, does not.

use bytes::Bytes;
use callboard_core::{EventId, Identifier, Kind, Timestamp};
use callboard_ledger::{
    Attempt, Change, DeliveryFilter, DeliveryState, EventFilter, Intake, Keep, LET_GO_AT_ONCE, Outcome,
    Outdated, Owed, Page, ReceiptFilter, Settlement, Stock, ThingFilter, Totals,
};
use jiff::SignedDuration;

use crate::support::{Fault, Hub, endpoint, intake, source, unreadable};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const MONTH: Keep = Keep {
    receipts: Some(SignedDuration::from_hours(30 * 24)),
    quarantined: Some(SignedDuration::from_hours(60 * 24)),
    events: Some(SignedDuration::from_hours(30 * 24)),
};

fn days_later(days: i32) -> Timestamp {
    intake("x").received_at + DAY * days
}

fn received(intake: Intake, days: i32) -> Intake {
    Intake { received_at: days_later(days), ..intake }
}

fn ended(owed: &Owed, state: DeliveryState, days: i32) -> Settlement {
    let attempt = Attempt {
        number: owed.attempts + 1,
        at: days_later(days),
        took_us: 900,
        status: Some(if state == DeliveryState::Delivered { 200 } else { 500 }),
        error: None,
        response: Bytes::new(),
    };
    let next_at = (state == DeliveryState::Pending).then(|| days_later(days + 1));
    Settlement { delivery: owed.delivery, attempt, state, next_at, overtook: Vec::new(), news: None }
}

impl Hub {
    async fn totals(&self) -> Totals {
        self.ledger.read(|reader| reader.totals()).await.unwrap()
    }

    async fn all_events(&self) -> Vec<EventId> {
        let filter = EventFilter::default();
        let events = self.ledger.read(move |it| it.events(&filter, Page::newest(9_999))).await.unwrap().items;
        events.iter().map(|event| event.id).collect()
    }

    /// Everything that an endpoint is owed ends so.
    async fn all_ended(&self, endpoint: u64, state: DeliveryState, days: i32) {
        let settlements = self.owed(endpoint).await.iter().map(|owed| ended(owed, state, days)).collect();
        self.ledger.settle(settlements).await.unwrap();
    }

    async fn lets_go(&self, days: i32) -> usize {
        self.ledger.let_go(&MONTH, days_later(days)).await.unwrap()
    }
}

#[tokio::test]
async fn what_was_told_and_received_long_ago_goes_with_all_that_belongs_to_it() {
    let hub = Hub::with_endpoints(2).await;
    hub.ledger.record(intake("RENE2010")).await.unwrap();
    hub.all_ended(1, DeliveryState::Delivered, 0).await;
    hub.all_ended(2, DeliveryState::Delivered, 1).await;
    let events = hub.all_events().await;
    let deliveries = hub.totals().await.delivered;
    assert!(events.len() > 1 && deliveries == 2 * events.len() as u64);

    // When its time has not quite come, counted from the last attempt
    assert_eq!(hub.lets_go(30).await, 0, "kept for 30 days, to the hour");
    assert_eq!(hub.lets_go(31).await, 2, "the request, and what it is known again by");
    assert_eq!(
        hub.totals().await,
        Totals { delivered: deliveries, events: events.len() as u64, ..Totals::default() }
    );

    // Then nothing goes; a day later, everything does, and it is on record up to where
    assert_eq!(hub.lets_go(32).await, events.len());
    assert_eq!(hub.totals().await, Totals::default());
    let horizon = hub.ledger.read(|reader| reader.horizon(Stock::Events)).await.unwrap();
    assert!(events.iter().all(|event| event.raw() < horizon));
    assert_eq!(hub.lets_go(32).await, 0, "once is enough");
    let filter = ThingFilter::all(source().company, Kind::Interview);
    let things = hub.ledger.read(move |reader| reader.things(&filter, Page::newest(9))).await.unwrap();
    assert_eq!(things.items.len(), 1, "the interview itself stays");
}

#[tokio::test]
async fn a_request_stays_until_what_it_points_at_has_been_fetched() {
    let hub = Hub::that_fetches().await;
    let points_at = vec!["RENE2010".to_owned()];
    hub.ledger.record(Intake { points_at, ..intake("RENE2010") }).await.unwrap();
    hub.lets_go(40).await;
    assert_eq!(hub.totals().await.receipts, 1);

    let due =
        hub.ledger.read(|reader| reader.pointers_due(days_later(40), Timestamp::MAX, &[], 9)).await.unwrap();
    hub.ledger.change(vec![Change::PointerDone(due[0].number)]).await.unwrap();
    hub.lets_go(40).await;
    assert_eq!(hub.totals().await.receipts, 0);
}

#[tokio::test]
async fn a_request_whose_source_is_not_fetched_from_any_more_goes_when_its_time_has_come() {
    let hub = Hub::that_fetches().await;
    let points_at = vec!["RENE2010".to_owned()];
    hub.ledger.record(Intake { points_at, ..intake("RENE2010") }).await.unwrap();

    hub.ledger.change(vec![Change::PutSource(source().as_ref().clone())]).await.unwrap();

    hub.lets_go(40).await;
    assert_eq!(hub.totals().await.receipts, 0);
}

#[tokio::test]
async fn what_is_still_owed_stays_however_old_it_is_and_goes_once_it_has_been_told() {
    // Given an event that one endpoint was told and another is still owed, and one that is tried in vain
    let hub = Hub::with_endpoints(2).await;
    hub.ledger.record(intake("RENE2010")).await.unwrap();
    hub.all_ended(1, DeliveryState::Delivered, 0).await;
    hub.all_ended(2, DeliveryState::Pending, 0).await;
    let (events, owed) = (hub.all_events().await, hub.owed(2).await);

    hub.lets_go(1_000).await;
    assert_eq!(hub.all_events().await, events);
    assert_eq!(hub.owed(2).await, owed, "with what will be sent");

    hub.all_ended(2, DeliveryState::Failed, 1_000).await;
    hub.lets_go(1_000).await;
    let told = hub.all_events().await;
    assert!(events.iter().all(|event| told.contains(event)), "whoever looks why it failed has time to");
    hub.lets_go(1_031).await;
    let left = hub.all_events().await;
    assert!(!events.iter().any(|event| left.contains(event)));
    assert_eq!(left.len(), events.len(), "that they failed is told to the first one");
}

#[tokio::test]
async fn what_someone_has_retried_while_it_was_about_to_go_is_owed() {
    let hub = Hub::with_endpoints(1).await;
    hub.ledger.record(intake("RENE2010")).await.unwrap();
    let owed = hub.owed(1).await;
    hub.all_ended(1, DeliveryState::Failed, 0).await;

    // When both are in the writer's queue at once, in either order
    let retry = owed.iter().map(|owed| Change::Retry(owed.delivery)).collect();
    let page = hub.ledger.read(|it| it.outdated(Stock::Events, days_later(9), None, 9)).await.unwrap();
    let rows = Outdated { stock: Stock::Events, before: days_later(9), rows: page.rows };
    let busy = hub.busy().await;
    let retried = crate::support::Asked::new(hub.ledger.change(retry)).await;
    let let_go = vec![Change::LetGo(Box::new(rows))];
    let gone = crate::support::Asked::new(hub.ledger.change(let_go)).await;
    busy.over().await;
    retried.await.unwrap();
    gone.await.unwrap();

    assert_eq!(hub.owed(1).await.len(), owed.len());
}

#[tokio::test]
async fn an_attempt_at_what_has_gone_meanwhile_leaves_nothing_behind() {
    let hub = Hub::with_endpoints(1).await;
    hub.ledger.record(intake("RENE2010")).await.unwrap();
    let owed = hub.owed(1).await;
    hub.ledger.change(owed.iter().map(|owed| Change::Cancel(owed.delivery)).collect()).await.unwrap();
    hub.lets_go(100).await;

    hub.ledger.settle(vec![ended(&owed[0], DeliveryState::Delivered, 100)]).await.unwrap();

    let delivery = owed[0].delivery;
    assert_eq!(hub.ledger.read(move |reader| reader.attempts(delivery)).await.unwrap(), []);
    assert_eq!(hub.totals().await, Totals::default());
}

#[tokio::test]
async fn what_nobody_understood_has_a_time_of_its_own() {
    let hub = Hub::new();
    hub.ledger.record(intake("RENE2010")).await.unwrap();
    hub.ledger.record(unreadable("other")).await.unwrap();
    let quarantined = || ReceiptFilter { outcome: Some(Outcome::Quarantined), ..ReceiptFilter::default() };

    hub.lets_go(59).await;
    let kept = hub.ledger.read(move |it| it.receipts(&quarantined(), Page::newest(9))).await.unwrap().items;
    assert_eq!((kept.len(), hub.totals().await.receipts), (1, 1));
    assert!(!kept[0].body.is_empty());

    hub.lets_go(61).await;
    assert_eq!(hub.totals().await.receipts, 0);
}

#[tokio::test]
async fn a_message_is_a_duplicate_for_a_month_also_when_its_receipt_has_gone() {
    let hub = Hub::new();
    let short = Keep { receipts: Some(DAY), ..Keep::default() };
    let again = async |days| {
        hub.ledger.let_go(&short, days_later(days)).await.unwrap();
        hub.ledger.record(received(intake("RENE2010"), days)).await.unwrap().outcome
    };
    hub.ledger.record(intake("RENE2010")).await.unwrap();

    assert_eq!(again(20).await, Outcome::Duplicate);
    assert_eq!(hub.totals().await.receipts, 1, "that one alone");
    assert_eq!(again(30).await, Outcome::Duplicate);
    assert_eq!(again(31).await, Outcome::Understood);
}

#[tokio::test]
async fn nothing_goes_that_is_kept_for_ever() {
    let hub = Hub::with_endpoints(1).await;
    hub.ledger.record(intake("RENE2010")).await.unwrap();
    hub.all_ended(1, DeliveryState::Delivered, 0).await;
    let before = hub.totals().await;
    hub.ledger.let_go(&Keep::default(), days_later(10_000)).await.unwrap();
    assert_eq!(hub.totals().await, before);
}

#[tokio::test]
async fn many_rows_go_in_many_small_steps_and_a_pass_that_broke_off_is_made_good_after_a_restart() {
    // Given more events than one step takes, some of which are owed
    let mut hub = Hub::with_endpoints(1).await;
    for number in 0..150 {
        hub.ledger.record(intake(&format!("code {number}"))).await.unwrap();
    }
    let owed = hub.owed(1).await;
    let (kept, told) = owed.split_at(30);
    let told = told.iter().map(|owed| ended(owed, DeliveryState::Delivered, 0)).collect();
    hub.ledger.settle(told).await.unwrap();

    // When a pass breaks off after one step, and the next one at once
    let page = hub.ledger.read(|it| it.outdated(Stock::Receipts, days_later(9), None, LET_GO_AT_ONCE)).await;
    let rows = page.unwrap().rows;
    assert_eq!(rows.len(), LET_GO_AT_ONCE);
    let step = Outdated { stock: Stock::Receipts, before: days_later(9), rows };
    hub.ledger.change(vec![Change::LetGo(Box::new(step))]).await.unwrap();
    hub.control.fail([Fault::Failed]);
    assert!(hub.ledger.let_go(&MONTH, days_later(100)).await.is_err());
    assert_eq!(hub.totals().await.receipts, 50);
    hub = hub.reopen().await;
    hub.lets_go(100).await;

    // Then the next one sees to the rest, and nothing that is owed is missing
    let left = hub.owed(1).await;
    assert_eq!(left, kept);
    assert_eq!(hub.totals().await, Totals { events: 30, pending: 30, ..Totals::default() });
    assert!(hub.control.commits() >= owed.len() / LET_GO_AT_ONCE * 3, "no step is large");
    let filter = DeliveryFilter { endpoints: Some(vec![endpoint(1).id]), ..DeliveryFilter::default() };
    let page = Page { before: Some(u64::MAX), ..Page::newest(99) };
    let listed = hub.ledger.read(move |reader| reader.deliveries(&filter, page)).await.unwrap().items;
    assert_eq!(listed.len(), 30, "lists and their cursors go on");
}
