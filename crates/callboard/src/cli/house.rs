//! `callboard settings`, `company` and `key`: the company, and who may ask.

use clap::{ArgGroup, Args, Subcommand};
use serde::Serialize;
use serde_json::{Value, json};

use super::alike::{Cleared, Noun, PageArgs, Seen};
use super::form::{Body, Form};

pub(crate) type SettingsArgs = Noun<SettingsCommand>;
pub(crate) type CompanyArgs = Noun<CompanyCommand>;
pub(crate) type KeyArgs = Noun<KeyCommand>;

#[derive(Subcommand)]
pub(crate) enum SettingsCommand {
    /// Show them
    Show,
    /// Change them; what is left out stays
    Change {
        #[command(flatten)]
        changes: SettingsChanges,
        #[command(flatten)]
        cleared: Cleared,
        #[command(flatten)]
        seen: Seen,
    },
}

#[derive(Args, Serialize)]
#[command(group = ArgGroup::new("change").required(true).multiple(true).args(["name", "zone", "stages", "clear"]))]
pub(crate) struct SettingsChanges {
    /// What the company is called
    #[arg(long)]
    name: Option<String>,
    /// The zone it is in, such as Europe/Berlin
    #[arg(long)]
    #[serde(rename = "time_zone")]
    zone: Option<String>,
    /// A stage of the company's own within one that every pipeline has, such as `screening:phone:Phone screen`; given
    /// once for each stage, in their order, in place of all there were
    #[arg(long = "stage", value_name = "PARENT:ID:NAME", value_parser = stage)]
    stages: Vec<Value>,
}

impl Form for SettingsChanges {
    fn form(&self) -> anyhow::Result<Body> {
        Ok(Body::given(self))
    }
}

fn stage(text: &str) -> Result<Value, String> {
    match text.splitn(3, ':').collect::<Vec<_>>()[..] {
        [parent, id, name] => Ok(json!({"id": id, "name": name, "parent": parent})),
        _ => Err("a stage is written PARENT:ID:NAME, such as `screening:phone:Phone screen`".to_owned()),
    }
}

#[derive(Subcommand)]
pub(crate) enum CompanyCommand {
    /// Make one; prints its first admin key, once
    Add {
        /// What it is called
        name: String,
    },
    /// List them: the operator's own sees all, others themselves
    List(PageArgs),
    /// Show one
    Show {
        /// Its id
        id: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum KeyCommand {
    /// Make one; prints it, once
    Add {
        /// What to call it
        name: String,
        /// What it may do
        #[arg(long, default_value = "read", value_parser = ["read", "write", "admin"])]
        scope: String,
        /// skype: a pair of keys to sign Skype's tokens with
        #[arg(long, value_parser = ["skype"])]
        kind: Option<String>,
    },
    /// List them
    List(PageArgs),
    /// Withdraw one
    Remove {
        /// Its id
        id: String,
    },
}
