//! Tokens by hand, right in all but what a test makes wrong.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::accounts::{Account, now};

pub const HS256: &str = r#"{"typ":"JWT","alg":"HS256"}"#;

/// What the platform claims about this body now. Each has a `jti` of its own, made from the body.
pub fn claims(account: &Account, body: &[u8]) -> Value {
    let hash = sha256(body);
    let iat = now().as_second();
    json!({
        "jti": &hash[..32],
        "iss": account.credentials["api_key"],
        "iat": iat,
        "sub": hash,
        "exp": iat + 10,
    })
}

/// The hash of a body in hexadecimal digits, as `sub` has it.
pub fn sha256(body: &[u8]) -> String {
    let digits = Sha256::digest(body).into_iter().flat_map(|byte| format!("{byte:02x}").into_bytes());
    digits.map(char::from).collect()
}

/// The header with the account's signature over this header and these claims.
pub fn signed(account: &Account, header: &str, claims: &Value) -> String {
    signed_with(account.credentials["api_secret"].as_str().unwrap().as_bytes(), header, claims)
}

/// The same with a key of one's own.
pub fn signed_with(key: &[u8], header: &str, claims: &Value) -> String {
    let unsigned = unsigned(header, claims);
    let mac = Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(&unsigned).finalize();
    format!("Bearer {unsigned}.{}", URL_SAFE_NO_PAD.encode(mac.into_bytes()))
}

/// Header and claims as they are signed.
pub fn unsigned(header: &str, claims: &Value) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// The headers of a request under this authorization.
pub fn under(authorization: String) -> Vec<(&'static str, String)> {
    vec![("content-type", "application/json".to_owned()), ("authorization", authorization)]
}
