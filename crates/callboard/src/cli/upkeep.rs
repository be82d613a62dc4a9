//! `callboard check` and `callboard config`: is the store whole, and which settings are in force?

use std::path::PathBuf;

use clap::{ArgMatches, Args};

use super::ServeArgs;

#[derive(Debug, Clone, Args)]
pub(crate) struct CheckArgs {
    /// Where everything is kept [default: ./callboard-data]
    #[arg(long, env = "CALLBOARD_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `serve` would run with if it were told the same.
#[derive(Debug, Clone, Args)]
pub(crate) struct ConfigArgs {
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// The settings that the environment gave, by their names on the command line.
    #[arg(skip)]
    pub(crate) of_environment: Vec<String>,
}

impl ConfigArgs {
    /// Notes what the environment gave.
    pub(crate) fn note_sources(&mut self, matches: &ArgMatches) {
        let given = |id: &&clap::Id| {
            matches.value_source(id.as_str()) == Some(clap::parser::ValueSource::EnvVariable)
        };
        self.of_environment = matches.ids().filter(given).map(|id| id.as_str().replace('_', "-")).collect();
    }
}
