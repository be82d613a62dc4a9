//! Who is believed to be viasto: whoever knows the URL (platforms.md 3.1).

#![expect(clippy::unwrap_used, reason = "a test may take its samples for granted")]

use callboard_core::Timestamp;
use callboard_dialects::{Authentic, Dialect, Message, Request, Role, dialect};
use serde_json::json;

fn viasto() -> &'static dyn Dialect {
    dialect("viasto").unwrap()
}

fn asked(made: &serde_json::Value, token: Option<&str>) -> Result<Authentic, &'static str> {
    let headers: [(&str, &str); 0] = [];
    let request = Request { headers: &headers, token, body: b"{}" };
    let verifier = viasto().verifier(made).unwrap();
    verifier.verify(&request, Timestamp::default()).map_err(|rejection| rejection.code)
}

#[test]
fn whoever_knows_the_token_is_believed_and_names_no_message() {
    let made = viasto().credentials(None, Role::Source, &mut |bytes| bytes.fill(5)).unwrap();
    let token = made["token"].as_str().unwrap().to_owned();
    assert_eq!(asked(&made, Some(&token)), Ok(Authentic { unique: None }));
    assert_eq!(asked(&made, None), Err("missing_token"));
    for wrong in ["", &token[1..], &format!("{token}A"), &format!("{token}/"), &token.to_lowercase()] {
        assert_eq!(asked(&made, Some(wrong)), Err("token"), "{wrong}");
    }
}

#[test]
fn a_token_is_as_random_as_what_it_is_made_from() {
    let made = |fill: u8| viasto().credentials(None, Role::Source, &mut |bytes| bytes.fill(fill)).unwrap();
    assert_ne!(made(1), made(2));
    assert_eq!(asked(&made(1), made(2)["token"].as_str()), Err("token"));
}

#[test]
fn a_token_that_was_given_is_kept_if_it_is_hard_to_guess() {
    let checked =
        |token: &str| viasto().credentials(Some(&json!({ "token": token })), Role::Source, &mut |_| ());
    assert_eq!(checked("0123456789abcdef").unwrap(), json!({ "token": "0123456789abcdef" }));
    assert!(checked("0123").is_err() && checked("0123456789abcdef/").is_err());
    assert!(viasto().verifier(&json!({})).is_err());
}

#[test]
fn what_is_sent_is_not_signed_and_names_the_interview_suite() {
    let none = viasto().credentials(None, Role::Endpoint, &mut |_| panic!("nothing is to be made")).unwrap();
    let message = Message { id: "evt_1", body: b"{}", at: Timestamp::default() };
    assert_eq!(
        viasto().signer(&none).unwrap().sign(&message),
        [
            ("content-type", "application/json".to_owned()),
            ("user-agent", "interview suite webhook".to_owned()),
        ]
    );
    let error =
        viasto().credentials(Some(&json!({ "secret": "sesame" })), Role::Endpoint, &mut |_| ()).unwrap_err();
    assert!(!error.to_string().contains("sesame"));
}
