//! Whatever comes: nothing panics, and nothing that was touched is authentic.

use callboard_core::{EventType, Timestamp};
use callboard_dialects::{Message, Recipient, Request, dialect};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;

use crate::events::event;

const TO: Recipient<'static> =
    Recipient { url: "https://partner.example", public_url: "https://hub.example" };

fn now() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

/// A message that says one thing, under two kinds of signatures.
fn message() -> (Vec<u8>, Vec<(&'static str, String)>) {
    let standard = dialect("standard").unwrap();
    let body = standard.render(&crate::events::small_event(), &TO).remove(0);
    let headers = standard.signer(&keys()).unwrap().sign(&Message { id: "evt_1", body: &body, at: now() });
    (body, headers)
}

fn keys() -> serde_json::Value {
    json!({
        "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        "private_key": "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==",
    })
}

fn is_authentic(headers: &Vec<(&'static str, String)>, body: &[u8]) -> bool {
    let verifier = dialect("standard").unwrap().verifier(&keys()).unwrap();
    verifier.verify(&Request { headers, token: None, body }, now()).is_ok()
}

proptest! {
    #[test]
    fn a_touched_body_is_never_authentic(at: Index, by in 1..=255_u8) {
        let (mut body, headers) = message();
        prop_assert!(is_authentic(&headers, &body));
        let at = at.index(body.len());
        body[at] ^= by;
        prop_assert!(!is_authentic(&headers, &body));
        body.truncate(at);
        prop_assert!(!is_authentic(&headers, &body));
    }

    #[test]
    fn a_message_under_another_id_or_time_is_never_authentic(id in "[a-z0-9_.]{0,12}", seconds in -300_i64..=300) {
        let (body, headers) = message();
        prop_assume!(id != "evt_1" && seconds != 0);
        let mut other_id = headers.clone();
        other_id[1].1 = id;
        prop_assert!(!is_authentic(&other_id, &body));
        let mut other_time = headers;
        other_time[2].1 = (now().as_second() + seconds).to_string();
        prop_assert!(!is_authentic(&other_time, &body));
    }

    #[test]
    fn no_headers_make_the_verifier_panic(
        id in "\\PC{0,20}", time in "(-?[0-9]{0,20})|1700000000|\\PC{0,5}", signature in "(v1a?,)?\\PC{0,40}", body: Vec<u8>,
    ) {
        let headers = vec![("webhook-id", id), ("webhook-timestamp", time), ("webhook-signature", signature)];
        prop_assert!(!is_authentic(&headers, &body));
    }

    #[test]
    fn no_body_makes_a_reader_panic(kind in prop::sample::select(EventType::KNOWN), at: Index, by: u8, noise: Vec<u8>) {
        for name in ["standard", "cloudevents"] {
            let dialect = dialect(name).unwrap();
            let mut body = dialect.render(&event(kind.clone()), &TO).remove(0);
            let at = at.index(body.len());
            body[at] ^= by;
            let _ = dialect.parse(&body);
            let _ = dialect.parse(&body[..at]);
            let _ = dialect.parse(&noise);
        }
    }
}
