//! What was measured: as JSON for programs, as a table for people.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::audit::Faults;
use crate::cli::CommonArgs;
use crate::database::{DatabaseReport, Done};
use crate::latency::{Curve, Percentiles};
use crate::limits::Measured;
use crate::machine::Machine;
use crate::trial::Found;

/// Everything that one run found.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) measurement: &'static str,
    pub(crate) machine: Machine,
    pub(crate) setup: Setup,
    pub(crate) rates: Rates,
    pub(crate) limits: Option<Limits>,
    /// Where hubs keep everything in one.
    pub(crate) database: Option<DatabaseReport>,
    pub(crate) backlog: Backlog,
    pub(crate) latencies: LatencyReport,
    pub(crate) cost: Cost,
    pub(crate) checks: Checks,
}

/// What was asked for.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Setup {
    pub(crate) seconds: f64,
    pub(crate) warm_up_seconds: f64,
    pub(crate) hubs: usize,
    pub(crate) connections: usize,
    pub(crate) interviews_per_connection: usize,
    pub(crate) endpoints: usize,
    /// Webhooks a second, where that was fixed.
    pub(crate) rate: Option<u32>,
    /// Webhooks that could be on their way at once, where that was limited.
    pub(crate) room: Option<u32>,
}

impl Setup {
    pub(crate) fn of(common: &CommonArgs, connections: usize, interviews_per_connection: usize) -> Self {
        Self {
            seconds: common.seconds.as_secs_f64(),
            warm_up_seconds: common.warm_up.as_secs_f64(),
            hubs: common.hubs.hubs.get(),
            connections,
            interviews_per_connection,
            endpoints: common.endpoints.get(),
            rate: None,
            room: None,
        }
    }
}

/// A second, on average over the window.
#[derive(Debug, Serialize)]
pub(crate) struct Rates {
    /// The figure: the lesser of `taken` and `told`.
    pub(crate) sustained_webhooks: f64,
    /// Webhooks that were answered 200.
    pub(crate) taken_webhooks: f64,
    /// Webhooks whose change of stage was verified at the sink; the average over the endpoints.
    pub(crate) told_webhooks: f64,
    /// Events that were verified at the sink; the average over the endpoints.
    pub(crate) events: f64,
    /// Deliveries that were verified at the sink, over all endpoints: a webhook can be worth two events.
    pub(crate) deliveries: f64,
}

/// What the machine does with less to do.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Limits {
    pub(crate) relay_per_s: f64,
    pub(crate) fsyncs_per_s: f64,
    /// Rows a second that SQLite makes durable, each of as many bytes as an event takes in the store.
    pub(crate) sqlite_per_s: f64,
    /// The sustained rate in webhooks, as a part of what the bare relay moves.
    pub(crate) of_relay: f64,
    /// The sustained rate in events told, as a part of what the bare relay moves.
    pub(crate) events_of_relay: f64,
    /// Webhooks made durable in the time of one `fdatasync`.
    pub(crate) webhooks_per_fsync: f64,
    /// The sustained rate in events told, as a part of what SQLite does in rows.
    pub(crate) events_of_sqlite: f64,
}

/// Deliveries owed for webhooks that were answered 200.
#[derive(Debug, Serialize)]
pub(crate) struct Backlog {
    pub(crate) at_start: u64,
    pub(crate) at_end: u64,
    pub(crate) peak: u64,
    /// From the last answer to the last delivery.
    pub(crate) drain_ms: f64,
}

#[derive(Debug, Serialize)]
pub(crate) struct LatencyReport {
    /// From when a webhook was due to its 200.
    pub(crate) ack: Percentiles,
    /// From when a webhook was due to its verified delivery.
    pub(crate) arrival_to_sink: Percentiles,
    /// The whole distribution of the latter, for a plot.
    pub(crate) curve: Curve,
}

/// What it took.
#[derive(Debug, Serialize)]
pub(crate) struct Cost {
    /// Bytes of a request: body and signed headers, on average.
    pub(crate) request_bytes: f64,
    /// Processor time of the hub, for each webhook told within the window.
    pub(crate) hub_cpu_us_per_webhook: f64,
    /// Processor time of the hub, for each delivery within the window.
    pub(crate) hub_cpu_us_per_delivery: f64,
    /// Processor time of load and sink, for each webhook told within the window.
    pub(crate) bench_cpu_us_per_webhook: f64,
    /// The part of the machine's processor time that went to anything else: the less, the more the figures are worth.
    pub(crate) others_cpu_share: f64,
    pub(crate) hub_peak_memory_bytes: u64,
    pub(crate) disk_bytes: u64,
    pub(crate) disk_bytes_per_webhook: f64,
    pub(crate) disk_bytes_per_event: f64,
}

/// What must be as it is for the figures to mean anything.
#[derive(Debug, Serialize)]
pub(crate) struct Checks {
    pub(crate) webhooks: u64,
    pub(crate) events: u64,
    /// Deliveries that never came.
    pub(crate) lost: u64,
    pub(crate) faults: Faults,
    /// Answers other than 200, by status. The load sends what was refused once more.
    pub(crate) refused: BTreeMap<u16, u64>,
}

/// What the hub left behind.
pub(crate) struct Footprint {
    pub(crate) memory_bytes: u64,
    pub(crate) disk_bytes: u64,
    /// Events a second that the database takes without a hub.
    pub(crate) alone_per_s: Option<f64>,
}

impl Report {
    pub(crate) fn new(
        measurement: &'static str,
        setup: Setup,
        found: &Found,
        footprint: &Footprint,
        measured: Option<Measured>,
    ) -> Self {
        let seconds = found.window.seconds();
        let told = float(found.told_in_window.webhooks);
        let deliveries = float(found.told_in_window.deliveries);
        let taken_webhooks = float(found.sent.taken_in_window) / seconds;
        let told_webhooks = told / float(setup.endpoints as u64) / seconds;
        let sustained_webhooks = taken_webhooks.min(told_webhooks);
        let events_per_s = deliveries / float(setup.endpoints as u64) / seconds;
        let machine = Machine::this();
        let in_database = found.database.as_ref().map_or(Duration::ZERO, |it| it.cpu);
        let cost = Cost {
            request_bytes: ratio(float(found.sent.bytes), float(found.sent.requests)),
            hub_cpu_us_per_webhook: ratio(microseconds(found.used.hub), told_webhooks * seconds),
            hub_cpu_us_per_delivery: ratio(microseconds(found.used.hub), deliveries),
            bench_cpu_us_per_webhook: ratio(microseconds(found.used.bench), told_webhooks * seconds),
            others_cpu_share: ratio(
                microseconds(
                    found.used.machine.saturating_sub(found.used.hub + found.used.bench + in_database),
                ),
                seconds * 1e6 * float(machine.cores as u64),
            ),
            hub_peak_memory_bytes: footprint.memory_bytes,
            disk_bytes: footprint.disk_bytes,
            disk_bytes_per_webhook: ratio(float(footprint.disk_bytes), float(found.webhooks)),
            disk_bytes_per_event: ratio(float(footprint.disk_bytes), float(found.events)),
        };
        let done = Done {
            seconds,
            hubs: setup.hubs,
            events: deliveries / float(setup.endpoints as u64),
            deliveries,
        };
        let spent = found.database.as_ref();
        Self {
            measurement,
            machine,
            setup,
            rates: Rates {
                sustained_webhooks,
                taken_webhooks,
                told_webhooks,
                events: events_per_s,
                deliveries: deliveries / seconds,
            },
            database: spent.map(|it| DatabaseReport::new(it, &done, footprint.alone_per_s)),
            limits: measured.map(|it| it.beside(sustained_webhooks, events_per_s)),
            backlog: Backlog {
                at_start: found.backlog_at_start,
                at_end: found.backlog_at_end,
                peak: found.backlog_peak,
                drain_ms: microseconds(found.drain) / 1_000.0,
            },
            latencies: LatencyReport {
                ack: found.sent.ack.percentiles(),
                arrival_to_sink: found.arrival_to_sink.percentiles(),
                curve: found.arrival_to_sink.curve(),
            },
            cost,
            checks: Checks {
                webhooks: found.webhooks,
                events: found.events,
                lost: found.lost,
                faults: found.faults,
                refused: found.sent.refused.clone(),
            },
        }
    }

    /// Was everything told, once, in order and signed, and at a fixed rate all of it taken in?
    pub(crate) fn is_sound(&self) -> bool {
        let is_at_its_rate = self.setup.rate.is_none() || self.checks.refused.is_empty();
        let Checks { webhooks, lost, faults, .. } = &self.checks;
        *webhooks > 0 && *lost == 0 && *faults == Faults::default() && is_at_its_rate
    }
}

impl Measured {
    fn beside(self, sustained_webhooks: f64, sustained_events: f64) -> Limits {
        Limits {
            relay_per_s: self.relayed,
            fsyncs_per_s: self.synced,
            sqlite_per_s: self.inserted,
            of_relay: ratio(sustained_webhooks, self.relayed),
            events_of_relay: ratio(sustained_events, self.relayed),
            webhooks_per_fsync: ratio(sustained_webhooks, self.synced),
            events_of_sqlite: ratio(sustained_events, self.inserted),
        }
    }
}

fn microseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

pub(crate) fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// Counts of a run, which a float holds exactly.
#[expect(clippy::cast_precision_loss, reason = "no run counts to 2^53")]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}
