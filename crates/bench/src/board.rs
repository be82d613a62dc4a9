//! How fast the board is: pages of a long list, and what happens until it can be seen.

use std::fmt::{self, Display};
use std::io::{BufRead, BufReader};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde::Serialize;
use tokio::runtime::Runtime;
use tokio::time::Instant;

use crate::audit::Faults;
use crate::cli::BoardArgs;
use crate::hubs::Hubs;
use crate::latency::{Latencies, Percentiles};
use crate::load::Taken;
use crate::machine::Machine;
use crate::pace::Pace;
use crate::place::Place;
use crate::report::float;
use crate::table::{self, grouped_count, time};
use crate::trial::Trial;
use crate::window::Window;

const NO_END: Duration = Duration::from_secs(24 * 3_600);
const CONNECTIONS: u64 = 64;
const INTERVIEWS_PER_CONNECTION: usize = 64;
const ENDPOINTS: usize = 4;
/// How many pages are read, and how many things are made to be seen.
const PAGES: usize = 100;
const SEEN: usize = 50;
/// How long to wait between them: the board shows no more than one can read.
const BETWEEN: Duration = Duration::from_millis(100);
/// A page of deliveries, as the board has it.
const ITEMS: usize = 50;

/// What was found.
#[derive(Debug, Serialize)]
pub(crate) struct BoardReport {
    machine: Machine,
    deliveries: u64,
    /// A page of the board, from asking for it to its last byte.
    pages: Percentiles,
    /// The same deliveries from the API, the same way.
    of_api: Percentiles,
    /// How often the API's time the board's is, in the median.
    of_api_times: f64,
    /// From when something is asked for through the API to when its line is read from the live stream.
    seen: Percentiles,
    lost: u64,
    faults: Faults,
}

/// Has so many deliveries made, walks through the newest of them page by page, and looks how soon something new is seen.
pub(crate) fn board(runtime: &Runtime, args: &BoardArgs) -> anyhow::Result<BoardReport> {
    let place = Place::make(args.hubs)?;
    let hubs = Hubs::start(&place)?;
    let trial = runtime.block_on(Trial::open(&hubs, ENDPOINTS, 0))?;
    trial.subscribe_all(&hubs)?;
    let webhooks = args.deliveries.get().div_ceil(ENDPOINTS as u64);
    let (left, taken) = (Arc::new(AtomicU64::new(webhooks)), Arc::new(Taken::default()));
    let paces = (0..CONNECTIONS).map(|_| Pace::Count(Arc::clone(&left))).collect();
    let window = Window::after(Duration::ZERO, NO_END);
    runtime.block_on(trial.send(&hubs, window, INTERVIEWS_PER_CONNECTION, paces, &taken))?;
    let deliveries = taken.events() * ENDPOINTS as u64;
    runtime.block_on(trial.until_told(deliveries));

    // What is made from here on is none of the load's.
    let (lost, faults) = (deliveries.saturating_sub(trial.told()), trial.faults());

    let cookie = hubs.sign_in()?;
    let on_board = walk(&hubs, &cookie)?;
    let of_api = walk_api(&hubs)?;
    let seen = seen(&hubs, &cookie)?;
    hubs.stop()?;
    Ok(BoardReport {
        machine: Machine::this(),
        deliveries,
        of_api_times: float(on_board.p50_us) / float(of_api.p50_us.max(1)),
        pages: on_board,
        of_api,
        seen,
        lost,
        faults,
    })
}

/// From the newest deliveries on, page by page.
fn walk(hubs: &Hubs, cookie: &str) -> anyhow::Result<Percentiles> {
    let mut latencies = Latencies::new();
    let mut path = "/board/deliveries".to_owned();
    for number in 0..PAGES {
        let begun = Instant::now();
        let page = hubs.page(&path, cookie)?;
        latencies.record(begun.elapsed());
        let rows = page.matches("<tr data-row").count();
        ensure!(rows == ITEMS, "page {number} of the board has {rows} deliveries");
        let next = page.split_once("rel=\"next\" href=\"").and_then(|(_, rest)| rest.split_once('"'));
        path = next.map(|(next, _)| next.replace("&amp;", "&")).context("a page leads to the next")?;
    }
    Ok(latencies.percentiles())
}

fn walk_api(hubs: &Hubs) -> anyhow::Result<Percentiles> {
    let mut latencies = Latencies::new();
    let mut path = format!("deliveries?limit={ITEMS}");
    for _ in 0..PAGES {
        let begun = Instant::now();
        let page = hubs.list(&path)?;
        latencies.record(begun.elapsed());
        let next = page["next"].as_str().context("a page leads to the next")?;
        path = format!("deliveries?limit={ITEMS}&cursor={next}");
    }
    Ok(latencies.percentiles())
}

/// One thing after the other is made, and its line waited for.
fn seen(hubs: &Hubs, cookie: &str) -> anyhow::Result<Percentiles> {
    let mut latencies = Latencies::new();
    let mut lines = BufReader::new(hubs.live(cookie)?).lines();
    let mut until_said = |what: &str| -> anyhow::Result<()> {
        loop {
            let line = lines.next().context("the live stream ended")??;
            if line.contains(what) {
                return Ok(());
            }
        }
    };
    // It tells how much happens from when it listens on.
    until_said("event: rate")?;
    for number in 0..SEEN {
        std::thread::sleep(BETWEEN);
        let name = format!("Candidate {number} of the bench");
        let begun = Instant::now();
        hubs.add_candidate(&name)?;
        until_said(&name)?;
        latencies.record(begun.elapsed());
    }
    Ok(latencies.percentiles())
}

impl BoardReport {
    pub(crate) fn is_sound(&self) -> bool {
        self.deliveries > 0 && self.lost == 0 && self.faults == Faults::default()
    }
}

impl Display for BoardReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (of, median) = (grouped_count(self.deliveries), time(self.pages.p50_us));
        writeln!(f, "a page of {ITEMS} of {of} deliveries in {median}")?;
        self.machine.write_line(f)?;
        let row = |label: &'static str, figure: &Percentiles, remark: String| {
            let [median, p99, most] = [figure.p50_us, figure.p99_us, figure.max_us].map(time);
            (label, median, format!("p99 {p99}, at most {most}: {remark}"))
        };
        table::write_rows(
            f,
            &[
                row("board", &self.pages, format!("{PAGES} pages, one after the other")),
                row("API", &self.of_api, "the same deliveries, without what they tell of".to_owned()),
                ("of API", format!("{:.1}", self.of_api_times), "the board's median by the API's".to_owned()),
                row("seen", &self.seen, format!("{SEEN} things, from being asked for to the live board")),
                table::checked(self.is_sound(), self.deliveries, self.lost, self.faults, 0),
            ],
        )
    }
}
