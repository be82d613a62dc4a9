//! The command line.

use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

/// How fast is Callboard here, and how near is that to what the machine can do?
#[derive(Debug, Parser)]
#[command(name = "callboard-bench", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The highest rate at which webhooks come in, become durable and go out again, the backlog not growing
    Sustained(SustainedArgs),
    /// How long a webhook takes from its arrival to the sink at a fixed rate
    Steady(SteadyArgs),
    /// A bare proxy with no store, to be measured against; `sustained` starts it by itself
    #[command(hide = true)]
    Relay {
        /// Where requests go on to
        #[arg(long)]
        to: SocketAddr,
    },
}

/// What all measurements have in common.
#[derive(Debug, Args)]
pub(crate) struct CommonArgs {
    /// How long to measure, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(crate) seconds: Duration,
    /// How long to run before measuring, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = seconds)]
    pub(crate) warm_up: Duration,
    /// How many endpoints are told of everything
    #[arg(long, default_value = "1")]
    pub(crate) endpoints: NonZeroUsize,
    /// Also write the report as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct SustainedArgs {
    #[command(flatten)]
    pub(crate) common: CommonArgs,
    /// How many connections send, each waiting for an answer before it sends again
    #[arg(long, default_value = "256")]
    pub(crate) connections: NonZeroUsize,
    /// How many interviews each connection has under way
    #[arg(long, default_value = "64")]
    pub(crate) interviews: NonZeroUsize,
    /// How many webhooks may be on their way to the sink before the load waits
    #[arg(long, value_name = "WEBHOOKS", default_value = "2000")]
    pub(crate) backlog: NonZeroU32,
}

#[derive(Debug, Args)]
pub(crate) struct SteadyArgs {
    #[command(flatten)]
    pub(crate) common: CommonArgs,
    /// How many webhooks a second are sent, whatever becomes of them
    #[arg(long, value_name = "PER_SECOND", default_value = "200")]
    pub(crate) rate: NonZeroU32,
    /// How many connections take turns sending
    #[arg(long, default_value = "32")]
    pub(crate) connections: NonZeroUsize,
    /// How many interviews each connection has under way
    #[arg(long, default_value = "8")]
    pub(crate) interviews: NonZeroUsize,
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse::<f64>()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| "give a number of seconds above 0".to_owned())
}
