//! A hub that holds its endpoints on a lease, as one of several on a store: what it does when that runs out, and when it is to
//! leave them to another one.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use callboard_core::EndpointId;
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{
    Beat, Crew, DeliveryState, Ear, Engine, EngineError, Hint, Holding, Membership, Reader, Shards, Store,
};
use callboard_outbox::{Answer, Carrier, OutboxLimits, SendError, Shipment};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::carrier::Courier;
use super::hub::{Home, Hub, TestClock, endpoint};

const URL: &str = "https://ats.example/hooks";

/// What the others let this hub hold, and what it says to them.
#[derive(Clone)]
struct Others(Arc<(Mutex<Talk>, Condvar)>);

struct Talk {
    holding: Holding,
    said: Vec<Beat>,
}

impl Others {
    /// It holds everything for so long.
    fn letting(lasts: Duration) -> Self {
        let holding = Holding { until: Some(Instant::now() + lasts), ..Holding::alone() };
        Self(Arc::new((Mutex::new(Talk { holding, said: Vec::new() }), Condvar::new())))
    }

    fn change(&self, change: impl FnOnce(&mut Holding)) {
        change(&mut self.0.0.lock().unwrap().holding);
    }

    /// Waits for so many more beats; answers the last.
    async fn hear(&self, more: usize) -> Beat {
        let others = self.clone();
        let heard = tokio::task::spawn_blocking(move || {
            let (talk, said) = &*others.0;
            let talk = talk.lock().unwrap();
            let enough = talk.said.len() + more;
            let talk = said.wait_while(talk, |talk| talk.said.len() < enough).unwrap();
            *talk.said.last().unwrap()
        });
        heard.await.unwrap()
    }
}

impl Crew for Others {
    fn beat(&mut self, beat: Beat) -> Result<Holding, EngineError> {
        let (talk, said) = &*self.0;
        let mut talk = talk.lock().unwrap();
        talk.said.push(beat);
        said.notify_all();
        Ok(talk.holding.clone())
    }

    fn report(&mut self, _: &[(EndpointId, String)]) -> Result<(), EngineError> {
        Ok(())
    }

    fn leave(&mut self) -> Result<(), EngineError> {
        Ok(())
    }
}

struct Silence;

impl Ear for Silence {
    fn listen(&mut self, at_most: Duration) -> Result<Hint, EngineError> {
        std::thread::park_timeout(at_most);
        Ok(Hint::default())
    }
}

/// A store that others work on as well.
struct Shared(SqliteStore, Others);

impl Store for Shared {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn engine(&self) -> Result<Box<dyn Engine>, EngineError> {
        self.0.engine()
    }

    fn reader(&self) -> Result<Box<dyn Reader>, EngineError> {
        self.0.reader()
    }

    fn crew(&self) -> Result<Option<Membership>, EngineError> {
        Ok(Some((Box::new(self.1.clone()), Box::new(Silence))))
    }
}

async fn hub_among(others: &Others, home: &Home, carrier: impl Carrier, clock: Arc<TestClock>) -> Hub {
    let store = Shared(SqliteStore::open(home.path()).unwrap(), others.clone());
    Hub::start_on(store, carrier, clock, vec![endpoint(1, URL)], OutboxLimits::default()).await
}

#[tokio::test(start_paused = true)]
async fn i3_once_its_lease_has_run_out_a_hub_begins_nothing_until_it_is_heard_of_again() {
    // Given a hub that holds its endpoints for ten seconds
    let (home, clock, others) = (Home::new(), TestClock::new(), Others::letting(Duration::from_secs(10)));
    let courier = Courier::new(&clock, |_| 200);
    let hub = hub_among(&others, &home, courier.clone(), clock).await;
    hub.move_on("RENE2010", 0).await;
    courier.until_sent(1).await;

    // When nobody has heard of it for longer than that, then it knows of more that is owed, and tells nobody
    tokio::time::advance(Duration::from_secs(11)).await;
    hub.move_on("RENE2010", 1).await;
    hub.until(|stats| stats.held == 1).await;
    assert_eq!(courier.moves("RENE2010"), [0]);

    // When it is heard of again, then it goes on
    others.change(|holding| holding.until = Some(Instant::now() + Duration::from_secs(1_000)));
    courier.until_sent(2).await;
    assert_eq!(courier.moves("RENE2010"), [0, 1]);
    hub.stop().await;
}

/// Lets a shipment arrive when the test does.
#[derive(Clone)]
struct Gate(Courier, Arc<Semaphore>);

impl Carrier for Gate {
    async fn carry(&self, shipment: Shipment) -> Result<Answer, SendError> {
        self.1.acquire().await.unwrap().forget();
        self.0.carry(shipment).await
    }
}

#[tokio::test(start_paused = true)]
async fn i3_a_hub_passes_on_what_it_is_to_leave_when_every_attempt_is_on_record_and_begins_no_other() {
    // Given an attempt that is under way, and another one to come
    let (home, clock, others) = (Home::new(), TestClock::new(), Others::letting(Duration::from_secs(1_000)));
    let courier = Courier::new(&clock, |_| 200);
    let gate = Gate(courier.clone(), Arc::new(Semaphore::new(0)));
    let hub = hub_among(&others, &home, gate.clone(), clock).await;
    hub.move_all(&["RENE2010"], 2).await;
    hub.until(|stats| stats.in_flight == 1).await;

    // When the hub is to leave its endpoints to others, then they are not vacant yet
    others.change(|holding| holding.leaving = Shards::ALL);
    assert!(!others.hear(3).await.vacated.contains(0));

    // When the attempt has ended, then they are, and it is on record; the other one is for others to make
    gate.1.add_permits(2);
    while !others.hear(1).await.vacated.contains(0) {}
    assert_eq!(hub.states(1).await, [DeliveryState::Delivered, DeliveryState::Pending]);
    assert_eq!(courier.moves("RENE2010"), [0]);

    // When it takes them once more, then it goes on with what is left
    others.change(|holding| {
        holding.leaving = Shards::NONE;
        holding.taken[0] = 2;
    });
    courier.until_sent(2).await;
    hub.stop().await;
}
