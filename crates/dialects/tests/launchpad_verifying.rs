//! Who is believed to be LaunchPad: HTTP Basic, or a token in the URL (platforms.md 4.1).

#![expect(clippy::unwrap_used, reason = "a test may take its samples for granted")]

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use callboard_core::Timestamp;
use callboard_dialects::{Authentic, Dialect, Message, Request, Role, dialect};
use proptest::prelude::*;
use serde_json::{Value, json};

fn launchpad() -> &'static dyn Dialect {
    dialect("launchpad").unwrap()
}

fn login() -> Value {
    json!({ "username": "partner", "password": "alohomora>>??" })
}

fn asked(
    credentials: &Value,
    authorization: Option<&str>,
    token: Option<&str>,
) -> Result<Authentic, &'static str> {
    let headers: Vec<_> = authorization.iter().map(|value| ("Authorization", *value)).collect();
    let verifier = launchpad().verifier(credentials).unwrap();
    verifier
        .verify(&Request { headers: &headers, token, body: b"{}" }, Timestamp::default())
        .map_err(|rejection| rejection.code)
}

fn basic(login: &str) -> String {
    format!("Basic {}", STANDARD.encode(login))
}

#[test]
fn the_right_user_with_the_right_password_is_believed_and_names_no_message() {
    let header = basic("partner:alohomora>>??");
    assert_eq!(asked(&login(), Some(&header), None), Ok(Authentic { unique: None }));
}

#[test]
fn base64_may_come_in_either_alphabet_with_or_without_padding() {
    let plain = "partner:alohomora>>??";
    for header in [
        format!("basic {}", STANDARD.encode(plain)),
        format!("BASIC  {} ", STANDARD_NO_PAD.encode(plain)),
        format!("Basic {}", URL_SAFE.encode(plain)),
    ] {
        assert!(asked(&login(), Some(&header), None).is_ok(), "{header}");
    }
}

#[test]
fn another_user_or_another_password_is_not_believed() {
    for wrong in
        ["partner:alohomora", "partner:alohomora>>???", "partner:", "Partner:alohomora>>??", ":alohomora>>??"]
    {
        assert_eq!(asked(&login(), Some(&basic(wrong)), None), Err("credentials"), "{wrong}");
    }
}

#[test]
fn a_header_that_is_missing_or_malformed_says_so() {
    assert_eq!(asked(&login(), None, None), Err("missing_header"));
    for wrong in ["", "Basic", "Basic !!!", "Bearer cGFydG5lcjp4", "Basic cGFydG5lcg==", "cGFydG5lcjp4"] {
        assert_eq!(asked(&login(), Some(wrong), None), Err("malformed"), "{wrong}");
    }
}

#[test]
fn without_a_login_the_token_in_the_url_decides() {
    let made = launchpad().credentials(None, Role::Source, &mut |bytes| bytes.fill(0xfb)).unwrap();
    let token = made["token"].as_str().unwrap().to_owned();
    assert_eq!(token.len(), 43, "32 bytes");
    assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    assert_eq!(asked(&made, None, Some(&token)), Ok(Authentic { unique: None }));
    assert_eq!(asked(&made, None, None), Err("missing_token"));
    for wrong in ["", &token[1..], &format!("{token}A"), &token.to_uppercase()] {
        assert_eq!(asked(&made, None, Some(wrong)), Err("token"), "{wrong}");
    }
    assert_eq!(asked(&login(), None, Some(&token)), Err("missing_header"), "a token is no password");
}

#[test]
fn credentials_are_checked_and_never_repeated() {
    let checked = |given: Value, role| launchpad().credentials(Some(&given), role, &mut |_| ());
    assert_eq!(checked(login(), Role::Source).unwrap(), login());
    assert_eq!(checked(json!({}), Role::Endpoint).unwrap(), json!({}));
    for (given, member) in [
        (json!({ "username": "sesame" }), "`password`"),
        (json!({ "password": "sesame" }), "`username`"),
        (json!({ "username": "sesame:x", "password": "sesame" }), "`username`"),
        (json!({ "username": ["sesame"], "password": "x" }), "`username`"),
        (json!({ "user": "sesame", "password": "x" }), "`user`"),
        (json!({ "token": "sesame" }), "`token`"),
        (json!({ "token": "sesame sesame sesame" }), "`token`"),
        (json!({ "token": "sesame-sesame-sesame", "username": "a", "password": "b" }), "`token`"),
        (json!("sesame"), "JSON object"),
    ] {
        let error = checked(given, Role::Source).unwrap_err().to_string();
        assert!(error.contains(member) && !error.contains("sesame"), "{error}");
    }
    assert!(launchpad().verifier(&json!({})).is_err(), "a source without any secret lets everyone in");
}

#[test]
fn what_is_sent_carries_the_login_if_the_receiver_wants_one() {
    let message = Message { id: "evt_1", body: b"{}", at: Timestamp::default() };
    let sent = |credentials: &Value| launchpad().signer(credentials).unwrap().sign(&message);
    let json = ("content-type", "application/json".to_owned());
    assert_eq!(sent(&json!({})), std::slice::from_ref(&json));
    assert_eq!(sent(&login()), [json, ("authorization", basic("partner:alohomora>>??"))]);
}

proptest! {
    #[test]
    fn nothing_makes_the_verifier_panic_or_believe(header in "(?i)(basic )?\\PC{0,40}", token in "\\PC{0,50}") {
        prop_assert!(asked(&login(), Some(&header), Some(&token)).is_err());
        let by_token = json!({ "token": "0123456789abcdef" });
        prop_assert!(asked(&by_token, Some(&header), Some(&token)).is_err());
    }
}
