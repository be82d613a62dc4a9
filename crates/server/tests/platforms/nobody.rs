//! Somebody without a key, at a store that holds the hash of none.

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use callboard_core::{CompanyId, Identifier, KeyId};
use callboard_ledger::{Change, Key, Scope};
use callboard_server::{hash_key, hash_token_of};
use jiff::Timestamp;
use serde_json::json;

use crate::hub::Hub;

#[tokio::test]
async fn no_key_opens_nothing_even_where_its_hash_is_stored() {
    let hub = Hub::start().await;
    let of_nothing = Key {
        id: KeyId::from_raw(14),
        company: CompanyId::from_raw(Hub::COMPANY),
        name: "admin".to_owned(),
        scope: Scope::Admin,
        hash: hash_key(""),
        created_at: Timestamp::UNIX_EPOCH,
        signing: None,
        token_hash: Some(hash_token_of("")),
    };
    hub.ledger.change(vec![Change::PutKey(of_nothing)]).await.unwrap();
    let token = &hash_key("viasto:")[..40];
    assert_eq!(hash_key(token), hash_token_of(""), "it is the token of no key");

    for (method, path, auth) in [
        ("GET", "/v1/keys", "Bearer ".to_owned()),
        ("GET", "/hirehive/v1.0/Stage%20Door/jobs", "Bearer ".to_owned()),
        ("POST", "/launchpad/1/live", format!("Basic {}", STANDARD.encode(":"))),
        ("GET", "/viasto/api/v3/customers/", format!("Token {token}")),
    ] {
        let answer = hub.ask(method, path, Some(&auth), &json!({})).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}: {}", answer.body);
    }
}
