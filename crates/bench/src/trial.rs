//! One measurement of a hub: load in, sink out, and what the hub used for it.

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
use crate::clock::Stopwatch;
use crate::hub::Hub;
use crate::latency::Latencies;
use crate::load::{Load, Taken, Tally};
use crate::pace::Pace;
use crate::sink::{Endpoints, listen};
use crate::usage::{cpu_time, machine_cpu_time};
use crate::window::Window;

/// How often the backlog is looked at.
const LOOK: Duration = Duration::from_millis(5);
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

/// A hub with its endpoints, ready to be measured.
pub(crate) struct Trial {
    stopwatch: Stopwatch,
    endpoints: Arc<Endpoints>,
    room: Arc<Semaphore>,
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
    fn so_far(hub: &Hub) -> anyhow::Result<Self> {
        let (hub, bench) = (cpu_time(hub.process())?, cpu_time(std::process::id())?);
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
    /// Listens for deliveries and tells the hub of the source and of so many endpoints.
    pub(crate) async fn prepare(hub: &Hub, endpoints: usize, room: usize) -> anyhow::Result<Self> {
        let (stopwatch, room) = (Stopwatch::start(), Arc::new(Semaphore::new(room)));
        let sink = Arc::new(Endpoints::new(endpoints, SECRET, stopwatch, Arc::clone(&room))?);
        let address = listen(Arc::clone(&sink)).await?;
        tokio::task::block_in_place(|| {
            let path = hub.add_source(&credentials())?;
            for number in 0..endpoints {
                hub.add_endpoint(&format!("http://{address}/{number}"), SECRET)?;
            }
            Ok(Self { stopwatch, endpoints: sink, room, path })
        })
    }

    /// What a webhook waits for, so that the sink sets the pace.
    pub(crate) fn room(&self) -> Arc<Semaphore> {
        Arc::clone(&self.room)
    }

    /// Runs the load and waits until everything that came of it has been told.
    pub(crate) async fn run(
        self,
        hub: &Hub,
        window: Window,
        interviews_per_connection: usize,
        paces: Vec<Pace>,
    ) -> anyhow::Result<Found> {
        self.endpoints.audits().for_each(|mut audit| audit.set_window(window));
        let taken = Arc::new(Taken::default());
        let load = Load {
            to: hub.address(),
            path: self.path.clone(),
            signer: signer()?,
            stopwatch: self.stopwatch,
            window,
            taken: Arc::clone(&taken),
            interviews_per_connection,
            interviews_begun: AtomicU64::new(0),
        };
        let sending = tokio::spawn(load.run(paces));

        sleep_until(window.from).await;
        let used_before = Used::so_far(hub)?;
        let backlog_at_start = self.backlog(&taken);
        let mut backlog_peak = backlog_at_start;
        while Instant::now() < window.to {
            backlog_peak = backlog_peak.max(self.backlog(&taken));
            sleep_until((Instant::now() + LOOK).min(window.to)).await;
        }
        let backlog_at_end = self.backlog(&taken);
        let used = Used::so_far(hub)? - used_before;

        let sent = sending.await.context("the load broke")??;
        let drain_began = Instant::now();
        let lost = self.drain(&taken).await;
        let mut found = Found {
            window,
            sent,
            webhooks: taken.webhooks(),
            events: taken.events(),
            told_in_window: Told::default(),
            arrival_to_sink: Latencies::new(),
            backlog_at_start,
            backlog_at_end,
            backlog_peak: backlog_peak.max(backlog_at_end),
            drain: drain_began.elapsed(),
            lost,
            faults: Faults::default(),
            used,
        };
        for audit in self.endpoints.audits() {
            found.told_in_window += audit.told_in_window;
            found.arrival_to_sink.add(&audit.arrival_to_sink);
            found.faults += audit.faults;
        }
        Ok(found)
    }

    /// How many deliveries are owed for what was answered 200.
    fn backlog(&self, taken: &Taken) -> u64 {
        let (mut endpoints, mut told) = (0, 0);
        for audit in self.endpoints.audits() {
            endpoints += 1;
            told += audit.told.deliveries;
        }
        // A webhook may be told before its sender has heard the answer: there is less than nothing owed, for a moment.
        (taken.events() * endpoints).saturating_sub(told)
    }

    /// Waits until nothing is owed. Answers how much still was when nothing arrived any more.
    async fn drain(&self, taken: &Taken) -> u64 {
        let (mut owed, mut since) = (self.backlog(taken), Instant::now());
        while owed > 0 && since.elapsed() < PATIENCE {
            sleep(LOOK).await;
            let still = self.backlog(taken);
            if still < owed {
                (owed, since) = (still, Instant::now());
            }
        }
        owed
    }
}
