//! `callboard source`, `endpoint`, `event`, `delivery`, `receipt` and `key`: the API from a terminal.

use clap::{Args, Subcommand};

use super::CredentialArgs;

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

/// Which part of a list.
#[derive(Debug, Clone, Args)]
pub(crate) struct PageArgs {
    /// At most so many, newest first
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=200), value_name = "N")]
    pub(crate) limit: u16,
    /// Where the list goes on: what `next` said
    #[arg(long)]
    pub(crate) cursor: Option<String>,
}

macro_rules! resource {
    ($args:ident, $command:ident) => {
        #[derive(Debug, Clone, Args)]
        pub(crate) struct $args {
            #[command(flatten)]
            pub(crate) api: ApiArgs,
            #[command(subcommand)]
            pub(crate) command: $command,
        }
    };
}

resource!(SourceArgs, SourceCommand);
resource!(EndpointArgs, EndpointCommand);
resource!(EventArgs, EventCommand);
resource!(DeliveryArgs, DeliveryCommand);
resource!(ReceiptArgs, ReceiptCommand);
resource!(KeyArgs, KeyCommand);

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum SourceCommand {
    /// Make one; prints the URL to give to the platform, and secrets that were made, once
    Add {
        /// launchpad, hirehive, viasto, skype or standard
        platform: String,
        /// What to call it
        #[arg(long, default_value = "")]
        name: String,
        #[command(flatten)]
        credentials: CredentialArgs,
    },
    /// List them
    List(PageArgs),
    /// Show one
    Show {
        /// Its id
        id: String,
    },
    /// Why its requests were refused
    Rejections {
        /// Its id
        id: String,
    },
    /// Remove one; what it sent stays
    Remove {
        /// Its id
        id: String,
    },
}

/// What can be said about an endpoint.
#[derive(Debug, Clone, Args)]
pub(crate) struct EndpointFields {
    /// standard, cloudevents, launchpad, hirehive, viasto or skype
    #[arg(long)]
    pub(crate) dialect: Option<String>,
    /// Which events, such as interview.*,job.created [default: all]
    #[arg(long, value_delimiter = ',', value_name = "EVENTS")]
    pub(crate) events: Option<Vec<String>>,
    /// From which sources only [default: all]
    #[arg(long, value_delimiter = ',', value_name = "IDS")]
    pub(crate) sources: Option<Vec<String>>,
    /// interview: in order, interview by interview; none: as fast as can be
    #[arg(long, value_parser = ["interview", "none"])]
    pub(crate) ordering: Option<String>,
    /// How long a failing delivery may hold back later ones of its interview, such as 1h
    #[arg(long, value_name = "TIME")]
    pub(crate) hold_for: Option<String>,
    /// The waits between attempts, such as 5s,5m,30m
    #[arg(long, value_delimiter = ',', value_name = "TIMES")]
    pub(crate) retry: Option<Vec<String>>,
    /// At most so many attempts a second
    #[arg(long, value_name = "N")]
    pub(crate) rate_limit: Option<f64>,
    /// What to say about it
    #[arg(long)]
    pub(crate) description: Option<String>,
    #[command(flatten)]
    pub(crate) credentials: CredentialArgs,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum EndpointCommand {
    /// Make one; prints a secret that was made, once
    Add {
        /// Where to
        to: String,
        #[command(flatten)]
        fields: EndpointFields,
    },
    /// List them
    List(PageArgs),
    /// Show one
    Show {
        /// Its id
        id: String,
    },
    /// Change one; what is left out stays
    Change {
        /// Its id
        id: String,
        /// Where to
        #[arg(long)]
        to: Option<String>,
        #[command(flatten)]
        fields: EndpointFields,
    },
    /// Tell it again; what it was owed meanwhile is told
    Enable {
        /// Its id
        id: String,
    },
    /// Stop telling it; what it is owed waits
    Disable {
        /// Its id
        id: String,
    },
    /// Remove one; what it was still owed is called off
    Remove {
        /// Its id
        id: String,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum EventCommand {
    /// List them
    List {
        #[command(flatten)]
        page: PageArgs,
        /// Only this type, such as interview.created
        #[arg(long, value_name = "TYPE")]
        r#type: Option<String>,
        /// Only what came from this source
        #[arg(long, value_name = "ID")]
        source: Option<String>,
        /// Only what is about this interview
        #[arg(long, value_name = "ID")]
        interview: Option<String>,
    },
    /// Show one
    Show {
        /// Its id
        id: String,
    },
    /// Who was told of it
    Deliveries {
        /// Its id
        id: String,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum DeliveryCommand {
    /// List them
    List {
        #[command(flatten)]
        page: PageArgs,
        /// Only to this endpoint
        #[arg(long, value_name = "ID")]
        endpoint: Option<String>,
        /// Only of this event
        #[arg(long, value_name = "ID")]
        event: Option<String>,
        /// Only those that stand so
        #[arg(long, value_parser = ["pending", "delivered", "failed", "cancelled"])]
        state: Option<String>,
    },
    /// Show one
    Show {
        /// Its id
        id: String,
    },
    /// Every attempt at one
    Attempts {
        /// Its id
        id: String,
    },
    /// Try one again, now
    Retry {
        /// Its id
        id: String,
    },
    /// Call one off
    Cancel {
        /// Its id
        id: String,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ReceiptCommand {
    /// List them
    List {
        #[command(flatten)]
        page: PageArgs,
        /// Only from this source
        #[arg(long, value_name = "ID")]
        source: Option<String>,
        /// Only those of which this became
        #[arg(long, value_parser = ["understood", "duplicate", "quarantined"])]
        outcome: Option<String>,
    },
    /// Show one
    Show {
        /// Its id
        id: String,
    },
    /// Read one again that could not be understood
    Reprocess {
        /// Its id
        id: String,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make one; prints it, once
    Add {
        /// What to call it
        name: String,
        /// What it may do
        #[arg(long, default_value = "read", value_parser = ["read", "write", "admin"])]
        scope: String,
    },
    /// List them
    List(PageArgs),
    /// Withdraw one
    Remove {
        /// Its id
        id: String,
    },
}
