//! The log: on standard error, for people or for programs.

use std::io::IsTerminal;

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::cli::LogFormat;

/// The database's driver logs what statements are given, and among that are secrets: it says no more than this, whatever
/// is asked for.
const DRIVER: [&str; 2] = ["tokio_postgres=info", "tokio_postgres::query=info"];

/// Starts the log. Called once.
pub(crate) fn start(filter: &str, format: LogFormat) -> anyhow::Result<()> {
    let mut filter = EnvFilter::try_new(filter).with_context(|| format!("`{filter}` is no log filter"))?;
    for directive in DRIVER {
        filter = filter.add_directive(directive.parse().expect("these are directives"));
    }
    let colours = std::io::stderr().is_terminal();
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    match format {
        LogFormat::Text => log.with_target(false).init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}
