//! SHA-256. Every webhook is hashed several times on its way, so it is the TLS library's, which is written for each processor,
//! also for those that have no instructions for it.

use ring::digest;
use ring::hmac;

/// The hash of bytes.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, bytes);
    digest.as_ref().try_into().expect("a SHA-256 has 32 bytes")
}

/// A secret that signs, with what can be worked out once.
#[derive(Clone)]
pub(crate) struct Hmac256(hmac::Key);

impl Hmac256 {
    /// One with a key of any length.
    pub fn new(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The signature of a message that is these parts together.
    pub fn sign(&self, parts: &[&[u8]]) -> hmac::Tag {
        let mut signing = hmac::Context::with_key(&self.0);
        for part in parts {
            signing.update(part);
        }
        signing.sign()
    }

    /// Is this the signature of a message? Takes the same time however much of it is right.
    pub fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        hmac::verify(&self.0, message, signature).is_ok()
    }
}
