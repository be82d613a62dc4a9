//! API keys and secrets: made at random, shown once, and known again by a hash.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use callboard_ledger::{Directory, Key};
use sha2::{Digest, Sha256};

/// A new API key: 32 random bytes behind a prefix by which a leaked one is recognised.
pub fn new_key() -> String {
    let mut bytes = [0; 32];
    new_secret_bytes(&mut bytes);
    format!("cbk_{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// What is kept of a key. A plain SHA-256 is enough for 32 random bytes: there is nothing to guess.
pub fn hash_key(key: &str) -> String {
    hex(&Sha256::digest(key))
}

/// The key that this is. Nothing is none, whatever is stored.
pub(crate) fn known<'a>(directory: &'a Directory, key: &str) -> Option<&'a Arc<Key>> {
    if key.is_empty() { None } else { directory.key_by_hash(&hash_key(key)) }
}

/// The key that this token stands for.
pub(crate) fn known_by_token<'a>(directory: &'a Directory, token: &str) -> Option<&'a Arc<Key>> {
    if token == token_of("") { None } else { directory.key_by_token_hash(&hash_key(token)) }
}

/// A token's length, in hexadecimal digits.
const TOKEN_DIGITS: usize = 40;

/// The token that stands for a key where a platform's own API wants one (platforms.md 3.2). It is worked out from the key,
/// so that the same key always has the same one.
pub(crate) fn token_of(key: &str) -> String {
    let mut token = hash_key(&format!("viasto:{key}"));
    token.truncate(TOKEN_DIGITS);
    token
}

/// What is kept of the token that stands for a key.
pub fn hash_token_of(key: &str) -> String {
    hash_key(&token_of(key))
}

/// A new secret to sign with, as text.
pub(crate) fn new_secret_text() -> String {
    let mut bytes = [0; 32];
    new_secret_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A new random GUID (version 4), in lower case as JWTs name it (platforms.md 2.2).
pub(crate) fn new_guid() -> String {
    let mut bytes = [0; 16];
    new_secret_bytes(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex(&bytes);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a string does not fail");
        hex
    })
}

/// Fills a slice with random bytes from the operating system.
pub fn new_secret_bytes(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("an operating system without random numbers cannot keep secrets");
}
