//! The program: command line, configuration, start and stop, demo.

mod api;
mod cli;
mod commands;
mod demo;
mod hub;
mod logs;
mod settings;
mod show;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    // A wrong use of the command line ends here, with code 2.
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("callboard: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Serve(args) => commands::serve::run(args),
        Command::Demo(args) => demo::run(&args),
        Command::Simulate(args) => commands::simulate::run(&args),
        Command::Listen(args) => commands::listen::run(args),
        Command::Verify(args) => commands::verify::run(&args),
        Command::Source(args) => commands::source::run(args),
        Command::Endpoint(args) => commands::endpoint::run(args),
        Command::Event(args) => commands::event::run(args),
        Command::Delivery(args) => commands::delivery::run(args),
        Command::Receipt(args) => commands::receipt::run(args),
        Command::Key(args) => commands::key::run(args),
        Command::Completions { shell } => {
            commands::completions(shell);
            Ok(ExitCode::SUCCESS)
        }
    }
}
