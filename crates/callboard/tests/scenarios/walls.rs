//! Companies are separate worlds: nothing crosses from one into another.

use callboard_simulate::Platform;
use serde_json::{Value, json};

use crate::support::accounts::Account;
use crate::support::ear::{Ear, verifying};
use crate::support::{Hub, ask};

#[test]
fn what_happens_in_one_company_is_neither_told_to_nor_found_by_another() {
    // Given two companies, each with an endpoint for everything
    let hub = Hub::start();
    let ours = Ear::open("standard");
    ours.subscribe(&hub, &json!({}));
    let other = hub.post("/v1/companies", &json!({"name": "Durmstrang"}));
    let key = other["key"]["key"].as_str().unwrap();
    let theirs = Ear::open("cloudevents");
    let there = |method: &str, path: &str, body: Option<&Value>| {
        ask(&format!("{}{path}", hub.url), method, Some(key), body)
    };
    let endpoint =
        json!({"url": theirs.url(), "dialect": "cloudevents", "credentials": verifying("cloudevents")});
    assert_eq!(there("POST", "/v1/endpoints", Some(&endpoint)).0, 201);

    // When the same candidate comes to both, by a platform and by the API
    let account = Account::open(&hub, Platform::HireHive);
    account.tell_all(&account.letters(1));
    let person = json!({"first_name": "Viktor", "email": "viktor@example.org", "external_ids": {"ats": "7"}});
    let mine = hub.post("/v1/candidates", &person);
    let (status, yours) = there("POST", "/v1/candidates", Some(&person));
    assert_eq!(status, 201, "an address and a name may be taken once a company: {yours}");
    hub.settle();
    hub.settle_for(key);

    // Then each heard of its own alone
    let companies = |ear: &Ear| -> Vec<Value> {
        let mut companies: Vec<Value> = ear
            .heard()
            .iter()
            .map(|heard| serde_json::from_slice::<Value>(&heard.body).unwrap())
            .map(|body| {
                if body["company"].is_null() {
                    body["data"]["company"].clone()
                } else {
                    body["company"].clone()
                }
            })
            .collect();
        companies.dedup();
        companies
    };
    assert!(ours.heard().len() > 5);
    assert_eq!(theirs.heard().len(), 1, "one candidate was made there");
    assert_eq!(companies(&ours).len(), 1);
    assert!(!companies(&ours).contains(&other["id"]));

    // And nothing of the one is there for the other, by any address
    for (kind, items) in [
        "jobs",
        "candidates",
        "applications",
        "interviews",
        "feedback",
        "notes",
        "users",
        "events",
        "deliveries",
        "receipts",
        "endpoints",
        "sources",
    ]
    .map(|kind| (kind, hub.all(&format!("/v1/{kind}"))))
    {
        for item in items.iter().take(3) {
            let path = format!("/v1/{kind}/{}", item["id"].as_str().unwrap());
            assert_eq!(there("GET", &path, None).0, 404, "{path}");
        }
    }
    let mine = mine["id"].as_str().unwrap();
    assert_eq!(there("PATCH", &format!("/v1/candidates/{mine}"), Some(&json!({"title": "x"}))).0, 404);
    assert_eq!(there("POST", "/v1/applications", Some(&json!({"candidate_id": mine}))).0, 404);
    let (_, found) = there("GET", "/v1/candidates?external_id=ats:7", None);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    assert_eq!(found["items"][0]["id"], yours["id"]);
}
