//! Starting, stopping, and being asked.

mod support;

use callboard_core::{Identifier, KeyId, first_raw_at};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{Batch, Change, Company, Store};
use serde_json::json;
use support::{Hub, ask, callboard};

#[test]
fn a_first_start_makes_a_key_that_works_and_a_second_start_keeps_it() {
    let hub = Hub::start();
    assert_eq!(hub.get("/v1/keys")["items"][0]["scope"], "admin");
    let key = hub.key.clone();
    let (data, status) = hub.terminate();
    assert!(status.success(), "SIGTERM ends it well: {status}");

    let hub = Hub::start_on(data, &[]);
    assert_eq!(hub.key, key);
    hub.get("/v1/keys");
}

#[test]
fn what_is_made_after_the_clock_was_set_back_has_a_later_id_than_all_that_there_was() {
    // Given a hub that worked while the clock was far ahead
    let (data, _) = Hub::start().terminate();
    let ahead = first_raw_at("2080-01-01T00:00:00Z".parse().unwrap());
    let store = SqliteStore::open(data.path()).unwrap();
    let company = Company {
        id: Identifier::from_raw(ahead),
        name: "ahead".to_owned(),
        stages: Vec::new(),
        time_zone: None,
    };
    let changes = vec![Change::PutCompany(company)];
    store.engine().unwrap().commit(&Batch { changes, ..Batch::default() }).unwrap();
    drop(store);

    // When somebody makes something
    let hub = Hub::start_on(data, &[]);
    let key = hub.post("/v1/keys", &json!({"name": "reader", "scope": "read"}));

    // Then it is listed as the newest
    let id: KeyId = key["id"].as_str().unwrap().parse().unwrap();
    assert!(id.raw() > ahead, "{id}");
}

#[test]
fn a_key_that_cannot_be_kept_is_no_key_and_the_next_start_makes_one() {
    let data = tempfile::tempdir().unwrap();
    let in_the_way = data.path().join("admin.key");
    std::fs::create_dir(&in_the_way).unwrap();
    let refused =
        callboard(&["serve", "--listen", "127.0.0.1:0", "--data", data.path().to_str().unwrap()], &[]);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("cannot write") && said.contains("admin.key"), "{said}");

    std::fs::remove_dir(&in_the_way).unwrap();
    let hub = Hub::start_on(data, &[]);
    assert_eq!(hub.get("/v1/keys")["items"].as_array().unwrap().len(), 1);
}

#[test]
fn the_api_wants_a_key_and_the_key_s_scope_is_its_limit() {
    let hub = Hub::start();
    let reader =
        hub.post("/v1/keys", &json!({"name": "reader", "scope": "read"}))["key"].as_str().unwrap().to_owned();
    let endpoints = format!("{}/v1/endpoints", hub.url);

    assert_eq!(ask(&endpoints, "GET", None, None).0, 401);
    assert_eq!(ask(&endpoints, "GET", Some("cbk_wrong"), None).0, 401);
    assert_eq!(ask(&endpoints, "GET", Some(&reader), None).0, 200);
    let (status, problem) = ask(&endpoints, "POST", Some(&reader), Some(&json!({})));
    assert_eq!((status, problem["code"].as_str()), (403, Some("scope_too_small")));
}

#[test]
fn health_is_asked_without_a_key() {
    let hub = Hub::start();
    assert_eq!(ask(&format!("{}/healthz", hub.url), "GET", None, None).0, 200);
    assert_eq!(ask(&format!("{}/readyz", hub.url), "GET", None, None).0, 200);
}

#[test]
fn a_store_is_opened_by_one_hub_at_a_time() {
    let hub = Hub::start();
    let data = hub.data.path().to_str().unwrap();
    let second = callboard(&["serve", "--listen", "127.0.0.1:0", "--data", data], &[]);
    assert_eq!(second.status.code(), Some(1));
}

#[test]
fn a_wrong_use_of_the_command_line_ends_with_2() {
    assert_eq!(callboard(&["serve", "--no-such-option"], &[]).status.code(), Some(2));
    assert_eq!(callboard(&["frobnicate"], &[]).status.code(), Some(2));
}
