//! What a database has to do with it: what it takes for an event, and what it would take without a hub.

use serde::Serialize;

use crate::books::{Entries, Statement};
use crate::cluster::SETTINGS;
use crate::report::ratio;
use crate::table::grouped;

/// How many statements are told of, those that took longest.
const TOLD: usize = 12;
/// How much of a statement is shown to a person.
const SHOWN_CHARS: usize = 60;

/// What was measured of it.
#[derive(Debug, Serialize)]
pub(crate) struct DatabaseReport {
    settings: [&'static str; SETTINGS.len()],
    hubs: usize,
    /// Events a second that it makes durable with all their rows, in transactions of as many events, without a hub.
    pub(crate) alone_per_s: Option<f64>,
    /// The rate of the hubs in events, as a part of that.
    pub(crate) of_alone: Option<f64>,
    pub(crate) transactions_per_s: f64,
    pub(crate) events_per_transaction: f64,
    pub(crate) statements_per_event: f64,
    pub(crate) wal_bytes_per_event: f64,
    /// Processor time of all its processes.
    pub(crate) cpu_us_per_event: f64,
    /// What it takes to know which deliveries are this hub's to make: leases, and what other hubs wrote down.
    pub(crate) claim: PerDelivery,
    /// What it takes to write down how a delivery went.
    pub(crate) completion: PerDelivery,
    /// The statements that took longest in all.
    statements: Vec<StatementReport>,
}

/// A part of the work, for each delivery.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct PerDelivery {
    pub(crate) statements: f64,
    pub(crate) rows: f64,
    /// How long they took in the database, in microseconds.
    pub(crate) us: f64,
}

#[derive(Debug, Serialize)]
struct StatementReport {
    text: String,
    calls_per_s: f64,
    rows_per_call: f64,
    us_per_call: f64,
    us_per_event: f64,
}

/// What the hubs did within the window, whatever they keep it in.
pub(crate) struct Done {
    pub(crate) seconds: f64,
    pub(crate) hubs: usize,
    pub(crate) events: f64,
    pub(crate) deliveries: f64,
}

impl DatabaseReport {
    pub(crate) fn new(spent: &Entries, done: &Done, alone_per_s: Option<f64>) -> Self {
        let Done { seconds, hubs, events, deliveries } = *done;
        let transactions = spent.transactions();
        let mut statements: Vec<&Statement> = spent.statements.values().collect();
        statements.sort_by(|a, b| b.us.total_cmp(&a.us));
        let per_delivery = |is_part: fn(&str) -> bool| {
            let mut sum = PerDelivery::default();
            for statement in statements.iter().filter(|it| is_part(&it.text)) {
                sum.statements += ratio(statement.calls, deliveries);
                sum.rows += ratio(statement.rows, deliveries);
                sum.us += ratio(statement.us, deliveries);
            }
            sum
        };
        Self {
            settings: SETTINGS,
            hubs,
            alone_per_s,
            of_alone: alone_per_s.map(|alone| ratio(events / seconds, alone)),
            transactions_per_s: transactions / seconds,
            events_per_transaction: ratio(events, transactions),
            statements_per_event: ratio(statements.iter().map(|it| it.calls).sum(), events),
            wal_bytes_per_event: ratio(spent.wal_bytes, events),
            cpu_us_per_event: ratio(spent.cpu.as_secs_f64() * 1e6, events),
            claim: per_delivery(is_claim),
            completion: per_delivery(is_completion),
            statements: statements.iter().take(TOLD).map(|it| StatementReport::new(it, done)).collect(),
        }
    }

    /// Rows of a label, a value and what it means.
    pub(crate) fn figures(&self) -> Vec<[String; 3]> {
        let mut rows = Vec::new();
        let mut row =
            |label: &str, value: String, remark: String| rows.push([label.to_owned(), value, remark]);
        if let (Some(part), Some(alone)) = (self.of_alone, self.alone_per_s) {
            let remark = format!(
                "events; PostgreSQL takes the same rows at {} events/s without a hub",
                grouped(alone)
            );
            row("of postgres", format!("{part:.2}"), remark);
        }
        row(
            "transactions",
            format!("{}/s", grouped(self.transactions_per_s)),
            format!(
                "of {:.0} events each; {:.2} statements an event, {} hub{}",
                self.events_per_transaction,
                self.statements_per_event,
                self.hubs,
                if self.hubs == 1 { "" } else { "s" }
            ),
        );
        let log = format!("{:.0} B", self.wal_bytes_per_event);
        row("its log", log, format!("an event; {:.1} µs of its processes' time", self.cpu_us_per_event));
        for (label, part) in [("claiming", self.claim), ("completion", self.completion)] {
            let remark = format!("{:.4} statements and {:.2} rows a delivery", part.statements, part.rows);
            row(label, format!("{:.1} µs", part.us), remark);
        }
        rows
    }

    /// The statements, for people: what each took of an event's time, and how it begins.
    pub(crate) fn slowest(&self) -> impl Iterator<Item = [String; 3]> {
        self.statements.iter().map(|it| {
            let words: Vec<&str> = it.text.split_whitespace().collect();
            let start: String = words.join(" ").chars().take(SHOWN_CHARS).collect();
            let calls = format!("{}/s of {:.0} µs  {start}", grouped(it.calls_per_s), it.us_per_call);
            [String::new(), format!("{:.1} µs", it.us_per_event), calls]
        })
    }
}

impl StatementReport {
    fn new(statement: &Statement, done: &Done) -> Self {
        let Statement { text, calls, rows, us } = statement;
        Self {
            text: text.clone(),
            calls_per_s: calls / done.seconds,
            rows_per_call: ratio(*rows, *calls),
            us_per_call: ratio(*us, *calls),
            us_per_event: ratio(*us, done.events),
        }
    }
}

/// How a delivery went is an attempt on record, and how the delivery stands.
fn is_completion(statement: &str) -> bool {
    statement.contains("attempts (") || statement.contains("UPDATE deliveries")
}

/// Hubs lease endpoints, once a second; and a hub reads what it is owed to tell where it did not write that down itself.
fn is_claim(statement: &str) -> bool {
    ["FROM hubs", "UPDATE hubs", "shards", "deliveries d JOIN events"]
        .iter()
        .any(|part| statement.contains(part))
        && !statement.contains("configured")
}

#[cfg(test)]
mod tests {
    use rustc_hash::FxHashMap;

    use super::*;

    #[test]
    fn the_parts_of_the_work_are_told_apart() {
        let statement =
            |text: &str, calls: f64| Statement { text: text.to_owned(), calls, rows: 100.0, us: 200.0 };
        let statements: FxHashMap<i64, Statement> = (0..)
            .zip([
                statement("COMMIT", 10.0),
                statement("INSERT INTO events (id) SELECT", 10.0),
                statement("INSERT INTO attempts (delivery) SELECT", 10.0),
                statement("UPDATE deliveries SET state", 10.0),
                statement("SELECT d.id FROM deliveries d JOIN events e", 1.0),
                statement("UPDATE hubs SET beat = beat + 1", 1.0),
                statement("SELECT configured, (SELECT COUNT(*) FROM hubs)", 10.0),
            ])
            .collect();
        let spent = Entries { wal_bytes: 5_000.0, statements, ..Entries::default() };
        let done = Done { seconds: 2.0, hubs: 1, events: 50.0, deliveries: 100.0 };

        let report = DatabaseReport::new(&spent, &done, Some(50.0));

        assert_eq!(report.of_alone, Some(0.5));
        assert_eq!((report.transactions_per_s, report.events_per_transaction), (5.0, 5.0));
        assert_eq!((report.wal_bytes_per_event, report.statements_per_event), (100.0, 1.04));
        let [claim, completion] = [report.claim, report.completion];
        assert_eq!((claim.statements, claim.rows), (0.02, 2.0));
        assert_eq!((completion.statements, completion.rows, completion.us), (0.2, 2.0, 4.0));
    }
}
