//! A hub that owes much: how much memory that takes, how soon it goes on after a restart, and how fast it catches up.

use std::fmt::{self, Display};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use anyhow::anyhow;
use serde::Serialize;
use tokio::runtime::Runtime;
use tokio::time::Instant;

use crate::audit::Faults;
use crate::cli::BacklogArgs;
use crate::hubs::Hubs;
use crate::load::Taken;
use crate::machine::Machine;
use crate::pace::Pace;
use crate::place::Place;
use crate::report::float;
use crate::table::{self, grouped, grouped_count, mebibytes};
use crate::trial::Trial;
use crate::window::Window;

/// Long enough for any backlog to gather.
const NO_END: Duration = Duration::from_secs(24 * 3_600);
/// The deliveries that fewest webhooks make: an interview of eight is also created.
const WEBHOOKS_OF_AN_INTERVIEW: u64 = 8;
const CONNECTIONS: u64 = 64;
const INTERVIEWS_PER_CONNECTION: usize = 64;

/// What was found.
#[derive(Debug, Serialize)]
pub(crate) struct BacklogReport {
    machine: Machine,
    endpoints: usize,
    /// Deliveries owed when the hub was started again.
    pub(crate) pending: u64,
    /// The most memory of the hub while the backlog gathered, and while it was told, in bytes.
    pub(crate) peak_gathering_bytes: u64,
    pub(crate) peak_draining_bytes: u64,
    /// From the start of the process to the first delivery, in milliseconds.
    pub(crate) first_delivery_ms: f64,
    /// Deliveries a second from the first to the last.
    pub(crate) drained_per_s: f64,
    lost: u64,
    faults: Faults,
}

/// Lets a backlog gather for endpoints that are disabled, enables them, starts the hub again, and watches it catch up.
pub(crate) fn backlog(runtime: &Runtime, args: &BacklogArgs) -> anyhow::Result<BacklogReport> {
    let place = Place::make(args.hubs)?;
    let hubs = Hubs::start(&place)?;
    let endpoints = args.endpoints.get();
    let trial = runtime.block_on(Trial::open(&hubs, endpoints, 0))?;
    let ids = trial.subscribe_all(&hubs)?;
    ids.iter().try_for_each(|id| hubs.disable(id))?;

    let wanted = args.deliveries.get().div_ceil(endpoints as u64);
    let webhooks = wanted * WEBHOOKS_OF_AN_INTERVIEW / (WEBHOOKS_OF_AN_INTERVIEW + 1);
    let (left, taken) = (Arc::new(AtomicU64::new(webhooks)), Arc::new(Taken::default()));
    let paces = (0..CONNECTIONS).map(|_| Pace::Count(Arc::clone(&left))).collect();
    let window = Window::after(Duration::ZERO, NO_END);
    runtime.block_on(trial.send(&hubs, window, INTERVIEWS_PER_CONNECTION, paces, &taken))?;
    let owed = taken.events() * endpoints as u64;
    let peak_gathering_bytes = hubs.peak_memory_bytes()?;
    ids.iter().try_for_each(|id| hubs.enable(id))?;
    hubs.stop()?;

    let told_before = trial.told();
    let started = Instant::now();
    // Beside it, so that the first delivery is seen when it comes.
    let (hubs, first) = std::thread::scope(|scope| {
        let starting = scope.spawn(|| Hubs::start(&place));
        let first = runtime.block_on(trial.until_told(told_before + 1));
        (starting.join(), first)
    });
    let hubs = hubs.map_err(|_| anyhow!("the start broke off"))??;
    let last = runtime.block_on(trial.until_told(owed));
    let report = BacklogReport {
        machine: Machine::this(),
        endpoints,
        pending: owed - told_before,
        peak_gathering_bytes,
        peak_draining_bytes: hubs.peak_memory_bytes()?,
        first_delivery_ms: (first - started).as_secs_f64() * 1e3,
        drained_per_s: float(trial.told() - told_before) / (last - first).as_secs_f64().max(1e-3),
        lost: owed.saturating_sub(trial.told()),
        faults: trial.faults(),
    };
    hubs.stop()?;
    Ok(report)
}

impl BacklogReport {
    pub(crate) fn is_sound(&self) -> bool {
        self.pending > 0 && self.lost == 0 && self.faults == Faults::default()
    }
}

impl Display for BacklogReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} deliveries to {} endpoints pending when the hub started",
            grouped_count(self.pending),
            self.endpoints
        )?;
        self.machine.write_line(f)?;
        table::write_rows(
            f,
            &[
                (
                    "first",
                    format!("{:.0} ms", self.first_delivery_ms),
                    "from the start of the process to the first delivery".into(),
                ),
                ("catching up", grouped(self.drained_per_s), "deliveries/s".into()),
                (
                    "memory",
                    format!("{:.0} MiB", mebibytes(self.peak_draining_bytes)),
                    format!(
                        "at most while they were told ({:.0} MiB while they gathered)",
                        mebibytes(self.peak_gathering_bytes)
                    ),
                ),
                table::checked(self.is_sound(), self.pending, self.lost, self.faults, 0),
            ],
        )
    }
}
