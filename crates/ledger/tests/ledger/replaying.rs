//! Replays: page by page, across restarts, and nothing twice.

use bytes::Bytes;
use callboard_core::{
    CompanyId, DeliveryId, EndpointId, EventId, EventType, Identifier, ReplayId, Timestamp,
};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{
    Attempt, BATCH_OWED, Batch, Change, DeliveryState, Erased, EventFilter, Notice, Owed, Page,
    REPLAYED_AT_ONCE, Replay, ReplayAsked, ReplayOf, ReplayState, Settlement, Store, What,
};

use crate::support::{Hub, endpoint, intake, source};

/// Enough for three pages: each makes two events.
const INTERVIEWS: usize = REPLAYED_AT_ONCE + 100;
/// More than any replay here has.
const MOST_PAGES: usize = 20;

fn now() -> Timestamp {
    "2026-03-02T08:00:00Z".parse().unwrap()
}

/// A replay of everything there is.
fn asked(what: What, of: ReplayOf) -> Replay {
    let asked = ReplayAsked {
        of,
        what,
        since: Timestamp::UNIX_EPOCH,
        until: now(),
        events: Vec::new(),
        sources: Vec::new(),
        interview: None,
        before: u64::MAX,
    };
    Replay::new(ReplayId::from_raw(900), source().company, asked, 0, now())
}

async fn start(hub: &Hub, replay: &Replay) {
    hub.ledger.change(vec![Change::StartReplay(Box::new(replay.clone()))]).await.unwrap();
}

/// Works on the only replay until it has ended.
async fn finish(hub: &Hub) -> Replay {
    for _ in 0..MOST_PAGES {
        let running = hub.ledger.running_replays().await.unwrap();
        let stands = hub.ledger.replay_page(&running[0], now()).await.unwrap();
        if stands.state != ReplayState::Running {
            return stands;
        }
    }
    panic!("it does not come to its end");
}

async fn told(hub: &Hub, interviews: usize) -> Vec<EventId> {
    let intakes = (0..interviews).map(|number| intake(&format!("code {number}")));
    assert!(hub.record_all(intakes).await.iter().all(Result::is_ok));
    let page = Page { after: Some(0), ..Page::newest(10_000) };
    let events =
        hub.ledger.read(move |reader| reader.events(&EventFilter::default(), page)).await.unwrap().items;
    events.iter().map(|event| event.id).collect()
}

fn counts(replay: &Replay) -> [u64; 3] {
    [replay.seen, replay.replayed, replay.skipped]
}

fn ended(delivery: DeliveryId, state: DeliveryState) -> Settlement {
    let attempt = Attempt {
        number: 1,
        at: now(),
        took_us: 900,
        status: Some(500),
        error: None,
        response: Bytes::new(),
    };
    Settlement { delivery, attempt, state, next_at: None, overtook: Vec::new(), news: None }
}

#[tokio::test]
async fn what_was_missed_is_owed_once_and_in_order_across_a_restart() {
    // Given events of which an endpoint that was made later knows nothing
    let hub = Hub::new();
    let events = told(&hub, INTERVIEWS).await;
    hub.ledger.change(vec![Change::PutEndpoint(endpoint(2))]).await.unwrap();
    let replay = asked(What::Missed, ReplayOf::Endpoint(EndpointId::from_raw(2)));
    start(&hub, &replay).await;

    // When one page is done, and asked for a second time by someone who does not know that, and the hub starts anew
    let first = hub.ledger.replay_page(&replay, now()).await.unwrap();
    let page = REPLAYED_AT_ONCE as u64;
    assert_eq!((first.state, counts(&first)), (ReplayState::Running, [page, page, 0]));
    assert_eq!(hub.ledger.replay_page(&replay, now()).await.unwrap(), first, "that page was done");
    let mut hub = hub.reopen().await;
    assert_eq!(hub.ledger.running_replays().await.unwrap(), [first]);
    let last = finish(&hub).await;

    // Then each event is owed once, in the order in which it happened, and that is heard
    let all = events.len() as u64;
    assert_eq!(
        (last.state, counts(&last), last.finished_at),
        (ReplayState::Done, [all, all, 0], Some(now()))
    );
    let owed = hub.owed(2).await;
    assert_eq!(owed.iter().map(|owed| owed.event).collect::<Vec<_>>(), events);
    assert_eq!(hub.heard_owed(), owed[REPLAYED_AT_ONCE..], "what is heard is what is stored");
    assert!(hub.ledger.running_replays().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_owed_anew_is_not_given_up_for_an_attempt_from_before_that() {
    // Given a delivery that was given up, and is owed again
    let hub = Hub::with_endpoints(2).await;
    told(&hub, 1).await;
    let delivery = hub.owed(1).await[0].delivery;
    let given_up = ended(delivery, DeliveryState::Failed);
    hub.ledger.settle(vec![given_up.clone()]).await.unwrap();
    start(&hub, &asked(What::Failed, ReplayOf::Endpoint(EndpointId::from_raw(1)))).await;
    assert_eq!(finish(&hub).await.replayed, 1);

    // When another attempt under that number ends late, at a hub that had lost the endpoint
    let attempt = Attempt { at: intake("x").received_at, ..given_up.attempt };
    hub.ledger.settle(vec![Settlement { attempt, ..given_up }]).await.unwrap();

    // Then it is owed still, and nobody is told once more that it was given up
    let stands = hub.ledger.read(move |reader| reader.delivery(delivery)).await.unwrap().unwrap();
    assert_eq!((stands.state, stands.attempts), (DeliveryState::Pending, 2));
    let filter = EventFilter { kind: Some(EventType::DeliveryFailed), ..EventFilter::default() };
    let events = hub.ledger.read(move |reader| reader.events(&filter, Page::newest(10))).await.unwrap();
    assert_eq!(events.items.len(), 1);
}

#[tokio::test]
async fn what_was_given_up_is_owed_anew_as_it_was_but_for_what_has_been_erased() {
    // Given deliveries that were given up, called off, told, are still owed, or whose event is erased
    let mut hub = Hub::with_endpoints(2).await;
    told(&hub, 3).await;
    let before: Vec<Owed> = hub.owed(1).await;
    let [failed, cancelled, delivered, erased, ..] =
        before.clone().try_into().map(|all: [Owed; 6]| all).unwrap();
    let settlements = vec![
        ended(failed.delivery, DeliveryState::Failed),
        ended(delivered.delivery, DeliveryState::Delivered),
        ended(erased.delivery, DeliveryState::Failed),
    ];
    hub.ledger.settle(settlements).await.unwrap();
    hub.ledger.change(vec![Change::Cancel(cancelled.delivery)]).await.unwrap();
    let data = hub.close().await;
    {
        let mut engine = SqliteStore::open(data.path()).unwrap().engine().unwrap();
        let events = vec![(erased.event, Bytes::from_static(b"{}"))];
        let erased = Erased { events, ..Erased::default() };
        engine.commit(&Batch { erased, ..Batch::default() }).unwrap();
    }
    hub = Hub::open(data);

    // When
    start(&hub, &asked(What::Failed, ReplayOf::Endpoint(EndpointId::from_raw(1)))).await;
    let last = finish(&hub).await;

    // Then the same deliveries are owed with the same bytes, a new schedule before them
    assert_eq!((counts(&last), last.total), ([3, 2, 1], Some(3)));
    let anew = [Owed { attempts: 1, again_after: 1, ..failed }, cancelled];
    let heard = hub.heard();
    let [Notice::Anew(heard)] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!(heard[..], anew);
    assert_eq!(hub.owed(1).await[..2], anew, "in their places, before what is owed already");
}

#[tokio::test]
async fn everything_is_told_again_in_new_deliveries_but_what_is_still_owed() {
    let hub = Hub::with_endpoints(1).await;
    let events = told(&hub, 2).await;
    let before = hub.owed(1).await;
    hub.ledger.settle(vec![ended(before[0].delivery, DeliveryState::Delivered)]).await.unwrap();

    start(&hub, &asked(What::All, ReplayOf::Source(source().id))).await;
    let last = finish(&hub).await;

    assert_eq!(counts(&last), [4, 1, 3]);
    let after = hub.owed(1).await;
    assert_eq!(after[..3], before[1..]);
    assert_eq!((after[3].event, &after[3].body), (events[0], &before[0].body));
    assert!(after[3].delivery > before[3].delivery, "behind everything that is owed already");
}

#[tokio::test]
async fn a_page_ends_where_it_comes_to_as_much_as_one_transaction_takes_and_the_next_goes_on_there() {
    // Given 60 events that each of 350 endpoints is to be told
    const ENDPOINTS: u64 = 350;
    let hub = Hub::new();
    let events = told(&hub, 30).await;
    assert_eq!(events.len(), 60);
    hub.ledger.change((1..=ENDPOINTS).map(|id| Change::PutEndpoint(endpoint(id))).collect()).await.unwrap();
    let replay = asked(What::All, ReplayOf::Source(source().id));
    start(&hub, &replay).await;

    let first = hub.ledger.replay_page(&replay, now()).await.unwrap();
    let at_once = (BATCH_OWED as u64).div_ceil(ENDPOINTS);
    assert_eq!((first.state, counts(&first)), (ReplayState::Running, [at_once, at_once * ENDPOINTS, 0]));
    let last = finish(&hub).await;
    assert_eq!((last.state, counts(&last)), (ReplayState::Done, [60, 60 * ENDPOINTS, 0]));
    let owed: Vec<_> = hub.owed(ENDPOINTS).await.iter().map(|owed| owed.event).collect();
    assert_eq!(owed, events, "each once, in its order");
}

#[tokio::test]
async fn one_that_was_called_off_or_has_lost_its_endpoint_goes_no_further() {
    let hub = Hub::new();
    told(&hub, INTERVIEWS).await;
    hub.ledger.change(vec![Change::PutEndpoint(endpoint(2))]).await.unwrap();
    let replay = asked(What::Missed, ReplayOf::Endpoint(EndpointId::from_raw(2)));
    start(&hub, &replay).await;
    let first = hub.ledger.replay_page(&replay, now()).await.unwrap();

    // Called off, it stays where it was
    let (id, state) = (replay.id, ReplayState::Cancelled);
    hub.ledger.change(vec![Change::EndReplay { id, state, at: now(), error: None }]).await.unwrap();
    let stands = hub.ledger.replay_page(&first, now()).await.unwrap();
    assert_eq!((stands.state, counts(&stands)), (ReplayState::Cancelled, counts(&first)));
    assert_eq!(hub.owed(2).await.len(), REPLAYED_AT_ONCE);

    // Without its endpoint, it says so
    let other = Replay { id: ReplayId::from_raw(901), ..replay };
    start(&hub, &other).await;
    hub.ledger.change(vec![Change::DeleteEndpoint(EndpointId::from_raw(2))]).await.unwrap();
    let stands = finish(&hub).await;
    assert_eq!((stands.state, counts(&stands)), (ReplayState::Failed, [0, 0, 0]));
    assert!(stands.error.unwrap().contains("removed"));
    let page = Page::newest(10);
    let all = |company| hub.ledger.read(move |reader| reader.replays(CompanyId::from_raw(company), page));
    assert_eq!(
        all(source().company.raw()).await.unwrap().iter().map(|it| it.id.raw()).collect::<Vec<_>>(),
        [901, 900]
    );
    assert!(all(77).await.unwrap().is_empty(), "another company's");
}

/// How many of a company's replays that have ended are kept.
const ENDED_KEPT: u64 = 1_000;

#[tokio::test]
async fn of_replays_that_have_ended_the_oldest_make_room_for_a_new_one() {
    // Given a replay that is not at its end, and more younger ones than are kept, which are
    let hub = Hub::new();
    let replay = |raw| Replay {
        id: ReplayId::from_raw(raw),
        ..asked(What::All, ReplayOf::Endpoint(EndpointId::from_raw(raw)))
    };
    start(&hub, &replay(1)).await;
    let end = |id| Change::EndReplay { id, state: ReplayState::Cancelled, at: now(), error: None };
    let ended = (2..=ENDED_KEPT + 2)
        .flat_map(|raw| [Change::StartReplay(Box::new(replay(raw))), end(ReplayId::from_raw(raw))]);
    hub.ledger.change(ended.collect()).await.unwrap();

    // When another one begins, then the oldest of them has gone, and nothing else
    start(&hub, &replay(ENDED_KEPT + 3)).await;
    let listed = hub.ledger.read(|reader| reader.replays(source().company, Page::newest(10_000))).await;
    let listed: Vec<u64> = listed.unwrap().iter().rev().map(|replay| replay.id.raw()).collect();
    assert_eq!(listed, [1].into_iter().chain(3..=ENDED_KEPT + 3).collect::<Vec<_>>());
}
