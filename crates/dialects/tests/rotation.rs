//! Credentials that replace others: for a while both count, and then the new ones alone.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

use callboard_core::{Rotated, Sealed, Timestamp};
use callboard_dialects::{Authentic, Message, Rejection, Request, Role, dialect, signer, verifier};
use serde_json::{Value, json};

const NOW: i64 = 1_772_355_600;
const UNTIL: i64 = NOW + 3_600;
const BODY: &[u8] = br#"{"event": "State"}"#;

type Sent = Vec<(&'static str, String)>;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn replaced(credentials: &Value) -> Rotated {
    Rotated { credentials: Sealed(credentials.clone()), until: at(UNTIL) }
}

fn made(name: &str, role: Role, given: Option<&Value>, seed: u8) -> Value {
    dialect(name).unwrap().credentials(given, role, &mut |bytes| bytes.fill(seed)).unwrap()
}

fn sign(name: &str, credentials: &Value, rotated: Option<&Rotated>, when: i64) -> Sent {
    let signer = signer(dialect(name).unwrap(), credentials, rotated).unwrap();
    signer.sign(&Message { id: "evt_1", body: BODY, at: at(when) })
}

fn verify(
    name: &str,
    credentials: &Value,
    rotated: Option<&Rotated>,
    sent: (&Sent, Option<&str>),
    when: i64,
) -> Result<Authentic, Rejection> {
    let verifier = verifier(dialect(name).unwrap(), credentials, rotated).unwrap();
    verifier.verify(&Request { headers: sent.0, token: sent.1, body: BODY }, at(when))
}

fn signatures(sent: &Sent) -> Vec<&str> {
    let signatures = &sent.iter().find(|(name, _)| *name == "webhook-signature").unwrap().1;
    signatures.split(' ').collect()
}

#[test]
fn during_the_overlap_a_message_carries_the_signatures_of_both_the_newest_first_and_afterwards_one() {
    let pair = json!({"algorithm": "ed25519"});
    for (name, older, newest) in [
        ("standard", None, None),
        ("cloudevents", None, None),
        ("hirehive", None, None),
        ("standard", None, Some(&pair)),
        ("standard", Some(&pair), Some(&pair)),
        ("cloudevents", Some(&pair), None),
    ] {
        let older = made(name, Role::Endpoint, older, 1);
        let newest = made(name, Role::Endpoint, newest, 2);
        let rotated = replaced(&older);
        let last = UNTIL - 1;

        let both = sign(name, &newest, Some(&rotated), last);
        let (new_alone, old_alone) = (sign(name, &newest, None, last), sign(name, &older, None, last));
        assert_eq!(signatures(&both), [signatures(&new_alone), signatures(&old_alone)].concat(), "{name}");
        for credentials in [&newest, &older] {
            assert!(verify(name, credentials, None, (&both, None), last).is_ok(), "{name}");
        }

        assert_eq!(sign(name, &newest, Some(&rotated), UNTIL), sign(name, &newest, None, UNTIL), "{name}");
    }
}

#[test]
fn where_a_request_can_carry_one_signature_it_is_the_new_one() {
    let login = |password: &str| json!({"username": "callboard", "password": password});
    let skype = |seed| made("skype", Role::Endpoint, None, seed);
    for (name, older, newest) in
        [("skype", skype(1), skype(2)), ("launchpad", login("an old one"), login("a new one"))]
    {
        let both = dialect(name).unwrap().signer_of_both(&newest, &older).unwrap();
        assert!(both.is_none(), "{name}");
        assert_eq!(
            sign(name, &newest, Some(&replaced(&older)), NOW),
            sign(name, &newest, None, NOW),
            "{name}"
        );
    }
}

/// What a platform sends with these credentials: headers, and the token in the URL.
fn sent_with<'a>(name: &str, credentials: &'a Value, when: i64) -> (Sent, Option<&'a str>) {
    match credentials["token"].as_str() {
        Some(token) => (Vec::new(), Some(token)),
        None => (sign(name, credentials, None, when), None),
    }
}

#[test]
fn during_the_overlap_either_credentials_are_known_and_afterwards_the_new_ones_only() {
    let login = json!({"username": "launchpad", "password": "an old one"});
    let skype = |seed| made("skype", Role::Endpoint, None, seed);
    for (name, older, newest, code) in [
        (
            "standard",
            made("standard", Role::Source, None, 1),
            made("standard", Role::Source, None, 2),
            "signature",
        ),
        (
            "hirehive",
            made("hirehive", Role::Source, None, 1),
            made("hirehive", Role::Source, None, 2),
            "signature",
        ),
        ("skype", skype(1), skype(2), "signature"),
        ("viasto", made("viasto", Role::Source, None, 1), made("viasto", Role::Source, None, 2), "token"),
        ("launchpad", login.clone(), json!({"username": "launchpad", "password": "new"}), "credentials"),
        ("launchpad", login.clone(), made("launchpad", Role::Source, None, 2), "missing_token"),
        ("launchpad", made("launchpad", Role::Source, None, 2), login, "missing_header"),
    ] {
        let rotated = replaced(&older);
        let check = |credentials, when| {
            let (headers, token) = sent_with(name, credentials, when);
            verify(name, &newest, Some(&rotated), (&headers, token), when)
        };
        let stranger = made(name, Role::Endpoint, None, 9);
        assert!(check(&newest, NOW).is_ok(), "{name}");
        assert!(check(&older, UNTIL - 1).is_ok(), "{name}");
        assert!(check(&stranger, NOW).is_err(), "{name}");
        assert_eq!(check(&older, UNTIL).unwrap_err().code, code, "{name}");
        assert!(check(&newest, UNTIL).is_ok(), "{name}");
    }
}

#[test]
fn a_request_signed_with_the_older_ones_is_told_what_else_is_wrong_with_it() {
    let (older, newest) = (made("skype", Role::Endpoint, None, 1), made("skype", Role::Endpoint, None, 2));
    let rotated = replaced(&older);
    let late = sign("skype", &older, None, NOW - 600);
    let refused = verify("skype", &newest, Some(&rotated), (&late, None), NOW).unwrap_err();
    assert_eq!(refused.code, "clock");

    let by_nobody = sign("skype", &made("skype", Role::Endpoint, None, 3), None, NOW);
    let refused = verify("skype", &newest, Some(&rotated), (&by_nobody, None), NOW).unwrap_err();
    assert_eq!(refused.code, "signature");
}

#[test]
fn new_credentials_are_of_the_kind_that_they_replace() {
    let renew = |name: &str, role, replaced: &Value| {
        dialect(name).unwrap().renewed(replaced, role, &mut |bytes| bytes.fill(7))
    };
    let members = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for (name, role, given) in [
        ("standard", Role::Endpoint, None),
        ("standard", Role::Source, None),
        ("standard", Role::Endpoint, Some(json!({"algorithm": "ed25519"}))),
        ("cloudevents", Role::Endpoint, Some(json!({"algorithm": "ed25519", "secret": "a text"}))),
        ("hirehive", Role::Source, None),
        ("skype", Role::Endpoint, None),
        ("viasto", Role::Source, None),
        ("launchpad", Role::Source, None),
        ("launchpad", Role::Endpoint, Some(json!({"username": "u", "password": "p"}))),
    ] {
        let older = made(name, role, given.as_ref(), 1);
        let newest = renew(name, role, &older).unwrap();
        assert_eq!(members(&newest), members(&older), "{name}");
        assert_eq!(newest["username"], older["username"], "{name}: the name stays");
        let secret = ["secret", "private_key", "password", "token", "api_secret"];
        assert!(secret.iter().all(|it| newest[it].is_null() || newest[it] != older[it]), "{name}");
    }

    // What is the platform's to make has to be given.
    let of_sender = made("standard", Role::Endpoint, Some(&json!({"algorithm": "ed25519"})), 1);
    let of_sender = json!({"public_key": of_sender["public_key"]});
    assert!(renew("standard", Role::Source, &of_sender).unwrap_err().0.contains("`public_key` is missing"));
    let account = made("skype", Role::Endpoint, None, 1);
    assert!(renew("skype", Role::Source, &account).unwrap_err().0.contains("`api_key` is missing"));
}
