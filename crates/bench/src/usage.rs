//! What a process has used, as Linux tells it under `/proc`.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;

/// Linux counts processor time in hundredths of a second, whatever the kernel's own tick is.
const TICK_MS: u64 = 10;

/// The processor time of a process so far, in its own code and in the kernel.
pub(crate) fn cpu_time(process: u32) -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string(Path::new("/proc").join(process.to_string()).join("stat"))
        .context("cannot read what the process has used")?;
    ticks(&stat)
        .map(|ticks| Duration::from_millis(ticks * TICK_MS))
        .context("`/proc/…/stat` has another form")
}

/// The same with that of the processes that come from it, those that have ended included.
pub(crate) fn cpu_time_of_all(process: u32) -> anyhow::Result<Duration> {
    let mut ticks = 0;
    for entry in std::fs::read_dir("/proc")? {
        // One that has just ended counts with the one that it came from.
        let Ok(stat) = std::fs::read_to_string(entry?.path().join("stat")) else { continue };
        ticks += ticks_of_all(&stat, process).unwrap_or_default();
    }
    Ok(Duration::from_millis(ticks * TICK_MS))
}

/// What counts for this process: its own, with that of those which have ended, the 14th to the 17th field; or its child's.
fn ticks_of_all(stat: &str, process: u32) -> Option<u64> {
    let (before_name, after_name) = (stat.split_once(" (")?.0, stat.rsplit_once(')')?.1);
    let fields: Vec<&str> = after_name.split_ascii_whitespace().collect();
    let parent: u32 = fields.get(1)?.parse().ok()?;
    let counted = match before_name.parse() == Ok(process) {
        true => 11..15,
        false if parent == process => 11..13,
        false => return None,
    };
    fields.get(counted)?.iter().map(|ticks| ticks.parse::<u64>().ok()).sum()
}

/// `utime` and `stime`, the 14th and 15th field. The second is the program's name, in which anything may stand.
fn ticks(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut times = after_name.split_ascii_whitespace().skip(11);
    let (user, system): (u64, u64) = (times.next()?.parse().ok()?, times.next()?.parse().ok()?);
    Some(user + system)
}

/// The processor time that all cores together have spent on anything so far.
pub(crate) fn machine_cpu_time() -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string("/proc/stat").context("cannot read what the machine has used")?;
    busy_ticks(&stat)
        .map(|ticks| Duration::from_millis(ticks * TICK_MS))
        .context("`/proc/stat` has another form")
}

/// `user`, `nice`, `system`, then `idle` and `iowait`, which are left out, then `irq`, `softirq` and `steal`.
fn busy_ticks(stat: &str) -> Option<u64> {
    let all = stat.lines().next()?.strip_prefix("cpu ")?;
    let ticks: Vec<u64> = all.split_ascii_whitespace().map_while(|it| it.parse().ok()).collect();
    let [user, nice, system, _, _, irq, softirq, steal, ..] = ticks[..] else { return None };
    Some(user + nice + system + irq + softirq + steal)
}

/// The most memory that a process has had so far, in bytes.
pub(crate) fn peak_memory_bytes(process: u32) -> anyhow::Result<u64> {
    status(process, "VmHWM:")
}

/// The memory that a process has in use, in bytes.
pub(crate) fn memory_bytes(process: u32) -> anyhow::Result<u64> {
    status(process, "VmRSS:")
}

fn status(process: u32, label: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(Path::new("/proc").join(process.to_string()).join("status"))
        .context("cannot read what the process has used")?;
    kib(&status, label).map(|kib| kib * 1024).with_context(|| format!("`/proc/…/status` has no {label}"))
}

/// The number after this label in a file of lines such as `VmHWM:     1234 kB`.
pub(crate) fn kib(lines: &str, label: &str) -> Option<u64> {
    lines.lines().find_map(|line| line.strip_prefix(label))?.split_ascii_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_found_behind_a_name_with_anything_in_it() {
        let stat = "4711 (call) board 1 (x) S 1 4711 4711 0 -1 4194560 2 0 0 0 250 120 0 0 20 0 5 0 99 1 2";
        assert_eq!(ticks(stat), Some(370));
    }

    #[test]
    fn what_a_process_s_children_used_counts_with_its_own() {
        let stat = "12 (postgres) S 1 12 12 0 -1 4194560 2 0 0 0 250 120 30 5 20 0 5 0 99 1 2";
        let child = "13 (postgres: a b) R 12 13 13 0 -1 4194560 2 0 0 0 7 2 1 1 20 0 5 0 99 1 2";
        assert_eq!([stat, child].map(|stat| ticks_of_all(stat, 12)), [Some(405), Some(9)]);
        assert_eq!([stat, child].map(|stat| ticks_of_all(stat, 11)), [None, None]);
    }

    #[test]
    fn waiting_is_no_work() {
        let stat = "cpu  10 1 20 5000 300 2 3 4 0 0\ncpu0 5 0 10 2500 150 1 1 2 0 0\n";
        assert_eq!(busy_ticks(stat), Some(40));
    }

    #[test]
    fn peak_memory_is_told_in_kib() {
        assert_eq!(kib("VmPeak:\t  9999 kB\nVmHWM:\t  1234 kB\n", "VmHWM:"), Some(1234));
    }

    #[test]
    fn this_process_uses_memory() {
        assert!(peak_memory_bytes(std::process::id()).unwrap() > 0);
        let own = cpu_time(std::process::id()).unwrap();
        assert!(own <= machine_cpu_time().unwrap());
    }
}
