//! The two measurements, from an empty directory to the printed report.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use anyhow::Context;
use tokio::runtime::Runtime;

use crate::child::Server;
use crate::cli::{CommonArgs, SteadyArgs, SustainedArgs};
use crate::clock::Stopwatch;
use crate::disk::{bytes_in, syncs_per_second};
use crate::hub::{Hub, own_directory};
use crate::load::{Load, Taken};
use crate::pace::{Pace, schedule};
use crate::report::{Footprint, Measured, Report, Setup, float};
use crate::sink::{Counter, listen};
use crate::trial::{Found, Trial, signer};
use crate::usage::peak_memory_bytes;
use crate::window::Window;

/// How long the disk's own rate is measured.
const FSYNC_TIME: Duration = Duration::from_secs(3);

/// The highest rate at which the backlog does not grow, and the limits beside it. Answers whether nothing went wrong.
pub(crate) fn sustained(args: &SustainedArgs) -> anyhow::Result<bool> {
    let common = &args.common;
    let setup = Setup {
        room: Some(args.backlog.get()),
        ..Setup::of(common, args.connections.get(), args.interviews.get())
    };
    let needed = u32::try_from(setup.endpoints).context("so many endpoints cannot be told")?;
    let room = args.backlog.get() as usize * setup.endpoints;
    let runtime = Runtime::new()?;
    let (found, footprint) = measure(&runtime, common, &setup, room, |trial, _| {
        (0..setup.connections).map(|_| Pace::Room(trial.room(), needed)).collect()
    })?;
    let limits = Measured {
        relay_per_s: runtime.block_on(relay_per_second(common, &setup))?,
        fsyncs_per_s: syncs_per_second(&own_directory()?, common.seconds.min(FSYNC_TIME))?,
    };
    finish(&Report::new("sustained", setup, &found, &footprint, Some(limits)), common)
}

/// Latency at a fixed rate. Answers whether nothing went wrong.
pub(crate) fn steady(args: &SteadyArgs) -> anyhow::Result<bool> {
    let common = &args.common;
    let rate = args.rate.get();
    let setup =
        Setup { rate: Some(rate), ..Setup::of(common, args.connections.get(), args.interviews.get()) };
    let runtime = Runtime::new()?;
    let (found, footprint) =
        measure(&runtime, common, &setup, 0, |_, window| schedule(rate, setup.connections, window))?;
    finish(&Report::new("steady", setup, &found, &footprint, None), common)
}

/// Runs a hub on an empty store, and a trial on the hub.
fn measure(
    runtime: &Runtime,
    common: &CommonArgs,
    setup: &Setup,
    room: usize,
    paces: impl FnOnce(&Trial, Window) -> Vec<Pace>,
) -> anyhow::Result<(Found, Footprint)> {
    let directory = tempfile::Builder::new()
        .prefix("bench-")
        .tempdir_in(own_directory()?)
        .context("cannot make a directory for the store")?;
    let data = directory.path().join("data");
    let hub = Hub::start(&data)?;
    let trial = runtime.block_on(Trial::prepare(&hub, setup.endpoints, room))?;
    let window = Window::after(common.warm_up, common.seconds);
    let paces = paces(&trial, window);
    let found = runtime.block_on(trial.run(&hub, window, setup.interviews_per_connection, paces))?;
    let memory_bytes = peak_memory_bytes(hub.process())?;
    hub.stop()?;
    Ok((found, Footprint { memory_bytes, disk_bytes: bytes_in(&data)? }))
}

/// How many of the same requests a second a bare proxy gets to a sink that only counts them.
async fn relay_per_second(common: &CommonArgs, setup: &Setup) -> anyhow::Result<f64> {
    let counter = Arc::new(Counter::default());
    let sink = listen(Arc::clone(&counter)).await?;
    let own = std::env::current_exe().context("cannot find this program's own path")?;
    let relay = tokio::task::block_in_place(|| start_relay(&own, &sink.to_string()))?;
    let window = Window::after(common.warm_up, common.seconds);
    let taken = Arc::new(Taken::default());
    let load = Load {
        to: relay.address,
        path: "/in/relay".to_owned(),
        signer: signer()?,
        stopwatch: Stopwatch::start(),
        window,
        taken: Arc::clone(&taken),
        interviews_per_connection: setup.interviews_per_connection,
        interviews_begun: AtomicU64::new(0),
    };
    let sent = tokio::spawn(load.run((0..setup.connections).map(|_| Pace::AtOnce).collect())).await??;
    anyhow::ensure!(counter.count() == taken.webhooks(), "the relay lost requests");
    Ok(float(sent.taken_in_window) / window.seconds())
}

fn start_relay(own: &Path, sink: &str) -> anyhow::Result<Server> {
    Server::start(Command::new(own).args(["relay", "--to", sink]))
}

fn finish(report: &Report, common: &CommonArgs) -> anyhow::Result<bool> {
    println!("{report}");
    if let Some(path) = &common.json {
        let json = serde_json::to_vec_pretty(report)?;
        std::fs::write(path, json).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(report.is_sound())
}
