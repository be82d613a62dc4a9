//! A report as a person reads it.

use std::fmt::{self, Display};

use comfy_table::{CellAlignment, Table, presets};

use crate::audit::Faults;
use crate::database::DatabaseReport;
use crate::latency::Percentiles;
use crate::machine::Machine;
use crate::report::{Report, float};

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.headline(f)?;
        writeln!(f, "\n{}", indented(&self.figures()))?;
        write!(f, "\n{}", indented(&self.latency()))?;
        let Some(database) = &self.database else { return Ok(()) };
        let mut table = rows();
        table.add_rows(database.slowest());
        write!(f, "\n\n  statements, by what they take of an event\'s time\n{}", indented(&table))
    }
}

impl Report {
    fn headline(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (machine, setup) = (&self.machine, &self.setup);
        match setup.rate {
            None => writeln!(
                f,
                "{} signed webhooks a second, each durable before its 200, each delivered, verified and in order",
                grouped(self.rates.sustained_webhooks)
            )?,
            Some(rate) => writeln!(
                f,
                "{} from arrival to sink at {rate} signed webhooks a second (median; p99 {})",
                time(self.latencies.arrival_to_sink.p50_us),
                time(self.latencies.arrival_to_sink.p99_us),
            )?,
        }
        machine.write_line(f)?;
        write!(
            f,
            "  {} s after {} s of warm-up; {} connections, {} interviews under way, {} endpoint{}\n  {:.0} bytes a webhook (body and signature)",
            setup.seconds,
            setup.warm_up_seconds,
            setup.connections,
            setup.connections * setup.interviews_per_connection,
            setup.endpoints,
            if setup.endpoints == 1 { "" } else { "s" },
            self.cost.request_bytes
        )?;
        if let Some(room) = setup.room {
            write!(f, ", at most {room} on their way")?;
        }
        writeln!(f)
    }

    fn figures(&self) -> Table {
        let (rates, backlog, cost, checks) = (&self.rates, &self.backlog, &self.cost, &self.checks);
        let mut table = rows();
        let mut row = |label: &str, value: String, remark: String| {
            table.add_row([label.to_owned(), value, remark]);
        };
        row("taken in", grouped(rates.taken_webhooks), "webhooks/s answered 200".into());
        row("told", grouped(rates.told_webhooks), "webhooks/s verified at the sink".into());
        row(
            "deliveries",
            grouped(rates.deliveries),
            "deliveries/s, creations and archivings included".into(),
        );
        if let Some(limits) = &self.limits {
            row(
                "of relay",
                format!("{:.2}", limits.of_relay),
                format!(
                    "in webhooks ({:.2} in events); a bare proxy moves {}/s",
                    limits.events_of_relay,
                    grouped(limits.relay_per_s)
                ),
            );
            row(
                "of sqlite",
                format!("{:.2}", limits.events_of_sqlite),
                format!("events; it inserts {} rows of the same size a second", grouped(limits.sqlite_per_s)),
            );
            row(
                "of fsync",
                format!("{:.1}", limits.webhooks_per_fsync),
                format!("webhooks a sync; the disk does {}/s one by one", grouped(limits.fsyncs_per_s)),
            );
        }
        for [label, value, remark] in self.database.iter().flat_map(DatabaseReport::figures) {
            row(&label, value, remark);
        }
        row(
            "backlog",
            grouped_count(backlog.at_end),
            format!(
                "deliveries owed at the end ({} at the start, {} at most), told {:.0} ms after the last answer",
                grouped_count(backlog.at_start),
                grouped_count(backlog.peak),
                backlog.drain_ms
            ),
        );
        row(
            "processor",
            format!("{:.1} µs", cost.hub_cpu_us_per_webhook),
            format!(
                "of the hub a webhook ({:.1} a delivery); load and sink {:.1}; others took {:.0}% of the machine",
                cost.hub_cpu_us_per_delivery,
                cost.bench_cpu_us_per_webhook,
                cost.others_cpu_share * 100.0
            ),
        );
        row(
            "memory",
            format!("{:.0} MiB", mebibytes(cost.hub_peak_memory_bytes)),
            "of the hub at most".into(),
        );
        row(
            "disk",
            format!("{:.0} B", cost.disk_bytes_per_event),
            format!(
                "an event, all included ({:.0} a webhook; {:.0} MiB in all)",
                cost.disk_bytes_per_webhook,
                mebibytes(cost.disk_bytes)
            ),
        );
        let (label, value, remark) = checked(
            self.is_sound(),
            checks.events,
            checks.lost,
            checks.faults,
            checks.refused.values().sum(),
        );
        row(label, value, remark);
        table
    }

    fn latency(&self) -> Table {
        let mut table = rows();
        table.set_header(["latency", "p50", "p99", "p99.9", "max"]);
        for (label, it) in
            [("to the 200", &self.latencies.ack), ("to the sink", &self.latencies.arrival_to_sink)]
        {
            let Percentiles { p50_us, p99_us, p99_9_us, max_us, .. } = *it;
            let cells = [p50_us, p99_us, p99_9_us, max_us].map(time);
            table.add_row(std::iter::once(label.to_owned()).chain(cells));
        }
        for column in 2..5 {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table
    }
}

/// Rows of a label, a value and what it means.
pub(crate) fn write_rows(
    f: &mut fmt::Formatter<'_>,
    cells: &[(&'static str, String, String)],
) -> fmt::Result {
    let mut table = rows();
    for (label, value, remark) in cells {
        table.add_row([label, value.as_str(), remark]);
    }
    write!(f, "\n{}", indented(&table))
}

/// The row that says whether the figures mean anything.
pub(crate) fn checked(
    is_sound: bool,
    events: u64,
    lost: u64,
    faults: Faults,
    refused: u64,
) -> (&'static str, String, String) {
    let Faults { duplicates, disordered, forged, strays } = faults;
    (
        "checks",
        if is_sound { "sound" } else { "NOT SOUND" }.to_owned(),
        format!(
            "of {} events lost {lost}, duplicates {duplicates}, out of order {disordered}, forged {forged}, \
             strays {strays}; webhooks refused {refused}",
            grouped_count(events)
        ),
    )
}

impl Machine {
    /// What the figures are true of, in one line.
    pub(crate) fn write_line(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cores, processor, kernel, .. } = self;
        let memory = mebibytes(self.memory_bytes) / 1024.0;
        writeln!(
            f,
            "  {cores} cores, {memory:.0} GiB, {processor}, Linux {kernel}; hub, load and sink together"
        )
    }
}

pub(crate) fn rows() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if let Some(values) = table.column_mut(1) {
        values.set_cell_alignment(CellAlignment::Right);
    }
    table
}

pub(crate) fn indented(table: &Table) -> String {
    table.lines().map(|line| format!("  {}", line.trim_end())).collect::<Vec<_>>().join("\n")
}

/// `12,345`.
pub(crate) fn grouped(number: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rates are neither negative nor huge"
    )]
    grouped_count(number.round() as u64)
}

pub(crate) fn grouped_count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Microseconds as milliseconds, to three digits.
pub(crate) fn time(us: u64) -> String {
    let ms = float(us) / 1_000.0;
    match us {
        0..10_000 => format!("{ms:.2} ms"),
        10_000..100_000 => format!("{ms:.1} ms"),
        _ => format!("{ms:.0} ms"),
    }
}

pub(crate) fn mebibytes(bytes: u64) -> f64 {
    float(bytes) / 1_048_576.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_to_be_read() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped_count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([850, 12_340, 250_000].map(time), ["0.85 ms", "12.3 ms", "250 ms"]);
    }
}
