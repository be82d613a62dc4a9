//! The command line.

use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

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
    /// Memory, restart and catching up with very much owed
    Backlog(BacklogArgs),
    /// The rate at which an endpoint is told of what it missed
    Replay(ReplayArgs),
    /// What a dead and a dripping endpoint do to the others
    Neighbours(NeighboursArgs),
    /// What a hub takes that has nothing to do
    Idle(IdleArgs),
    /// How long a page of the board takes with many deliveries, and how soon it shows what happens
    Board(BoardArgs),
    /// All of these one after the other, in one table
    All(AllArgs),
    /// A bare proxy with no store, to be measured against; `sustained` starts it by itself
    #[command(hide = true)]
    Relay {
        /// Where requests go on to
        #[arg(long)]
        to: SocketAddr,
    },
}

/// What hubs keep everything in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Store {
    /// Files of its own: one hub
    #[default]
    Files,
    /// A PostgreSQL that is started for the measurement, and thrown away
    Postgres,
}

/// What is measured: which hubs, on what.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct HubArgs {
    /// What hubs keep everything in
    #[arg(long, value_enum, default_value_t)]
    pub(crate) store: Store,
    /// How many hubs share a database; the load is spread over them
    #[arg(long, default_value_t = NonZeroUsize::MIN)]
    pub(crate) hubs: NonZeroUsize,
}

impl HubArgs {
    /// One hub on files.
    pub(crate) const USUAL: Self = Self { store: Store::Files, hubs: NonZeroUsize::MIN };
}

/// What measurements of a load have in common.
#[derive(Debug, Clone, Args)]
pub(crate) struct CommonArgs {
    #[command(flatten)]
    pub(crate) hubs: HubArgs,
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

impl CommonArgs {
    /// So long, with so many endpoints, after the usual warm-up, which is no longer than that.
    pub(crate) fn usual(seconds: Duration, endpoints: NonZeroUsize) -> Self {
        Self { hubs: HubArgs::USUAL, seconds, warm_up: WARM_UP.min(seconds), endpoints, json: None }
    }
}

const WARM_UP: Duration = Duration::from_secs(2);

#[derive(Debug, Args)]
pub(crate) struct SustainedArgs {
    #[command(flatten)]
    pub(crate) common: CommonArgs,
    /// How many connections send, each waiting for an answer before it sends again
    #[arg(long, default_value_t = MANY)]
    pub(crate) connections: NonZeroUsize,
    /// How many interviews each connection has under way
    #[arg(long, default_value_t = SIXTY_FOUR)]
    pub(crate) interviews: NonZeroUsize,
    /// How many webhooks may be on their way to the sink before the load waits
    #[arg(long, value_name = "WEBHOOKS", default_value_t = ON_THEIR_WAY)]
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
    #[arg(long, default_value_t = TAKING_TURNS)]
    pub(crate) connections: NonZeroUsize,
    /// How many interviews each connection has under way
    #[arg(long, default_value_t = EIGHT)]
    pub(crate) interviews: NonZeroUsize,
}

impl SustainedArgs {
    /// With what holds unless it is given.
    pub(crate) fn usual(common: CommonArgs) -> Self {
        Self { common, connections: MANY, interviews: SIXTY_FOUR, backlog: ON_THEIR_WAY }
    }
}

impl SteadyArgs {
    /// With what holds unless it is given.
    pub(crate) fn usual(common: CommonArgs, rate: NonZeroU32) -> Self {
        Self { common, rate, connections: TAKING_TURNS, interviews: EIGHT }
    }
}

const MANY: NonZeroUsize = NonZeroUsize::new(256).expect("it is not zero");
const SIXTY_FOUR: NonZeroUsize = NonZeroUsize::new(64).expect("it is not zero");
const ON_THEIR_WAY: NonZeroU32 = NonZeroU32::new(2_000).expect("it is not zero");
const TAKING_TURNS: NonZeroUsize = NonZeroUsize::new(32).expect("it is not zero");
const EIGHT: NonZeroUsize = NonZeroUsize::new(8).expect("it is not zero");

#[derive(Debug, Args)]
pub(crate) struct BacklogArgs {
    #[command(flatten)]
    pub(crate) hubs: HubArgs,
    /// How many deliveries are owed, at least
    #[arg(long, default_value = "1000000")]
    pub(crate) deliveries: NonZeroU64,
    /// How many endpoints are owed them
    #[arg(long, default_value = "10")]
    pub(crate) endpoints: NonZeroUsize,
    /// Also write the report as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    #[command(flatten)]
    pub(crate) hubs: HubArgs,
    /// How many webhooks were told before
    #[arg(long, default_value_t = Self::WEBHOOKS)]
    pub(crate) webhooks: NonZeroU64,
    /// Also write the report as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

impl ReplayArgs {
    /// How many webhooks were told before, unless it is said.
    pub(crate) const WEBHOOKS: NonZeroU64 = NonZeroU64::new(100_000).expect("it is not zero");
}

#[derive(Debug, Args)]
pub(crate) struct NeighboursArgs {
    /// How long to measure each, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub(crate) seconds: Duration,
    /// How often to measure both ways; the median of the rounds counts, as no machine is always as fast
    #[arg(long, default_value = "3")]
    pub(crate) rounds: NonZeroUsize,
    /// How many endpoints are as they should be
    #[arg(long, default_value = "18")]
    pub(crate) endpoints: NonZeroUsize,
    /// Also write the report as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// How many webhooks a second are sent where latencies are compared
    #[arg(long, value_name = "PER_SECOND", default_value = "100")]
    pub(crate) rate: NonZeroU32,
}

#[derive(Debug, Args)]
pub(crate) struct IdleArgs {
    #[command(flatten)]
    pub(crate) hubs: HubArgs,
    /// How long to look, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub(crate) seconds: Duration,
    /// Also write the report as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct BoardArgs {
    #[command(flatten)]
    pub(crate) hubs: HubArgs,
    /// How many deliveries there are, at the least
    #[arg(long, default_value = "200000")]
    pub(crate) deliveries: NonZeroU64,
    /// Also write the report as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct AllArgs {
    /// How long to measure each, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(crate) seconds: Duration,
    /// How many webhooks are replayed
    #[arg(long, default_value_t = ReplayArgs::WEBHOOKS)]
    pub(crate) webhooks: NonZeroU64,
    /// How many deliveries are owed where a backlog is measured
    #[arg(long, default_value = "1000000")]
    pub(crate) deliveries: NonZeroU64,
    /// Also write all reports as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Also draw the latencies and the rates
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse::<f64>()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| "give a number of seconds above 0".to_owned())
}
