//! `callboard serve`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::Kept;

/// How the log is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// Lines for people
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

/// Every option can also be given in the environment, and in the file that `--config` names, under the same name
/// without the dashes in front. The command line wins over the environment, and both over the file.
#[derive(Debug, Clone, Default, Args, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct ServeArgs {
    /// A TOML file with these options
    #[arg(long, env = "CALLBOARD_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    pub(crate) config: Option<PathBuf>,
    /// Where to take requests [default: 127.0.0.1:7700]
    #[arg(long, env = "CALLBOARD_LISTEN", value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// Where everything is kept [default: ./callboard-data]
    #[arg(long, env = "CALLBOARD_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// A PostgreSQL database to keep everything in, by its `postgres://` address [default: files in --data]
    #[arg(long, env = "CALLBOARD_STORE", value_name = "URL", hide_env_values = true)]
    pub(crate) store: Option<String>,
    /// How the hub is reached from outside [default: the address it listens on]
    #[arg(long, env = "CALLBOARD_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// The certificate chain for HTTPS, in PEM; read again when the file changes
    #[arg(long, env = "CALLBOARD_TLS_CERT", value_name = "FILE")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// The private key for HTTPS, in PEM; read again when the file changes
    #[arg(long, env = "CALLBOARD_TLS_KEY", value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Let endpoints have http:// URLs; for development
    #[arg(long, env = "CALLBOARD_ALLOW_HTTP", num_args = 0..=1, default_missing_value = "true")]
    pub(crate) allow_http: Option<bool>,
    /// Let endpoints be in this network although it is private, such as 127.0.0.0/8; for development
    #[arg(long, env = "CALLBOARD_ALLOW_NETWORK", value_name = "CIDR", value_delimiter = ',')]
    pub(crate) allow_network: Option<Vec<IpNet>>,
    /// How long requests are kept after they came in, such as 12h, 30d or forever [default: 30d]
    #[arg(long, env = "CALLBOARD_KEEP_RECEIPTS", value_name = "TIME")]
    pub(crate) keep_receipts: Option<Kept>,
    /// How long requests are kept that are quarantined [default: 90d]
    #[arg(long, env = "CALLBOARD_KEEP_QUARANTINED", value_name = "TIME")]
    pub(crate) keep_quarantined: Option<Kept>,
    /// How long events are kept with their deliveries, from the last attempt on [default: 90d]
    #[arg(long, env = "CALLBOARD_KEEP_EVENTS", value_name = "TIME")]
    pub(crate) keep_events: Option<Kept>,
    /// How the log is written [default: text]
    #[arg(long, env = "CALLBOARD_LOG_FORMAT", value_name = "FORMAT")]
    pub(crate) log_format: Option<LogFormat>,
    /// What is logged: error, warn, info, debug, or a filter such as `callboard_outbox=debug` [default: info]
    #[arg(long, env = "CALLBOARD_LOG", value_name = "FILTER")]
    pub(crate) log: Option<String>,
    /// The admin key to have, instead of one made at the first start
    #[arg(long, env = "CALLBOARD_ADMIN_KEY", value_name = "KEY", hide_env_values = true)]
    pub(crate) admin_key: Option<String>,
}
