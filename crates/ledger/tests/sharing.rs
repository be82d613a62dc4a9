//! Several hubs that write to one database: each follows on what the others have written, and hears of it.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

#[expect(dead_code, reason = "the whole program's tests use all of it")]
mod database;
#[path = "ledger/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests of one ledger use all of it")]
mod support;

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use callboard_core::{
    Candidate, CompanyId, DeliveryId, EndpointId, EndpointState, Entity, EventType, Held, Identifier,
    ReceiptId, Record, Stage,
};
use callboard_ledger::postgres::PostgresStore;
use callboard_ledger::{
    Attempt, Batch, Beat, Change, Crew, DeliveryState, EndpointNews, Engine, EngineError, EntityWrite,
    EventRow, Intake, Ledger, LedgerError, Live, NewDelivery, Notice, Outcome, SHARDS, Settlement, Shards,
    Standing, Store, Touched, Word, Writing,
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

/// A batch that makes, or changes, a candidate with this id.
fn candidate(raw_id: u64, version: u64) -> Batch {
    let entity = Entity::Candidate(Arc::new(Candidate::new(Identifier::from_raw(raw_id))));
    let record = Record { version, ..Record::default() };
    let held = Held { company: CompanyId::from_raw(1), entity, record: record.into() };
    let entities = vec![EntityWrite { held, base_version: version - 1, moved: version == 1 }];
    Batch { entities, last_id: raw_id, ..Batch::default() }
}

fn touched(engine: &mut Box<dyn Engine>) -> Touched {
    let news = engine.take_up().unwrap().unwrap();
    engine.put_down();
    news.touched
}

fn crew(database: &Database) -> Box<dyn Crew> {
    PostgresStore::open(&database.address()).unwrap().crew().unwrap().unwrap().0
}

const STAYS: Beat = Beat { vacated: Shards::NONE, stays: true };

#[test]
fn what_a_hub_goes_on_holding_is_not_taken_anew_because_passing_the_rest_on_failed_once() {
    // Given a hub that is to leave half of what it holds to another one
    let database = Database::start();
    let (mut first, mut second) = (crew(&database), crew(&database));
    first.beat(STAYS).unwrap();
    second.beat(STAYS).unwrap();
    let before = first.beat(STAYS).unwrap();
    assert!(!before.leaving.is_empty());

    // When that fails
    database.run("ALTER TABLE shards ADD CONSTRAINT held CHECK (hub IS NOT NULL)");
    second.beat(STAYS).unwrap();
    assert!(first.beat(Beat { vacated: before.leaving, ..STAYS }).is_err());
    database.run("ALTER TABLE shards DROP CONSTRAINT held");

    // Then it has held all of it, what is to stay all the time, and can still pass the rest on
    second.beat(STAYS).unwrap();
    let after = first.beat(STAYS).unwrap();
    for shard in 0..SHARDS {
        let (was, is) = (before.taken[shard as usize], after.taken[shard as usize]);
        assert!(if before.leaving.contains(shard) { is > was } else { is == was }, "{shard}");
    }
    second.beat(STAYS).unwrap();
    let passed_on = first.beat(Beat { vacated: before.leaving, ..STAYS }).unwrap();
    for shard in 0..SHARDS {
        let taken = if before.leaving.contains(shard) { 0 } else { before.taken[shard as usize] };
        assert_eq!(passed_on.taken[shard as usize], taken, "{shard}");
    }
}

#[test]
fn what_a_hub_held_that_has_gone_without_letting_go_of_it_is_taken_by_the_others() {
    // Given two hubs that hold half of everything each
    let database = Database::start();
    let (mut first, mut second) = (crew(&database), crew(&database));
    first.beat(STAYS).unwrap();
    second.beat(STAYS).unwrap();
    let vacated = first.beat(STAYS).unwrap().leaving;
    first.beat(Beat { vacated, ..STAYS }).unwrap();
    assert_eq!(second.beat(STAYS).unwrap().held(), vacated);

    // When one of them is to go, and that breaks off half-way, then it has not gone
    database.run("ALTER TABLE shards ADD CONSTRAINT held CHECK (hub IS NOT NULL)");
    assert!(second.leave().is_err());
    assert_eq!(database.ask("SELECT COUNT(*) FROM hubs"), "2");
    database.run("ALTER TABLE shards DROP CONSTRAINT held");

    // And when it has, and still is the one who holds them, then the other one takes them
    database.run("DELETE FROM hubs WHERE id = (SELECT MAX(id) FROM hubs)");
    assert_eq!(first.beat(STAYS).unwrap().held(), Shards::ALL);
}

#[test]
fn how_an_endpoint_is_doing_that_has_been_removed_meanwhile_is_not_kept() {
    let database = Database::start();
    let mut crew = crew(&database);
    let mut engine = PostgresStore::open(&database.address()).unwrap().engine().unwrap();
    let put = vec![Change::PutEndpoint(endpoint(1))];
    engine.commit(&Batch { changes: put, ..Batch::default() }).unwrap();

    let well = |raw_id| (EndpointId::from_raw(raw_id), "{}".to_owned());
    crew.report(&[well(1), well(2)]).unwrap();
    assert_eq!(database.ask("SELECT STRING_AGG(endpoint::TEXT, ' ') FROM reports"), "1");
}

#[test]
fn a_hub_hears_which_things_others_have_changed_and_of_too_much_that_it_may_be_anything() {
    let database = Database::start();
    let open = || PostgresStore::open(&database.address()).unwrap().engine().unwrap();
    // Whoever is alone tells nobody.
    let _crew = [(); 2].map(|()| {
        let mut crew = crew(&database);
        crew.beat(STAYS).unwrap();
        crew
    });
    let (mut first, mut second) = (open(), open());
    first.take_up().unwrap();
    first.commit(&candidate(1, 1)).unwrap();
    second.take_up().unwrap();
    second.put_down();

    assert_eq!(touched(&mut second), Touched::Nothing, "nobody has written since");
    first.take_up().unwrap();
    first.commit(&candidate(2, 1)).unwrap();
    first.take_up().unwrap();
    first.commit(&candidate(1, 2)).unwrap();
    let Touched::These(things) = touched(&mut second) else { panic!("it is known which") };
    assert!(things.ends_with(&[2, 1]), "{things:?}");
    assert_eq!(touched(&mut first), Touched::Nothing, "what it wrote itself is no news to it");

    for version in 3..=9 {
        first.take_up().unwrap();
        first.commit(&candidate(1, version)).unwrap();
    }
    assert_eq!(touched(&mut second), Touched::Anything, "it was away for too long");

    // Another hub of an older version does not say what it changes.
    first.take_up().unwrap();
    first.commit(&candidate(1, 10)).unwrap();
    database.run("UPDATE writers SET changed = NULL, changed_after = NULL");
    assert_eq!(touched(&mut second), Touched::Anything);
}

#[test]
fn a_hub_hears_what_is_to_be_tried_again_elsewhere_and_that_it_is_too_much_to_be_heard() {
    // Given two hubs, and a few deliveries that say much
    let database = Database::start();
    let open = || PostgresStore::open(&database.address()).unwrap().engine().unwrap();
    let (mut first, mut second) = (open(), open());
    let delivery = |number: u64| NewDelivery {
        id: Identifier::from_raw(100 + number),
        endpoint: Identifier::from_raw(1),
        event: Identifier::from_raw(50),
        lane: 1,
        body: Some(vec![b'x'; 1024 * 1024].into()),
    };
    let event = EventRow {
        id: Identifier::from_raw(50),
        company: Identifier::from_raw(1),
        source: None,
        receipt: None,
        subject: 1,
        kind: EventType::JobCreated,
        body: Bytes::from_static(b"{}"),
        skipped: Vec::new(),
        owed: 6,
        erased: false,
    };
    let owed = Batch { events: vec![event], deliveries: (1..=6).map(delivery).collect(), ..Batch::default() };
    first.take_up().unwrap();
    first.commit(&owed).unwrap();
    second.take_up().unwrap();
    second.put_down();

    // When some of them are to be tried again, then that is heard; when it is more than is heard, that something was missed
    for (retried, heard) in [(4, (4, false)), (6, (0, true)), (1, (1, false))] {
        let words = (1..=retried).map(|number| Word::Retry(delivery(number).id)).collect();
        first.take_up().unwrap();
        first.commit(&Batch { words, ..Batch::default() }).unwrap();
        let news = second.take_up().unwrap().unwrap();
        second.put_down();
        assert_eq!((news.said.len(), news.missed), heard);
    }
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

#[test]
fn a_store_of_the_first_version_is_brought_up_to_date_and_a_hub_of_that_version_may_go_on_beside() {
    let database = Database::start();
    let open = || PostgresStore::open(&database.address()).unwrap().engine().unwrap();
    drop(open());
    database.run("ALTER TABLE writers DROP COLUMN changed, DROP COLUMN changed_after");
    database.run("UPDATE callboard SET version = 1");

    let mut engine = open();
    engine.take_up().unwrap();
    engine.commit(&candidate(1, 1)).unwrap();
    assert_eq!(database.ask("SELECT version || ' ' || oldest FROM callboard"), "2 1");

    // As a hub of the first version takes its place among the writers, and leaves a batch.
    database.run("INSERT INTO writers (batch, last_id) VALUES (0, 0)");
    engine.take_up().unwrap();
    engine.put_down();
    database.run("UPDATE writers SET batch = batch + 1 WHERE last_id = 0");
    assert_eq!(touched(&mut engine), Touched::Anything);
}
