//! Several hubs that write to one database: each follows on what the others have written, and hears of it.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

mod crew;
#[path = "../database/mod.rs"]
#[expect(dead_code, reason = "the whole program's tests use all of it")]
mod database;
mod heard;
#[path = "../ledger/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests of one ledger use all of it")]
mod support;

use std::thread;
use std::time::Duration;

use bytes::Bytes;
use callboard_core::{DeliveryId, EndpointId, EndpointState, Identifier, ReceiptId, Stage};
use callboard_ledger::postgres::PostgresStore;
use callboard_ledger::{
    Attempt, Batch, Change, DeliveryState, EndpointNews, EngineError, Intake, Ledger, LedgerError, Live,
    Notice, Outcome, Settlement, Standing, Store, Writing,
};
use database::Database;
use jiff::SignedDuration;
use support::{Everyone, endpoint, intake, moved};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// How long anything may take before a test gives up on it. Generous: it only bounds failures.
const PATIENCE: Duration = Duration::from_secs(60);

struct Hub {
    ledger: Ledger,
    notices: mpsc::Receiver<Notice>,
    _writing: Writing,
}

impl Hub {
    fn on(database: &Database) -> Self {
        let store = PostgresStore::open(&database.address()).unwrap();
        let (ledger, notices, writing) = Ledger::open(store, 0, Box::new(Everyone)).unwrap();
        Self { ledger, notices, _writing: writing }
    }

    /// The next notice that is about this.
    async fn hears<T>(&mut self, about: impl Fn(Notice) -> Option<T>) -> T {
        let hears = async {
            loop {
                if let Some(found) = about(self.notices.recv().await.unwrap()) {
                    return found;
                }
            }
        };
        timeout(PATIENCE, hears).await.unwrap()
    }
}

/// Opens hubs where waiting harms nobody.
fn hubs<const MANY: usize>(database: &Database) -> [Hub; MANY] {
    tokio::task::block_in_place(|| std::array::from_fn(|_| Hub::on(database)))
}

fn more(notice: Notice) -> Option<Vec<(EndpointId, DeliveryId)>> {
    if let Notice::More(owed) = notice { Some(owed) } else { None }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_hub_owes_is_heard_by_another_that_has_only_just_started_and_does_nothing_else() {
    let database = Database::start();
    let [first] = hubs(&database);
    first.ledger.change(vec![Change::PutEndpoint(endpoint(1))]).await.unwrap();

    let [mut second] = hubs(&database);
    first.ledger.record(intake("RENE2010")).await.unwrap();

    let heard = second.hears(more).await;
    let owed = second.ledger.read(|reader| reader.owed(EndpointId::from_raw(1), None, 100, usize::MAX)).await;
    let last = owed.unwrap().rows.last().unwrap().delivery;
    assert_eq!(heard, [(EndpointId::from_raw(1), last)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_came_in_at_one_hub_is_known_at_another_and_ids_are_in_one_order_whatever_their_clocks_say()
 {
    let database = Database::start();
    let [first, second] = hubs(&database);
    let mut last = ReceiptId::from_raw(0);
    for number in 0..20 {
        let code = format!("code {number}");
        let ahead = first.ledger.record(intake(&code)).await.unwrap();
        let an_hour_ago = intake(&code).received_at - SignedDuration::from_hours(1);
        let behind =
            second.ledger.record(Intake { received_at: an_hour_ago, ..intake(&code) }).await.unwrap();
        assert_eq!((ahead.outcome, behind.outcome), (Outcome::Understood, Outcome::Duplicate));
        assert!(last < ahead.receipt && ahead.receipt < behind.receipt);
        last = behind.receipt;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_configured_at_one_hub_is_heard_at_another_and_what_is_called_off_too() {
    let database = Database::start();
    let [first, mut second] = hubs(&database);
    first.ledger.change(vec![Change::PutEndpoint(endpoint(1))]).await.unwrap();
    let made =
        second.hears(|notice| matches!(notice, Notice::Endpoint(id) if id.raw() == 1).then_some(())).await;
    assert_eq!(made, ());
    assert!(second.ledger.directory().endpoint(EndpointId::from_raw(1)).is_some());

    second.ledger.record(intake("RENE2010")).await.unwrap();
    let owed = second.ledger.read(|reader| reader.owed(EndpointId::from_raw(1), None, 1, usize::MAX)).await;
    let delivery = owed.unwrap().rows[0].delivery;
    first.ledger.change(vec![Change::Cancel(delivery)]).await.unwrap();
    second.hears(|notice| matches!(notice, Notice::Cancelled(id, _) if id == delivery).then_some(())).await;
    // Twice in one look: the second word counts as well.
    first
        .ledger
        .change(vec![Change::Retry(delivery), Change::Cancel(delivery), Change::Retry(delivery)])
        .await
        .unwrap();
    let mut retried = 0;
    while retried < 2 {
        retried += second
            .hears(|notice| matches!(notice, Notice::Retry(owed) if owed.delivery == delivery).then_some(1))
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_who_decided_on_what_another_hub_has_changed_since_changes_nothing() {
    let database = Database::start();
    let [first, mut second] = hubs(&database);
    first.ledger.change(vec![Change::PutEndpoint(endpoint(1))]).await.unwrap();
    second.hears(|notice| matches!(notice, Notice::Endpoint(_)).then_some(())).await;

    let seen = second.ledger.directory();
    first.ledger.change(vec![Change::DeleteEndpoint(EndpointId::from_raw(1))]).await.unwrap();
    let put = second.ledger.change_over(seen, vec![Change::PutEndpoint(endpoint(1))]).await;
    assert!(matches!(put, Err(LedgerError::ChangedMeanwhile)), "{put:?}");
    assert!(second.ledger.directory().endpoint(EndpointId::from_raw(1)).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_listens_at_one_hub_is_told_that_there_is_something_in_the_store() {
    let database = Database::start();
    let [first, second] = hubs(&database);
    let mut live = second.ledger.live();
    first.ledger.record(intake("RENE2010")).await.unwrap();
    let heard = timeout(PATIENCE, live.recv()).await.unwrap().unwrap();
    assert!(matches!(heard, Live::InStore), "{heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_attempt_came_to_is_put_on_record_while_another_hub_writes() {
    let database = Database::start();
    let [hub] = hubs(&database);
    hub.ledger.change(vec![Change::PutEndpoint(endpoint(1))]).await.unwrap();
    hub.ledger.record(intake("RENE2010")).await.unwrap();
    let owed = hub.ledger.read(|reader| reader.owed(EndpointId::from_raw(1), None, 1, usize::MAX)).await;
    let delivery = owed.unwrap().rows[0].delivery;
    let mut other =
        tokio::task::block_in_place(|| PostgresStore::open(&database.address()).unwrap().engine().unwrap());

    // On a busy machine, the other one may lose its turn because it says nothing for too long: so it is tried some times.
    let mut had_its_turn_all_the_time = false;
    for _ in 0..5 {
        tokio::task::block_in_place(|| other.take_up().unwrap());
        hub.ledger.settle(vec![delivered(delivery)]).await.unwrap();
        had_its_turn_all_the_time |= tokio::task::block_in_place(|| other.commit(&Batch::default()).is_ok());
    }
    assert!(had_its_turn_all_the_time, "what an attempt came to waited for it");
    let stands = hub.ledger.read(move |reader| reader.delivery(delivery)).await.unwrap().unwrap();
    assert_eq!((stands.state, stands.attempts), (DeliveryState::Delivered, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_hub_has_to_say_of_an_endpoint_that_another_one_tells_does_not_count() {
    // Given an endpoint that one of two hubs tells
    let database = Database::start();
    let told = EndpointId::from_raw(1);
    let [mut first, mut second] = hubs(&database);
    let is_shared_out = async {
        while first.ledger.holds(told.raw()) == second.ledger.holds(told.raw()) {
            second.ledger.holding().changed().await.unwrap();
        }
    };
    timeout(PATIENCE, is_shared_out).await.unwrap();
    if second.ledger.holds(told.raw()) {
        std::mem::swap(&mut first, &mut second);
    }
    first.ledger.change(vec![Change::PutEndpoint(endpoint(1))]).await.unwrap();
    second.hears(|notice| matches!(notice, Notice::Endpoint(_)).then_some(())).await;
    first.ledger.record(intake("RENE2010")).await.unwrap();
    let owed = first.ledger.read(move |reader| reader.owed(told, None, 1, usize::MAX)).await;
    let delivery = owed.unwrap().rows[0].delivery;

    // When the other one has an answer to an attempt from before that says it is gone
    let standing = Standing::Disabled { reason: "gone", since: intake("x").received_at };
    let news = Some(Box::new(EndpointNews { endpoint: told, url: endpoint(1).url, standing }));
    let gone = Settlement { state: DeliveryState::Pending, news, ..delivered(delivery) };
    second.ledger.settle(vec![gone.clone()]).await.unwrap();

    // Then it is told further on; and no more if the hub says so that tells it
    let state = |hub: &Hub| hub.ledger.directory().endpoint(told).unwrap().state.clone();
    assert_eq!(state(&second), EndpointState::Enabled);
    first.ledger.settle(vec![gone]).await.unwrap();
    assert!(matches!(state(&first), EndpointState::Disabled { .. }));
}

fn delivered(delivery: DeliveryId) -> Settlement {
    let attempt = Attempt {
        number: 1,
        at: intake("RENE2010").received_at,
        took_us: 900,
        status: Some(204),
        error: None,
        response: Bytes::new(),
    };
    let state = DeliveryState::Delivered;
    Settlement { delivery, attempt, state, next_at: None, overtook: Vec::new(), news: None }
}

#[test]
fn a_hub_that_stops_while_it_has_the_pen_holds_up_the_others_for_a_moment_only() {
    let database = Database::start();
    let open = || PostgresStore::open(&database.address()).unwrap().engine().unwrap();
    let (mut stopped, mut other) = (open(), open());
    stopped.take_up().unwrap();
    other.commit(&Batch::default()).unwrap();
    // What it would have written then is not: what it knew may not be so any more.
    assert!(stopped.commit(&Batch::default()).is_err());
    stopped.take_up().unwrap();
    stopped.commit(&Batch::default()).unwrap();
}

#[test]
fn hubs_that_start_on_an_empty_database_at_the_same_time_make_its_tables_once() {
    let database = Database::start();
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| PostgresStore::open(&database.address()).unwrap().engine().map(drop).unwrap());
        }
    });
    assert_eq!(database.ask("SELECT COUNT(*) FROM callboard"), "1");
}

#[test]
fn a_hub_that_is_too_old_for_what_a_newer_one_has_made_of_the_store_says_so() {
    let database = Database::start();
    let mut engine = PostgresStore::open(&database.address()).unwrap().engine().unwrap();
    database.run("UPDATE callboard SET version = 99, oldest = 98");
    assert!(matches!(engine.take_up(), Err(EngineError::TooNew { found: 98, .. })));
    assert!(matches!(PostgresStore::open(&database.address()), Err(EngineError::TooNew { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hubs_in_turns_follow_upon_what_each_has_made_of_the_same_interview() {
    let database = Database::start();
    let hubs: [Hub; 2] = hubs(&database);
    hubs[0].ledger.record(intake("RENE2010")).await.unwrap();
    let stages = [Stage::SchedulingTime, Stage::SchedulingCompleted];
    for turn in 0..20_i64 {
        let stage = stages[usize::from(turn % 2 == 0)].clone();
        let moved = moved("RENE2010", 100 + turn, stage);
        let recorded = hubs[usize::from(turn % 2 == 1)].ledger.record(moved).await.unwrap();
        assert_eq!((recorded.outcome, recorded.events), (Outcome::Understood, 1), "turn {turn}");
    }
    let version = database.ask("SELECT version FROM entities");
    let events = database.ask("SELECT COUNT(*) - 1 FROM events");
    assert_eq!(version, events, "each was decided once, on what the one before it had made");
}
