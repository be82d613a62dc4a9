//! A hub without doors: a ledger in a temporary directory, a fetch service, and a clock that is moved by hand.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use callboard_core::{CompanyId, Event, Fetch as FetchFrom, Identifier, Sealed, Source, SourceId, Timestamp};
use callboard_dialects::dialect;
use callboard_fetch::{Fetch, FetchHandle, FetchLimits, FetchOptions};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{
    Change, Company, EventFilter, Intake, Ledger, Notice, Outcome, Page, Pointer, Receipt, ReceiptFilter,
    Writing,
};
use callboard_outbox::{AddressGuard, Clock, ManualClock, Planning, Sender, client_config};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// How long anything may take before a test gives up on it. Generous: it only bounds failures.
pub const PATIENCE: Duration = Duration::from_secs(30);
pub const PASSWORD: &str = "hunter2";

pub struct Hub {
    pub ledger: Ledger,
    pub clock: Arc<ManualClock>,
    pub source: Arc<Source>,
    guard: AddressGuard,
    limits: FetchLimits,
    service: Option<FetchHandle>,
    _notices: mpsc::Receiver<Notice>,
    _writing: Writing,
    _home: TempDir,
}

pub fn limits() -> FetchLimits {
    FetchLimits {
        look_every: Duration::from_millis(5),
        store_pause: Duration::from_millis(5),
        stop_time: Duration::from_millis(100),
        ..FetchLimits::default()
    }
}

/// A guard that lets calls reach this machine.
pub fn open_guard() -> AddressGuard {
    AddressGuard { allow_http: true, allow_networks: vec!["127.0.0.0/8".parse().unwrap()] }
}

impl Hub {
    /// A hub with a source of viasto that fetches from this address, and its service running.
    pub async fn viasto(base_url: &str) -> Self {
        let mut hub = Self::idle("viasto", base_url, open_guard(), limits()).await;
        hub.start();
        hub
    }

    /// The same with a source of Skype.
    pub async fn skype(base_url: &str) -> Self {
        let mut hub = Self::idle("skype", base_url, open_guard(), limits()).await;
        hub.start();
        hub
    }

    /// A hub whose service does not run yet.
    pub async fn idle(platform: &str, base_url: &str, guard: AddressGuard, limits: FetchLimits) -> Self {
        let home = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(home.path()).unwrap();
        let planning = Planning::new("https://hub.example");
        let (ledger, notices, writing) = Ledger::open(store, 0, Box::new(planning)).unwrap();
        let clock = Arc::new(ManualClock::new("2026-03-01T09:00:00Z".parse().unwrap()));
        let (credentials, login) = match platform {
            "skype" => (json!({"api_key": "key", "api_secret": "secret"}), Value::Null),
            _ => (json!({"token": "t"}), json!({"username": "u", "password": PASSWORD, "company": "acme"})),
        };
        let source = Source {
            id: SourceId::from_raw(1_001),
            company: CompanyId::from_raw(1_000),
            platform: platform.to_owned(),
            name: String::new(),
            rotated: None,
            credentials: Sealed(credentials),
            fetch: Some(FetchFrom { base_url: base_url.to_owned(), credentials: Sealed(login) }),
            created_at: clock.now(),
        };
        let company =
            Company { id: source.company, name: "c".to_owned(), time_zone: None, stages: Vec::new() };
        ledger.change(vec![Change::PutCompany(company), Change::PutSource(source.clone())]).await.unwrap();
        let source = Arc::new(source);
        Self {
            ledger,
            clock,
            source,
            guard,
            limits,
            service: None,
            _notices: notices,
            _writing: writing,
            _home: home,
        }
    }

    pub fn start(&mut self) {
        let sender = Sender::new(self.guard.clone(), client_config(&[]).unwrap(), self.limits.of_sender());
        let options = FetchOptions { limits: self.limits, seed: 1 };
        self.service =
            Some(Fetch::start(self.ledger.clone(), Arc::<ManualClock>::clone(&self.clock), sender, options));
    }

    /// Another account of the same kind; what comes in from now on is from there.
    pub async fn another_source(&mut self) {
        let fetch = self.source.fetch.clone().unwrap();
        self.another_source_at(&fetch.base_url).await;
    }

    /// The same, fetched from this address.
    pub async fn another_source_at(&mut self, base_url: &str) {
        let id = SourceId::from_raw(self.source.id.raw() + 1);
        let fetch = self.source.fetch.clone().map(|it| FetchFrom { base_url: base_url.to_owned(), ..it });
        let source = Source { id, fetch, ..Source::clone(&self.source) };
        self.ledger.change(vec![Change::PutSource(source.clone())]).await.unwrap();
        self.source = Arc::new(source);
    }

    pub async fn stop(&mut self) {
        self.service.take().unwrap().stop().await;
    }

    /// Moves the clock.
    pub fn pass(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A webhook comes in, as the inbox takes it.
    pub async fn hears(&self, body: impl ToString) {
        let body = body.to_string();
        let dialect = dialect(&self.source.platform).unwrap();
        let reading = dialect.parse(body.as_bytes()).unwrap();
        let intake = Intake {
            source: Arc::clone(&self.source),
            received_at: self.now(),
            unique: None,
            told_of: None,
            headers: "{}".to_owned(),
            points_at: dialect.fetching().unwrap().points_at(body.as_bytes()).pop().into_iter().collect(),
            body: Bytes::from(body),
            label: reading.label,
            told: Ok(reading.observations),
            fetch_at: None,
        };
        self.ledger.record(intake).await.unwrap();
    }

    /// What is still to be fetched, now or later.
    pub async fn pointers(&self) -> Vec<Pointer> {
        self.ledger
            .read(|store| store.pointers_due(Timestamp::MAX, Timestamp::MAX, &[], 1_000))
            .await
            .unwrap()
    }

    /// Waits until nothing is to be fetched any more.
    pub async fn settles(&self) {
        let deadline = Instant::now() + PATIENCE;
        while !self.pointers().await.is_empty() {
            assert!(Instant::now() < deadline, "still to be fetched: {:?}", self.pointers().await);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until the one pointer that there is has been tried so often.
    pub async fn tried(&self, attempts: u32) -> Pointer {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut pointers = self.pointers().await;
            assert!(!pointers.is_empty() && Instant::now() < deadline, "{pointers:?}");
            if let Some(at) = pointers.iter().position(|it| it.attempts >= attempts) {
                return pointers.swap_remove(at);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// What was fetched and written down, oldest first.
    pub async fn fetched(&self) -> Vec<Receipt> {
        let receipts = self.ledger.read(|store| store.receipts(&ReceiptFilter::default(), Page::newest(200)));
        let receipts = receipts.await.unwrap().items.into_iter().rev();
        receipts.filter(|receipt| receipt.headers.contains("fetched resource")).collect()
    }

    /// The labels of what was fetched and understood; the reasons of the rest.
    pub async fn details(&self) -> Vec<String> {
        self.fetched().await.into_iter().map(|receipt| receipt.detail).collect()
    }

    pub async fn quarantined(&self) -> Vec<String> {
        let receipts = self.fetched().await.into_iter();
        receipts.filter(|it| it.outcome == Outcome::Quarantined).map(|it| it.detail).collect()
    }

    /// What happened, oldest first.
    pub async fn events(&self) -> Vec<Event> {
        let rows = self.ledger.read(|store| store.events(&EventFilter::default(), Page::newest(200))).await;
        rows.unwrap().items.into_iter().rev().map(|row| serde_json::from_slice(&row.body).unwrap()).collect()
    }
}
