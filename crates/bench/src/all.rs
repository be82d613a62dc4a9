//! Every measurement, one after the other, and what it comes to in one table.

use std::fmt::{self, Display};
use std::num::{NonZeroU32, NonZeroUsize};

use comfy_table::CellAlignment;
use serde::Serialize;
use tokio::runtime::Runtime;

use crate::backlog::{BacklogReport, backlog};
use crate::cli::{
    AllArgs, BacklogArgs, CommonArgs, HubArgs, IdleArgs, NeighboursArgs, ReplayArgs, SteadyArgs,
    SustainedArgs,
};
use crate::hubs::Hubs;
use crate::idle::{IdleReport, idle};
use crate::neighbours::{NeighboursReport, neighbours};
use crate::replay::{ReplayReport, replay};
use crate::report::Report;
use crate::sustained::{steady, sustained, unmeasured};
use crate::table::{grouped, grouped_count, indented, mebibytes, rows, time};

const ONE: NonZeroUsize = NonZeroUsize::MIN;
const TEN: NonZeroUsize = NonZeroUsize::new(10).expect("it is not zero");
const EIGHTEEN: NonZeroUsize = NonZeroUsize::new(18).expect("it is not zero");
const QUIET: NonZeroU32 = NonZeroU32::new(200).expect("it is not zero");
const AMONG_MANY: NonZeroU32 = NonZeroU32::new(100).expect("it is not zero");

/// All reports.
#[derive(Debug, Serialize)]
pub(crate) struct AllReports {
    pub(crate) idle: IdleReport,
    pub(crate) sustained: Report,
    pub(crate) quiet: Report,
    /// At half the sustained rate.
    pub(crate) half: Report,
    pub(crate) fan_out: Report,
    pub(crate) neighbours: NeighboursReport,
    pub(crate) replay: ReplayReport,
    pub(crate) backlog: BacklogReport,
}

/// Measures everything.
pub(crate) fn all(runtime: &Runtime, args: &AllArgs) -> anyhow::Result<AllReports> {
    let none = |_: &Hubs| Ok(());
    let common = |endpoints| CommonArgs::usual(args.seconds, endpoints);
    let say = |what: &str| eprintln!("measuring: {what}");
    say("a hub with nothing to do");
    let idle = idle(&IdleArgs { hubs: HubArgs::USUAL, seconds: args.seconds, json: None })?;
    say("the sustained rate");
    let sustained = sustained(runtime, &SustainedArgs::usual(common(ONE)))?;
    say("latency at 200 webhooks a second");
    let quiet = steady(runtime, &SteadyArgs::usual(common(ONE), QUIET), none)?;
    say("latency at half the sustained rate");
    let half = steady(runtime, &SteadyArgs::usual(common(ONE), half_of(&sustained)), none)?;
    say("ten endpoints");
    let fan_out = unmeasured(runtime, &SustainedArgs::usual(common(TEN)), none)?;
    say("a dead and a dripping endpoint beside eighteen others");
    let beside = NeighboursArgs {
        seconds: args.seconds,
        rounds: ONE,
        endpoints: EIGHTEEN,
        rate: AMONG_MANY,
        json: None,
    };
    let neighbours = neighbours(runtime, &beside)?;
    say("a replay");
    let replay = replay(runtime, &ReplayArgs { hubs: HubArgs::USUAL, webhooks: args.webhooks, json: None })?;
    say("a backlog");
    let owing = BacklogArgs { hubs: HubArgs::USUAL, deliveries: args.deliveries, endpoints: TEN, json: None };
    let backlog = backlog(runtime, &owing)?;
    Ok(AllReports { idle, sustained, quiet, half, fan_out, neighbours, replay, backlog })
}

fn half_of(sustained: &Report) -> NonZeroU32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate is neither negative nor beyond 32 bits"
    )]
    let half = (sustained.rates.sustained_webhooks / 2.0) as u32;
    NonZeroU32::new(half).unwrap_or(NonZeroU32::MIN)
}

impl AllReports {
    pub(crate) fn is_sound(&self) -> bool {
        self.unsound().is_empty()
    }

    /// The measurements in which something was lost, doubled, out of order or forged.
    fn unsound(&self) -> Vec<&'static str> {
        let measurements = [
            ("sustained", self.sustained.is_sound()),
            ("at 200/s", self.quiet.is_sound()),
            ("at half the rate", self.half.is_sound()),
            ("ten endpoints", self.fan_out.is_sound()),
            ("neighbours", self.neighbours.is_sound()),
            ("replay", self.replay.is_sound()),
            ("backlog", self.backlog.is_sound()),
        ];
        measurements.into_iter().filter(|(_, is_sound)| !is_sound).map(|(what, _)| what).collect()
    }

    /// Each figure with what it is held against.
    fn figures(&self) -> Vec<[String; 4]> {
        let (rates, cost) = (&self.sustained.rates, &self.sustained.cost);
        let percent = |ratio: f64| format!("{:+.0}%", (ratio - 1.0) * 100.0);
        let row = |what: &str, figure: String, goal: &str, beside: String| {
            [what.to_owned(), figure, goal.to_owned(), beside]
        };
        let latency = |what: &str, report: &Report, goal: &str| {
            let it = &report.latencies.arrival_to_sink;
            let figure = format!("{} / {}", time(it.p50_us), time(it.p99_us));
            let webhooks = report.setup.rate.unwrap_or_default();
            let beside = format!("p99.9 {} at {webhooks} webhooks/s", time(it.p99_9_us));
            row(what, figure, goal, beside)
        };
        let mut figures = vec![row(
            "sustained, events/s",
            grouped(rates.events),
            "≥ 20,000",
            format!(
                "{} webhooks/s, {:.0} µs of the hub each",
                grouped(rates.sustained_webhooks),
                cost.hub_cpu_us_per_webhook
            ),
        )];
        if let Some(limits) = &self.sustained.limits {
            let (relay, sqlite) = (grouped(limits.relay_per_s), grouped(limits.sqlite_per_s));
            figures.push(row(
                "of a bare relay",
                format!("{:.2}", limits.events_of_relay),
                "≥ 0.60",
                format!(
                    "{:.2} in webhooks; relay {relay}/s, SQLite {sqlite} rows/s, fsync {}/s",
                    limits.of_relay,
                    grouped(limits.fsyncs_per_s)
                ),
            ));
        }
        figures.extend([
            latency("200/s, p50 / p99", &self.quiet, "≤ 1 / ≤ 3 ms"),
            latency("half the rate, p50 / p99", &self.half, "– / ≤ 20 ms"),
            row(
                "1 → 10 endpoints, deliveries/s",
                grouped(self.fan_out.rates.deliveries),
                "≥ 45,000",
                String::new(),
            ),
            row(
                "beside a dead and a dripping one",
                format!(
                    "{} / {}",
                    percent(self.neighbours.throughput_ratio()),
                    percent(self.neighbours.p99_ratio())
                ),
                "within 10%",
                "deliveries/s / p99 of the 18 others".into(),
            ),
            row(
                "replay, events/s",
                grouped(self.replay.replayed_per_s),
                "≥ 20,000",
                format!("{} events", grouped_count(self.replay.events)),
            ),
            row(
                "a backlog, memory",
                format!(
                    "{:.0} MB",
                    megabytes(self.backlog.peak_draining_bytes.max(self.backlog.peak_gathering_bytes))
                ),
                "≤ 200 MB",
                format!("{} deliveries pending", grouped_count(self.backlog.pending)),
            ),
            row(
                "its first delivery",
                format!("{:.0} ms", self.backlog.first_delivery_ms),
                "≤ 1,000 ms",
                "after a restart".into(),
            ),
            row(
                "catching up, deliveries/s",
                grouped(self.backlog.drained_per_s),
                "≥ sustained",
                String::new(),
            ),
            row(
                "disk, an event",
                format!("{:.0} B", cost.disk_bytes_per_event),
                "≤ 2,500 B",
                "all included".into(),
            ),
            row(
                "idle",
                format!("{:.0} MB / {:.1} ms", megabytes(self.idle.memory_bytes), self.idle.cpu_ms_per_s),
                "≤ 30 MB / 0",
                "memory / processor time a second".into(),
            ),
        ]);
        figures
    }
}

impl Display for AllReports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.unsound()[..] {
            [] => writeln!(f, "Everything durable before its 200, delivered, verified and in order: sound")?,
            unsound => writeln!(f, "NOT SOUND, so not worth much: {}", unsound.join(", "))?,
        }
        self.sustained.machine.write_line(f)?;
        let mut table = rows();
        table.set_header(["", "here", "aim", ""]);
        table.add_rows(self.figures());
        if let Some(aims) = table.column_mut(2) {
            aims.set_cell_alignment(CellAlignment::Right);
        }
        write!(f, "\n{}", indented(&table))
    }
}

fn megabytes(bytes: u64) -> f64 {
    mebibytes(bytes) * 1.048_576
}
