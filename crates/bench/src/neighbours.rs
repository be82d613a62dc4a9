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
use crate::table::{self, grouped, time};

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
/// What a dripping endpoint answers, a byte a second.
const DRIPS: &[u8] = b"HTTP/1.1 200 OK\r\nserver: a-very-slow-one\r\ncontent-length: 1000000\r\n\r\n";
const DRIP_EVERY: Duration = Duration::from_secs(1);

/// What was found.
#[derive(Debug, Serialize)]
pub(crate) struct NeighboursReport {
    machine: Machine,
    good_endpoints: usize,
    pub(crate) alone: Figures,
    pub(crate) beside: Figures,
    rate: u32,
    is_sound: bool,
}

/// Of the good endpoints.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Figures {
    pub(crate) deliveries_per_s: f64,
    /// From arrival to sink at the fixed rate.
    pub(crate) p99_us: u64,
}

/// Runs the load at full speed and at a fixed rate, first without the bad endpoints, then with them.
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
    let alone = (unmeasured(runtime, &full, none)?, steady(runtime, &fixed, none)?);
    let beside = (unmeasured(runtime, &full, both)?, steady(runtime, &fixed, both)?);
    Ok(NeighboursReport {
        machine: Machine::this(),
        good_endpoints: args.endpoints.get(),
        alone: figures(&alone),
        beside: figures(&beside),
        rate: args.rate.get(),
        is_sound: [&alone.0, &alone.1, &beside.0, &beside.1].iter().all(|report| report.is_sound()),
    })
}

fn figures((full, fixed): &(Report, Report)) -> Figures {
    Figures { deliveries_per_s: full.rates.deliveries, p99_us: fixed.latencies.arrival_to_sink.p99_us }
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
        self.beside.deliveries_per_s / self.alone.deliveries_per_s
    }

    /// The p99 beside the bad ones, as a multiple of that without them.
    pub(crate) fn p99_ratio(&self) -> f64 {
        float(self.beside.p99_us) / float(self.alone.p99_us.max(1))
    }
}

impl Display for NeighboursReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} endpoints, without and then with a dead and a dripping one beside them",
            self.good_endpoints
        )?;
        self.machine.write_line(f)?;
        table::write_rows(
            f,
            &[
                (
                    "deliveries",
                    format!("{:.2}", self.throughput_ratio()),
                    format!(
                        "of the good ones' own: {}/s, then {}/s",
                        grouped(self.alone.deliveries_per_s),
                        grouped(self.beside.deliveries_per_s)
                    ),
                ),
                (
                    "p99",
                    format!("{:.2}", self.p99_ratio()),
                    format!(
                        "of the good ones' own at {} webhooks/s: {}, then {}",
                        self.rate,
                        time(self.alone.p99_us),
                        time(self.beside.p99_us)
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
