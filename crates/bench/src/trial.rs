//! One measurement of a hub: load in, sink out, and what the hub used for it.

use std::net::SocketAddr;
use std::ops::Sub;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use anyhow::Context;
use callboard_dialects::{Sign, dialect};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, sleep_until};

use crate::audit::{Faults, Told};
use crate::books::{Books, Entries};
use crate::clock::Stopwatch;
use crate::hubs::Hubs;
use crate::latency::Latencies;
use crate::load::{Load, Taken, Tally};
use crate::pace::Pace;
use crate::sink::{Endpoints, listen};
use crate::usage::{cpu_time, machine_cpu_time};
use crate::window::Window;

/// How often the backlog is looked at.
const LOOK: Duration = Duration::from_millis(5);
/// How often what was told is looked at where it is timed.
const FINE_LOOK: Duration = Duration::from_millis(1);
/// How long nothing may arrive at the sink before what is still owed counts as lost.
const PATIENCE: Duration = Duration::from_secs(20);
const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// The account that the load signs for.
fn credentials() -> Value {
    json!({"api_key": "92ec9cc9-61a3-442d-bcff-3e6e3d94e021", "api_secret": "8a7a1d3f-0c0b-4b7e-9f0c-2f1d4a6b8c0e"})
}

/// Signs as that account.
pub(crate) fn signer() -> anyhow::Result<Box<dyn Sign>> {
    Ok(dialect("skype").context("there is no dialect `skype`")?.signer(&credentials())?)
}

/// A hub with its source and its endpoints, ready to be measured.
pub(crate) struct Trial {
    stopwatch: Stopwatch,
    endpoints: Arc<Endpoints>,
    room: Arc<Semaphore>,
    /// Where the sink takes deliveries.
    sink: SocketAddr,
    /// Where the hub takes the source's webhooks.
    path: String,
}

/// What a measurement found.
pub(crate) struct Found {
    pub(crate) window: Window,
    pub(crate) sent: Tally,
    /// All webhooks that were answered 200.
    pub(crate) webhooks: u64,
    /// All events that came of them.
    pub(crate) events: u64,
    /// What was told within the window, over all endpoints.
    pub(crate) told_in_window: Told,
    pub(crate) arrival_to_sink: Latencies,
    pub(crate) backlog_at_start: u64,
    pub(crate) backlog_at_end: u64,
    pub(crate) backlog_peak: u64,
    pub(crate) drain: Duration,
    pub(crate) lost: u64,
    pub(crate) faults: Faults,
    pub(crate) used: Used,
    /// What the database did within the window, where there is one.
    pub(crate) database: Option<Entries>,
}

/// Processor time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Used {
    pub(crate) hub: Duration,
    /// Load and sink.
    pub(crate) bench: Duration,
    /// Everything on the machine, these two included.
    pub(crate) machine: Duration,
}

impl Used {
    fn so_far(hubs: &Hubs) -> anyhow::Result<Self> {
        let (hub, bench) = (hubs.cpu_time()?, cpu_time(std::process::id())?);
        Ok(Self { hub, bench, machine: machine_cpu_time()? })
    }
}

impl Sub for Used {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            hub: self.hub.saturating_sub(before.hub),
            bench: self.bench.saturating_sub(before.bench),
            machine: self.machine.saturating_sub(before.machine),
        }
    }
}

impl Trial {
    /// Listens for deliveries to so many endpoints, and tells the hub of the source. It knows of no endpoint yet.
    pub(crate) async fn open(hubs: &Hubs, endpoints: usize, room: usize) -> anyhow::Result<Self> {
        let (stopwatch, room) = (Stopwatch::start(), Arc::new(Semaphore::new(room)));
        let endpoints = Arc::new(Endpoints::new(endpoints, SECRET, stopwatch, Arc::clone(&room))?);
        let sink = listen(Arc::clone(&endpoints)).await?;
        let path = tokio::task::block_in_place(|| hubs.add_source(&credentials()))?;
        Ok(Self { stopwatch, endpoints, room, sink, path })
    }

    /// Tells the hub of the endpoint of this number: its id.
    pub(crate) fn subscribe(&self, hubs: &Hubs, number: usize) -> anyhow::Result<String> {
        hubs.add_endpoint(&format!("http://{}/{number}", self.sink), SECRET)
    }

    /// Tells the hub of all of them: their ids.
    pub(crate) fn subscribe_all(&self, hubs: &Hubs) -> anyhow::Result<Vec<String>> {
        (0..self.endpoints.audits().count()).map(|number| self.subscribe(hubs, number)).collect()
    }

    /// What a webhook waits for, so that the sink sets the pace.
    pub(crate) fn room(&self) -> Arc<Semaphore> {
        Arc::clone(&self.room)
    }

    /// Runs the load alone: what the senders saw.
    pub(crate) async fn send(
        &self,
        hubs: &Hubs,
        window: Window,
        interviews_per_connection: usize,
        paces: Vec<Pace>,
        taken: &Arc<Taken>,
    ) -> anyhow::Result<Tally> {
        let load = Load {
            to: hubs.addresses(),
            path: self.path.clone(),
            signer: signer()?,
            stopwatch: self.stopwatch,
            window,
            taken: Arc::clone(taken),
            interviews_per_connection,
            interviews_begun: AtomicU64::new(0),
        };
        tokio::spawn(load.run(paces)).await.context("the load broke")?
    }

    /// Runs the load and waits until everything that came of it has been told.
    pub(crate) async fn run(
        self,
        hubs: &Hubs,
        window: Window,
        interviews_per_connection: usize,
        paces: Vec<Pace>,
        books: Option<&Books>,
    ) -> anyhow::Result<Found> {
        self.endpoints.audits().for_each(|mut audit| audit.set_window(window));
        let taken = Arc::new(Taken::default());
        let (sent, watched) = tokio::join!(
            self.send(hubs, window, interviews_per_connection, paces, &taken),
            self.watch(hubs, window, &taken, books)
        );
        let (sent, Watched { used, database, at_start, at_end, peak }) = (sent?, watched?);
        let drain_began = Instant::now();
        let lost = self.drain(&taken).await;
        let mut found = Found {
            window,
            sent,
            webhooks: taken.webhooks(),
            events: taken.events(),
            told_in_window: Told::default(),
            arrival_to_sink: Latencies::new(),
            backlog_at_start: at_start,
            backlog_at_end: at_end,
            backlog_peak: peak,
            drain: drain_began.elapsed(),
            lost,
            faults: self.faults(),
            used,
            database,
        };
        for audit in self.endpoints.audits() {
            found.told_in_window += audit.told_in_window;
            found.arrival_to_sink.add(&audit.arrival_to_sink);
        }
        Ok(found)
    }

    /// Looks at the backlog and at what is used while the window is open.
    async fn watch(
        &self,
        hubs: &Hubs,
        window: Window,
        taken: &Taken,
        books: Option<&Books>,
    ) -> anyhow::Result<Watched> {
        sleep_until(window.from).await;
        let before = Used::so_far(hubs)?;
        let written = entries(books).await?;
        let at_start = self.backlog(taken);
        let mut peak = at_start;
        while Instant::now() < window.to {
            peak = peak.max(self.backlog(taken));
            sleep_until((Instant::now() + LOOK).min(window.to)).await;
        }
        let at_end = self.backlog(taken);
        let used = Used::so_far(hubs)? - before;
        let database = entries(books).await?.zip(written).map(|(now, before)| now.since(&before));
        Ok(Watched { used, database, at_start, at_end, peak: peak.max(at_end) })
    }

    /// How many deliveries were told so far.
    pub(crate) fn told(&self) -> u64 {
        self.endpoints.audits().map(|audit| audit.told.deliveries).sum()
    }

    /// What went wrong so far, over all endpoints.
    pub(crate) fn faults(&self) -> Faults {
        let mut faults = Faults::default();
        self.endpoints.audits().for_each(|audit| faults += audit.faults);
        faults
    }

    /// Waits until so many were told, or until nothing arrives any more. Answers when the last one did, or, if none has, when
    /// it was given up.
    pub(crate) async fn until_told(&self, deliveries: u64) -> Instant {
        let (mut told, mut since) = (self.told(), Instant::now());
        let before = told;
        while told < deliveries && since.elapsed() < PATIENCE {
            sleep(FINE_LOOK).await;
            let by_now = self.told();
            if by_now > told {
                (told, since) = (by_now, Instant::now());
            }
        }
        if told == before && told < deliveries { Instant::now() } else { since }
    }

    /// How many deliveries come of what was answered 200.
    fn deliveries(&self, taken: &Taken) -> u64 {
        taken.events() * self.endpoints.audits().count() as u64
    }

    /// How many of them are still owed.
    fn backlog(&self, taken: &Taken) -> u64 {
        // A webhook may be told before its sender has heard the answer: there is less than nothing owed, for a moment.
        self.deliveries(taken).saturating_sub(self.told())
    }

    /// Waits until nothing is owed. Answers how much still was when nothing arrived any more.
    async fn drain(&self, taken: &Taken) -> u64 {
        self.until_told(self.deliveries(taken)).await;
        self.backlog(taken)
    }
}

async fn entries(books: Option<&Books>) -> anyhow::Result<Option<Entries>> {
    match books {
        Some(books) => Ok(Some(books.look().await?)),
        None => Ok(None),
    }
}

/// What was seen while the window was open.
struct Watched {
    used: Used,
    database: Option<Entries>,
    at_start: u64,
    at_end: u64,
    peak: u64,
}
