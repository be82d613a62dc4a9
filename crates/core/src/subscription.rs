//! Sources and endpoints: whose webhooks come in, and who is told.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::event::{Event, EventType};
use crate::id::{CompanyId, DeliveryId, EndpointId, SourceId};

/// Credentials as JSON, in the shape that their platform or dialect wants. They are secrets: `Debug` tells nothing.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(pub Value);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}

/// Credentials that were replaced and still count for a while, so that both sides can change over in their own time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rotated {
    /// What they were.
    pub credentials: Sealed,
    /// Until when they count.
    pub until: Timestamp,
}

/// An account at a platform whose webhooks come in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Its id, part of the URL to give to the platform.
    pub id: SourceId,
    /// Whose it is.
    pub company: CompanyId,
    /// The dialect it speaks: the name of a row in the table of dialects.
    pub platform: String,
    /// What people call it.
    pub name: String,
    /// What its webhooks are verified with.
    pub credentials: Sealed,
    /// What they may be verified with as well, for a while after the credentials were changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotated: Option<Rotated>,
    /// How what its webhooks only point at is fetched, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetch: Option<Fetch>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Where the data is that thin webhooks point at, and how to get at it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fetch {
    /// The platform's API, without a slash at the end. Nothing is ever fetched from another host.
    pub base_url: String,
    /// What the platform's API wants to see.
    pub credentials: Sealed,
}

/// In what order an endpoint is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ordering {
    /// Events about one interview in the order in which they happened.
    #[default]
    Interview,
    /// As fast as can be, in no order.
    None,
}

/// A cap on how often an endpoint is called.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// Attempts a second.
    pub per_second: f64,
}

/// Whether an endpoint is told, and why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum EndpointState {
    /// It is told.
    Enabled,
    /// It is not told; what it is owed waits.
    Disabled {
        /// Why: `gone` (it answered 410), `failing` (for days), `person` (someone switched it off).
        reason: String,
        /// Since when.
        since: Timestamp,
    },
}

/// How many dialects are kept that an endpoint had before.
pub const FORMER_DIALECTS: usize = 4;

/// A dialect that an endpoint had, for what it is still owed in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Former {
    /// The name of a row in the table of dialects.
    pub dialect: String,
    /// What it was signed with.
    pub credentials: Sealed,
    /// The last delivery that may be owed in it.
    pub until: DeliveryId,
}

/// A URL that is told, in a dialect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// Whose it is.
    pub company: CompanyId,
    /// Where to.
    pub url: String,
    /// In whose words: the name of a row in the table of dialects.
    pub dialect: String,
    /// Which events: names, or a prefix with `*` (`interview.*`). Empty means all.
    #[serde(default)]
    pub events: Vec<String>,
    /// From which sources. Empty means all, and what was asked for through the API.
    #[serde(default)]
    pub sources: Vec<SourceId>,
    /// What its webhooks are signed with.
    pub credentials: Sealed,
    /// What they are signed with as well, for a while after the credentials were changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotated: Option<Rotated>,
    /// Since when no attempt at it has gone well, if its last ones did not. Noted when that begins and when it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// Since when it is told there: when it was last switched on, or moved to another URL. What went wrong before does not count
    /// for how long a delivery has held back others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_since: Option<Timestamp>,
    /// The dialects that it had before this one, the oldest first: the last [`FORMER_DIALECTS`] of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formerly: Vec<Former>,
    /// In what order.
    #[serde(default)]
    pub ordering: Ordering,
    /// How long a delivery that keeps failing may hold back later ones of its interview.
    pub hold_for: Duration,
    /// The waits between attempts, such as `5s` and `30m`; the default schedule when empty.
    #[serde(default)]
    pub retry: Vec<String>,
    /// How often at the most.
    #[serde(default)]
    pub rate_limit: Option<RateLimit>,
    /// What people say about it.
    #[serde(default)]
    pub description: String,
    /// Whether it is told.
    pub state: EndpointState,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Endpoint {
    /// The endpoint as a delivery is told to it: what was owed before it got another dialect is in the words of the one that it
    /// had, and goes out as such.
    pub fn told(&self, delivery: DeliveryId) -> Cow<'_, Self> {
        let Some(former) = self.formerly.iter().find(|former| delivery <= former.until) else {
            return Cow::Borrowed(self);
        };
        Cow::Owned(Self {
            dialect: former.dialect.clone(),
            credentials: former.credentials.clone(),
            rotated: None,
            ..self.clone()
        })
    }

    /// Notes the dialect that it has, before it gets another one; `until` is the last delivery that may be owed so far.
    pub fn change_dialect_after(&mut self, until: DeliveryId) {
        let (dialect, credentials) = (self.dialect.clone(), self.credentials.clone());
        self.formerly.push(Former { dialect, credentials, until });
        let many = self.formerly.len().saturating_sub(FORMER_DIALECTS);
        self.formerly.drain(..many);
    }

    /// Did it ask for this event? Whether its dialect has a word for it is another question. It is never told about its
    /// own trouble: who cannot be reached is not told so. What is to test an endpoint goes to that one only.
    pub fn wants(&self, event: &Event) -> bool {
        let is_about_it = event.data.endpoint.as_ref().is_some_and(|about| about.id == self.id);
        if event.kind == EventType::EndpointTest {
            return is_about_it && self.company == event.company;
        }
        self.company == event.company
            && !is_about_it
            && (self.events.is_empty()
                || self.events.iter().any(|pattern| matches_pattern(pattern, event.kind.as_str())))
            && (self.sources.is_empty()
                || event.data.source.is_some_and(|source| self.sources.contains(&source)))
    }
}

/// Is this the name of an event that a pattern asks for: its name, or a prefix of it with `*` (`interview.*`)?
pub fn matches_pattern(pattern: &str, kind: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => kind.starts_with(prefix),
        None => pattern == kind,
    }
}
