//! Keys and secrets, given or made.

use callboard_dialects::Role;
use serde_json::json;

use crate::token::*;

#[test]
fn an_endpoint_s_key_and_secret_are_made_where_they_are_not_given() {
    let mut count = 0_u8;
    let mut random = |bytes: &mut [u8]| {
        bytes.fill_with(|| {
            count += 1;
            count
        });
    };
    let made = skype().credentials(None, Role::Endpoint, &mut random).unwrap();
    assert_eq!(made["api_key"], "01020304-0506-8708-890a-0b0c0d0e0f10");
    assert_eq!(made["api_secret"].as_str().unwrap().len(), 64);
    assert!(skype().signer(&made).is_ok() && skype().verifier(&made).is_ok());

    let half = json!({"api_key": API_KEY});
    let made = skype().credentials(Some(&half), Role::Endpoint, &mut random).unwrap();
    assert_eq!(made["api_key"], API_KEY);
    assert_eq!(made["api_secret"].as_str().unwrap().len(), 64);
}

#[test]
fn a_source_s_key_and_secret_are_microsoft_s_to_give() {
    let mut random = |_: &mut [u8]| panic!("nothing is made");
    let given = credentials();
    assert_eq!(skype().credentials(Some(&given), Role::Source, &mut random).unwrap(), given);
    for missing in
        [None, Some(json!({})), Some(json!({"api_key": API_KEY})), Some(json!({"api_secret": "x"}))]
    {
        assert!(skype().credentials(missing.as_ref(), Role::Source, &mut random).is_err(), "{missing:?}");
    }
}

#[test]
fn what_is_wrong_with_credentials_is_named_and_never_repeated() {
    let mut random = |_: &mut [u8]| {};
    for wrong in [
        json!({"api_key": API_KEY, "api_secret": 123_456_789}),
        json!({"api_key": API_KEY, "api_secret": ["hush"]}),
        json!({"api_key": API_KEY, "apiSecret": "hush"}),
        json!({"api_key": API_KEY, "api_secret": ""}),
        json!("hush"),
    ] {
        for role in [Role::Source, Role::Endpoint] {
            let error = skype().credentials(Some(&wrong), role, &mut random).unwrap_err().to_string();
            assert!(error.contains("credentials") || error.contains("api_secret"), "{error}");
            assert!(!error.contains("hush") && !error.contains("123456789"), "{error}");
        }
    }
}
