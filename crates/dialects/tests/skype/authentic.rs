//! The four steps of seed 004, each at its edges.

use serde_json::{Value, json};

use crate::token::*;

fn claims_without(name: &str) -> Value {
    let mut claims = claims(SAMPLE);
    claims.as_object_mut().unwrap().remove(name);
    claims
}

#[test]
fn the_sample_under_a_good_token_is_authentic_and_its_jti_is_what_is_unique() {
    let authentic = verify(&token(&claims(SAMPLE)), SAMPLE, at(NOW)).unwrap();
    assert_eq!(authentic.unique.as_deref(), Some("0b4ad0a2-6a84-4f2b-b7d6-5a3de1d0a0cf"));
}

#[test]
fn a_jti_in_braces_is_the_same_as_one_without() {
    let mut claims = claims(SAMPLE);
    claims["jti"] = json!("{0b4ad0a2-6a84-4f2b-b7d6-5a3de1d0a0cf}");
    let authentic = verify(&token(&claims), SAMPLE, at(NOW)).unwrap();
    assert_eq!(authentic.unique.as_deref(), Some("0b4ad0a2-6a84-4f2b-b7d6-5a3de1d0a0cf"));
}

#[test]
fn without_a_jti_nothing_is_unique_about_a_request_but_it_is_authentic() {
    for claims in [claims_without("jti"), json!({"jti": null}), json!({"jti": ""}), json!({"jti": "{}"})] {
        let mut all = claims_without("jti");
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        assert_eq!(verify(&token(&all), SAMPLE, at(NOW)).unwrap().unique, None, "{claims}");
    }
}

#[test]
fn the_scheme_is_written_in_any_case() {
    let token = token(&claims(SAMPLE));
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        let headers = [("authorization", format!("{scheme} {token}"))];
        assert!(verify_headers(&[("authorization", &headers[0].1)], SAMPLE, at(NOW)).is_ok(), "{scheme}");
    }
}

#[test]
fn a_request_without_authorization_is_told_what_it_lacks() {
    let rejection = verify_headers(&[("content-type", "application/json")], SAMPLE, at(NOW)).unwrap_err();
    assert_eq!((rejection.code, rejection.explanation.contains("Authorization")), ("missing_header", true));
}

#[test]
fn of_two_authorizations_the_first_one_counts() {
    let good = format!("Bearer {}", token(&claims(SAMPLE)));
    let bad = format!("Bearer {}", token(&claims(b"something else")));
    let twice = |first, second| {
        verify_headers(&[("Authorization", first), ("authorization", second)], SAMPLE, at(NOW))
    };
    assert!(twice(&good, &bad).is_ok());
    assert_eq!(twice(&bad, &good).unwrap_err().code, "body");
}

#[test]
fn a_token_by_another_secret_is_refused_for_its_signature() {
    let forged = token_of(r#"{"alg":"HS256"}"#, &claims(SAMPLE).to_string(), b"guessed");
    assert_eq!(verify(&forged, SAMPLE, at(NOW)).unwrap_err().code, "signature");
}

#[test]
fn a_token_of_another_company_is_refused_for_its_issuer() {
    assert_eq!(code_with(&json!({"iss": "5b2f6f2e-9c53-4b38-8a0a-3f1f0c2f9d12"})), "issuer");
    assert_eq!(code_with(&json!({"iss": ""})), "issuer");
    assert_eq!(verify(&token(&claims_without("iss")), SAMPLE, at(NOW)).unwrap_err().code, "issuer");
}

#[test]
fn a_token_holds_from_sixty_seconds_before_it_was_made_to_sixty_seconds_after_it_expired() {
    let token = token(&claims(SAMPLE));
    let code_at = |now| verify(&token, SAMPLE, at(now)).map_err(|rejection| rejection.code);
    assert_eq!(code_at(NOW - 61), Err("clock"));
    assert!(code_at(NOW - 60).is_ok());
    assert!(code_at(NOW + 70).is_ok());
    assert_eq!(code_at(NOW + 71), Err("clock"));
}

#[test]
fn milliseconds_are_told_from_seconds_and_have_the_same_edges() {
    let mut claims = claims(SAMPLE);
    claims["iat"] = json!(NOW * 1000);
    claims["exp"] = json!((NOW + 10) * 1000);
    let token = token(&claims);
    let code_at = |now| verify(&token, SAMPLE, at(now)).map_err(|rejection| rejection.code);
    assert_eq!(code_at(NOW - 61), Err("clock"));
    assert!(code_at(NOW - 60).is_ok());
    assert!(code_at(NOW + 70).is_ok());
    assert_eq!(code_at(NOW + 71), Err("clock"));
}

#[test]
fn the_clock_s_rejection_says_how_many_minutes_it_is_off() {
    let token = token(&claims(SAMPLE));
    let late = verify(&token, SAMPLE, at(NOW + 10 + 17 * 60)).unwrap_err();
    assert!(late.explanation.contains("expired (`exp`) 17 minutes ago"), "{late}");
    let early = verify(&token, SAMPLE, at(NOW - 5 * 60)).unwrap_err();
    assert!(early.explanation.contains("made (`iat`) 5 minutes from now"), "{early}");
}

#[test]
fn a_token_without_its_times_never_holds() {
    for name in ["iat", "exp"] {
        let rejection = verify(&token(&claims_without(name)), SAMPLE, at(NOW)).unwrap_err();
        assert_eq!((rejection.code, rejection.explanation.contains(name)), ("clock", true));
    }
}

#[test]
fn another_body_is_refused() {
    let other = String::from_utf8_lossy(SAMPLE).replace("SchedulingTime", "InterviewCanceled");
    let rejection = verify(&token(&claims(SAMPLE)), other.as_bytes(), at(NOW)).unwrap_err();
    assert_eq!((rejection.code, rejection.explanation.contains("altered")), ("body", true), "{rejection}");
    assert_eq!(code_with(&json!({"sub": sha256_hex(SAMPLE).to_uppercase()})), "body");
}

#[test]
fn a_body_needs_a_sub_and_only_a_call_without_a_body_may_leave_it_out() {
    let token = token(&claims_without("sub"));
    assert_eq!(verify(&token, SAMPLE, at(NOW)).unwrap_err().code, "body");
    assert!(verify(&token, b"", at(NOW)).is_ok());
}

#[test]
fn a_re_serialised_body_is_named_as_such() {
    let value: Value = serde_json::from_slice(SAMPLE).unwrap();
    let sent_compact = br#"{"interviewCode":"R1","currentStage":{"value":"InterviewStarted"}}"#;
    let arrived = [
        &b"{\n  \"interviewCode\": \"R1\",\n  \"currentStage\": {\n    \"value\": \"InterviewStarted\"\n  }\n}"[..],
        br#"{"interviewCode": "R1", "currentStage": {"value": "InterviewStarted"}}"#,
    ];
    for arrived in arrived {
        let rejection = verify(&token(&claims(sent_compact)), arrived, at(NOW)).unwrap_err();
        assert!(rejection.code == "body" && rejection.explanation.contains("re-serialised"), "{rejection}");
    }
    let compacted = SAMPLE.iter().copied().filter(|byte| *byte != b'\n').collect::<Vec<_>>();
    let rejection = verify(&token(&claims(SAMPLE.trim_ascii())), &compacted, at(NOW)).unwrap_err();
    assert!(rejection.explanation.contains("re-serialised"), "{rejection}");
    assert_eq!(value["event"], "State");
}

#[test]
fn white_space_that_came_or_went_at_the_end_is_named_as_such() {
    let bare = SAMPLE.trim_ascii();
    let with_end = [bare, b"\n"].concat();
    let added = verify(&token(&claims(bare)), &with_end, at(NOW)).unwrap_err();
    assert!(added.explanation.contains("white space was added"), "{added}");
    let cut = verify(&token(&claims(&with_end)), bare, at(NOW)).unwrap_err();
    assert!(cut.explanation.contains("cut off"), "{cut}");
}

#[test]
fn no_rejection_repeats_the_key_or_the_secret() {
    let good = claims(SAMPLE);
    let forged = token_of(r#"{"alg":"HS256"}"#, &good.to_string(), b"guessed");
    let other = {
        let mut it = good.clone();
        it["iss"] = json!("someone");
        token(&it)
    };
    for (token, now) in [(forged, NOW), (other, NOW), (token(&good), NOW + 9999), ("a.b.c".to_owned(), NOW)] {
        let rejection = verify(&token, SAMPLE, at(now)).unwrap_err();
        assert!(!rejection.explanation.contains(API_SECRET) && !rejection.explanation.contains(API_KEY));
    }
}
