//! The rate of the whole path, and how long a webhook takes at a given rate.

use anyhow::Context;
use tokio::runtime::Runtime;

use crate::alone;
use crate::books::Books;
use crate::cli::{CommonArgs, SteadyArgs, SustainedArgs};
use crate::hubs::Hubs;
use crate::limits;
use crate::pace::{Pace, schedule};
use crate::place::Place;
use crate::report::{Footprint, Report, Setup, float};
use crate::trial::{Found, Trial};
use crate::window::Window;

/// The highest rate at which the backlog does not grow, and the limits beside it.
pub(crate) fn sustained(runtime: &Runtime, args: &SustainedArgs) -> anyhow::Result<Report> {
    let setup = full_speed(args);
    let relay = || runtime.block_on(limits::relay_per_second(&args.common, &setup));
    let before = relay()?;
    let (found, footprint) = at_full_speed(runtime, args, &setup, |_| Ok(()))?;
    let event_bytes = footprint.disk_bytes.checked_div(found.events).unwrap_or_default();
    let measured = limits::measure(&args.common, usize::try_from(event_bytes)?, [before, relay()?])?;
    Ok(Report::new("sustained", setup, &found, &footprint, Some(measured)))
}

/// The same without the limits, with more done to the hub before.
pub(crate) fn unmeasured(
    runtime: &Runtime,
    args: &SustainedArgs,
    more: impl FnOnce(&Hubs) -> anyhow::Result<()>,
) -> anyhow::Result<Report> {
    let setup = full_speed(args);
    let (found, footprint) = at_full_speed(runtime, args, &setup, more)?;
    Ok(said_if_unsound(Report::new("sustained", setup, &found, &footprint, None)))
}

/// Latency at a fixed rate.
pub(crate) fn steady(
    runtime: &Runtime,
    args: &SteadyArgs,
    more: impl FnOnce(&Hubs) -> anyhow::Result<()>,
) -> anyhow::Result<Report> {
    let common = &args.common;
    let rate = args.rate.get();
    let setup =
        Setup { rate: Some(rate), ..Setup::of(common, args.connections.get(), args.interviews.get()) };
    let (found, footprint) =
        measure(runtime, common, &setup, 0, more, |_, window| schedule(rate, setup.connections, window))?;
    Ok(said_if_unsound(Report::new("steady", setup, &found, &footprint, None)))
}

/// A report that may be one of several, in a table in which its own checks have no place.
fn said_if_unsound(report: Report) -> Report {
    if !report.is_sound() {
        eprintln!("{report}");
    }
    report
}

fn full_speed(args: &SustainedArgs) -> Setup {
    Setup {
        room: Some(args.backlog.get()),
        ..Setup::of(&args.common, args.connections.get(), args.interviews.get())
    }
}

fn at_full_speed(
    runtime: &Runtime,
    args: &SustainedArgs,
    setup: &Setup,
    more: impl FnOnce(&Hubs) -> anyhow::Result<()>,
) -> anyhow::Result<(Found, Footprint)> {
    let needed = u32::try_from(setup.endpoints).context("so many endpoints cannot be told")?;
    let room = args.backlog.get() as usize * setup.endpoints;
    measure(runtime, &args.common, setup, room, more, |trial, _| {
        (0..setup.connections).map(|_| Pace::Room(trial.room(), needed)).collect()
    })
}

/// Runs a hub on an empty store, and a trial on the hub.
fn measure(
    runtime: &Runtime,
    common: &CommonArgs,
    setup: &Setup,
    room: usize,
    more: impl FnOnce(&Hubs) -> anyhow::Result<()>,
    paces: impl FnOnce(&Trial, Window) -> Vec<Pace>,
) -> anyhow::Result<(Found, Footprint)> {
    let place = Place::make(common.hubs)?;
    let hubs = Hubs::start(&place)?;
    let trial = runtime.block_on(Trial::open(&hubs, setup.endpoints, room))?;
    trial.subscribe_all(&hubs)?;
    more(&hubs)?;
    let books = place.database().map(|database| runtime.block_on(Books::open(database))).transpose()?;
    let window = Window::after(common.warm_up, common.seconds);
    let paces = paces(&trial, window);
    let found =
        runtime.block_on(trial.run(&hubs, window, setup.interviews_per_connection, paces, books.as_ref()))?;
    let memory_bytes = hubs.peak_memory_bytes()?;
    hubs.stop()?;
    let mut footprint = Footprint { memory_bytes, disk_bytes: place.disk_bytes()?, alone_per_s: None };
    if let (Some(database), Some(done), None) = (place.database(), &found.database, setup.rate) {
        let batch =
            float(found.told_in_window.deliveries) / float(setup.endpoints as u64) / done.transactions();
        footprint.alone_per_s = Some(runtime.block_on(alone::events_per_second(database, batch))?);
    }
    Ok((found, footprint))
}
