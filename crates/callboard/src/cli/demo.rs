//! `callboard demo`.

use clap::Args;

#[derive(Debug, Clone, Args)]
pub(crate) struct DemoArgs {
    /// Run a fixed script, print a summary, and succeed only if every number is as it must be
    #[arg(long)]
    pub(crate) once: bool,
    /// With --once: the summary as JSON
    #[arg(long, requires = "once")]
    pub(crate) json: bool,
    /// Where the hub takes requests; port 0 for any that is free
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    pub(crate) listen: std::net::SocketAddr,
    /// Webhooks in a second, over all platforms
    #[arg(long, default_value_t = 12.0, value_name = "N")]
    pub(crate) rate: f64,
    /// What the story is made from: the same number, the same story
    #[arg(long, default_value_t = 7)]
    pub(crate) seed: u64,
    /// End after so many seconds instead of at a key press
    #[arg(long, value_name = "SECONDS")]
    pub(crate) seconds: Option<u64>,
}
