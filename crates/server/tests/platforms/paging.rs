//! Platforms' lists go by page number, which has an end.

use std::sync::Arc;

use callboard_core::{Entity, Identifier, Job, JobId};
use callboard_server::limits::{HIREHIVE_PAGE_ITEMS, LISTED_THINGS, VIASTO_PAGE_ITEMS};
use serde_json::{Value, json};

use crate::hub::{Hub, READER, URL};

const COMPANY: &str = "com_0000000000001";

/// A hub with one job more than lists page through.
async fn hub() -> Hub {
    let job = |raw: usize| Entity::Job(Arc::new(Job::new(JobId::from_raw(raw as u64))));
    Hub::holding((0..=LISTED_THINGS).map(|number| job(1_000 + number))).await
}

#[tokio::test]
async fn hirehive_s_lists_page_through_so_much_and_no_further() {
    let hub = hub().await;
    let get = async |query: &str| {
        let url = format!("{URL}/hirehive/v1.0/{COMPANY}/jobs?{query}");
        hub.ask("GET", &url, Some(&format!("Bearer {READER}")), &Value::Null).await
    };
    let size = HIREHIVE_PAGE_ITEMS;
    let last = get(&format!("page={}&page_size={size}", LISTED_THINGS / size)).await.body;
    assert_eq!(
        (&last["meta"]["total_items"], &last["meta"]["has_next_page"]),
        (&json!(LISTED_THINGS), &json!(false))
    );
    let newest = JobId::from_raw(1_000 + LISTED_THINGS as u64 - 1).to_string();
    assert_eq!(last["items"][size - 1]["id"], newest, "the oldest are listed");
    let beyond = get(&format!("page={}&page_size={size}", LISTED_THINGS / size + 1)).await;
    assert_eq!((beyond.status.as_u16(), &beyond.body["code"]), (400, &json!("bad_query")));

    let odd = get("page=334&page_size=30").await;
    assert_eq!(odd.body["items"].as_array().map(Vec::len), Some(10), "a last page that is not full is one");
    assert_eq!(get("page=335&page_size=30").await.status, 400);
}

#[tokio::test]
async fn viasto_s_lists_page_through_so_much_and_no_further() {
    let hub = hub().await;
    let login = json!({"username": "ada", "password": READER, "company": COMPANY});
    let token = hub.ask("POST", "/viasto/api-token-auth/", None, &login).await.body["token"].clone();
    let token = format!("Token {}", token.as_str().unwrap());
    let projects = format!("{URL}/viasto/api/v3/companies/{COMPANY}/projects");
    let get =
        async |query: &str| hub.ask("GET", &format!("{projects}/?{query}"), Some(&token), &Value::Null).await;
    let size = VIASTO_PAGE_ITEMS;
    let most = get(&format!("page_size={}", size * 5)).await.body;
    assert_eq!(most["objects"].as_array().map(Vec::len), Some(size), "as many as a page may hold");
    assert_eq!(most["meta"]["total_count"], LISTED_THINGS);
    let last = get(&format!("page={}&page_size={size}", LISTED_THINGS / size)).await.body;
    assert_eq!((last["objects"].as_array().map(Vec::len), &last["meta"]["next"]), (Some(size), &Value::Null));
    assert_eq!(get(&format!("page={}&page_size={size}", LISTED_THINGS / size + 1)).await.status, 404);

    let before = get("page=333&page_size=30").await.body;
    let odd = hub.ask("GET", before["meta"]["next"].as_str().unwrap(), Some(&token), &Value::Null).await;
    assert_eq!(odd.body["objects"].as_array().map(Vec::len), Some(10), "a last page that is not full is one");
}
