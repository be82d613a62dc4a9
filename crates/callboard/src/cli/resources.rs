//! `callboard source`, `endpoint`, `event`, `delivery` and `receipt`: how webhooks come in and go out.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::alike::{Cleared, Noun, OneArgs, PageArgs, Period, Seen};
use super::fetch::FetchArgs;
use super::{Body, CredentialArgs};

pub(crate) type SourceArgs = Noun<SourceCommand>;
pub(crate) type EndpointArgs = Noun<EndpointCommand>;
pub(crate) type EventArgs = Noun<EventCommand>;
pub(crate) type DeliveryArgs = Noun<DeliveryCommand>;
pub(crate) type ReceiptArgs = Noun<ReceiptCommand>;

#[derive(Subcommand)]
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
        #[command(flatten)]
        fetch: Box<FetchArgs>,
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
        /// What to call it
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        credentials: CredentialArgs,
        #[command(flatten)]
        fetch: Box<FetchArgs>,
        /// Fetch nothing any more: what comes thin goes out thin
        #[arg(long, conflicts_with = "fetch_url")]
        no_fetch: bool,
        #[command(flatten)]
        cleared: Cleared,
        #[command(flatten)]
        seen: Seen,
    },
    /// Replace its credentials; those before are accepted for a while still
    Rotate(RotateArgs),
    /// Why its requests were refused
    Rejections {
        /// Its id
        id: String,
    },
    /// Remove one; what it sent stays
    Remove(OneArgs),
}

/// Other credentials. What is not given is made, and printed once.
#[derive(Args)]
pub(crate) struct RotateArgs {
    /// Its id
    pub(crate) id: String,
    /// How long the credentials before count still, such as 1h; 0: not at all [default: 24h, or 0 where a request has room
    /// for one signature only]
    #[arg(long, value_name = "TIME")]
    pub(crate) overlap: Option<String>,
    #[command(flatten)]
    pub(crate) credentials: CredentialArgs,
    #[command(flatten)]
    pub(crate) seen: Seen,
}

impl RotateArgs {
    /// As the API wants it.
    pub(crate) fn body(&self) -> anyhow::Result<Body> {
        let body = Body::default().with_some("overlap", self.overlap.as_deref());
        Ok(body.with_some("credentials", self.credentials.json()?))
    }
}

/// What can be said about an endpoint.
#[derive(Args)]
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

#[derive(Subcommand)]
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
        #[command(flatten)]
        cleared: Cleared,
        #[command(flatten)]
        seen: Seen,
    },
    /// Replace its credentials; it is told with both for a while, where a request has room for two signatures
    Rotate(RotateArgs),
    /// Tell it something made up, and nobody else
    Test {
        /// Its id
        id: String,
        /// Wait for the first attempt and say how it went; fails if it did
        #[arg(long)]
        wait: bool,
    },
    /// Tell it again; what it was owed meanwhile is told
    Enable(OneArgs),
    /// Stop telling it; what it is owed waits
    Disable(OneArgs),
    /// Remove one; what it was still owed is called off
    Remove(OneArgs),
}

/// Which ones are listed.
#[derive(Args, Serialize)]
pub(crate) struct EventFilter {
    /// Only this type, such as interview.created
    #[arg(long, value_name = "TYPE")]
    r#type: Option<String>,
    /// Only what came from this source
    #[arg(long, value_name = "ID")]
    source: Option<String>,
    /// Only what is about this interview
    #[arg(long, value_name = "ID")]
    interview: Option<String>,
    /// Only what is about this application
    #[arg(long, value_name = "ID")]
    application: Option<String>,
    /// Only what is about this candidate
    #[arg(long, value_name = "ID")]
    candidate: Option<String>,
    /// Only what came of this receipt
    #[arg(long, value_name = "ID")]
    receipt: Option<String>,
    /// Which come first, if not the newest
    #[arg(long, value_parser = ["newest_first", "oldest_first"])]
    order: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum EventCommand {
    /// List them
    List {
        #[command(flatten)]
        filter: Box<EventFilter>,
        #[command(flatten)]
        period: Period,
        #[command(flatten)]
        page: PageArgs,
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
        #[command(flatten)]
        page: PageArgs,
    },
}

/// Which ones are listed.
#[derive(Args, Serialize)]
pub(crate) struct DeliveryFilter {
    /// Only to this endpoint
    #[arg(long, value_name = "ID")]
    endpoint: Option<String>,
    /// Only of this event
    #[arg(long, value_name = "ID")]
    event: Option<String>,
    /// Only of what has happened, such as interview.created
    #[arg(long, value_name = "TYPE")]
    r#type: Option<String>,
    /// Only those that stand so
    #[arg(long, value_parser = ["pending", "delivered", "failed", "cancelled"])]
    state: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum DeliveryCommand {
    /// List them, newest first
    List {
        #[command(flatten)]
        filter: DeliveryFilter,
        #[command(flatten)]
        period: Period,
        #[command(flatten)]
        page: PageArgs,
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

/// Which ones are listed.
#[derive(Args, Serialize)]
pub(crate) struct ReceiptFilter {
    /// Only from this source
    #[arg(long, value_name = "ID")]
    source: Option<String>,
    /// Only those of which this became
    #[arg(long, value_parser = ["understood", "duplicate", "quarantined"])]
    outcome: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum ReceiptCommand {
    /// List them, newest first
    List {
        #[command(flatten)]
        filter: ReceiptFilter,
        #[command(flatten)]
        period: Period,
        #[command(flatten)]
        page: PageArgs,
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
