//! Load, sink, and the limits of the machine measured beside them.
//!
//! A hub runs as a process of its own; the load that it takes in and the sink that it delivers to share one process
//! with this program, on the same machine. Nothing is counted that was not verified, in order, at the sink.

mod audit;
mod child;
mod cli;
mod clock;
mod disk;
mod hub;
mod interviews;
mod latency;
mod load;
mod machine;
mod mark;
mod pace;
mod relay;
mod report;
mod run;
mod sink;
mod table;
mod trial;
mod usage;
mod window;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Sustained(args) => run::sustained(&args),
        Command::Steady(args) => run::steady(&args),
        Command::Relay { to } => relay::run(to).map(|()| true),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("callboard-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}
