//! Who is believed to be HireHive (platforms.md 1.2): Standard Webhooks, within five minutes.

#![expect(clippy::unwrap_used, reason = "a test may take its samples for granted")]

use callboard_core::Timestamp;
use callboard_dialects::{Message, Request, Role, dialect};
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::{Value, json};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEW_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const BODY: &[u8] = include_bytes!("fixtures/hirehive/interview.created.json");

type Headers = Vec<(&'static str, String)>;

fn sent_at() -> Timestamp {
    "2023-01-19T00:13:51Z".parse().unwrap()
}

fn signed_with(credentials: &Value) -> Headers {
    let signer = dialect("hirehive").unwrap().signer(credentials).unwrap();
    signer.sign(&Message { id: "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", body: BODY, at: sent_at() })
}

/// `Ok` with what is unique about the request, or the code of the rejection.
fn verified(
    credentials: &Value,
    headers: &Headers,
    body: &[u8],
    now: Timestamp,
) -> Result<String, &'static str> {
    let verifier = dialect("hirehive").unwrap().verifier(credentials).unwrap();
    verifier
        .verify(&Request { headers, token: None, body }, now)
        .map(|authentic| authentic.unique.unwrap())
        .map_err(|rejection| rejection.code)
}

fn one() -> Value {
    json!({ "secret": SECRET })
}

fn with(mut headers: Headers, name: &str, value: &str) -> Headers {
    headers.iter_mut().filter(|(key, _)| *key == name).for_each(|(_, old)| value.clone_into(old));
    headers
}

#[test]
fn a_request_is_sent_with_the_three_headers_and_believed() {
    let headers = signed_with(&one());
    let names: Vec<_> = headers.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["content-type", "webhook-id", "webhook-timestamp", "webhook-signature"]);
    assert_eq!(headers[0].1, "application/json");
    assert_eq!(headers[2].1, "1674087231");
    assert_eq!(verified(&one(), &headers, BODY, sent_at()), Ok("msg_2KWPBgLlAfxdpx2AI54pPJ85f4W".to_owned()));
}

#[test]
fn clocks_may_be_five_minutes_apart_and_no_second_more() {
    let headers = signed_with(&one());
    let at = |seconds| verified(&one(), &headers, BODY, sent_at() + SignedDuration::from_secs(seconds));
    assert!(at(300).is_ok() && at(-300).is_ok());
    assert_eq!((at(301), at(-301)), (Err("clock"), Err("clock")));
}

#[test]
fn during_a_rotation_either_secret_does_on_either_side() {
    let both = json!({ "secrets": [NEW_SECRET, SECRET] });
    let headers = signed_with(&both);
    assert_eq!(headers[3].1.split(' ').count(), 2);
    assert!(verified(&one(), &headers, BODY, sent_at()).is_ok(), "the receiver still has the old one");
    assert!(
        verified(&both, &signed_with(&one()), BODY, sent_at()).is_ok(),
        "the sender still has the old one"
    );
    let new = json!({ "secret": NEW_SECRET });
    assert_eq!(verified(&new, &signed_with(&one()), BODY, sent_at()), Err("signature"));
}

#[test]
fn signatures_of_unknown_versions_are_skipped() {
    let headers = signed_with(&one());
    let signature = headers[3].1.clone();
    let among = with(headers.clone(), "webhook-signature", &format!("v9,AAAA v2 {signature} v1,AAAA"));
    assert!(verified(&one(), &among, BODY, sent_at()).is_ok());
    let disguised = with(headers, "webhook-signature", &signature.replace("v1,", "v2,"));
    assert_eq!(verified(&one(), &disguised, BODY, sent_at()), Err("signature"));
}

#[test]
fn a_body_that_was_parsed_and_written_again_is_explained() {
    let headers = signed_with(&one());
    let again = serde_json::from_slice::<Value>(BODY).unwrap().to_string();
    let verifier = dialect("hirehive").unwrap().verifier(&one()).unwrap();
    let request = Request { headers: &headers, token: None, body: again.as_bytes() };
    let rejection = verifier.verify(&request, sent_at()).unwrap_err();
    assert_eq!(rejection.code, "signature");
    assert!(rejection.explanation.contains("re-serialised"), "{rejection}");
}

#[test]
fn another_id_another_time_or_a_missing_header_is_not_believed() {
    let headers = signed_with(&one());
    let other_id = with(headers.clone(), "webhook-id", "msg_other");
    assert_eq!(verified(&one(), &other_id, BODY, sent_at()), Err("signature"));
    let other_time = with(headers.clone(), "webhook-timestamp", "1674087232");
    assert_eq!(verified(&one(), &other_time, BODY, sent_at()), Err("signature"));
    let no_time = with(headers.clone(), "webhook-timestamp", "yesterday");
    assert_eq!(verified(&one(), &no_time, BODY, sent_at()), Err("malformed"));
    for missing in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let rest = headers.iter().filter(|(name, _)| *name != missing).cloned().collect();
        assert_eq!(verified(&one(), &rest, BODY, sent_at()), Err("missing_header"));
    }
}

#[test]
fn a_secret_that_is_not_given_is_made() {
    let hirehive = dialect("hirehive").unwrap();
    let made = hirehive.credentials(None, Role::Endpoint, &mut |bytes| bytes.fill(7)).unwrap();
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    assert!(verified(&made, &signed_with(&made), BODY, sent_at()).is_ok());
    let given =
        hirehive.credentials(Some(&one()), Role::Source, &mut |_| panic!("nothing is to be made")).unwrap();
    assert_eq!(given, one());
    let error = hirehive.credentials(Some(&json!({ "secret": 5 })), Role::Source, &mut |_| ()).unwrap_err();
    assert!(error.to_string().contains("`secret`"));
}

proptest! {
    #[test]
    fn no_headers_make_the_verifier_panic_or_believe(
        id in "\\PC{0,20}", time in "[-0-9]{0,20}|1674087231", signature in "(v1,)?\\PC{0,60}", body: Vec<u8>,
    ) {
        let headers = vec![("webhook-id", id), ("webhook-timestamp", time), ("webhook-signature", signature)];
        prop_assert!(verified(&one(), &headers, &body, sent_at()).is_err());
    }
}
