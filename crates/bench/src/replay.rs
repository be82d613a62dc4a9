//! How fast what has long been told is told to someone new.

use std::fmt::{self, Display};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use serde::Serialize;
use tokio::runtime::Runtime;
use tokio::time::Instant;

use crate::audit::Faults;
use crate::cli::ReplayArgs;
use crate::clock::date;
use crate::hubs::Hubs;
use crate::load::Taken;
use crate::machine::Machine;
use crate::pace::Pace;
use crate::place::Place;
use crate::report::float;
use crate::table::{self, grouped, grouped_count};
use crate::trial::Trial;
use crate::window::Window;

const NO_END: Duration = Duration::from_secs(24 * 3_600);
const CONNECTIONS: u64 = 64;
const INTERVIEWS_PER_CONNECTION: usize = 64;

/// What was found.
#[derive(Debug, Serialize)]
pub(crate) struct ReplayReport {
    machine: Machine,
    pub(crate) events: u64,
    /// Deliveries a second, from when the replay was asked for to the last of them.
    pub(crate) replayed_per_s: f64,
    lost: u64,
    faults: Faults,
}

/// Has one endpoint told of so many events, then makes another and has it told of what it missed.
pub(crate) fn replay(runtime: &Runtime, args: &ReplayArgs) -> anyhow::Result<ReplayReport> {
    let place = Place::make(args.hubs)?;
    let hubs = Hubs::start(&place)?;
    let trial = runtime.block_on(Trial::open(&hubs, 2, 0))?;
    trial.subscribe(&hubs, 0)?;
    let since = date();
    let (left, taken) = (Arc::new(AtomicU64::new(args.webhooks.get())), Arc::new(Taken::default()));
    let paces = (0..CONNECTIONS).map(|_| Pace::Count(Arc::clone(&left))).collect();
    let window = Window::after(Duration::ZERO, NO_END);
    runtime.block_on(trial.send(&hubs, window, INTERVIEWS_PER_CONNECTION, paces, &taken))?;
    let events = taken.events();
    runtime.block_on(trial.until_told(events));

    let newcomer = trial.subscribe(&hubs, 1)?;
    let asked = Instant::now();
    hubs.replay_missed(&newcomer, since)?;
    let last = runtime.block_on(trial.until_told(2 * events));
    hubs.stop()?;
    let told = trial.told();
    Ok(ReplayReport {
        machine: Machine::this(),
        events,
        replayed_per_s: float(told.saturating_sub(events)) / (last - asked).as_secs_f64().max(1e-3),
        lost: (2 * events).saturating_sub(told),
        faults: trial.faults(),
    })
}

impl ReplayReport {
    pub(crate) fn is_sound(&self) -> bool {
        self.events > 0 && self.lost == 0 && self.faults == Faults::default()
    }
}

impl Display for ReplayReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} events a second replayed to an endpoint that had missed {}",
            grouped(self.replayed_per_s),
            grouped_count(self.events)
        )?;
        self.machine.write_line(f)?;
        table::write_rows(f, &[table::checked(self.is_sound(), self.events, self.lost, self.faults, 0)])
    }
}
