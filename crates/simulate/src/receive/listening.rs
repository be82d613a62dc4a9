//! How a receiver listens and answers.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use callboard_dialects::{CredentialsError, Dialect};
use http::Uri;
use serde_json::Value;

use super::heard::{Heard, Verdict};

/// What a request is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// How long to wait before answering.
    pub after: Duration,
    /// Headers beside those of HTTP itself, such as `retry-after`.
    pub headers: Vec<(&'static str, String)>,
}

impl Answer {
    /// This status, at once.
    pub fn now(status: u16) -> Self {
        Self { status, after: Duration::ZERO, headers: Vec::new() }
    }

    /// 401 to what is not authentic, 200 to everything else.
    pub fn honest(heard: &Heard) -> Self {
        Self::now(if matches!(heard.verdict, Verdict::Refused(_)) { 401 } else { 200 })
    }
}

type Answering = Arc<dyn Fn(&Heard) -> Answer + Send + Sync>;

/// How a receiver listens.
#[derive(Clone)]
pub struct Listening {
    pub(super) dialect: Option<&'static dyn Dialect>,
    pub(super) credentials: Option<Value>,
    pub(super) answering: Answering,
    pub(super) forward: Option<Uri>,
}

impl Listening {
    /// In any dialect: verifies nothing, and understands what it can.
    pub fn to_anything() -> Self {
        Self { dialect: None, credentials: None, answering: Arc::new(Answer::honest), forward: None }
    }

    /// In one dialect.
    pub fn to(dialect: &'static dyn Dialect) -> Self {
        Self { dialect: Some(dialect), ..Self::to_anything() }
    }

    /// Verifies with these credentials. A `token` is looked for as the last segment of the path. Has no effect without
    /// a dialect.
    #[must_use]
    pub fn verifying(mut self, credentials: Value) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Answers in another way. The request is as it will be handed out, but for `answered`.
    #[must_use]
    pub fn answering(mut self, answer: impl Fn(&Heard) -> Answer + Send + Sync + 'static) -> Self {
        self.answering = Arc::new(answer);
        self
    }

    /// Passes each request that would be answered with 2xx on to this URL, unchanged, and answers with the status that
    /// comes back; 502 if nothing does.
    #[must_use]
    pub fn forwarding(mut self, to: Uri) -> Self {
        self.forward = Some(to);
        self
    }
}

impl fmt::Debug for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listening")
            .field("dialect", &self.dialect.map(Dialect::name))
            .field("forward", &self.forward)
            .finish_non_exhaustive()
    }
}

/// Why a receiver cannot listen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiveError {
    /// The address is taken, or not ours.
    #[error("cannot listen there: {0}")]
    Address(#[from] std::io::Error),
    /// The credentials are not the dialect's.
    #[error("the credentials cannot be used: {0}")]
    Credentials(#[from] CredentialsError),
    /// The URL to forward to cannot be posted to.
    #[error("cannot forward: {0}")]
    Forward(#[from] rustls::Error),
}
