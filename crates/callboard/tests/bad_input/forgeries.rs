//! Requests that are not authentic: 401, no trace but a count, and a reason for those who may see it (I8).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use callboard_dialects::Message;
use callboard_server::{REJECTED_HEADERS_BYTES, REJECTIONS_KEPT};
use callboard_simulate::Platform;
use serde_json::{Value, json};

use crate::ground::Ground;
use crate::jwt::{HS256, claims, signed, signed_with, under, unsigned};
use crate::support::accounts::{Account, now};
use crate::wire::{Answer, exchange, request};

fn post(ground: &Ground, path: &str, headers: &[(&str, String)], body: &[u8]) -> Answer {
    exchange(&ground.hub.url, &request("POST", path, headers, body)).unwrap()
}

/// It is refused, for this reason.
#[track_caller]
fn assert_refused(ground: &Ground, headers: &[(&str, String)], body: &[u8], reason: &str) {
    let answer = post(ground, ground.path(), headers, body);
    assert_eq!((answer.status, answer.code().as_str()), (401, "not_authentic"), "{headers:?}");
    let (code, explanation) = &ground.rejections()[0];
    assert_eq!(code, reason, "{explanation} {headers:?}");
}

#[test]
fn a_token_s_tricks_do_not_open_the_door() {
    let ground = Ground::of(Platform::Skype);
    let account = &ground.account;
    let body = &ground.account.letters(100)[0].body[..];
    let good = claims(account, body);
    let other = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        signed(account, HS256, &claims)
    };
    let without = |name: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        signed(account, HS256, &claims)
    };
    let none = r#"{"alg":"none"}"#;
    let tricks = [
        ("algorithm", format!("Bearer {}.", unsigned(none, &good))),
        ("algorithm", format!("Bearer {}.AAAA", unsigned(r#"{"alg":"nOnE"}"#, &good))),
        ("algorithm", signed(account, none, &good)),
        ("algorithm", signed(account, r#"{"alg":"RS256","typ":"JWT"}"#, &good)),
        ("algorithm", signed(account, r#"{"alg":"ES256"}"#, &good)),
        ("algorithm", signed(account, r#"{"alg":"HS512"}"#, &good)),
        ("algorithm", signed(account, r#"{"alg":"HS256","crit":["b64"],"b64":false}"#, &good)),
        ("malformed", signed(account, r#"{"alg":"none","alg":"HS256"}"#, &good)),
        ("malformed", signed(account, "{}", &good)),
        ("signature", format!("Bearer {}.", unsigned(HS256, &good))),
        ("signature", signed_with(b"", HS256, &good)),
        ("signature", signed_with(b"guessed", HS256, &good)),
        ("signature", signed_with(account.credentials["api_key"].as_str().unwrap().as_bytes(), HS256, &good)),
        ("issuer", other("iss", json!("somebody else"))),
        ("issuer", other("iss", json!(""))),
        ("issuer", without("iss")),
        ("body", other("sub", json!("0".repeat(64)))),
        ("body", without("sub")),
        ("clock", without("exp")),
        ("clock", without("iat")),
        ("clock", other("exp", json!(0))),
        ("clock", other("iat", json!(u64::MAX))),
        ("malformed", other("exp", json!("never"))),
        ("malformed", other("exp", json!({"$gt": 0}))),
        ("malformed", signed(account, HS256, &json!([good]))),
        ("malformed", other("x", json!("x".repeat(9 * 1024)))),
        ("malformed", "Bearer".to_owned()),
        ("malformed", "Bearer ..".to_owned()),
        ("malformed", "Bearer a.b".to_owned()),
        ("malformed", format!("{}.x", signed(account, HS256, &good))),
        ("malformed", signed(account, HS256, &good).replace("Bearer", "Basic")),
        ("malformed", signed(account, HS256, &good).replace("Bearer ", "")),
    ];
    ground.nothing_comes_of(|| {
        for (reason, authorization) in tricks {
            assert_refused(&ground, &under(authorization), body, reason);
        }
        let unsigned = vec![("content-type", "application/json".to_owned())];
        assert_refused(&ground, &unsigned, body, "missing_header");
        // Which of two would be the right one is not for the sender to choose.
        let twice =
            [under(format!("Bearer {}.", self::unsigned(none, &good))), under(signed(account, HS256, &good))];
        assert_refused(&ground, &twice.concat(), body, "algorithm");
    });
    let genuine = post(&ground, ground.path(), &under(signed(account, HS256, &good)), body);
    assert_eq!(genuine.status, 200, "the token that the others are made from is a good one");
}

#[test]
fn a_signature_in_another_base64_is_another_signature() {
    let ground = Ground::of(Platform::Skype);
    let body = &ground.account.letters(100)[0].body[..];
    // One whose bytes the two alphabets write differently.
    let good = (0..1000)
        .map(|number| {
            let mut claims = claims(&ground.account, body);
            claims["jti"] = json!(number.to_string());
            signed(&ground.account, HS256, &claims)
        })
        .find(|token| token.rsplit_once('.').unwrap().1.contains(['-', '_']))
        .unwrap();
    let (rest, signature) = good.rsplit_once('.').unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    ground.nothing_comes_of(|| {
        for variant in [
            STANDARD.encode(&bytes),
            STANDARD_NO_PAD.encode(&bytes),
            URL_SAFE.encode(&bytes),
            format!("{signature}="),
            format!("{signature}AA"),
            signature[..signature.len() - 1].to_owned(),
            signature.to_ascii_lowercase(),
        ] {
            assert_refused(&ground, &under(format!("{rest}.{variant}")), body, "signature");
        }
    });
    assert_eq!(post(&ground, ground.path(), &under(good), body).status, 200);
}

#[test]
fn a_body_that_was_written_anew_is_refused_and_the_reason_says_so() {
    let ground = Ground::of(Platform::Skype);
    let sent = &ground.account.letters(100)[0].body[..];
    let value: Value = serde_json::from_slice(sent).unwrap();
    let written_anew = serde_json::to_vec_pretty(&value).unwrap();
    ground.nothing_comes_of(|| {
        assert_refused(&ground, &ground.account.sign("anew", sent), &written_anew, "body");
        assert!(ground.rejections()[0].1.contains("re-serialised"), "{:?}", ground.rejections()[0]);
        let altered = String::from_utf8_lossy(sent).replacen("Interview", "interview", 1);
        assert_refused(&ground, &ground.account.sign("altered", sent), altered.as_bytes(), "body");
        assert!(ground.rejections()[0].1.contains("altered"), "{:?}", ground.rejections()[0]);
    });
}

#[test]
fn a_clock_that_is_off_by_minutes_is_named_with_the_minutes() {
    let skype = Ground::of(Platform::Skype);
    let hirehive = Ground::of(Platform::HireHive);
    let off_by = |ground: &Ground, seconds: i64| {
        let at = now().checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap();
        let body = br#"{"type":"job.created"}"#;
        let signer = ground.account.platform.dialect().signer(&ground.account.credentials).unwrap();
        assert_refused(ground, &signer.sign(&Message { id: "off", body, at }), body, "clock");
        ground.rejections()[0].1.clone()
    };
    skype.nothing_comes_of(|| {
        // A token holds for ten seconds, which do not count; the seconds that the test takes round up to the minute.
        let (behind, ahead) = (off_by(&skype, -(7 * 60 + 30)), off_by(&skype, 5 * 60));
        assert!(behind.contains("8 minutes ago"), "{behind}");
        assert!(ahead.contains("5 minutes from now") && ahead.contains("clock is ahead"), "{ahead}");
    });
    hirehive.nothing_comes_of(|| {
        let (behind, ahead) = (off_by(&hirehive, -(9 * 60 + 30)), off_by(&hirehive, 10 * 60));
        assert!(behind.contains("10 minutes behind"), "{behind}");
        assert!(ahead.contains("10 minutes ahead"), "{ahead}");
    });
}

#[test]
fn a_replayed_request_is_a_duplicate_and_tells_nothing() {
    for platform in Platform::ALL {
        let ground = Ground::of(platform);
        let letter = &ground.account.letters(100)[0];
        let captured =
            request("POST", ground.path(), &ground.account.sign(&letter.id, &letter.body), &letter.body);
        let first = exchange(&ground.hub.url, &captured).unwrap().json();
        assert_eq!(first["outcome"], "understood");
        let events = ground.hub.all("/v1/events");
        for _ in 0..3 {
            let again = exchange(&ground.hub.url, &captured).unwrap();
            assert_eq!((again.status, &again.json()["outcome"]), (200, &json!("duplicate")));
            let receipt =
                ground.hub.get(&format!("/v1/receipts/{}", again.json()["receipt"].as_str().unwrap()));
            assert_eq!(receipt["detail"], first["receipt"]);
        }
        assert_eq!(ground.hub.all("/v1/events"), events);
        ground.goes_on();
    }
}

#[test]
fn a_token_s_id_again_is_a_duplicate_whatever_the_body_says_unless_it_tells_of_another_time() {
    let ground = Ground::of(Platform::Skype);
    let letter: Value = serde_json::from_slice(&ground.account.letters(100)[0].body).unwrap();
    let told = |timestamp: &str, stage: &str| {
        let mut body = letter.clone();
        body["timestamp"] = timestamp.into();
        body["currentStage"]["value"] = stage.into();
        let body = body.to_string();
        let mut claims = claims(&ground.account, body.as_bytes());
        claims["jti"] = json!("0b4ad0a2-6a84-4f2b-b7d6-5a3de1d0a0cf");
        let authorization = under(signed(&ground.account, HS256, &claims));
        post(&ground, ground.path(), &authorization, body.as_bytes()).json()["outcome"].clone()
    };
    assert_eq!(told("2026-02-26T17:50:17.4862382Z", "InterviewStarted"), "understood");
    assert_eq!(told("2026-02-26T17:50:17.4862382Z", "InterviewCompleted"), "duplicate");
    assert_eq!(told("2026-02-26T17:50:18.4862382Z", "InterviewCompleted"), "understood");
    ground.goes_on();
}

#[test]
fn a_source_that_is_not_there_answers_like_one_that_was_not_convinced() {
    let ground = Ground::of(Platform::Skype);
    let gone = Account::open(&ground.hub, Platform::Skype);
    ground.hub.ask("DELETE", &format!("/v1/sources/{}", gone.id), None);
    let body = &ground.account.letters(100)[0].body[..];
    let wrong = under("Bearer a.b.c".to_owned());
    let plain = vec![("content-type", "text/plain".to_owned())];
    let large = vec![b' '; callboard_server::BODY_BYTES + 1];

    ground.nothing_comes_of(|| {
        for (headers, body) in [(&wrong, body), (&plain, body), (&wrong, &large[..]), (&wrong, b"")] {
            let there = post(&ground, ground.path(), headers, body);
            let mut hosts = vec![gone.url.strip_prefix(&ground.hub.url).unwrap().to_owned()];
            hosts.extend(
                [
                    "src_0000000000000",
                    "src_zzzzzzzzzzzzz",
                    "src_7",
                    "evt_0000000000000",
                    "x",
                    "%00",
                    "%FF",
                    "%2e%2e",
                ]
                .map(|id| format!("/in/{id}")),
            );
            for path in hosts {
                let absent = post(&ground, &path, headers, body);
                assert_eq!((absent.status, &absent.body), (there.status, &there.body), "{path}");
            }
        }
    });
    let status = post(&ground, &gone.url[ground.hub.url.len()..], &gone.sign("x", body), body).status;
    assert_eq!(status, 401, "a right signature for a source that is gone");
}

#[test]
fn a_token_in_the_url_must_be_the_one() {
    for (platform, credentials) in [(Platform::Viasto, Value::Null), (Platform::LaunchPad, Value::Null)] {
        let ground = Ground::of(Platform::Skype);
        let account = Account::open_with(&ground.hub, platform, &credentials);
        let other = Account::open_with(&ground.hub, platform, &credentials);
        let letter = &account.letters(100)[0];
        let headers = account.sign(&letter.id, &letter.body);
        let token = account.credentials["token"].as_str().unwrap();
        let base = format!("/in/{}", account.id);
        ground.nothing_comes_of(|| {
            for wrong in [
                base.clone(),
                format!("{base}/{}", other.credentials["token"].as_str().unwrap()),
                format!("{base}/{}", &token[1..]),
                format!("{base}/{token}x"),
                format!("{base}/{}", token.to_ascii_uppercase()),
                format!("{base}/%20{token}"),
                format!("{base}/{token}%00"),
                format!("{base}?token={token}"),
            ] {
                let answer = post(&ground, &wrong, &headers, &letter.body);
                assert_eq!((answer.status, answer.code().as_str()), (401, "not_authentic"), "{wrong}");
            }
            for nowhere in [format!("{base}/"), format!("{base}/{token}/"), format!("{base}/{token}/x")] {
                assert!(
                    matches!(post(&ground, &nowhere, &headers, &letter.body).status, 401 | 404),
                    "{nowhere}"
                );
            }
        });
        assert_eq!(post(&ground, &format!("{base}/{token}"), &headers, &letter.body).status, 200);
    }
}

#[test]
fn the_last_refusals_are_kept_with_their_reasons_and_all_are_counted() {
    for platform in [Platform::HireHive, Platform::LaunchPad] {
        let ground = Ground::of(platform);
        let letter = &ground.account.letters(100)[0];
        let refused = REJECTIONS_KEPT + 5;
        let long = [
            "x-long-".to_owned() + &"a".repeat(REJECTED_HEADERS_BYTES - 200),
            "x-longer-".to_owned() + &"b".repeat(1_000),
        ];
        ground.nothing_comes_of(|| {
            for _ in 0..refused {
                let mut headers = ground.account.sign(&letter.id, &letter.body);
                for (name, value) in &mut headers {
                    match *name {
                        "webhook-signature" => *value = "v1,bm90IHRoaXMgb25l".to_owned(),
                        "authorization" => *value = format!("Basic {}", STANDARD.encode("launchpad:guessed")),
                        _ => {}
                    }
                }
                headers.extend(long.iter().map(|name| (name.as_str(), String::new())));
                assert_eq!(post(&ground, ground.path(), &headers, &letter.body).status, 401);
            }
        });
        let refusals = ground.hub.get(&format!("/v1/sources/{}/rejections", ground.account.id));
        assert_eq!(refusals["total"], refused);
        let names = refusals["recent"][0]["headers"].as_array().unwrap();
        let bytes: usize = names.iter().map(|name| name.as_str().unwrap().len()).sum();
        assert!(!names.is_empty() && bytes <= REJECTED_HEADERS_BYTES, "{names:?}");
        assert_eq!(refusals["recent"].as_array().unwrap().len(), REJECTIONS_KEPT);
        assert_eq!(refusals["recent"][0]["body_bytes"], letter.body.len());
        let source = ground.hub.get(&format!("/v1/sources/{}", ground.account.id));
        assert_eq!(source["rejected"], refused);
    }
}
