//! The machine that figures are true of.

use serde::Serialize;

use crate::usage::kib;

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Machine {
    pub(crate) cores: usize,
    pub(crate) memory_bytes: u64,
    pub(crate) processor: String,
    pub(crate) kernel: String,
}

impl Machine {
    /// This one, as far as it tells.
    pub(crate) fn this() -> Self {
        let read = |path| std::fs::read_to_string(path).unwrap_or_default();
        let processor = read("/proc/cpuinfo")
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(label, _)| label.trim_end() == "model name")
            .map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.trim().to_owned());
        Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_bytes: kib(&read("/proc/meminfo"), "MemTotal:").unwrap_or_default() * 1024,
            processor,
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
        }
    }
}
