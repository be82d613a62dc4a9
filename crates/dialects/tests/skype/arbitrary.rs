//! Whatever comes: nothing panics, and nothing that was touched is authentic.

use proptest::prelude::*;

use crate::token::*;

/// One change to some bytes.
#[derive(Debug, Clone)]
enum Touch {
    Flip(prop::sample::Index, u8),
    Insert(prop::sample::Index, u8),
    Remove(prop::sample::Index),
    Cut(prop::sample::Index),
}

fn touch() -> impl Strategy<Value = Touch> {
    use prop::sample::Index;
    prop_oneof![
        (any::<Index>(), 1..=255_u8).prop_map(|(at, by)| Touch::Flip(at, by)),
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Touch::Insert(at, byte)),
        any::<Index>().prop_map(Touch::Remove),
        any::<Index>().prop_map(Touch::Cut),
    ]
}

fn touched(bytes: &[u8], touch: &Touch) -> Vec<u8> {
    let (mut bytes, len) = (bytes.to_vec(), bytes.len());
    match touch {
        Touch::Flip(at, by) => bytes[at.index(len)] ^= by,
        Touch::Insert(at, byte) => bytes.insert(at.index(len), *byte),
        Touch::Remove(at) => drop(bytes.remove(at.index(len))),
        Touch::Cut(at) => bytes.truncate(at.index(len)),
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_touched_body_is_never_authentic(touch in touch()) {
        let body = touched(SAMPLE, &touch);
        prop_assume!(body != SAMPLE);
        let rejection = verify(&token(&claims(SAMPLE)), &body, at(NOW)).unwrap_err();
        prop_assert_eq!(rejection.code, "body");
    }

    #[test]
    fn a_touched_token_is_never_authentic(touch in touch()) {
        let good = token(&claims(SAMPLE));
        let Ok(token) = String::from_utf8(touched(good.as_bytes(), &touch)) else { return Ok(()) };
        prop_assume!(token.trim() != good);
        prop_assert!(verify(&token, SAMPLE, at(NOW)).is_err());
    }

    #[test]
    fn no_header_makes_the_verifier_panic(header in "\\PC{0,80}", body: Vec<u8>) {
        prop_assert!(verify_headers(&[("authorization", &header)], &body, at(NOW)).is_err());
        prop_assert!(verify(&header, &body, at(NOW)).is_err());
    }

    #[test]
    fn no_signed_claims_make_the_verifier_panic(header in any_json(), claims in any_json()) {
        let _ = verify(&token_of(&header, &claims, API_SECRET.as_bytes()), SAMPLE, at(NOW));
        let _ = verify(&token_of(r#"{"alg":"HS256"}"#, &claims, API_SECRET.as_bytes()), SAMPLE, at(NOW));
    }

    #[test]
    fn no_body_makes_the_reader_panic(body: Vec<u8>, touches in prop::collection::vec(touch(), 1..4)) {
        let _ = skype().parse(&body);
        let mut sample = SAMPLE.to_vec();
        for touch in touches {
            if !sample.is_empty() {
                sample = touched(&sample, &touch);
            }
        }
        let _ = skype().parse(&sample);
    }

    #[test]
    fn no_metadata_or_time_makes_the_reader_panic(value in "\\PC{0,20}", metadata in "\\PC{0,20}", time in "[0-9TZ:.+-]{0,40}") {
        let body = serde_json::json!({
            "currentStage": {"value": value, "metadata": metadata}, "timestamp": time, "interviewCode": "R",
        });
        let _ = skype().parse(body.to_string().as_bytes());
    }
}

/// JSON that looks like a token's header or claims, with any values.
fn any_json() -> impl Strategy<Value = String> {
    let name = prop_oneof!["alg|typ|crit|iss|sub|iat|exp|jti", "\\PC{0,5}"];
    let value = prop_oneof![
        Just("null".to_owned()),
        any::<f64>().prop_map(|it| it.to_string()),
        any::<i128>().prop_map(|it| it.to_string()),
        "\\PC{0,10}".prop_map(|it| serde_json::to_string(&it).unwrap()),
        "[\\[\\]{}\":,0-9]{0,20}",
        Just("\"HS256\"".to_owned()),
        Just(format!("\"{API_KEY}\"")),
    ];
    prop::collection::vec((name, value), 0..6).prop_map(|members| {
        let members: Vec<String> = members
            .into_iter()
            .map(|(name, value)| format!("{}:{value}", serde_json::to_string(&name).unwrap()))
            .collect();
        format!("{{{}}}", members.join(","))
    })
}
