//! Tokens made by hand, so that nothing that is tested makes its own tests.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use callboard_core::Timestamp;
use callboard_dialects::{Authentic, Dialect, Rejection, Request, dialect};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub const API_KEY: &str = "5b2f6f2e-9c53-4b38-8a0a-3f1f0c2f9d11";
pub const API_SECRET: &str = "not+base64, just a text that Microsoft made";
pub const SAMPLE: &[u8] = include_bytes!("../fixtures/skype/seed_004.json");
/// 2018-02-26T17:50:20Z, three seconds after the sample's event.
pub const NOW: i64 = 1_519_667_420;

pub fn skype() -> &'static dyn Dialect {
    dialect("skype").unwrap()
}

pub fn credentials() -> Value {
    json!({"api_key": API_KEY, "api_secret": API_SECRET})
}

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

pub fn sha256_hex(body: &[u8]) -> String {
    let bytes = Sha256::digest(body).into_iter().map(|byte| format!("{byte:02x}"));
    bytes.collect::<Vec<_>>().concat()
}

/// The claims of a good token for this body, made at [`NOW`].
pub fn claims(body: &[u8]) -> Value {
    json!({
        "jti": "0b4ad0a2-6a84-4f2b-b7d6-5a3de1d0a0cf",
        "iss": API_KEY,
        "iat": NOW,
        "sub": sha256_hex(body),
        "exp": NOW + 10,
    })
}

/// Signs this header and these claims, texts of any kind, with this secret.
pub fn token_of(header: &str, claims: &str, secret: &[u8]) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// A properly signed token with these claims.
pub fn token(claims: &Value) -> String {
    token_of(r#"{"alg":"HS256","typ":"JWT"}"#, &claims.to_string(), API_SECRET.as_bytes())
}

pub fn verify_headers(headers: &[(&str, &str)], body: &[u8], now: Timestamp) -> Result<Authentic, Rejection> {
    let verifier = skype().verifier(&credentials()).unwrap();
    verifier.verify(&Request { headers: &headers.to_vec(), token: None, body }, now)
}

pub fn verify(token: &str, body: &[u8], now: Timestamp) -> Result<Authentic, Rejection> {
    verify_headers(&[("Authorization", &format!("Bearer {token}"))], body, now)
}

/// The code of the rejection of a request whose claims are good but for these.
pub fn code_with(changed: &Value) -> &'static str {
    let mut claims = claims(SAMPLE);
    for (name, value) in changed.as_object().unwrap() {
        claims[name] = value.clone();
    }
    verify(&token(&claims), SAMPLE, at(NOW)).unwrap_err().code
}
