//! API keys and secrets: made at random, shown once, and known again by a hash.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// A new API key: 32 random bytes behind a prefix by which a leaked one is recognised.
pub fn new_key() -> String {
    let mut bytes = [0; 32];
    new_secret_bytes(&mut bytes);
    format!("cbk_{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// What is kept of a key. A plain SHA-256 is enough for 32 random bytes: there is nothing to guess.
pub fn hash_key(key: &str) -> String {
    use std::fmt::Write;
    Sha256::digest(key).iter().fold(String::with_capacity(64), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a string does not fail");
        hex
    })
}

/// Fills a slice with random bytes from the operating system.
pub fn new_secret_bytes(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("an operating system without random numbers cannot keep secrets");
}
