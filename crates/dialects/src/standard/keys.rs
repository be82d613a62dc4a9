//! The keys of an account whose messages are under Standard Webhooks headers: shared secrets, an Ed25519 pair, or both.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use callboard_core::Timestamp;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde_json::{Map, Value};

use crate::credentials::Given;
use crate::dialect::{Authentic, CredentialsError, Message, Rejection, Request, Role, Sign, Verify};
use crate::standard_webhooks::{self, Envelope, Secrets, Signatures};

const PRIVATE_PREFIX: &str = "whsk_";
const ED25519: &str = "ed25519";
const PUBLIC_PREFIX: &str = "whpk_";
const GIVEN_MEMBERS: [&str; 5] = ["secret", "secrets", "private_key", "public_key", "algorithm"];
const MEMBERS: &[&str] = GIVEN_MEMBERS.split_at(4).0;

/// What an account's messages are signed or verified with.
pub(crate) struct Keys {
    secrets: Option<Secrets>,
    private: Option<SigningKey>,
    public: Option<VerifyingKey>,
}

impl Keys {
    /// Reads complete credentials.
    pub fn read(credentials: &Value) -> Result<Self, CredentialsError> {
        let given = Given::read(Some(credentials), MEMBERS)?;
        let private = given.text("private_key")?.map(private_key).transpose()?;
        let public = match given.text("public_key")?.map(public_key).transpose()? {
            None => private.as_ref().map(SigningKey::verifying_key),
            given => given,
        };
        Ok(Self { secrets: Secrets::given(&given)?, private, public })
    }

    /// Checks credentials, and makes what was not given: a secret, or, if that was asked for, an Ed25519 pair.
    pub fn complete(
        given: Option<&Value>,
        role: Role,
        random: &mut dyn FnMut(&mut [u8]),
    ) -> Result<Value, CredentialsError> {
        let mut members = Given::read(given, &GIVEN_MEMBERS)?.to_members();
        match members.remove("algorithm") {
            None => {}
            Some(Value::String(name)) if name == ED25519 && role == Role::Endpoint => {
                members.entry("private_key").or_insert_with(|| new_private_key(random).into());
            }
            Some(_) => {
                let sentence =
                    "`algorithm` can be `ed25519`, for an endpoint; a source needs the sender's `public_key`";
                return Err(CredentialsError(sentence.to_owned()));
            }
        }
        if members.is_empty() {
            members.insert("secret".to_owned(), standard_webhooks::new_secret(random).into());
        }
        let credentials = Value::Object(members.clone());
        let keys = Self::read(&credentials)?;
        match role {
            Role::Source => keys.verifier().map(drop)?,
            Role::Endpoint => {
                if let Some(private) = &keys.private {
                    members.insert("public_key".to_owned(), public_text(&private.verifying_key()).into());
                }
                keys.signer("").map(drop)?;
            }
        }
        Ok(Value::Object(members))
    }

    /// New ones of the same kind: a secret for secrets, a pair for a pair.
    pub fn renewed(
        replaced: &Value,
        role: Role,
        random: &mut dyn FnMut(&mut [u8]),
    ) -> Result<Value, CredentialsError> {
        let Self { secrets, private, public } = Self::read(replaced)?;
        if role == Role::Source && public.is_some() {
            return Err(CredentialsError("`public_key` is missing: the sender makes the pair".to_owned()));
        }
        let mut wanted = Map::new();
        if secrets.is_some() {
            wanted.insert("secret".to_owned(), standard_webhooks::new_secret(random).into());
        }
        if private.is_some() {
            wanted.insert("algorithm".to_owned(), ED25519.into());
        }
        Self::complete(Some(&Value::Object(wanted)), role, random)
    }

    /// Something that verifies with them.
    pub fn verifier(self) -> Result<Box<dyn Verify>, CredentialsError> {
        if self.secrets.is_none() && self.public.is_none() {
            return Err(CredentialsError("`secret` or `public_key` is missing".to_owned()));
        }
        Ok(Box::new(Verifier { secrets: self.secrets, public: self.public }))
    }

    /// Something that signs bodies of this content type with them.
    pub fn signer(self, content_type: &'static str) -> Result<Box<dyn Sign>, CredentialsError> {
        if self.secrets.is_none() && self.private.is_none() {
            return Err(CredentialsError("`secret` or `private_key` is missing".to_owned()));
        }
        Ok(Box::new(Signer { keys: vec![self], content_type }))
    }

    /// The same, with older ones after them.
    pub fn signer_before(self, older: Self, content_type: &'static str) -> Box<dyn Sign> {
        Box::new(Signer { keys: vec![self, older], content_type })
    }

    /// Signs a message: `v1` by each secret, `v1a` by the key.
    fn sign(&self, message: &Message<'_>, timestamp: &str, signatures: &mut Signatures) {
        if let Some(secrets) = &self.secrets {
            secrets.sign(message, timestamp, signatures);
        }
        if let Some(key) = &self.private {
            let signed = [format!("{}.{timestamp}.", message.id).as_bytes(), message.body].concat();
            signatures.add("v1a", &key.sign(&signed).to_bytes());
        }
    }
}

struct Verifier {
    secrets: Option<Secrets>,
    public: Option<VerifyingKey>,
}

impl Verify for Verifier {
    fn verify(&self, request: &Request<'_>, now: Timestamp) -> Result<Authentic, Rejection> {
        let envelope = Envelope::read(request.headers, now)?;
        let by_secret = || self.secrets.as_ref().is_some_and(|it| it.signed(&envelope, request.body));
        let by_key = || self.public.as_ref().is_some_and(|it| signed_by(it, &envelope, request.body));
        if by_secret() || by_key() { Ok(envelope.authentic()) } else { Err(envelope.not_signed()) }
    }
}

/// Is one of the envelope's `v1a` signatures by this key?
fn signed_by(key: &VerifyingKey, envelope: &Envelope<'_>, body: &[u8]) -> bool {
    let mut signatures = envelope.signatures("v1a").filter_map(signature).peekable();
    if signatures.peek().is_none() {
        return false;
    }
    let signed = [envelope.signed_prefix().as_bytes(), body].concat();
    signatures.any(|signature| key.verify_strict(&signed, &signature).is_ok())
}

fn signature(base64: &str) -> Option<Signature> {
    Signature::from_slice(&STANDARD.decode(base64).ok()?).ok()
}

struct Signer {
    /// The newest first.
    keys: Vec<Keys>,
    content_type: &'static str,
}

impl Sign for Signer {
    fn sign(&self, message: &Message<'_>) -> Vec<(&'static str, String)> {
        standard_webhooks::headers(message, self.content_type, |timestamp, signatures| {
            for keys in &self.keys {
                keys.sign(message, timestamp, signatures);
            }
        })
    }
}

/// Reads `whsk_` and base64 of 64 bytes (seed and public key), or of the seed's 32 alone.
fn private_key(text: &str) -> Result<SigningKey, CredentialsError> {
    let error = || {
        CredentialsError(
            "`private_key` must be `whsk_` and base64 of an Ed25519 key's 32 or 64 bytes".to_owned(),
        )
    };
    let bytes = after_prefix(text, PRIVATE_PREFIX).ok_or_else(error)?;
    match bytes.len() {
        32 => bytes.as_slice().try_into().map_err(|_| error()),
        _ => bytes
            .as_slice()
            .try_into()
            .ok()
            .and_then(|pair| SigningKey::from_keypair_bytes(pair).ok())
            .ok_or_else(error),
    }
}

fn public_key(text: &str) -> Result<VerifyingKey, CredentialsError> {
    after_prefix(text, PUBLIC_PREFIX).and_then(|bytes| bytes.as_slice().try_into().ok()).ok_or_else(|| {
        CredentialsError("`public_key` must be `whpk_` and base64 of an Ed25519 key's 32 bytes".to_owned())
    })
}

fn after_prefix(text: &str, prefix: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.trim().strip_prefix(prefix)?).ok()
}

fn new_private_key(random: &mut dyn FnMut(&mut [u8])) -> String {
    let mut seed = [0; 32];
    random(&mut seed);
    format!("{PRIVATE_PREFIX}{}", STANDARD.encode(SigningKey::from_bytes(&seed).to_keypair_bytes()))
}

fn public_text(key: &VerifyingKey) -> String {
    format!("{PUBLIC_PREFIX}{}", STANDARD.encode(key.as_bytes()))
}
