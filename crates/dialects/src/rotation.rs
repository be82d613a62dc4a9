//! Credentials that replace others: for a while both count, so that the two sides can change over in their own time.
//!
//! Time is handed in with each message, so that an overlap ends by itself: nobody has to make anything anew.

use callboard_core::{Rotated, Timestamp};
use serde_json::Value;

use crate::dialect::{Authentic, CredentialsError, Dialect, Message, Rejection, Request, Sign, Verify};

/// Something that signs with these credentials, and with those that they replaced as long as those count. Where a request
/// can carry one signature only, it is the new one.
pub fn signer(
    dialect: &dyn Dialect,
    credentials: &Value,
    rotated: Option<&Rotated>,
) -> Result<Box<dyn Sign>, CredentialsError> {
    let newest = dialect.signer(credentials)?;
    let Some(Rotated { credentials: older, until }) = rotated else { return Ok(newest) };
    Ok(match dialect.signer_of_both(credentials, &older.0)? {
        Some(both) => Box::new(Overlapping { newest, other: both, until: *until }),
        None => newest,
    })
}

/// Something that knows requests by these credentials, and by those that they replaced as long as those count.
pub fn verifier(
    dialect: &dyn Dialect,
    credentials: &Value,
    rotated: Option<&Rotated>,
) -> Result<Box<dyn Verify>, CredentialsError> {
    let newest = dialect.verifier(credentials)?;
    let Some(Rotated { credentials: older, until }) = rotated else { return Ok(newest) };
    Ok(Box::new(Overlapping { newest, other: dialect.verifier(&older.0)?, until: *until }))
}

struct Overlapping<T: ?Sized> {
    newest: Box<T>,
    /// What counts until the overlap is over: when signing, both credentials; when verifying, those that were replaced.
    other: Box<T>,
    until: Timestamp,
}

impl Sign for Overlapping<dyn Sign> {
    fn sign(&self, message: &Message<'_>) -> Vec<(&'static str, String)> {
        if message.at < self.until { self.other.sign(message) } else { self.newest.sign(message) }
    }
}

impl Verify for Overlapping<dyn Verify> {
    fn verify(&self, request: &Request<'_>, now: Timestamp) -> Result<Authentic, Rejection> {
        let refused = match self.newest.verify(request, now) {
            Err(refused) if now < self.until => refused,
            verified => return verified,
        };
        // What is said of a request that was signed with the older ones is what is wrong with it beside that.
        self.other.verify(request, now).map_err(|by_older| {
            if is_of_another(&refused) && !is_of_another(&by_older) { by_older } else { refused }
        })
    }
}

/// Was a request refused because it was signed with other credentials, or holds others?
fn is_of_another(rejection: &Rejection) -> bool {
    matches!(rejection.code, "signature" | "issuer" | "credentials" | "token")
}
