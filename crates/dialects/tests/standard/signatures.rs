//! Standard Webhooks' headers: which are authentic, at their edges (platforms.md 6.1).

use callboard_core::Timestamp;
use callboard_dialects::{Authentic, Message, Rejection, Request, dialect};
use serde_json::{Value, json};

/// The sample of the specification's reference libraries.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const SENT: i64 = 1_614_265_330;
const BODY: &[u8] = br#"{"test": 2432232314}"#;
const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn headers(signature: &str) -> Vec<(&'static str, String)> {
    vec![
        ("webhook-id", ID.to_owned()),
        ("webhook-timestamp", SENT.to_string()),
        ("webhook-signature", signature.to_owned()),
    ]
}

fn verify_with(
    credentials: &Value,
    headers: &Vec<(&'static str, String)>,
    body: &[u8],
    now: i64,
) -> Result<Authentic, Rejection> {
    let verifier = dialect("standard").unwrap().verifier(credentials).unwrap();
    verifier.verify(&Request { headers, token: None, body }, at(now))
}

fn verify(signature: &str, body: &[u8], now: i64) -> Result<Authentic, &'static str> {
    verify_with(&json!({"secret": SECRET}), &headers(signature), body, now)
        .map_err(|rejection| rejection.code)
}

#[test]
fn the_sample_of_the_reference_libraries_is_authentic() {
    assert_eq!(verify(SIGNATURE, BODY, SENT).unwrap().unique.as_deref(), Some(ID));
}

#[test]
fn we_sign_the_sample_as_the_reference_libraries_do() {
    let signer = dialect("standard").unwrap().signer(&json!({"secret": SECRET})).unwrap();
    let sent = signer.sign(&Message { id: ID, body: BODY, at: at(SENT) });
    let mut expected = headers(SIGNATURE);
    expected.insert(0, ("content-type", "application/json".to_owned()));
    assert_eq!(sent, expected);
}

#[test]
fn five_minutes_either_way_are_tolerated_and_not_a_second_more() {
    assert!(verify(SIGNATURE, BODY, SENT - 300).is_ok());
    assert!(verify(SIGNATURE, BODY, SENT + 300).is_ok());
    assert_eq!(verify(SIGNATURE, BODY, SENT - 301), Err("clock"));
    assert_eq!(verify(SIGNATURE, BODY, SENT + 301), Err("clock"));
    let old = verify_with(&json!({"secret": SECRET}), &headers(SIGNATURE), BODY, SENT + 3600).unwrap_err();
    assert!(old.explanation.contains("60 minutes behind"), "{old}");
    let early = verify_with(&json!({"secret": SECRET}), &headers(SIGNATURE), BODY, SENT - 3600).unwrap_err();
    assert!(early.explanation.contains("60 minutes ahead"), "{early}");
}

#[test]
fn each_signature_of_the_list_is_tried_and_unknown_versions_are_skipped() {
    let other = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";
    for list in [
        format!("{other} {SIGNATURE}"),
        format!("{SIGNATURE} {other}"),
        format!("v2,abc v1a,AAAA nonsense , {SIGNATURE}"),
    ] {
        assert!(verify(&list, BODY, SENT).is_ok(), "{list}");
    }
    let same_under_another_version = SIGNATURE.replace("v1,", "v2,");
    for list in [other, &same_under_another_version, "v1,", "v1", "", " ", "nonsense", &SIGNATURE[3..]] {
        assert_eq!(verify(list, BODY, SENT), Err("signature"), "{list}");
    }
}

#[test]
fn a_signature_is_written_in_one_way_only() {
    for variant in [
        SIGNATURE.trim_end_matches('=').to_owned(),
        format!("{SIGNATURE}="),
        format!("{SIGNATURE}AAAA"),
        SIGNATURE.replace('+', "-").replace('/', "_"),
        SIGNATURE.replace("OE=", "OF="),
        SIGNATURE.to_lowercase(),
    ] {
        assert_eq!(verify(&variant, BODY, SENT), Err("signature"), "{variant}");
    }
}

#[test]
fn a_re_serialised_body_is_refused_and_the_explanation_names_it() {
    let compact = br#"{"test":2432232314}"#;
    let refused = verify_with(&json!({"secret": SECRET}), &headers(SIGNATURE), compact, SENT).unwrap_err();
    assert!(refused.code == "signature" && refused.explanation.contains("re-serialised"), "{refused}");
    assert!(!refused.explanation.contains(&SECRET[6..]));
}

#[test]
fn each_of_the_three_headers_is_needed() {
    for missing in 0..3 {
        let mut headers = headers(SIGNATURE);
        let (name, _) = headers.remove(missing);
        let refused = verify_with(&json!({"secret": SECRET}), &headers, BODY, SENT).unwrap_err();
        assert_eq!((refused.code, refused.explanation.contains(name)), ("missing_header", true));
    }
}

#[test]
fn an_id_and_a_time_that_could_be_cut_otherwise_are_malformed() {
    let code = |index: usize, value: &str| {
        let mut headers = headers(SIGNATURE);
        headers[index].1 = value.to_owned();
        verify_with(&json!({"secret": SECRET}), &headers, BODY, SENT).unwrap_err().code
    };
    assert_eq!(code(0, ""), "malformed");
    assert_eq!(code(0, &format!("{ID}.{SENT}")), "malformed");
    for time in ["", "soon", "1614265330.5", "1614265330000000000000", "0x10", " 1614265330"] {
        assert_eq!(code(1, time), "malformed", "{time}");
    }
    assert_eq!(code(1, &i64::MIN.to_string()), "clock");
    assert_eq!(code(1, &i64::MAX.to_string()), "clock");
}

#[test]
fn of_two_headers_of_one_name_the_first_one_counts() {
    let mut twice = headers(SIGNATURE);
    twice.push(("webhook-id", "msg_other".to_owned()));
    let authentic = verify_with(&json!({"secret": SECRET}), &twice, BODY, SENT).unwrap();
    assert_eq!(authentic.unique.as_deref(), Some(ID));
    twice.rotate_right(1);
    assert_eq!(verify_with(&json!({"secret": SECRET}), &twice, BODY, SENT).unwrap_err().code, "signature");
}

#[test]
fn while_secrets_rotate_both_are_signed_with_and_either_verifies() {
    let new = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    let both = json!({"secrets": [new, SECRET]});
    let signer = dialect("standard").unwrap().signer(&both).unwrap();
    let sent = signer.sign(&Message { id: ID, body: BODY, at: at(SENT) });
    assert_eq!(sent[3].1.split(' ').count(), 2);
    for receiver in [json!({"secret": SECRET}), json!({"secret": new}), both.clone()] {
        assert!(verify_with(&receiver, &sent, BODY, SENT).is_ok());
    }
    assert!(verify_with(&both, &headers(SIGNATURE), BODY, SENT).is_ok());
}

#[test]
fn a_secret_is_pasted_with_or_without_its_prefix_or_is_a_text() {
    for secret in [&SECRET[6..], &format!(" {SECRET}\n"), SECRET.trim_end_matches('=')] {
        assert!(
            verify_with(&json!({ "secret": secret }), &headers(SIGNATURE), BODY, SENT).is_ok(),
            "{secret}"
        );
    }
    let text = json!({"secret": "no base64, but a text!"});
    let signed = dialect("standard").unwrap().signer(&text).unwrap().sign(&Message {
        id: ID,
        body: BODY,
        at: at(SENT),
    });
    assert!(verify_with(&text, &signed, BODY, SENT).is_ok());
    assert!(verify_with(&json!({"secret": SECRET}), &signed, BODY, SENT).is_err());
}
