//! Credentials: secrets and Ed25519 pairs, given or made.

use callboard_core::Timestamp;
use callboard_dialects::{Dialect, Message, Request, Role, dialect};
use serde_json::{Value, json};

/// The pair of the specification's own tests.
const PRIVATE: &str =
    "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
const PUBLIC: &str = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const BODY: &[u8] = br#"{"type":"interview.created"}"#;

fn standard() -> &'static dyn Dialect {
    dialect("standard").unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

fn sign(credentials: &Value) -> Vec<(&'static str, String)> {
    standard().signer(credentials).unwrap().sign(&Message { id: "evt_1", body: BODY, at: now() })
}

fn verifies(credentials: &Value, headers: &Vec<(&'static str, String)>, body: &[u8]) -> bool {
    let verifier = standard().verifier(credentials).unwrap();
    verifier.verify(&Request { headers, token: None, body }, now()).is_ok()
}

fn complete(given: Option<&Value>, role: Role) -> Result<Value, String> {
    let mut random = |bytes: &mut [u8]| bytes.fill(7);
    standard().credentials(given, role, &mut random).map_err(|error| error.to_string())
}

#[test]
fn what_a_private_key_signs_its_public_key_verifies() {
    let headers = sign(&json!({"private_key": PRIVATE}));
    assert!(headers[3].1.starts_with("v1a,"));
    assert!(verifies(&json!({"public_key": PUBLIC}), &headers, BODY));
    assert!(!verifies(&json!({"public_key": PUBLIC}), &headers, b"{}"));
    assert!(!verifies(&json!({"secret": SECRET}), &headers, BODY));
}

#[test]
fn a_key_beside_a_secret_adds_a_signature() {
    let headers = sign(&json!({"secret": SECRET, "private_key": PRIVATE}));
    assert_eq!(headers[3].1.split(' ').map(|it| &it[..3]).collect::<Vec<_>>(), ["v1,", "v1a"]);
    assert!(verifies(&json!({"public_key": PUBLIC}), &headers, BODY));
    assert!(verifies(&json!({"secret": SECRET}), &headers, BODY));
}

#[test]
fn a_signature_under_the_other_version_s_name_is_refused() {
    let mut headers = sign(&json!({"private_key": PRIVATE}));
    headers[3].1 = headers[3].1.replace("v1a,", "v1,");
    assert!(!verifies(&json!({"public_key": PUBLIC}), &headers, BODY));
}

#[test]
fn a_secret_is_made_where_nothing_is_given() {
    for role in [Role::Source, Role::Endpoint] {
        for given in [None, Some(Value::Null), Some(json!({})), Some(json!({"secret": null}))] {
            let made = complete(given.as_ref(), role).unwrap();
            assert!(made["secret"].as_str().unwrap().starts_with("whsec_BwcH"), "{made}");
            assert!(verifies(&made, &sign(&made), BODY));
        }
    }
}

#[test]
fn a_pair_is_made_where_ed25519_is_asked_for_and_its_public_half_is_told() {
    let made = complete(Some(&json!({"algorithm": "ed25519"})), Role::Endpoint).unwrap();
    let members: Vec<&String> = made.as_object().unwrap().keys().collect();
    assert_eq!(members, ["private_key", "public_key"]);
    assert!(verifies(&json!({"public_key": made["public_key"]}), &sign(&made), BODY));

    let given = complete(Some(&json!({"private_key": PRIVATE})), Role::Endpoint).unwrap();
    assert_eq!(given["public_key"], PUBLIC);
}

#[test]
fn what_is_given_is_kept() {
    for given in
        [json!({"secret": SECRET}), json!({"secrets": [SECRET, "whsec_AAAA"]}), json!({"public_key": PUBLIC})]
    {
        assert_eq!(complete(Some(&given), Role::Source).unwrap(), given);
    }
}

#[test]
fn what_is_wrong_with_credentials_is_named_and_never_repeated() {
    for (wrong, role) in [
        (json!({"secret": "whsec_hush!"}), Role::Source),
        (json!({"secret": ""}), Role::Source),
        (json!({"secret": "whsec_"}), Role::Source),
        (json!({"secret": 4711}), Role::Source),
        (json!({"secrets": []}), Role::Source),
        (json!({"secrets": "hush"}), Role::Source),
        (json!({"secrets": ["hush", 7]}), Role::Source),
        (json!({"secret": "hush", "secrets": ["hush"]}), Role::Source),
        (json!({"Secret": "hush"}), Role::Source),
        (json!({"public_key": "hush"}), Role::Source),
        (json!({"public_key": "whpk_AAAA"}), Role::Source),
        (json!({"private_key": "whsk_AAAA"}), Role::Endpoint),
        (json!({"private_key": PUBLIC}), Role::Endpoint),
        (json!({"public_key": PUBLIC}), Role::Endpoint),
        (json!({"algorithm": "ed25519"}), Role::Source),
        (json!({"algorithm": "rsa"}), Role::Endpoint),
        (json!(["hush"]), Role::Endpoint),
    ] {
        let error = complete(Some(&wrong), role).unwrap_err();
        assert!(!error.contains("hush") && !error.contains("4711") && !error.contains("AAAA"), "{error}");
    }
}
