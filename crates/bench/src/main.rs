//! Load, sink, and the limits of the machine measured beside them.
//!
//! A hub runs as a process of its own; the load that it takes in and the sink that it delivers to share one process
//! with this program, on the same machine. Nothing is counted that was not verified, in order, at the sink.

mod all;
mod alone;
mod audit;
mod backlog;
mod board;
mod books;
mod child;
mod cli;
mod clock;
mod cluster;
mod database;
mod disk;
mod hubs;
mod idle;
mod interviews;
mod latency;
mod limits;
mod load;
mod machine;
mod mark;
mod neighbours;
mod pace;
mod place;
mod plot;
mod relay;
mod replay;
mod report;
mod sink;
mod sustained;
mod table;
mod trial;
mod usage;
mod window;

use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use serde::Serialize;
use tikv_jemallocator::Jemalloc;
use tokio::runtime::Runtime;

use crate::cli::{Cli, Command};

/// The hub's own, so that load, sink and relay are not slower than they need to be.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("callboard-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Measures. Answers whether nothing went wrong that would make the figures worthless.
fn run(command: Command) -> anyhow::Result<bool> {
    if let Command::Relay { to } = command {
        return relay::run(to).map(|()| true);
    }
    let runtime = Runtime::new()?;
    match command {
        Command::Sustained(args) => {
            let report = sustained::sustained(&runtime, &args)?;
            finish(&report, report.is_sound(), args.common.json.as_deref())
        }
        Command::Steady(args) => {
            let report = sustained::steady(&runtime, &args, |_| Ok(()))?;
            finish(&report, report.is_sound(), args.common.json.as_deref())
        }
        Command::Backlog(args) => {
            let report = backlog::backlog(&runtime, &args)?;
            finish(&report, report.is_sound(), args.json.as_deref())
        }
        Command::Replay(args) => {
            let report = replay::replay(&runtime, &args)?;
            finish(&report, report.is_sound(), args.json.as_deref())
        }
        Command::Neighbours(args) => {
            let report = neighbours::neighbours(&runtime, &args)?;
            finish(&report, report.is_sound(), args.json.as_deref())
        }
        Command::Idle(args) => finish(&idle::idle(&args)?, true, args.json.as_deref()),
        Command::Board(args) => {
            let report = board::board(&runtime, &args)?;
            finish(&report, report.is_sound(), args.json.as_deref())
        }
        Command::All(args) => {
            let report = all::all(&runtime, &args)?;
            if let Some(path) = &args.svg {
                plot::draw(&report, path)?;
            }
            finish(&report, report.is_sound(), args.json.as_deref())
        }
        Command::Relay { .. } => unreachable!("a relay has been run already"),
    }
}

fn finish(report: &(impl Display + Serialize), is_sound: bool, json: Option<&Path>) -> anyhow::Result<bool> {
    println!("{report}");
    if let Some(path) = json {
        std::fs::write(path, serde_json::to_vec_pretty(report)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(is_sound)
}
