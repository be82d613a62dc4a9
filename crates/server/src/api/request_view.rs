//! A request as an attempt sends it, for people to look at: all of it but the secrets.

use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, USER_AGENT};
use axum::http::{HeaderMap, HeaderName};
use bytes::Bytes;
use callboard_core::{Endpoint, EventId, Sealed, Timestamp};
use callboard_outbox::shipment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::endpoint_form::{DialectName, credentials};
use crate::host_links;
use crate::problem::{Problem, codes};

/// Why a dialect tells nothing of an event.
pub(crate) const NO_WORD: &str = "no word for it";
/// What stands for the URL of an endpoint that is not there.
pub(crate) const SOMEWHERE: &str = "https://receiver.example/webhooks";
/// What stands for a secret in a header.
const MASK: &str = "••••••";
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");
/// Headers that hold no secret. All others are masked, so that a header which is new cannot give one away.
const PLAIN: [HeaderName; 5] = [
    CONTENT_TYPE,
    HOST,
    USER_AGENT,
    HeaderName::from_static("webhook-id"),
    HeaderName::from_static("webhook-timestamp"),
];

/// A request as an attempt sends it. Credentials and signatures in its headers are masked, host links in its body hidden.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ShownRequest")]
pub(crate) struct RequestView {
    url: String,
    method: &'static str,
    /// All but `content-length`; none where nothing would be sent.
    headers: Vec<HeaderView>,
    /// What it says; null where the dialect has no word for the event.
    body: Option<String>,
    /// Where the dialect tells the event in several requests: what the others say. Left out if there is one only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    further_bodies: Vec<String>,
    /// Was a host link in a body, and something else stands for it?
    host_links_hidden: bool,
    #[schemars(with = "DialectName")]
    dialect: String,
    /// Why there is no body. Left out if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ShownHeader")]
struct HeaderView {
    name: String,
    value: String,
}

/// Whether the links by which meetings are hosted can be seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HostLinks {
    /// Something else stands for them.
    #[default]
    Hidden,
    /// They can be read.
    Shown,
}

impl HostLinks {
    /// The body as it can be seen, and whether something in it cannot.
    fn of(self, body: &[u8]) -> (String, bool) {
        let text = String::from_utf8_lossy(body);
        match self {
            Self::Hidden => {
                let shown = host_links::hide(&text);
                let is_hidden = shown != text;
                (shown.into_owned(), is_hidden)
            }
            Self::Shown => (text.into_owned(), false),
        }
    }
}

impl RequestView {
    /// What an attempt at this time sends to tell the endpoint of an event in these bodies, if there are any.
    pub(crate) fn of(
        endpoint: &Endpoint,
        event: EventId,
        bodies: &[Bytes],
        at: Timestamp,
        links: HostLinks,
    ) -> Result<Self, Problem> {
        let mut headers = Vec::new();
        if let Some(first) = bodies.first() {
            let sent = shipment(endpoint, event, first.clone(), at)
                .map_err(|reason| Problem::new(codes::DAMAGED, reason))?;
            headers = masked(&sent.all_headers());
        }
        let (texts, hidden): (Vec<_>, Vec<_>) = bodies.iter().map(|body| links.of(body)).unzip();
        let mut texts = texts.into_iter();
        let body = texts.next();
        Ok(Self {
            url: endpoint.url.clone(),
            method: "POST",
            headers,
            reason: body.is_none().then_some(NO_WORD),
            body,
            further_bodies: texts.collect(),
            host_links_hidden: hidden.contains(&true),
            dialect: endpoint.dialect.clone(),
        })
    }
}

/// The same endpoint, if it were told in this dialect. What it would sign with is made up.
pub(crate) fn in_dialect(endpoint: &Endpoint, dialect: &str) -> Result<Endpoint, Problem> {
    Ok(Endpoint {
        dialect: dialect.to_owned(),
        credentials: Sealed(credentials(dialect, None)?),
        rotated: None,
        ..endpoint.clone()
    })
}

fn masked(headers: &HeaderMap) -> Vec<HeaderView> {
    let shown = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        HeaderView { name: name.to_string(), value: mask(name, &value) }
    });
    shown.collect()
}

/// The value with its secrets masked: how something is signed can be read, not what the signature is.
fn mask(name: &HeaderName, value: &str) -> String {
    let after = |value: &str, sign: char| {
        value.split_once(sign).map_or_else(|| MASK.to_owned(), |(scheme, _)| format!("{scheme}{sign}{MASK}"))
    };
    if PLAIN.contains(name) {
        value.to_owned()
    } else if name == AUTHORIZATION {
        after(value, ' ')
    } else if name == SIGNATURE {
        value.split(' ').map(|it| after(it, ',')).collect::<Vec<_>>().join(" ")
    } else {
        MASK.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_secret_header_only_the_scheme_can_be_read_and_of_one_that_nobody_knows_nothing() {
        let masked = |name, value| mask(&HeaderName::from_static(name), value);
        assert_eq!(masked("authorization", "Basic dTpw"), "Basic ••••••");
        assert_eq!(masked("authorization", "dTpw"), "••••••");
        assert_eq!(masked("webhook-signature", "v1,c2ln v1a,c2ln"), "v1,•••••• v1a,••••••");
        assert_eq!(masked("webhook-signature", "c2ln"), "••••••");
        assert_eq!(masked("x-api-key", "v1,secret"), "••••••");
        assert_eq!(masked("webhook-id", "evt_1"), "evt_1");
    }
}
