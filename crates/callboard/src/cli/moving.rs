//! `callboard export` and `import`: what happened as a file, and a hub's set-up from one hub to another.

use std::path::PathBuf;

use clap::Args;

use super::alike::{ApiArgs, Period};

#[derive(Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) api: ApiArgs,
    #[command(flatten)]
    pub(crate) period: Period,
    /// Only these events, such as interview.*,job.created [default: all]
    #[arg(long, value_delimiter = ',', value_name = "EVENTS")]
    pub(crate) events: Vec<String>,
    /// The set-up instead: settings, sources and endpoints, without secrets, as `import` takes it
    #[arg(long, conflicts_with_all = ["since", "until", "events"])]
    pub(crate) setup: bool,
    /// Where to write it [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    pub(crate) api: ApiArgs,
    /// A set-up, as `export --setup` writes it
    pub(crate) file: PathBuf,
}
