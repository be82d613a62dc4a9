//! What is as large as the table of limits in docs/operating.md allows is taken, and what is larger is refused by name
//! (invariant I7). Limits that need more than a request or two are met where they belong.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail, and says where")]

mod support;

use callboard_core::{MAX_EXTERNAL_IDS, MAX_TAGS};
use callboard_outbox::retry::MAX_RETRIES;
use callboard_server::limits::{
    CREDENTIALS_BYTES, EMAIL_BYTES, IDEMPOTENCY_KEY_BYTES, KEPT_HEADER_BYTES, LINK_BYTES, NAMED_BY_ENDPOINT,
    PIPELINE_STAGES, TEXT_CHARS,
};
use serde_json::{Map, Value, json};

use crate::support::Hub;

/// The body of `size`, made by `make`, is taken; the next larger one is refused like this.
#[track_caller]
fn most(
    hub: &Hub,
    method: &str,
    path: &str,
    size: usize,
    make: impl Fn(usize) -> Value,
    refusal: (u16, &str),
) {
    let (status, answer) = hub.ask(method, path, Some(&make(size)));
    assert!((200..300).contains(&status), "{size} is not too much: {status} {answer}");
    let (status, answer) = hub.ask(method, path, Some(&make(size + 1)));
    assert_eq!((status, answer["code"].as_str().unwrap()), refusal, "{answer}");
}

fn x(count: usize) -> String {
    "x".repeat(count)
}

#[test]
fn what_an_endpoint_is_told_to_be_has_limits() {
    let hub = Hub::start();
    let endpoint = |name: &str, value: Value| {
        let mut body = json!({"url": "http://127.0.0.1:9/hook", "dialect": "standard"});
        body[name] = value;
        body
    };
    let made = |size: usize, name: &'static str, value: &dyn Fn(usize) -> Value, refusal| {
        most(&hub, "POST", "/v1/endpoints", size, |size| endpoint(name, value(size)), refusal);
    };
    made(TEXT_CHARS, "description", &|size| json!("ä".repeat(size)), (400, "too_long"));
    made(NAMED_BY_ENDPOINT, "events", &|size| json!(vec!["interview.*"; size]), (400, "list_too_long"));
    made(MAX_RETRIES, "retry", &|size| json!({"schedule": vec!["1s"; size]}), (400, "bad_retry"));
    let week_s = 7 * 24 * 3_600;
    let one = |size: usize| json!({"schedule": [format!("{size}s")]});
    made(week_s, "retry", &one, (400, "bad_retry"));
    let source = hub.source("viasto", &json!({}))["id"].clone();
    let sources = |size: usize| Value::from(vec![source.clone(); size]);
    made(NAMED_BY_ENDPOINT, "sources", &sources, (400, "list_too_long"));
}

#[test]
fn credentials_have_a_limit() {
    let hub = Hub::start();
    let frame = json!({"username": "", "password": "p"}).to_string().len();
    let source = |size: usize| json!({"platform": "launchpad", "credentials": {"username": x(size - frame), "password": "p"}});
    most(&hub, "POST", "/v1/sources", CREDENTIALS_BYTES, source, (400, "bad_credentials"));
}

#[test]
fn what_is_said_of_a_thing_has_limits() {
    let hub = Hub::start();
    let e_mail = |size: usize| json!({"email": format!("{}@example.com", x(size - "@example.com".len()))});
    most(&hub, "POST", "/v1/candidates", EMAIL_BYTES, e_mail, (422, "bad_fact"));
    let link = |size: usize| json!({"title": "x", "url": format!("https://a.example/{}", x(size - 18))});
    most(&hub, "POST", "/v1/jobs", LINK_BYTES, link, (400, "too_long"));
    let names = |size: usize| {
        let names: Map<String, Value> = (0..size).map(|it| (format!("ats-{it}"), json!("1"))).collect();
        json!({"title": "x", "external_ids": names})
    };
    most(&hub, "POST", "/v1/jobs", MAX_EXTERNAL_IDS, names, (400, "list_too_long"));

    let tags = |size: usize| {
        let tags: Vec<Value> = (0..size).map(|it| json!(format!("tag {it}"))).collect();
        json!({"email": format!("{size}@example.com"), "tags": tags})
    };
    most(&hub, "POST", "/v1/candidates", MAX_TAGS, tags, (400, "list_too_long"));
    let full = hub
        .all("/v1/candidates")
        .into_iter()
        .find(|it| it["tags"].as_array().map(Vec::len) == Some(MAX_TAGS));
    let id = full.unwrap()["id"].as_str().unwrap().to_owned();
    let (status, answer) = hub.ask("PUT", &format!("/v1/candidates/{id}/tags/another"), None);
    assert_eq!((status, &answer["code"]), (409, &json!("too_many")), "{answer}");
}

#[test]
fn the_stages_of_a_pipeline_and_the_key_of_a_request_have_limits() {
    let hub = Hub::start();
    let stages = |size: usize| {
        let stages = (0..size).map(|it| json!({"id": format!("s{it}"), "name": "Stage", "parent": "new"}));
        json!({"stages": stages.collect::<Vec<_>>()})
    };
    most(&hub, "PATCH", "/v1/settings", PIPELINE_STAGES, stages, (400, "list_too_long"));

    let with_key = |size: usize| {
        let request = ureq::post(format!("{}/v1/jobs", hub.url))
            .config()
            .http_status_as_error(false)
            .build()
            .header("authorization", format!("Bearer {}", hub.key))
            .header("content-type", "application/json")
            .header("idempotency-key", x(size));
        request.send(r#"{"title":"x"}"#).unwrap().status().as_u16()
    };
    assert_eq!(with_key(IDEMPOTENCY_KEY_BYTES), 201);
    assert_eq!(with_key(IDEMPOTENCY_KEY_BYTES + 1), 400);
}

#[test]
fn of_a_request_s_headers_so_much_is_kept_and_the_request_is_taken_all_the_same() {
    let hub = Hub::start();
    let source = hub.source("viasto", &json!({}));
    let mut request = ureq::post(source["url"].as_str().unwrap()).header("content-type", "application/json");
    for number in 0..20 {
        request = request.header(format!("x-long-{number:02}"), x(1_000));
    }
    let answered = request.send("{}").unwrap().status().as_u16();
    assert_eq!(answered, 200);
    let receipt = hub.all("/v1/receipts").pop().unwrap();
    let receipt = hub.get(&format!("/v1/receipts/{}", receipt["id"].as_str().unwrap()));
    let kept = receipt["headers"].to_string().len();
    assert!(
        (KEPT_HEADER_BYTES / 2..=KEPT_HEADER_BYTES).contains(&kept),
        "{kept} bytes: {}",
        receipt["headers"]
    );
}
