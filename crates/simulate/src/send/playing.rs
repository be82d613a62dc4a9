//! What is played, to whom, and how.

use std::sync::Arc;

use callboard_core::Timestamp;
use callboard_dialects::CredentialsError;
use http::Uri;
use rustls::pki_types::CertificateDer;
use serde_json::Value;

use crate::story::Platform;

/// Tells the time at which requests are signed.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How a platform is played.
#[derive(Debug, Clone)]
pub struct Playing {
    /// Which platform.
    pub platform: Platform,
    /// The URL that it was given, `http` or `https`, with the token in it where there is one.
    pub to: Uri,
    /// The source's credentials, as they were given to the hub.
    pub credentials: Value,
    /// When the first interview begins, by the platform's clock. What is told happens in the days and weeks after that;
    /// whoever wants none of it to lie in the future starts a month ago.
    pub start: Timestamp,
    /// What chances come from: the same seed plays the same interviews.
    pub seed: u64,
    /// How many interviews; without a number it goes on for ever.
    pub count: Option<u64>,
    /// How many interviews are told at once.
    pub at_once: usize,
    /// How many requests a second are begun, whatever becomes of them; as fast as answers come if absent. At most
    /// `at_once` are under way.
    pub per_second: Option<f64>,
    /// Nothing is authentic: each letter is forged in one way or another, and must be refused.
    pub forge: bool,
    /// Each letter is sent twice, as if the first answer had been lost.
    pub duplicate: bool,
    /// Each interview's letters come in any order.
    pub shuffle: bool,
    /// Certificates that are trusted beside the machine's.
    pub extra_roots: Vec<CertificateDer<'static>>,
}

impl Playing {
    /// One honest interview after another, a few at once, without end.
    pub fn new(platform: Platform, to: Uri, credentials: Value, start: Timestamp) -> Self {
        Self {
            platform,
            to,
            credentials,
            start,
            seed: 0,
            count: None,
            at_once: 16,
            per_second: None,
            forge: false,
            duplicate: false,
            shuffle: false,
            extra_roots: Vec::new(),
        }
    }
}

/// Why a platform cannot be played like this.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlayError {
    /// The URL is not one that can be posted to.
    #[error("`{0}` is no `http` or `https` URL with a host")]
    Url(Uri),
    /// The credentials are not the platform's.
    #[error("the credentials cannot be used: {0}")]
    Credentials(#[from] CredentialsError),
    /// One of the extra certificates is none.
    #[error("the certificate to trust cannot be used: {0}")]
    Tls(#[from] rustls::Error),
    /// A rate that is not more than nothing.
    #[error("a rate must be a number above zero")]
    Rate,
}
