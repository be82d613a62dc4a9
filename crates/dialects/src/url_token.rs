//! The secret part of a URL: what is left to know a sender by that signs nothing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use callboard_core::Timestamp;
use subtle::ConstantTimeEq;

use crate::credentials::Given;
use crate::dialect::{Authentic, CredentialsError, Rejection, Request, Verify};
use crate::sha256::sha256;

/// The length of a token that we make, before it becomes text.
const TOKEN_BYTES: usize = 32;
/// A token that was given must have as many characters as a guess could not hit.
const MIN_TOKEN_CHARS: usize = 16;

/// A token, kept as its hash: comparing hashes takes the same time whatever was sent, however long it is.
pub(crate) struct UrlToken([u8; 32]);

impl UrlToken {
    /// The token among these credentials, if there is one.
    pub fn given<'a>(given: &Given<'a>) -> Result<Option<&'a str>, CredentialsError> {
        let Some(token) = given.text("token")? else { return Ok(None) };
        let fits_url = token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte));
        if !fits_url || token.len() < MIN_TOKEN_CHARS {
            return Err(CredentialsError(format!(
                "`token` must be {MIN_TOKEN_CHARS} or more letters, digits, `-`, `_`, `.` or `~`: it becomes part of a URL"
            )));
        }
        Ok(Some(token))
    }

    /// A new token.
    pub fn random(random: &mut dyn FnMut(&mut [u8])) -> String {
        let mut token = [0; TOKEN_BYTES];
        random(&mut token);
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Knows requests to the URL with this token.
    pub fn new(token: &str) -> Self {
        Self(sha256(token.as_bytes()))
    }
}

impl Verify for UrlToken {
    /// Nothing identifies the message: its sender gives it no id.
    fn verify(&self, request: &Request<'_>, _now: Timestamp) -> Result<Authentic, Rejection> {
        let Some(token) = request.token else {
            return Err(Rejection::new(
                "missing_token",
                "the URL ends before its token: give the platform the whole URL of the source",
            ));
        };
        if bool::from(sha256(token.as_bytes()).ct_eq(&self.0)) {
            Ok(Authentic { unique: None })
        } else {
            Err(Rejection::new(
                "token",
                "the token in the URL is another one: the URL was cut off, mistyped, or belongs to another source",
            ))
        }
    }
}
