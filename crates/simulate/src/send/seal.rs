//! Making a request of a letter: where to, under which headers; honest, or forged in a given way.

use bytes::Bytes;
use callboard_core::Timestamp;
use callboard_dialects::{CredentialsError, Message, Sign};
use http::header::{HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use http::{Uri, uri};
use jiff::SignedDuration;
use serde_json::{Map, Value};

use super::forgery::Forgery;
use super::playing::{PlayError, Playing};
use crate::story::{Letter, Platform};

const OWN_USER_AGENT: &str = concat!("Callboard-Simulate/", env!("CARGO_PKG_VERSION"));
/// `{"alg":"none","typ":"JWT"}`.
const HEADER_WITHOUT_ALGORITHM: &str = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
/// Forty-eight digits, which are a secret, a base64 secret, a password and a token alike; but nobody's.
const NOBODYS_SECRET: &str = "00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee";
const STALE_BY: SignedDuration = SignedDuration::from_hours(1);

/// Seals the letters of one account.
pub(super) struct Seal {
    to: Uri,
    signer: Box<dyn Sign>,
    impostor: Impostor,
}

/// What someone has who does not know the secrets.
struct Impostor {
    to: Uri,
    signer: Box<dyn Sign>,
}

/// A request, ready to be posted.
pub(super) struct Sealed {
    pub to: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Seal {
    pub fn new(playing: &Playing) -> Result<Self, PlayError> {
        let no_url = || PlayError::Url(playing.to.clone());
        let is_http = matches!(playing.to.scheme_str(), Some("http" | "https"));
        if !is_http || playing.to.host().is_none_or(str::is_empty) {
            return Err(no_url());
        }
        let impostor = Impostor {
            to: with_another_token(&playing.to).ok_or_else(no_url)?,
            signer: signer(playing.platform, &wrong(&playing.credentials))?,
        };
        Ok(Self { to: playing.to.clone(), signer: signer(playing.platform, &playing.credentials)?, impostor })
    }

    /// Seals a letter at this time. The same letter sealed again is the same message.
    pub fn honest(&self, letter: &Letter, at: Timestamp) -> Sealed {
        Sealed {
            to: self.to.clone(),
            headers: signed(self.signer.as_ref(), letter, at),
            body: letter.body.clone(),
        }
    }

    /// Seals a letter as someone else would who wants it taken for honest.
    pub fn forged(&self, letter: &Letter, at: Timestamp, forgery: Forgery) -> Sealed {
        let mut sealed = self.honest(letter, at);
        match forgery {
            Forgery::WrongSecret => sealed.headers = signed(self.impostor.signer.as_ref(), letter, at),
            Forgery::AlteredBody => sealed.body = altered(&letter.body),
            Forgery::AlgorithmNone => without_algorithm(&mut sealed.headers),
            Forgery::MissingHeader => {
                sealed.headers.remove("authorization");
                sealed.headers.remove("webhook-signature");
            }
            Forgery::StaleTimestamp => {
                let long_ago = at.checked_sub(STALE_BY).unwrap_or(Timestamp::MIN);
                sealed.headers = signed(self.signer.as_ref(), letter, long_ago);
            }
            Forgery::WrongToken => sealed.to = self.impostor.to.clone(),
        }
        sealed
    }
}

/// A signer for an account. The token among its credentials stands in the URL, and signs nothing.
fn signer(platform: Platform, credentials: &Value) -> Result<Box<dyn Sign>, CredentialsError> {
    let mut members = credentials.as_object().cloned().unwrap_or_default();
    members.remove("token");
    platform.dialect().signer(&Value::Object(members))
}

/// The credentials with each secret replaced by one that nobody has.
fn wrong(credentials: &Value) -> Value {
    let members = credentials.as_object().into_iter().flatten();
    let wrong: Map<_, _> = members
        .map(|(name, value)| {
            let value = match name.as_str() {
                "api_key" | "username" => value.clone(),
                "secrets" => vec![NOBODYS_SECRET].into(),
                _ => NOBODYS_SECRET.into(),
            };
            (name.clone(), value)
        })
        .collect();
    Value::Object(wrong)
}

/// The URL with another last segment.
fn with_another_token(url: &Uri) -> Option<Uri> {
    let (parent, _) = url.path().rsplit_once('/').unwrap_or_default();
    let mut parts: uri::Parts = url.clone().into_parts();
    parts.path_and_query = Some(format!("{parent}/{NOBODYS_SECRET}").parse().ok()?);
    Uri::from_parts(parts).ok()
}

fn signed(signer: &dyn Sign, letter: &Letter, at: Timestamp) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(USER_AGENT, HeaderValue::from_static(OWN_USER_AGENT));
    for (name, value) in signer.sign(&Message { id: &letter.id, body: &letter.body, at }) {
        let value = HeaderValue::try_from(value).expect("dialects sign with visible ASCII");
        headers.insert(HeaderName::from_static(name), value);
    }
    headers
}

/// The first digit is another one: still JSON, but not what was signed.
fn altered(body: &Bytes) -> Bytes {
    let mut bytes = body.to_vec();
    if let Some(digit) = bytes.iter_mut().find(|byte| byte.is_ascii_digit()) {
        *digit = b'1' + (*digit - b'0') % 9;
    }
    bytes.into()
}

/// The same JWT claiming to need no signature, and without one.
fn without_algorithm(headers: &mut HeaderMap) {
    let claims = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .and_then(|token| token.split('.').nth(1))
        .unwrap_or_default();
    let token = format!("Bearer {HEADER_WITHOUT_ALGORITHM}.{claims}.");
    let token = HeaderValue::try_from(token).expect("a part of a header is visible ASCII");
    headers.insert("authorization", token);
}
