//! What one dead and one dripping endpoint do to the others: the same load with them and without.

use std::fmt::{self, Display};
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use serde::Serialize;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::cli::{CommonArgs, NeighboursArgs, SteadyArgs, SustainedArgs};
use crate::hubs::Hubs;
use crate::machine::Machine;
use crate::report::{Report, float};
use crate::sustained::{steady, unmeasured};
use crate::table::{self, grouped};

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
/// What a dripping endpoint answers, a byte a second.
const DRIPS: &[u8] = b"HTTP/1.1 200 OK\r\nserver: a-very-slow-one\r\ncontent-length: 1000000\r\n\r\n";
const DRIP_EVERY: Duration = Duration::from_secs(1);

/// What was found.
#[derive(Debug, Serialize)]
pub(crate) struct NeighboursReport {
    machine: Machine,
    good_endpoints: usize,
    rounds: Vec<Round>,
    rate: u32,
    is_sound: bool,
}

/// The good endpoints, both ways, one right after the other.
#[derive(Debug, Clone, Copy, Serialize)]
struct Round {
    alone: Figures,
    beside: Figures,
}

/// Of the good endpoints.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Figures {
    deliveries_per_s: f64,
    /// From arrival to sink at the fixed rate.
    p99_us: u64,
}

/// Runs the load at full speed and at a fixed rate, without the bad endpoints and with them, in turns: which way comes first
/// changes from round to round.
pub(crate) fn neighbours(runtime: &Runtime, args: &NeighboursArgs) -> anyhow::Result<NeighboursReport> {
    let common = CommonArgs::usual(args.seconds, args.endpoints);
    let full = SustainedArgs::usual(common.clone());
    let fixed = SteadyArgs::usual(common, args.rate);
    let dripping = runtime.block_on(drip())?;
    let none = |_: &Hubs| Ok(());
    let both = |hubs: &Hubs| {
        // The discard port: nobody listens there.
        hubs.add_endpoint("http://127.0.0.1:9/dead", SECRET)?;
        hubs.add_endpoint(&format!("http://{dripping}/dripping"), SECRET)?;
        Ok(())
    };
    let (mut rounds, mut is_sound) = (Vec::new(), true);
    let mut measure = |with: &dyn Fn(&Hubs) -> anyhow::Result<()>| {
        let (full, fixed) = (unmeasured(runtime, &full, with)?, steady(runtime, &fixed, with)?);
        is_sound &= full.is_sound() && fixed.is_sound();
        anyhow::Ok(figures(&full, &fixed))
    };
    for round in 0..args.rounds.get() {
        rounds.push(if round % 2 == 0 {
            let alone = measure(&none)?;
            Round { alone, beside: measure(&both)? }
        } else {
            let beside = measure(&both)?;
            Round { alone: measure(&none)?, beside }
        });
    }
    Ok(NeighboursReport {
        machine: Machine::this(),
        good_endpoints: args.endpoints.get(),
        rounds,
        rate: args.rate.get(),
        is_sound,
    })
}

fn figures(full: &Report, fixed: &Report) -> Figures {
    Figures { deliveries_per_s: full.rates.deliveries, p99_us: fixed.latencies.arrival_to_sink.p99_us }
}

impl Round {
    fn throughput_ratio(&self) -> f64 {
        self.beside.deliveries_per_s / self.alone.deliveries_per_s
    }

    fn p99_ratio(&self) -> f64 {
        float(self.beside.p99_us) / float(self.alone.p99_us.max(1))
    }
}

/// The middle one, the lowest and the highest.
fn spread(figures: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    [figures[figures.len() / 2], figures[0], figures[figures.len() - 1]]
}

/// An endpoint that takes every connection and answers a byte a second.
async fn drip() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("cannot listen for the dripping one")?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                for byte in DRIPS.iter().chain(std::iter::repeat(&b'.')) {
                    tokio::time::sleep(DRIP_EVERY).await;
                    if stream.write_all(&[*byte]).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    Ok(address)
}

impl NeighboursReport {
    pub(crate) fn is_sound(&self) -> bool {
        self.is_sound
    }

    /// Throughput beside the bad ones, as a part of that without them.
    pub(crate) fn throughput_ratio(&self) -> f64 {
        spread(self.rounds.iter().map(Round::throughput_ratio))[0]
    }

    /// The p99 beside the bad ones, as a multiple of that without them.
    pub(crate) fn p99_ratio(&self) -> f64 {
        spread(self.rounds.iter().map(Round::p99_ratio))[0]
    }
}

impl Display for NeighboursReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} endpoints, without and with a dead and a dripping one beside them: the median of {} rounds",
            self.good_endpoints,
            self.rounds.len()
        )?;
        self.machine.write_line(f)?;
        let [throughput, fewest, most] = spread(self.rounds.iter().map(Round::throughput_ratio));
        let [p99, least, highest] = spread(self.rounds.iter().map(Round::p99_ratio));
        let both = |figure: fn(&Figures) -> f64| {
            let middle = |way: fn(&Round) -> &Figures| spread(self.rounds.iter().map(way).map(figure))[0];
            [middle(|round| &round.alone), middle(|round| &round.beside)]
        };
        let [alone, beside] = both(|figures| figures.deliveries_per_s);
        let [p99_alone, p99_beside] = both(|figures| float(figures.p99_us));
        table::write_rows(
            f,
            &[
                (
                    "deliveries",
                    format!("{throughput:.2}"),
                    format!(
                        "of the good ones' own ({fewest:.2} to {most:.2}): {}/s without, {}/s with",
                        grouped(alone),
                        grouped(beside)
                    ),
                ),
                (
                    "p99",
                    format!("{p99:.2}"),
                    format!(
                        "of the good ones' own ({least:.2} to {highest:.2}) at {} webhooks/s: {:.1} ms without, {:.1} ms with",
                        self.rate,
                        p99_alone / 1_000.0,
                        p99_beside / 1_000.0
                    ),
                ),
                (
                    "checks",
                    if self.is_sound { "sound" } else { "NOT SOUND" }.to_owned(),
                    "nothing lost, doubled, out of order or forged at the good ones".into(),
                ),
            ],
        )
    }
}
