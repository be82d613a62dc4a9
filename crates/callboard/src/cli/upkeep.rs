//! `callboard ready`, `check`, `migrate-store` and `config`: does a hub take requests, is a store whole, where is it kept, and
//! which settings are in force?

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args};

use super::ServeArgs;

#[derive(Debug, Clone, Args)]
pub(crate) struct ReadyArgs {
    /// Where the hub is
    #[arg(long, env = "CALLBOARD_URL", default_value = "http://127.0.0.1:7700")]
    pub(crate) url: String,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct CheckArgs {
    /// Where everything is kept [default: ./callboard-data]
    #[arg(long, env = "CALLBOARD_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The PostgreSQL database that everything is kept in, by its `postgres://` address [default: files in --data]
    #[arg(long, env = "CALLBOARD_STORE", value_name = "URL", hide_env_values = true)]
    pub(crate) store: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

impl CheckArgs {
    /// What was said on the command line goes before what the environment says.
    pub(crate) fn prefer_said(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        let is_said = |id| matches.value_source(id) == Some(ValueSource::CommandLine);
        match (is_said("data"), is_said("store")) {
            (true, true) => {
                let why = "either --data or --store says where the store is, not both";
                return Err(super::program().error(ErrorKind::ArgumentConflict, why));
            }
            (true, false) => self.store = None,
            (false, _) => {}
        }
        Ok(())
    }
}

/// The store in files stays as it is, and no hub may run on it meanwhile. Run it again if it was interrupted: it goes on where
/// it was. No hub starts on a copy that is not complete.
#[derive(Debug, Clone, Args)]
pub(crate) struct MigrateStoreArgs {
    /// The data directory to copy from [default: ./callboard-data]
    #[arg(long, env = "CALLBOARD_DATA", value_name = "DIR")]
    pub(crate) from: Option<PathBuf>,
    /// The PostgreSQL database to copy into, by its `postgres://` address; it must not hold a store yet
    #[arg(long, env = "CALLBOARD_STORE", value_name = "URL", hide_env_values = true)]
    pub(crate) to: String,
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
        let given = |id: &&clap::Id| matches.value_source(id.as_str()) == Some(ValueSource::EnvVariable);
        self.of_environment = matches.ids().filter(given).map(|id| id.as_str().replace('_', "-")).collect();
    }
}
