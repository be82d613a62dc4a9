//! A hub without doors: a ledger in a temporary directory, an outbox, and interviews that move on.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use bytes::Bytes;
use callboard_core::{
    About, Belonging, CompanyId, Endpoint, EndpointId, EndpointState, Identifier, InterviewTold, News,
    Observation, Ordering, Sealed, Source, SourceId, Stage, Timestamp,
};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{
    Attempt, Change, Company, Delivery, DeliveryFilter, DeliveryState, EngineError, Intake, Ledger, Notice,
    Page, Store, Writing,
};
use callboard_outbox::{Carrier, Clock, Outbox, OutboxHandle, OutboxLimits, OutboxOptions, Planning, Stats};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::mpsc::Receiver;
use tokio::sync::oneshot;
use tokio::time::Instant;

pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const START: &str = "2026-03-01T09:00:00Z";
/// How long anything may take, in time that cannot be paused, before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);

/// What tokio's clock shows, so that pausing and advancing that one moves this one too; or a multiple of it.
pub struct TestClock {
    origin: Instant,
    speed: i32,
    is_broken: AtomicBool,
}

impl TestClock {
    /// As fast as time goes: for paused time.
    pub fn new() -> Arc<Self> {
        Self::running(1)
    }

    /// A thousand seconds in one: for real sockets, which pay no heed to paused time.
    pub fn fast() -> Arc<Self> {
        Self::running(1_000)
    }

    fn running(speed: i32) -> Arc<Self> {
        Arc::new(Self { origin: Instant::now(), speed, is_broken: AtomicBool::new(false) })
    }

    /// Whoever looks at it from now on breaks.
    pub fn breaks(&self) {
        self.is_broken.store(true, Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        assert!(!self.is_broken.load(Relaxed), "the clock is broken");
        let passed = SignedDuration::try_from(self.origin.elapsed()).unwrap();
        start() + passed * self.speed
    }
}

pub fn start() -> Timestamp {
    START.parse().unwrap()
}

/// While this lives, paused time stands still. Without it, paused time runs on by itself whenever the test waits, also
/// when it waits for the ledger's thread, which is not part of its runtime.
struct StandStill(#[expect(dead_code, reason = "what counts is when it is dropped")] mpsc::Sender<()>);

impl StandStill {
    fn new() -> Self {
        let (alive, until_dropped) = mpsc::channel();
        tokio::task::spawn_blocking(move || until_dropped.recv().is_err());
        Self(alive)
    }
}

/// What comes of this, which must come to its end whatever paused time does.
pub async fn in_time<T>(what: &str, waiting: impl Future<Output = T>) -> T {
    let (_over, is_over) = mpsc::channel::<()>();
    let (give_up, too_long) = oneshot::channel();
    std::thread::spawn(move || {
        if is_over.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = give_up.send(());
        }
    });
    tokio::select! {
        come = waiting => come,
        Ok(()) = too_long => panic!("gave up waiting until {what}"),
    }
}

/// Where a hub keeps its data; it outlives the hub.
pub struct Home(TempDir);

impl Home {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

pub struct Hub {
    pub ledger: Ledger,
    pub outbox: OutboxHandle,
    writing: Writing,
    clock: Arc<TestClock>,
    source: Arc<Source>,
    still: Option<StandStill>,
}

/// An endpoint that is told of each stage, in the native form.
pub fn endpoint(number: u64, url: &str) -> Endpoint {
    Endpoint {
        id: EndpointId::from_raw(number),
        company: company(),
        url: url.to_owned(),
        dialect: "standard".to_owned(),
        events: vec!["interview.stage.updated".to_owned()],
        sources: Vec::new(),
        rotated: None,
        failing_since: None,
        told_since: None,
        formerly: Vec::new(),
        credentials: Sealed(json!({ "secret": SECRET })),
        ordering: Ordering::Interview,
        hold_for: Duration::from_secs(3600),
        retry: vec!["5s".to_owned(), "5m".to_owned(), "30m".to_owned()],
        rate_limit: None,
        description: String::new(),
        state: EndpointState::Enabled,
        created_at: start(),
    }
}

/// The same, but switched off.
pub fn disabled(endpoint: Endpoint) -> Endpoint {
    let state = EndpointState::Disabled { reason: "person".to_owned(), since: start() };
    Endpoint { state, ..endpoint }
}

pub fn company() -> CompanyId {
    CompanyId::from_raw(1_000)
}

impl Hub {
    /// A hub with these endpoints and the default limits.
    pub async fn start(
        home: &Home,
        carrier: impl Carrier,
        clock: Arc<TestClock>,
        endpoints: Vec<Endpoint>,
    ) -> Self {
        Self::start_with(home, carrier, clock, endpoints, OutboxLimits::default()).await
    }

    pub async fn start_with(
        home: &Home,
        carrier: impl Carrier,
        clock: Arc<TestClock>,
        endpoints: Vec<Endpoint>,
        limits: OutboxLimits,
    ) -> Self {
        // What was read for the hub before may keep the store for a moment longer.
        let opening = async {
            loop {
                match SqliteStore::open(home.path()) {
                    Err(EngineError::InUse(_)) => tokio::task::yield_now().await,
                    opened => return opened.unwrap(),
                }
            }
        };
        let store = in_time("the store is free", opening).await;
        Self::start_on(store, carrier, clock, endpoints, limits).await
    }

    /// A hub on this store.
    pub async fn start_on(
        store: impl Store,
        carrier: impl Carrier,
        clock: Arc<TestClock>,
        endpoints: Vec<Endpoint>,
        limits: OutboxLimits,
    ) -> Self {
        let planning = Planning::new("https://hub.example");
        let opened = Ledger::open(store, 0, Box::new(planning)).unwrap();
        Self::on(opened, carrier, clock, endpoints, limits).await
    }

    /// A hub on a ledger that has been opened.
    pub async fn on(
        (ledger, notices, writing): (Ledger, Receiver<Notice>, Writing),
        carrier: impl Carrier,
        clock: Arc<TestClock>,
        endpoints: Vec<Endpoint>,
        limits: OutboxLimits,
    ) -> Self {
        let still = Some(StandStill::new());
        let source = Source {
            id: SourceId::from_raw(1_001),
            company: company(),
            platform: "skype".to_owned(),
            name: "Skype".to_owned(),
            rotated: None,
            credentials: Sealed::default(),
            created_at: start(),
            fetch: None,
        };
        let mut changes = vec![
            Change::PutCompany(Company {
                id: company(),
                name: "Backstage".to_owned(),
                stages: Vec::new(),
                time_zone: None,
            }),
            Change::PutSource(source.clone()),
        ];
        changes.extend(endpoints.into_iter().map(Change::PutEndpoint));
        ledger.change(changes).await.unwrap();
        let options = OutboxOptions { limits, seed: 7 };
        let outbox = Outbox::start(ledger.clone(), notices, clock.clone(), carrier, options);
        Self { ledger, outbox, writing, clock, source: Arc::new(source), still }
    }

    /// A hub whose clock runs fast, and which therefore looks at it often.
    pub async fn start_fast(home: &Home, carrier: impl Carrier, endpoints: Vec<Endpoint>) -> Self {
        let limits = OutboxLimits { clock_check: Duration::from_millis(2), ..OutboxLimits::default() };
        Self::start_with(home, carrier, TestClock::fast(), endpoints, limits).await
    }

    /// An interview moves on: its `number`-th move.
    pub async fn move_on(&self, interview: &str, number: u32) {
        let stages = [Stage::SchedulingTime, Stage::SchedulingCompleted];
        let stage = |number: u32| stages[number as usize % 2].clone().into();
        let told = Observation {
            at: Some(start() + SignedDuration::from_secs(number.into())),
            news: News::Stage {
                interview: About { external_id: Some(interview.to_owned()), told: InterviewTold::default() },
                of: Belonging::default(),
                previous: Some(stage(number + 1)),
                current: stage(number),
            },
        };
        let intake = Intake {
            source: Arc::clone(&self.source),
            received_at: start(),
            unique: Some(format!("{interview} {number}")),
            told_of: None,
            headers: "{}".to_owned(),
            body: Bytes::from_static(b"{}"),
            label: "State".to_owned(),
            points_at: Vec::new(),
            fetch_at: None,
            told: Ok(vec![told]),
        };
        assert_eq!(self.ledger.record(intake).await.unwrap().outcome, callboard_ledger::Outcome::Understood);
    }

    /// Several interviews move on so many times.
    pub async fn move_all(&self, interviews: &[&str], moves: u32) {
        for number in 0..moves {
            for interview in interviews {
                self.move_on(interview, number).await;
            }
        }
    }

    /// Waits until the outbox's numbers are so as time passes.
    pub async fn as_time_passes(&mut self, are_so: impl FnMut(&Stats) -> bool) {
        self.still = None;
        self.until(are_so).await;
        self.still = Some(StandStill::new());
    }

    /// Waits until the outbox's numbers are so. Paused time stands still meanwhile.
    pub async fn until(&self, are_so: impl FnMut(&Stats) -> bool) {
        let mut stats = self.outbox.watch();
        in_time("the outbox's numbers are so", stats.wait_for(are_so)).await.unwrap();
    }

    /// The deliveries to an endpoint, oldest first.
    pub async fn deliveries(&self, endpoint: u64) -> Vec<Delivery> {
        let filter = DeliveryFilter {
            endpoints: Some(vec![EndpointId::from_raw(endpoint)]),
            ..DeliveryFilter::default()
        };
        let page = Page::newest(1_000);
        let mut deliveries =
            self.ledger.read(move |store| store.deliveries(&filter, page)).await.unwrap().items;
        deliveries.sort_by_key(|delivery| delivery.id);
        deliveries
    }

    pub async fn states(&self, endpoint: u64) -> Vec<DeliveryState> {
        self.deliveries(endpoint).await.into_iter().map(|delivery| delivery.state).collect()
    }

    pub async fn attempts(&self, delivery: &Delivery) -> Vec<Attempt> {
        let id = delivery.id;
        self.ledger.read(move |store| store.attempts(id)).await.unwrap()
    }

    /// How long a delivery that keeps failing may hold back others at an endpoint.
    pub fn hold_for(&self, endpoint: u64) -> Duration {
        self.ledger.directory().endpoint(EndpointId::from_raw(endpoint)).unwrap().hold_for
    }

    pub async fn switch_on(&self, endpoint: u64) {
        let id = EndpointId::from_raw(endpoint);
        self.ledger.switch_endpoint(id, EndpointState::Enabled, self.clock.now(), None).await.unwrap();
    }

    pub async fn stop(self) {
        let _still = self.still;
        self.outbox.stop().await;
        self.ledger.close().await;
        self.writing.finished().await;
    }
}

/// Which interview a native body is about, and which of its moves it tells.
pub fn read_move(body: &[u8]) -> (String, u32) {
    let event: Value = serde_json::from_slice(body).unwrap();
    let at: Timestamp = event["timestamp"].as_str().unwrap().parse().unwrap();
    let number = at.duration_since(start()).as_secs();
    let interview = event["data"]["interview"]["external_ids"]["skype"].as_str().unwrap();
    (interview.to_owned(), u32::try_from(number).unwrap())
}
