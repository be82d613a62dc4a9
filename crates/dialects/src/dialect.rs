//! What a dialect is: four deeds on raw bytes, and nothing that does IO.

use std::fmt;

use callboard_core::{Event, Observation, Timestamp};
use serde_json::Value;

use crate::fetching::Fetching;

/// A platform's way of speaking: how its webhooks are verified, read, written and signed.
pub trait Dialect: Send + Sync {
    /// Its name, as in `"dialect": "skype"`.
    fn name(&self) -> &'static str;

    /// Completes and checks credentials: what was not given is made from `random`, which fills the bytes it is handed.
    fn credentials(
        &self,
        given: Option<&Value>,
        role: Role,
        random: &mut dyn FnMut(&mut [u8]),
    ) -> Result<Value, CredentialsError>;

    /// New credentials of the same kind, to replace these: whatever is ours to make is made from `random`.
    fn renewed(
        &self,
        _replaced: &Value,
        role: Role,
        random: &mut dyn FnMut(&mut [u8]),
    ) -> Result<Value, CredentialsError> {
        self.credentials(None, role, random)
    }

    /// Something that verifies incoming requests with these credentials.
    fn verifier(&self, credentials: &Value) -> Result<Box<dyn Verify>, CredentialsError>;

    /// Something that signs outgoing requests with these credentials.
    fn signer(&self, credentials: &Value) -> Result<Box<dyn Sign>, CredentialsError>;

    /// Something that signs with both, so that a receiver who has either finds its signature, the newest first. None where
    /// a request can carry one only.
    fn signer_of_both(
        &self,
        _newest: &Value,
        _older: &Value,
    ) -> Result<Option<Box<dyn Sign>>, CredentialsError> {
        Ok(None)
    }

    /// Says in our words what a body tells. The body is authentic; whether it makes sense is another question.
    fn parse(&self, body: &[u8]) -> Result<Reading, Unreadable>;

    /// The bodies that tell this event to this recipient, in order. None where the dialect has no word for it.
    fn render(&self, event: &Event, to: &Recipient<'_>) -> Vec<Vec<u8>>;

    /// How what its webhooks only point at is fetched. None where a webhook tells everything itself.
    fn fetching(&self) -> Option<&'static dyn Fetching> {
        None
    }
}

/// What credentials are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// To verify what a platform sends to us.
    Source,
    /// To sign what we send to others.
    Endpoint,
}

/// Verifies requests of one account.
pub trait Verify: Send + Sync {
    /// Is this request authentic? Comparisons take constant time; the raw bytes are what is verified.
    fn verify(&self, request: &Request<'_>, now: Timestamp) -> Result<Authentic, Rejection>;
}

/// Signs requests to one endpoint.
pub trait Sign: Send + Sync {
    /// The headers that this message is sent with: its content type, its signature, and whatever else the dialect's
    /// receivers look at. The same message signed at another time differs in timestamp and signature only. Names are in
    /// lower case.
    fn sign(&self, message: &Message<'_>) -> Vec<(&'static str, String)>;
}

/// Looks headers up by their lower-case name.
pub trait Headers {
    /// The first value of this header, if it has one that is text.
    fn header(&self, name: &str) -> Option<&str>;
}

impl<K: AsRef<str>, V: AsRef<str>> Headers for [(K, V)] {
    fn header(&self, name: &str) -> Option<&str> {
        self.iter().find(|(key, _)| key.as_ref().eq_ignore_ascii_case(name)).map(|(_, value)| value.as_ref())
    }
}

impl<K: AsRef<str>, V: AsRef<str>> Headers for Vec<(K, V)> {
    fn header(&self, name: &str) -> Option<&str> {
        self.as_slice().header(name)
    }
}

impl<K: AsRef<str>, V: AsRef<str>, const N: usize> Headers for [(K, V); N] {
    fn header(&self, name: &str) -> Option<&str> {
        self.as_slice().header(name)
    }
}

/// An incoming request, as far as its authenticity depends on it.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Its headers.
    pub headers: &'a dyn Headers,
    /// The secret part of the URL it was sent to, where there is one.
    pub token: Option<&'a str>,
    /// Its body, byte for byte.
    pub body: &'a [u8],
}

/// An authentic request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authentic {
    /// What identifies the message over all attempts to deliver it (a JWT's `jti`, a `webhook-id`), where the platform
    /// gives it such a thing.
    pub unique: Option<String>,
}

/// An outgoing message.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// Its id: the same on each attempt.
    pub id: &'a str,
    /// Its body.
    pub body: &'a [u8],
    /// When this attempt is made.
    pub at: Timestamp,
}

/// To whom an event is told.
#[derive(Debug, Clone, Copy)]
pub struct Recipient<'a> {
    /// The URL that will be called (viasto names it in the body).
    pub url: &'a str,
    /// Where this hub can be reached from outside, without a slash at the end: what resource URLs begin with.
    pub public_url: &'a str,
}

/// What a webhook says.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The platform's own word for it, such as `interview.created` or `State InterviewStarted`.
    pub label: String,
    /// What it tells, in our words.
    pub observations: Vec<Observation>,
}

/// Why a request is not authentic. It is shown to whoever sets up an integration, and holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// A stable word for the kind of reason, such as `signature`, `clock`, `missing_header`.
    pub code: &'static str,
    /// A sentence that says what was wrong and, where that can be told, what to look at.
    pub explanation: String,
}

impl Rejection {
    /// A rejection for this reason.
    pub fn new(code: &'static str, explanation: impl Into<String>) -> Self {
        Self { code, explanation: explanation.into() }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.explanation)
    }
}

impl std::error::Error for Rejection {}

/// The body is authentic but makes no sense in this dialect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// A body as the text that it must be: JSON is UTF-8 (RFC 8259, 8.1). One that is not is read by no dialect, not even what
/// of it could be, so that none understands what another does not.
pub(crate) fn text(body: &[u8]) -> Result<&str, Unreadable> {
    str::from_utf8(body).map_err(|error| {
        Unreadable(format!("the body is no JSON: after {} bytes it is not UTF-8", error.valid_up_to()))
    })
}

/// The credentials do not have the shape that the dialect needs. Says which member; never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CredentialsError(pub String);
