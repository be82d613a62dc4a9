//! What the nouns of the API have in common: the hub that is asked, pages, and add, list, show, change, remove.

use clap::{Args, Subcommand};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::form::{Body, Form};
use super::moment::Since;

/// Which hub, and who asks.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Hub")]
pub(crate) struct ApiArgs {
    /// Where the hub is
    #[arg(long, global = true, env = "CALLBOARD_URL", default_value = "http://127.0.0.1:7700")]
    pub(crate) url: String,
    /// The API key [default: the one in ./callboard-data/admin.key]
    #[arg(long, global = true, env = "CALLBOARD_KEY", hide_env_values = true)]
    pub(crate) key: Option<String>,
    /// JSON for programs instead of a table for people
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// A noun of the API: what is asked, and of which hub.
#[derive(Args)]
pub(crate) struct Noun<C: Subcommand> {
    #[command(flatten)]
    pub(crate) api: ApiArgs,
    #[command(subcommand)]
    pub(crate) command: C,
}

/// Which part of a list.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Page")]
pub(crate) struct PageArgs {
    /// At most so many
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=200), value_name = "N")]
    pub(crate) limit: u16,
    /// Where the list goes on: what `next` said
    #[arg(long)]
    pub(crate) cursor: Option<String>,
    /// Every page, one after another
    #[arg(long, conflicts_with = "limit")]
    pub(crate) all: bool,
}

/// What can be asked of every kind of thing: `A` says what is made, `C` what is changed, `F` which are listed.
#[derive(Subcommand)]
pub(crate) enum Alike<A: Args, C: Args, F: Args> {
    /// Make one
    Add(Box<A>),
    /// List them, newest first
    List(ListArgs<F>),
    /// Show one
    Show {
        /// Its id
        id: String,
    },
    /// Change one; what is left out stays
    Change(Box<ChangeArgs<C>>),
}

/// The same for what can be removed as well.
#[derive(Subcommand)]
pub(crate) enum Whole<A: Args, C: Args, F: Args> {
    #[command(flatten)]
    Alike(Alike<A, C, F>),
    /// Remove one
    Remove(OneArgs),
}

/// Which things are listed.
#[derive(Args)]
pub(crate) struct ListArgs<F: Args> {
    #[command(flatten)]
    pub(crate) filter: F,
    #[command(flatten)]
    pub(crate) common: CommonFilter,
    #[command(flatten)]
    pub(crate) period: Period,
    #[command(flatten)]
    pub(crate) page: PageArgs,
}

/// From when to when.
#[derive(Args, Serialize)]
pub(crate) struct Period {
    /// Only from this time on: RFC 3339, or local, such as 2026-12-01
    #[arg(long, value_name = "TIME")]
    since: Option<Since>,
    /// Only before this time
    #[arg(long, value_name = "TIME")]
    until: Option<Since>,
}

/// What every list of things can be narrowed down by.
#[derive(Args, Serialize)]
pub(crate) struct CommonFilter {
    /// Only what a platform or program calls this: PLATFORM:NAME, or NAME with any of them
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,
    /// Those that were removed as well
    #[arg(long)]
    deleted: bool,
}

/// One thing, as it was seen.
#[derive(Args)]
pub(crate) struct OneArgs {
    /// Its id
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) seen: Seen,
}

/// The version that a change builds on.
#[derive(Args)]
pub(crate) struct Seen {
    /// Only if it still has this version; refused if it was changed meanwhile
    #[arg(long, value_name = "VERSION")]
    pub(crate) if_match: Option<u64>,
}

/// A change of what has no version.
pub(crate) const NOT_SEEN: Seen = Seen { if_match: None };

/// What is changed.
#[derive(Args)]
pub(crate) struct ChangeArgs<C: Args> {
    /// Its id
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) changes: C,
    #[command(flatten)]
    pub(crate) cleared: Cleared,
    #[command(flatten)]
    pub(crate) seen: Seen,
}

impl<C: Args + Form> ChangeArgs<C> {
    /// The changes as a JSON merge patch.
    pub(crate) fn patch(&self) -> anyhow::Result<Value> {
        Ok(self.cleared.and(self.changes.form()?).into())
    }
}

/// What is taken away.
#[derive(Args)]
pub(crate) struct Cleared {
    /// Take these facts away, by their names in the JSON form
    #[arg(long = "clear", id = "clear", value_delimiter = ',', value_name = "NAMES")]
    names: Vec<String>,
}

impl Cleared {
    /// A change with this in it.
    pub(crate) fn and(&self, change: Body) -> Body {
        self.names.iter().fold(change, |change, name| change.with(name, Value::Null))
    }
}

/// What other programs call a thing.
#[derive(Args)]
pub(crate) struct ExternalIds {
    /// What a platform or program calls it; PLATFORM= takes the name away
    #[arg(long = "external-id", value_name = "PLATFORM=ID", value_parser = external_id)]
    given: Vec<(String, Option<String>)>,
}

impl ExternalIds {
    /// The body with these names in it, if there are any.
    pub(crate) fn name(&self, body: Body) -> Body {
        let names: Map<String, Value> =
            self.given.iter().map(|(platform, id)| (platform.clone(), Value::from(id.clone()))).collect();
        body.with_some("external_ids", (!names.is_empty()).then_some(names))
    }
}

fn external_id(text: &str) -> Result<(String, Option<String>), String> {
    match text.split_once('=') {
        Some((platform, id)) if !platform.is_empty() => {
            Ok((platform.to_owned(), (!id.is_empty()).then(|| id.to_owned())))
        }
        _ => Err("it is written PLATFORM=ID".to_owned()),
    }
}

/// States that a list is narrowed down to; the API takes them with commas between.
#[derive(Args)]
pub(crate) struct States {
    /// Only those that stand so; several with commas between
    #[arg(long = "state", value_delimiter = ',', value_name = "STATE")]
    states: Vec<String>,
}

impl Serialize for States {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.states.as_slice() {
            [] => serializer.serialize_none(),
            states => serializer.serialize_str(&states.join(",")),
        }
    }
}

/// Nothing to narrow a list down by.
#[derive(Args, Serialize)]
pub(crate) struct NoFilter {}
