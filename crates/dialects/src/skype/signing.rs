//! Signing as Skype Interviews does.

use callboard_core::Timestamp;
use jsonwebtoken::{EncodingKey, Header};

use super::claims::{LIFETIME_SECONDS, OwnClaims};
use super::dialect::{Account, guid};
use super::verifying::hash;
use crate::dialect::{Message, Sign};
use crate::sha256::sha256;

/// Signs webhooks to one company.
pub(super) struct Signer {
    api_key: String,
    key: EncodingKey,
}

impl Signer {
    pub fn new(account: &Account<'_>) -> Self {
        Self {
            api_key: account.api_key.to_owned(),
            key: EncodingKey::from_secret(account.api_secret.as_bytes()),
        }
    }
}

impl Sign for Signer {
    fn sign(&self, message: &Message<'_>) -> Vec<(&'static str, String)> {
        let iat = message.at.as_second();
        let claims = OwnClaims {
            jti: message_guid(message.id),
            iss: &self.api_key,
            iat,
            sub: Some(hash(message.body)),
            exp: iat + LIFETIME_SECONDS,
        };
        let token = encoded(&claims, &self.key);
        vec![("content-type", "application/json".to_owned()), ("authorization", format!("Bearer {token}"))]
    }
}

/// A token for a call without a body, which says nothing of one (platforms.md 2.2).
pub(super) fn token_for_get(account: &Account<'_>, now: Timestamp, random: [u8; 16]) -> String {
    let iat = now.as_second();
    let claims =
        OwnClaims { jti: guid(random), iss: account.api_key, iat, sub: None, exp: iat + LIFETIME_SECONDS };
    let key = EncodingKey::from_secret(account.api_secret.as_bytes());
    encoded(&claims, &key)
}

fn encoded(claims: &OwnClaims<'_>, key: &EncodingKey) -> String {
    jsonwebtoken::encode(&Header::default(), claims, key)
        .expect("texts and numbers are JSON, and HMAC takes keys of any length")
}

/// A GUID for a message: another id gives another one, each attempt gives the same.
fn message_guid(id: &str) -> String {
    let digest = sha256(id.as_bytes());
    let (first, _) = digest.split_first_chunk().expect("a SHA-256 has 32 bytes");
    guid(*first)
}
