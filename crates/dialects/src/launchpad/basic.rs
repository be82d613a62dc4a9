//! HTTP Basic, by which LaunchPad says who it is (platforms.md 4.1).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use callboard_core::Timestamp;
use subtle::ConstantTimeEq;

use crate::credentials::Given;
use crate::dialect::{Authentic, CredentialsError, Message, Rejection, Request, Sign, Verify};
use crate::sha256::sha256;

/// A user name and a password.
pub(super) struct Login<'a> {
    pub username: &'a str,
    pub password: &'a str,
}

impl<'a> Login<'a> {
    /// The login among these credentials, if there is one. Both halves, or none.
    pub fn given(given: &Given<'a>) -> Result<Option<Self>, CredentialsError> {
        match (given.text("username")?, given.text("password")?) {
            (None, None) => Ok(None),
            (Some(username), Some(_)) if username.contains(':') => Err(CredentialsError(
                "`username` must have no `:` in it: there HTTP Basic divides it".to_owned(),
            )),
            (Some(username), Some(password)) => Ok(Some(Self { username, password })),
            (Some(_), None) => Err(CredentialsError("`password` is missing".to_owned())),
            (None, Some(_)) => Err(CredentialsError("`username` is missing".to_owned())),
        }
    }

    fn joined(&self) -> String {
        format!("{}:{}", self.username, self.password)
    }
}

/// Knows requests with one login. It is kept as its hash, so that comparing takes the same time whatever was sent.
pub(super) struct BasicVerifier([u8; 32]);

impl BasicVerifier {
    pub fn new(login: &Login<'_>) -> Self {
        Self(sha256(login.joined().as_bytes()))
    }
}

impl Verify for BasicVerifier {
    /// Nothing identifies the message: LaunchPad gives it no id.
    fn verify(&self, request: &Request<'_>, _now: Timestamp) -> Result<Authentic, Rejection> {
        let header = request.headers.header("authorization").ok_or_else(|| {
            Rejection::new(
                "missing_header",
                "there is no header `authorization`: the callback was set up without user name and password, \
                 or a proxy took them away",
            )
        })?;
        let login = decoded(header).ok_or_else(|| {
            Rejection::new("malformed", "`authorization` is not `Basic` and base64 of `user name:password`")
        })?;
        if bool::from(sha256(&login).ct_eq(&self.0)) {
            Ok(Authentic { unique: None })
        } else {
            Err(Rejection::new("credentials", "the user name or the password is another one"))
        }
    }
}

/// The login in a header: base64 with or without padding, in either alphabet.
fn decoded(header: &str) -> Option<Vec<u8>> {
    let (scheme, base64) = header.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let base64 = base64.trim().trim_end_matches('=');
    let login = STANDARD_NO_PAD.decode(base64).or_else(|_| URL_SAFE_NO_PAD.decode(base64)).ok()?;
    login.contains(&b':').then_some(login)
}

/// Sends a login along, or nothing where the receiver asks for none.
pub(super) struct BasicSigner(Option<String>);

impl BasicSigner {
    pub fn new(login: Option<&Login<'_>>) -> Self {
        Self(login.map(|login| format!("Basic {}", STANDARD.encode(login.joined()))))
    }
}

impl Sign for BasicSigner {
    fn sign(&self, _message: &Message<'_>) -> Vec<(&'static str, String)> {
        let mut headers = vec![("content-type", "application/json".to_owned())];
        headers.extend(self.0.iter().map(|login| ("authorization", login.clone())));
        headers
    }
}
