//! The program: command line, configuration, start and stop, demo.

mod api;
mod cli;
mod commands;
mod demo;
mod first_start;
mod hub;
mod logs;
mod progress;
mod settings;
mod show;
mod table;

use std::process::ExitCode;

use tikv_jemallocator::Jemalloc;

use crate::cli::{Cli, Command, Usage};

/// What one thread takes in, another writes down and a third sends on: this one gives memory back between threads cheaply.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

/// The program was used wrongly, as clap ends it as well.
const WRONG_USE: u8 = 2;

fn main() -> ExitCode {
    match run(cli::said()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("callboard: {error:#}");
            if error.is::<Usage>() { WRONG_USE.into() } else { ExitCode::FAILURE }
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
        Command::Job(args) => commands::hiring::job(&args),
        Command::Candidate(args) => commands::people::candidate(&args),
        Command::Application(args) => commands::hiring::application(&args),
        Command::Interview(args) => commands::interview::run(&args),
        Command::Feedback(args) => commands::feedback::run(&args),
        Command::Question(args) => commands::hiring::question(&args),
        Command::AnswerVideo(args) => commands::recordings::answer_video(&args),
        Command::Note(args) => commands::people::note(&args),
        Command::User(args) => commands::people::user(&args),
        Command::File(args) => commands::recordings::file(&args),
        Command::Source(args) => commands::source::run(&args),
        Command::Endpoint(args) => commands::endpoint::run(&args),
        Command::Event(args) => commands::event::run(&args),
        Command::Delivery(args) => commands::delivery::run(&args),
        Command::Receipt(args) => commands::receipt::run(&args),
        Command::Replay(args) => commands::replay::run(&args),
        Command::Export(args) => commands::export::run(&args),
        Command::Import(args) => commands::import::run(&args),
        Command::Settings(args) => commands::house::settings(&args),
        Command::Company(args) => commands::house::company(&args),
        Command::Key(args) => commands::house::key(&args),
        Command::Ready(args) => commands::ready::run(&args),
        Command::Check(args) => commands::check::run(&args),
        Command::MigrateStore(args) => commands::migrate_store::run(&args),
        Command::Config(args) => commands::config::run(&args),
        Command::Completions { shell } => {
            commands::completions(shell);
            Ok(ExitCode::SUCCESS)
        }
    }
}
