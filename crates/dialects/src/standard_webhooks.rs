//! Standard Webhooks: three headers that say which message this is, when it was sent, and that it is unaltered.
//!
//! What is signed is `{webhook-id}.{webhook-timestamp}.{raw body}` (platforms.md 6.1). [`Secrets`] are the symmetric
//! keys, version `v1`. Whoever adds another version reads the same [`Envelope`].

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use callboard_core::Timestamp;
use serde_json::Value;
use subtle::ConstantTimeEq;

use crate::credentials::Given;
use crate::dialect::{Authentic, CredentialsError, Headers, Message, Rejection};
use crate::sha256::Hmac256;

/// How far the sender's clock may be from ours, either way: what the reference libraries allow.
const TOLERANCE_SECONDS: u64 = 5 * 60;
/// More signatures than this in one header are not looked at: a rotation needs two.
const MAX_SIGNATURES: usize = 16;
/// The length of a secret that we make; the specification asks for 24 to 64 bytes.
const SECRET_BYTES: usize = 32;
const SECRET_PREFIX: &str = "whsec_";

/// The symmetric keys of one account: one, or during a rotation several, newest first.
#[derive(Clone)]
pub(crate) struct Secrets(Vec<Hmac256>);

impl Secrets {
    /// Reads secrets as people paste them: `whsec_` and base64, base64 alone, or, where it is not base64, the text itself.
    pub fn parse(texts: &[&str]) -> Result<Self, CredentialsError> {
        texts
            .iter()
            .map(|text| key_bytes(text).map(|key| Hmac256::new(&key)))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Reads `{"secret": "whsec_…"}` or `{"secrets": ["whsec_…", …]}`.
    pub fn from_credentials(credentials: &Value) -> Result<Self, CredentialsError> {
        Self::given(&Given::read(Some(credentials), &["secret", "secrets"])?)?
            .ok_or_else(|| CredentialsError("`secret` is missing".to_owned()))
    }

    /// Reads the members `secret` or `secrets` among others, if they were given.
    pub fn given(given: &Given<'_>) -> Result<Option<Self>, CredentialsError> {
        match (given.text("secret")?, given.texts("secrets")?) {
            (Some(secret), None) => Self::parse(&[secret]).map(Some),
            (None, Some(secrets)) => Self::parse(&secrets).map(Some),
            (None, None) => Ok(None),
            (Some(_), Some(_)) => Err(CredentialsError("give `secret` or `secrets`, not both".to_owned())),
        }
    }

    /// Checks credentials of that shape; where none are given, makes a secret from `random`.
    pub fn complete(
        given: Option<&Value>,
        random: &mut dyn FnMut(&mut [u8]),
    ) -> Result<Value, CredentialsError> {
        let mut members = Given::read(given, &["secret", "secrets"])?.to_members();
        if members.is_empty() {
            members.insert("secret".to_owned(), new_secret(random).into());
        }
        let credentials = Value::Object(members);
        Self::from_credentials(&credentials)?;
        Ok(credentials)
    }

    /// These, and after them older ones.
    pub fn before(mut self, older: Self) -> Self {
        self.0.extend(older.0);
        self
    }

    /// Signs a message with each secret.
    pub fn sign(&self, message: &Message<'_>, timestamp: &str, signatures: &mut Signatures) {
        for secret in &self.0 {
            signatures.add("v1", mac(secret, message.id, timestamp, message.body).as_ref());
        }
    }

    /// Is this request authentic? The id of the message is what is unique about it.
    pub fn verify(&self, headers: &dyn Headers, body: &[u8], now: Timestamp) -> Result<Authentic, Rejection> {
        let envelope = Envelope::read(headers, now)?;
        if self.signed(&envelope, body) { Ok(envelope.authentic()) } else { Err(envelope.not_signed()) }
    }

    /// Is one of the envelope's `v1` signatures by one of these secrets?
    pub fn signed(&self, envelope: &Envelope<'_>, body: &[u8]) -> bool {
        self.0.iter().any(|secret| {
            let expected = STANDARD.encode(mac(secret, envelope.id, envelope.timestamp, body));
            envelope.signatures("v1").any(|signature| expected.as_bytes().ct_eq(signature.as_bytes()).into())
        })
    }
}

/// A new secret in the form that the specification gives it.
pub(crate) fn new_secret(random: &mut dyn FnMut(&mut [u8])) -> String {
    let mut key = [0; SECRET_BYTES];
    random(&mut key);
    format!("{SECRET_PREFIX}{}", STANDARD.encode(key))
}

/// What `webhook-signature` says: each signature after its version, divided by spaces.
#[derive(Default)]
pub(crate) struct Signatures(String);

impl Signatures {
    pub fn add(&mut self, version: &str, signature: &[u8]) {
        if !self.0.is_empty() {
            self.0.push(' ');
        }
        self.0.push_str(version);
        self.0.push(',');
        STANDARD.encode_string(signature, &mut self.0);
    }
}

/// The headers of a message. `sign` is handed its timestamp, as it is signed, and adds the signatures.
pub(crate) fn headers(
    message: &Message<'_>,
    content_type: &str,
    sign: impl FnOnce(&str, &mut Signatures),
) -> Vec<(&'static str, String)> {
    let timestamp = message.at.as_second().to_string();
    let mut signatures = Signatures::default();
    sign(&timestamp, &mut signatures);
    vec![
        ("content-type", content_type.to_owned()),
        ("webhook-id", message.id.to_owned()),
        ("webhook-timestamp", timestamp),
        ("webhook-signature", signatures.0),
    ]
}

/// What the three headers of a request say, its timestamp being near enough to now.
pub(crate) struct Envelope<'a> {
    /// Which message this is: the same on each attempt.
    pub id: &'a str,
    /// When this attempt was made, as it was written.
    pub timestamp: &'a str,
    signatures: &'a str,
}

impl<'a> Envelope<'a> {
    /// Reads the headers.
    pub fn read(headers: &'a dyn Headers, now: Timestamp) -> Result<Self, Rejection> {
        let id = needed(headers, "webhook-id")?;
        let timestamp = needed(headers, "webhook-timestamp")?;
        let signatures = needed(headers, "webhook-signature")?;
        if id.is_empty() || id.contains('.') {
            // With a dot in it, another cut of the same signed text would pass for another message.
            return Err(Rejection::new("malformed", "`webhook-id` must be a text without a `.`"));
        }
        let sent: i64 = timestamp.parse().map_err(|_| {
            Rejection::new("malformed", "`webhook-timestamp` must be a whole number of Unix seconds")
        })?;
        let apart = sent.abs_diff(now.as_second());
        if apart > TOLERANCE_SECONDS {
            let direction = if sent < now.as_second() { "behind" } else { "ahead of" };
            let minutes = apart.div_ceil(60);
            return Err(Rejection::new(
                "clock",
                format!(
                    "`webhook-timestamp` is {minutes} minutes {direction} our clock, and 5 are allowed: \
                     a clock is wrong, or this is an old request sent again"
                ),
            ));
        }
        Ok(Self { id, timestamp, signatures })
    }

    /// The signatures of this version; those of other versions are skipped.
    pub fn signatures(&self, version: &str) -> impl Iterator<Item = &'a str> {
        self.signatures
            .split(' ')
            .take(MAX_SIGNATURES)
            .filter_map(|signature| signature.split_once(','))
            .filter(move |(of, _)| *of == version)
            .map(|(_, signature)| signature)
    }

    /// The text that is signed, up to the body.
    pub fn signed_prefix(&self) -> String {
        format!("{}.{}.", self.id, self.timestamp)
    }

    /// What is known once a signature is found to be right.
    pub fn authentic(&self) -> Authentic {
        Authentic { unique: Some(self.id.to_owned()) }
    }

    /// The rejection when none is.
    pub fn not_signed(&self) -> Rejection {
        let explanation = if self.signatures("v1").chain(self.signatures("v1a")).next().is_none() {
            "`webhook-signature` holds no signature of the form `v1,…`"
        } else {
            "no signature matches: the secret is another one, or the body is not byte for byte what was sent \
             (a parsed and re-serialised body is not)"
        };
        Rejection::new("signature", explanation)
    }
}

fn needed<'a>(headers: &'a dyn Headers, name: &str) -> Result<&'a str, Rejection> {
    headers
        .header(name)
        .ok_or_else(|| Rejection::new("missing_header", format!("there is no header `{name}`")))
}

fn key_bytes(text: &str) -> Result<Vec<u8>, CredentialsError> {
    let text = text.trim();
    let (base64, prefixed) = match text.strip_prefix(SECRET_PREFIX) {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let key = match STANDARD_NO_PAD.decode(base64.trim_end_matches('=')) {
        Ok(key) => key,
        Err(_) if prefixed => {
            return Err(CredentialsError("a secret that begins with `whsec_` goes on in base64".to_owned()));
        }
        Err(_) => text.as_bytes().to_vec(),
    };
    if key.is_empty() {
        return Err(CredentialsError("a secret must not be empty".to_owned()));
    }
    Ok(key)
}

fn mac(secret: &Hmac256, id: &str, timestamp: &str, body: &[u8]) -> impl AsRef<[u8]> {
    secret.sign(&[id.as_bytes(), b".", timestamp.as_bytes(), b".", body])
}
