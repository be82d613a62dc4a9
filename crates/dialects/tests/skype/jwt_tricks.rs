//! Tricks that have worked on somebody's JWT verifier.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::json;

use crate::token::*;

fn code(token: &str) -> &'static str {
    verify(token, SAMPLE, at(NOW)).unwrap_err().code
}

#[test]
fn a_token_does_not_choose_how_it_is_verified() {
    let claims = claims(SAMPLE).to_string();
    for header in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"None"}"#,
        r#"{"alg":"hs256"}"#,
        r#"{"alg":"HS384"}"#,
        r#"{"alg":"HS512"}"#,
        r#"{"alg":"RS256","typ":"JWT"}"#,
        r#"{"alg":"ES256"}"#,
        r#"{"alg":"EdDSA","jwk":{"kty":"OKP","crv":"Ed25519","x":"AAAA"}}"#,
        r#"{"alg":"HS256 "}"#,
        r#"{"alg":""}"#,
        r#"{"alg":"HS256","crit":["b64"],"b64":false}"#,
    ] {
        assert_eq!(code(&token_of(header, &claims, API_SECRET.as_bytes())), "algorithm", "{header}");
    }
}

#[test]
fn a_header_that_makes_no_sense_is_refused() {
    let claims = claims(SAMPLE).to_string();
    for header in [
        "{}",
        "",
        "null",
        "\"HS256\"",
        "{\"alg\":null}",
        "{\"alg\":256}",
        "{\"alg\":[\"HS256\"]}",
        "{",
        r#"{"alg":"none","alg":"HS256"}"#,
    ] {
        assert_eq!(code(&token_of(header, &claims, API_SECRET.as_bytes())), "malformed", "{header}");
    }
}

#[test]
fn an_unsigned_token_is_refused() {
    let claims = URL_SAFE_NO_PAD.encode(claims(SAMPLE).to_string());
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    let hs256 = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#);
    assert_eq!(code(&format!("{none}.{claims}.")), "algorithm");
    assert_eq!(code(&format!("{hs256}.{claims}.")), "signature");
    assert_eq!(code(&format!("{hs256}.{claims}")), "malformed");
}

#[test]
fn an_empty_key_opens_nothing() {
    assert_eq!(code(&token_of(r#"{"alg":"HS256"}"#, &claims(SAMPLE).to_string(), b"")), "signature");
    let empty = json!({"api_key": API_KEY, "api_secret": ""});
    assert!(skype().verifier(&empty).is_err());
}

#[test]
fn the_secret_is_text_and_not_base64() {
    let secret = b"bm90IHRoaXM=";
    let credentials = json!({"api_key": API_KEY, "api_secret": "bm90IHRoaXM="});
    let verifier = skype().verifier(&credentials).unwrap();
    let verify = |key: &[u8]| {
        let token = token_of(r#"{"alg":"HS256"}"#, &claims(SAMPLE).to_string(), key);
        let headers = [("authorization", format!("Bearer {token}"))];
        let request = callboard_dialects::Request { headers: &headers, token: None, body: SAMPLE };
        verifier.verify(&request, at(NOW)).map_err(|rejection| rejection.code)
    };
    assert!(verify(secret).is_ok());
    assert_eq!(verify(b"not this"), Err("signature"));
}

#[test]
fn a_signature_is_written_in_one_way_only() {
    // A signature with a byte that the two alphabets of base64 write differently.
    let good = (0..1000)
        .map(|jti| {
            let mut claims = claims(SAMPLE);
            claims["jti"] = json!(format!("{jti}"));
            token(&claims)
        })
        .find(|token| token.rsplit_once('.').unwrap().1.contains(['-', '_']))
        .unwrap();
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut last_bits_set = signature.to_owned();
    let last = last_bits_set.pop().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    last_bits_set.push(alphabet.chars().nth(alphabet.find(last).unwrap() ^ 1).unwrap());
    let variants = [
        STANDARD_NO_PAD.encode(&bytes),
        URL_SAFE.encode(&bytes),
        format!("{signature}="),
        format!("{signature}AAAA"),
        format!("{signature} x"),
        format!(" {signature}"),
        format!("{signature}%3D"),
        last_bits_set,
        signature[..signature.len() - 1].to_owned(),
        String::new(),
    ];
    for variant in variants {
        assert_eq!(code(&format!("{signed}.{variant}")), "signature", "{variant}");
    }
}

#[test]
fn parts_in_another_base64_are_refused() {
    let claims = claims(SAMPLE).to_string();
    let padded_claims = URL_SAFE.encode(format!("{claims} "));
    let padded_header = URL_SAFE.encode(r#"{"alg":"HS256" }"#);
    assert!(padded_claims.ends_with('=') || padded_header.ends_with('='));
    for token in [
        format!("{padded_header}.{}.AAAA", URL_SAFE_NO_PAD.encode(&claims)),
        format!("{}.{}.AAAA", "e30+/", URL_SAFE_NO_PAD.encode(&claims)),
        format!("ü.{}.AAAA", URL_SAFE_NO_PAD.encode(&claims)),
    ] {
        assert_eq!(code(&token), "malformed", "{token}");
    }
}

#[test]
fn a_token_has_three_parts() {
    let good = token(&claims(SAMPLE));
    for token in [
        "",
        ".",
        "..",
        "...",
        "a.b",
        &format!("{good}."),
        &format!("{good}.x"),
        &format!(".{good}"),
        "a.b.c.d.e",
    ] {
        assert_eq!(code(token), "malformed", "{token}");
    }
    assert_eq!(verify_headers(&[("authorization", &good)], SAMPLE, at(NOW)).unwrap_err().code, "malformed");
    let basic = format!("Basic {good}");
    assert_eq!(verify_headers(&[("authorization", &basic)], SAMPLE, at(NOW)).unwrap_err().code, "malformed");
}

#[test]
fn a_token_beyond_eight_kibibytes_is_not_looked_at() {
    let mut claims = claims(SAMPLE);
    claims["padding"] = json!("x".repeat(8 * 1024));
    assert_eq!(code(&token(&claims)), "malformed");
}

#[test]
fn claims_of_strange_types_are_refused_and_nothing_panics() {
    for strange in [
        json!({"iat": "1519667420"}),
        json!({"exp": "soon"}),
        json!({"exp": true}),
        json!({"exp": [NOW]}),
        json!({"iss": 5}),
        json!({"sub": {"sha256": ""}}),
        json!({"jti": 7}),
    ] {
        assert_eq!(code_with(&strange), "malformed", "{strange}");
    }
    for claims in [
        "",
        "null",
        "[]",
        "17",
        "\"text\"",
        "{",
        r#"{"iss":"a","iss":"b"}"#,
        &"[".repeat(5000),
        "{\"exp\":1e999}",
    ] {
        let token = token_of(r#"{"alg":"HS256"}"#, claims, API_SECRET.as_bytes());
        assert!(matches!(code(&token), "malformed" | "issuer"), "{claims}");
    }
}

#[test]
fn times_beyond_measure_are_before_or_after_now_and_no_more() {
    let max = f64::MAX;
    assert_eq!(code_with(&json!({"iat": max})), "clock");
    assert_eq!(code_with(&json!({"iat": u64::MAX})), "clock");
    assert_eq!(code_with(&json!({"exp": -max})), "clock");
    assert_eq!(code_with(&json!({"exp": i64::MIN})), "clock");
    assert_eq!(code_with(&json!({"exp": 0})), "clock");
    let mut claims = claims(SAMPLE);
    claims["iat"] = json!(-max);
    claims["exp"] = json!(max);
    assert!(verify(&token(&claims), SAMPLE, at(NOW)).is_ok());
    claims["iat"] = json!(1_519_667_420.25);
    claims["exp"] = json!(1_519_667_430.75);
    assert!(verify(&token(&claims), SAMPLE, at(NOW)).is_ok(), "a NumericDate may have a fraction");
}
