//! `callboard replay`: what was given up or missed is told again.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::alike::{ApiArgs, PageArgs};
use super::form::{Body, Form, Usage};
use super::moment::Since;

#[derive(Args)]
pub(crate) struct ReplayArgs {
    #[command(flatten)]
    pub(crate) api: ApiArgs,
    #[command(flatten)]
    pub(crate) new: NewReplay,
    #[command(subcommand)]
    pub(crate) command: Option<ReplayCommand>,
}

/// What is told again.
#[derive(Args, Serialize)]
pub(crate) struct NewReplay {
    /// Tell this endpoint again
    #[arg(long, value_name = "ID", conflicts_with = "source")]
    #[serde(skip)]
    endpoint: Option<String>,
    /// Take up again what came from this source
    #[arg(long, value_name = "ID")]
    #[serde(skip)]
    source: Option<String>,
    /// Only from this time on: so long ago, such as 2h or 3d, or RFC 3339
    #[arg(long, value_name = "TIME")]
    since: Option<Since>,
    /// Only before this time [default: now]
    #[arg(long, value_name = "TIME")]
    until: Option<Since>,
    /// Only these events, such as interview.*,job.created [default: all]
    #[arg(long, value_delimiter = ',', value_name = "EVENTS")]
    events: Vec<String>,
    /// Only what is about this interview (of an endpoint)
    #[arg(long, value_name = "ID", conflicts_with = "source")]
    interview: Option<String>,
    /// Of an endpoint: failed, missed or all; of a source: quarantined, events or all [default: the first]
    #[arg(long, value_parser = ["failed", "missed", "quarantined", "events", "all"])]
    what: Option<String>,
    /// Wait until it has ended, and show how far it is
    #[arg(long)]
    #[serde(skip)]
    pub(crate) wait: bool,
}

impl NewReplay {
    /// Below which address it is asked for.
    pub(crate) fn of(&self) -> anyhow::Result<(&'static str, &str)> {
        match (&self.endpoint, &self.source) {
            (Some(endpoint), _) => Ok(("endpoints", endpoint)),
            (None, Some(source)) => Ok(("sources", source)),
            (None, None) => {
                Err(Usage::error("say --endpoint or --source, and --since; or list, show or cancel one"))
            }
        }
    }
}

impl Form for NewReplay {
    fn form(&self) -> anyhow::Result<Body> {
        if self.since.is_none() {
            return Err(Usage::error("--since is missing: from when on, such as 2h or 2026-12-01T08:00Z?"));
        }
        Ok(Body::given(self))
    }
}

#[derive(Subcommand)]
pub(crate) enum ReplayCommand {
    /// List them, newest first
    List(PageArgs),
    /// Show how far one is
    Show {
        /// Its id
        id: String,
        /// Wait until it has ended
        #[arg(long)]
        wait: bool,
    },
    /// Call one off; what it has done by then stays
    Cancel {
        /// Its id
        id: String,
    },
}
