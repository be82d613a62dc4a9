//! Is a request authentic? The four steps of seed 004, in its order.

use std::borrow::Cow;
use std::error::Error;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use callboard_core::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;
use subtle::ConstantTimeEq;

use super::body_trouble;
use super::claims::Claims;
use super::dialect::{Account, hex};
use crate::dialect::{Authentic, Headers, Rejection, Request, Verify};
use crate::sha256::{Hmac256, sha256};

/// Longer tokens are refused unread; a real one has about 400 bytes.
const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// Verifies webhooks of one company, and calls to the API, which are signed in the same way.
pub(super) struct Verifier {
    api_key: String,
    secret: Hmac256,
}

impl Verifier {
    pub fn new(account: &Account<'_>) -> Self {
        Self { api_key: account.api_key.to_owned(), secret: Hmac256::new(account.api_secret.as_bytes()) }
    }
}

impl Verify for Verifier {
    fn verify(&self, request: &Request<'_>, now: Timestamp) -> Result<Authentic, Rejection> {
        let token = Token::of(request.headers)?;
        token.check_algorithm()?;
        token.check_signature(&self.secret)?;
        let json = decoded(token.claims, "claims")?;
        let claims: Claims<'_> = readable(&json, "claims")?;
        self.check_issuer(&claims)?;
        claims.check_time(now)?;
        check_body(&claims, request.body)?;
        Ok(Authentic { unique: claims.unique() })
    }
}

impl Verifier {
    fn check_issuer(&self, claims: &Claims<'_>) -> Result<(), Rejection> {
        let issuer = claims.iss.as_deref().unwrap_or_default();
        if issuer.as_bytes().ct_eq(self.api_key.as_bytes()).into() {
            return Ok(());
        }
        Err(Rejection::new("issuer", "the token's `iss` is not this source's `api_key`"))
    }
}

/// A call without a body (a GET of the API) carries no `sub`; where there is a body, it must be the one that was hashed.
fn check_body(claims: &Claims<'_>, body: &[u8]) -> Result<(), Rejection> {
    let Some(told) = claims.sub.as_deref() else {
        return if body.is_empty() {
            Ok(())
        } else {
            Err(Rejection::new("body", "the token has no `sub`, the hash of the body"))
        };
    };
    if hash(body).as_bytes().ct_eq(told.as_bytes()).into() {
        return Ok(());
    }
    Err(Rejection::new("body", body_trouble::explain(body, |candidate| hash(candidate) == told)))
}

/// The lower-case hexadecimal SHA-256 of a body.
pub(super) fn hash(body: &[u8]) -> String {
    hex(&sha256(body))
}

/// A JWT in its three parts, undecoded.
struct Token<'a> {
    /// The first two parts, which the third one signs.
    signed: &'a str,
    header: &'a str,
    claims: &'a str,
    signature: &'a str,
}

impl<'a> Token<'a> {
    fn of(headers: &'a dyn Headers) -> Result<Self, Rejection> {
        let authorization = headers
            .header("authorization")
            .ok_or_else(|| Rejection::new("missing_header", "there is no header `Authorization`"))?;
        Self::split(authorization).ok_or_else(|| {
            Rejection::new("malformed", "`Authorization` is not `Bearer` and a JWT of three parts")
        })
    }

    fn split(authorization: &'a str) -> Option<Self> {
        let (scheme, token) = authorization.trim().split_once(' ')?;
        let token = token.trim_start();
        if !scheme.eq_ignore_ascii_case("bearer") || token.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        (!claims.contains('.')).then_some(Self { signed, header, claims, signature })
    }

    /// HS256 and nothing else: the token does not choose how it is verified. Extensions that it says must be understood
    /// (`crit`) are not.
    fn check_algorithm(&self) -> Result<(), Rejection> {
        #[derive(Deserialize)]
        struct Header<'a> {
            #[serde(borrow)]
            alg: Cow<'a, str>,
            crit: Option<IgnoredAny>,
        }
        let json = decoded(self.header, "header")?;
        let header: Header<'_> = readable(&json, "header")?;
        if header.alg == "HS256" && header.crit.is_none() {
            return Ok(());
        }
        Err(Rejection::new("algorithm", "the token is not a plain one signed with HS256"))
    }

    fn check_signature(&self, secret: &Hmac256) -> Result<(), Rejection> {
        let signature = URL_SAFE_NO_PAD.decode(self.signature);
        if signature.is_ok_and(|signature| secret.signed(self.signed.as_bytes(), &signature)) {
            return Ok(());
        }
        Err(Rejection::new(
            "signature",
            "the token's signature is not by this source's `api_secret` (taken as text, not as base64)",
        ))
    }
}

fn decoded(part: &str, name: &str) -> Result<String, Rejection> {
    let malformed = |what: &str, error: &dyn Error| {
        Rejection::new("malformed", format!("the token's {name} are no {what}: {error}"))
    };
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|error| malformed("base64url", &error))?;
    String::from_utf8(bytes).map_err(|error| malformed("UTF-8", &error))
}

/// The claims of a request's token as JSON, not verified.
pub(super) fn claims_of(headers: &dyn Headers) -> Result<String, Rejection> {
    decoded(Token::of(headers)?.claims, "claims")
}

pub(super) fn readable<'a, T: Deserialize<'a>>(json: &'a str, name: &str) -> Result<T, Rejection> {
    serde_json::from_str(json)
        .map_err(|error| Rejection::new("malformed", format!("the token's {name} make no sense: {error}")))
}
