//! What a hub takes that has nothing to do.

use std::fmt::{self, Display};
use std::time::Duration;

use serde::Serialize;

use crate::cli::IdleArgs;
use crate::hubs::Hubs;
use crate::machine::Machine;
use crate::place::Place;
use crate::table::{self, mebibytes};

/// How long a hub may take to come to rest.
const SETTLING: Duration = Duration::from_secs(5);

/// What was found.
#[derive(Debug, Serialize)]
pub(crate) struct IdleReport {
    machine: Machine,
    seconds: f64,
    /// Memory that is in use, in bytes.
    pub(crate) memory_bytes: u64,
    /// Processor time, in milliseconds a second.
    pub(crate) cpu_ms_per_s: f64,
}

/// Starts a hub on an empty store and leaves it alone.
pub(crate) fn idle(args: &IdleArgs) -> anyhow::Result<IdleReport> {
    let place = Place::make(args.hubs)?;
    let hubs = Hubs::start(&place)?;
    std::thread::sleep(SETTLING);
    let before = hubs.cpu_time()?;
    std::thread::sleep(args.seconds);
    let used = hubs.cpu_time()?.saturating_sub(before);
    let memory_bytes = hubs.memory_bytes()?;
    hubs.stop()?;
    let seconds = args.seconds.as_secs_f64();
    let cpu_ms_per_s = used.as_secs_f64() * 1e3 / seconds;
    Ok(IdleReport { machine: Machine::this(), seconds, memory_bytes, cpu_ms_per_s })
}

impl Display for IdleReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "a hub with nothing to do, for {:.0} s", self.seconds)?;
        self.machine.write_line(f)?;
        table::write_rows(
            f,
            &[
                ("memory", format!("{:.0} MiB", mebibytes(self.memory_bytes)), "in use".into()),
                ("processor", format!("{:.1} ms", self.cpu_ms_per_s), "a second".into()),
            ],
        )
    }
}
