//! What events say about endpoints that are in trouble: enough to look it up, and nothing that is secret. A URL may
//! carry a token in its path or query, so only its host is told.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::EventType;
use crate::id::{DeliveryId, EndpointId, EventId};
use crate::subscription::Endpoint;

/// The endpoint that an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EndpointMark {
    /// Its id.
    pub id: EndpointId,
    /// The host of its URL, with its port if it has one.
    pub host: String,
    /// Since when no attempt at it has gone well, if the last ones did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// Why it was switched off: `gone` (it answered 410) or `failing` (for days).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// A delivery that ran out of attempts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GivenUp {
    /// Its id.
    pub id: DeliveryId,
    /// The event that was to be told.
    pub event: EventId,
    /// What had happened.
    pub event_type: EventType,
    /// How many attempts were made.
    pub attempts: u32,
    /// What the last one was answered, if there was an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What went wrong with the last one, in a sentence, if there was no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl EndpointMark {
    pub(crate) fn of(endpoint: &Endpoint) -> Self {
        Self {
            id: endpoint.id,
            host: host(&endpoint.url).to_owned(),
            failing_since: endpoint.failing_since,
            reason: None,
            since: None,
        }
    }
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_url_only_the_host_is_told() {
        for (url, told) in [
            ("https://ats.example/hooks/s3cret?token=s3cret#s3cret", "ats.example"),
            ("https://s3cret:s3cret@ats.example:8443/hooks", "ats.example:8443"),
            ("https://ats.example?token=s3cret@x", "ats.example"),
            ("http://[::1]:7700/s3cret", "[::1]:7700"),
        ] {
            assert_eq!(host(url), told, "{url}");
        }
    }
}
