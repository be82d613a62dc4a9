//! What can be said on the command line.

mod demo;
mod play;
mod resources;
mod serve;

use clap::{Parser, Subcommand};

pub(crate) use demo::DemoArgs;
pub(crate) use play::{CredentialArgs, ListenArgs, SimulateArgs, VerifyArgs};
pub(crate) use resources::{
    ApiArgs, DeliveryArgs, DeliveryCommand, EndpointArgs, EndpointCommand, EndpointFields, EventArgs,
    EventCommand, KeyArgs, KeyCommand, PageArgs, ReceiptArgs, ReceiptCommand, SourceArgs, SourceCommand,
};
pub(crate) use serve::{LogFormat, ServeArgs};

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
    /// Who may ask
    Key(KeyArgs),
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}
