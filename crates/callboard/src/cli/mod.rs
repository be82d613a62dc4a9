//! What can be said on the command line.

mod alike;
mod attendee;
mod demo;
mod examples;
mod feedback;
mod fetch;
mod form;
mod hiring;
mod house;
mod interview;
mod kept;
mod moment;
mod moving;
mod people;
mod play;
mod recordings;
mod replay;
mod resources;
mod serve;
mod subject;
mod upkeep;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub(crate) use alike::{Alike, ApiArgs, ListArgs, NOT_SEEN, OneArgs, PageArgs, Seen, Whole};
pub(crate) use attendee::AttendeeCommand;
pub(crate) use demo::DemoArgs;
pub(crate) use feedback::{FeedbackArgs, FeedbackCommand};
pub(crate) use form::{Body, Form, Usage};
pub(crate) use hiring::{ApplicationArgs, ApplicationCommand, JobArgs, QuestionArgs};
pub(crate) use house::{CompanyArgs, CompanyCommand, KeyArgs, KeyCommand, SettingsArgs, SettingsCommand};
pub(crate) use interview::{InterviewArgs, InterviewCommand, MeetingCommand, NewInterview, ReasonArgs};
pub(crate) use kept::Kept;
pub(crate) use moving::{ExportArgs, ImportArgs};
pub(crate) use people::{CandidateArgs, CandidateCommand, NoteArgs, TagArgs, TagCommand, UserArgs};
pub(crate) use play::{CredentialArgs, ListenArgs, SimulateArgs, VerifyArgs};
pub(crate) use recordings::{AnswerVideoArgs, FileArgs, FileCommand, NewFile};
pub(crate) use replay::{ReplayArgs, ReplayCommand};
pub(crate) use resources::{
    DeliveryArgs, DeliveryCommand, EndpointArgs, EndpointCommand, EndpointFields, EventArgs, EventCommand,
    ReceiptArgs, ReceiptCommand, SourceArgs, SourceCommand,
};
pub(crate) use serve::{LogFormat, ServeArgs};
pub(crate) use upkeep::{CheckArgs, ConfigArgs, MigrateStoreArgs, ReadyArgs};

/// A hub for interview webhooks: takes them in from four platforms, and tells everyone who asked, each in the words
/// they already speak.
#[derive(Parser)]
#[command(version, about, propagate_version = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run the hub
    Serve(ServeArgs),
    /// See everything at work at once: a hub, four platforms sending, six receivers verifying
    Demo(DemoArgs),
    /// Act as one of the platforms: whole interviews, in order, signed its way
    Simulate(SimulateArgs),
    /// Receive webhooks while developing: verify each, and print it as a person reads it
    Listen(ListenArgs),
    /// Is this captured request authentic, and what does it say?
    Verify(VerifyArgs),
    /// What people apply for
    Job(JobArgs),
    /// Who applies
    Candidate(CandidateArgs),
    /// A candidate for a job
    Application(ApplicationArgs),
    /// Interviews, live and on demand
    Interview(InterviewArgs),
    /// Who reviews an interview, and what they say
    Feedback(FeedbackArgs),
    /// What candidates for a job are asked
    Question(QuestionArgs),
    /// Recorded answers
    AnswerVideo(AnswerVideoArgs),
    /// What is written about a candidate
    Note(NoteArgs),
    /// The company's people: recruiters, interviewers, reviewers
    User(UserArgs),
    /// Files about a candidate
    File(FileArgs),
    /// Accounts at platforms whose webhooks come in
    Source(SourceArgs),
    /// URLs that are told
    Endpoint(EndpointArgs),
    /// What happened
    Event(EventArgs),
    /// Who was told, and who is still owed
    Delivery(DeliveryArgs),
    /// What was received, byte for byte
    Receipt(ReceiptArgs),
    /// Tell again what was given up or missed
    Replay(Box<ReplayArgs>),
    /// What happened as a file, a line each; or the set-up
    Export(Box<ExportArgs>),
    /// Make a set-up this hub's: settings, sources and endpoints
    Import(ImportArgs),
    /// The company's name, its zone, and its stages
    Settings(SettingsArgs),
    /// Worlds of their own: nothing crosses from one company to another
    Company(CompanyArgs),
    /// Who may ask
    Key(KeyArgs),
    /// Does a hub take requests?
    Ready(ReadyArgs),
    /// Is a store whole?
    Check(CheckArgs),
    /// Copy a store from files into a PostgreSQL database
    MigrateStore(MigrateStoreArgs),
    /// The settings in force, and where each comes from
    Config(Box<ConfigArgs>),
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// The whole command line, with an example on each command.
pub(crate) fn program() -> clap::Command {
    examples::shown(Cli::command())
}

/// What was said. A wrong use of the command line ends the program, with code 2.
pub(crate) fn said() -> Cli {
    let matches = program().get_matches();
    let mut cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut program()).exit());
    match (&mut cli.command, matches.subcommand()) {
        (Command::Config(args), Some((_, matches))) => args.note_sources(matches),
        (Command::Check(args), Some((_, matches))) => {
            args.prefer_said(matches).unwrap_or_else(|error| error.exit());
        }
        _ => {}
    }
    cli
}
