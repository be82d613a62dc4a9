//! `callboard simulate`, `listen` and `verify`: both ends of a webhook.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use serde_json::{Map, Value};

/// What a source or an endpoint is to have. Which of these it needs depends on the dialect. Nothing of it is taken from
/// the environment: a secret that is there for another command must not replace one.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Credentials")]
pub(crate) struct CredentialArgs {
    /// standard, cloudevents, hirehive: the `whsec_…` secret
    #[arg(long)]
    secret: Option<String>,
    #[command(flatten)]
    others: OtherCredentials,
}

/// What this program itself signs or verifies with, as one end of a webhook.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Credentials")]
pub(crate) struct OwnCredentialArgs {
    /// standard, cloudevents, hirehive: the `whsec_…` secret
    #[arg(long, env = "CALLBOARD_SECRET", hide_env_values = true)]
    secret: Option<String>,
    #[command(flatten)]
    others: OtherCredentials,
}

/// Credentials of the dialects that have no `secret`.
#[derive(Debug, Clone, Default, Args)]
struct OtherCredentials {
    /// skype: the API key
    #[arg(long, value_name = "KEY")]
    api_key: Option<String>,
    /// skype: the API secret
    #[arg(long, value_name = "SECRET")]
    api_secret: Option<String>,
    /// launchpad: the user name
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// launchpad: the password
    #[arg(long)]
    password: Option<String>,
    /// Credentials as JSON, for anything else
    #[arg(long, value_name = "JSON")]
    credentials: Option<String>,
}

impl CredentialArgs {
    /// The credentials as JSON; `None` when none were given.
    pub(crate) fn json(&self) -> anyhow::Result<Option<Value>> {
        self.others.json_with(self.secret.as_deref())
    }
}

impl OwnCredentialArgs {
    /// The credentials as JSON; `None` when none were given.
    pub(crate) fn json(&self) -> anyhow::Result<Option<Value>> {
        self.others.json_with(self.secret.as_deref())
    }
}

impl OtherCredentials {
    fn json_with(&self, secret: Option<&str>) -> anyhow::Result<Option<Value>> {
        let mut members = match &self.credentials {
            Some(text) => {
                serde_json::from_str::<Map<String, Value>>(text).context("--credentials is no JSON object")?
            }
            None => Map::new(),
        };
        let named = [
            ("secret", secret),
            ("api_key", self.api_key.as_deref()),
            ("api_secret", self.api_secret.as_deref()),
            ("username", self.username.as_deref()),
            ("password", self.password.as_deref()),
        ];
        for (name, value) in named {
            if let Some(value) = value {
                members.insert(name.to_owned(), Value::from(value));
            }
        }
        Ok((!members.is_empty()).then_some(Value::Object(members)))
    }
}

#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub(crate) struct SimulateArgs {
    /// Whom to play: launchpad, hirehive, viasto or skype
    pub(crate) platform: String,
    /// Where the webhooks go: the URL of a source
    #[arg(long, value_name = "URL")]
    pub(crate) to: String,
    #[command(flatten)]
    pub(crate) credentials: OwnCredentialArgs,
    /// How many interviews to tell
    #[arg(long, default_value_t = 10, value_name = "N")]
    pub(crate) count: u64,
    /// How many webhooks a second, such as 50/s; as fast as they are taken if left out
    #[arg(long, value_name = "N/s", value_parser = rate)]
    pub(crate) rate: Option<f64>,
    /// What the stories are made from: the same number, the same stories and message ids [default: a new one]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// How many interviews go on at the same time
    #[arg(long, default_value_t = 8, value_name = "N")]
    pub(crate) at_once: usize,
    /// Forge every request: wrong secrets, altered bodies, old timestamps. All must be refused
    #[arg(long)]
    pub(crate) forge: bool,
    /// Send everything twice, as a platform does that did not hear the answer
    #[arg(long)]
    pub(crate) duplicate: bool,
    /// Send out of order
    #[arg(long)]
    pub(crate) shuffle: bool,
    /// The result as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

fn rate(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix("/s").unwrap_or(text);
    let rate: f64 = number.parse().map_err(|_| "a rate is a number, such as 50/s".to_owned())?;
    if rate > 0.0 && rate.is_finite() { Ok(rate) } else { Err("a rate is above 0".to_owned()) }
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ListenArgs {
    /// In whose words the webhooks are
    #[arg(long, default_value = "standard")]
    pub(crate) dialect: String,
    #[command(flatten)]
    pub(crate) credentials: OwnCredentialArgs,
    /// The port on 127.0.0.1 to listen on; 0 for any that is free
    #[arg(long, default_value_t = 7800)]
    pub(crate) port: u16,
    /// Another address to listen on
    #[arg(long, conflicts_with = "port", value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// Pass each request on to this URL, unchanged
    #[arg(long, value_name = "URL")]
    pub(crate) forward: Option<String>,
    /// End after so many requests
    #[arg(long, value_name = "N")]
    pub(crate) count: Option<u64>,
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct VerifyArgs {
    /// In whose words the webhook is
    pub(crate) dialect: String,
    #[command(flatten)]
    pub(crate) credentials: OwnCredentialArgs,
    /// The captured request: an HTTP request with its headers, or a body alone [default: standard input]
    pub(crate) file: Option<PathBuf>,
    /// A header, if the capture holds only the body: `Name: value`
    #[arg(short = 'H', long = "header", value_name = "HEADER")]
    pub(crate) headers: Vec<String>,
    /// The token at the end of the URL, where the dialect has one
    #[arg(long)]
    pub(crate) token: Option<String>,
    /// When the request came in, as in 2026-01-31T12:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<jiff::Timestamp>,
    /// The answer as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
