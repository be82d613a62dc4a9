//! `GET /metrics` of the real program: what happened is counted, for whoever operates it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail, and says where")]

mod support;

use callboard_simulate::Platform;
use serde_json::json;
use support::accounts::Account;
use support::ear::Ear;
use support::{Hub, agent, until};

/// Asks for the numbers: the status and the text.
fn scrape(hub: &Hub, key: Option<&str>) -> (u16, String) {
    let mut request = agent().get(format!("{}/metrics", hub.url));
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    let mut answer = request.call().unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

#[test]
fn what_came_in_and_went_out_is_counted() {
    // Given three webhooks that were taken, one of them sent again, one that is forged, and someone who is told
    let hub = Hub::start();
    let ear = Ear::open("standard");
    ear.subscribe(&hub, &json!({}));
    let account = Account::open(&hub, Platform::Skype);
    let letters = account.letters(1);
    account.tell_all(&letters[..3]);
    account.tell(&letters[0]);
    let forged = ureq::post(&account.url).header("content-type", "application/json").send("{}");
    assert!(forged.is_err(), "it is refused");
    hub.settle();

    // Then the numbers say so
    let told = ear.heard().len();
    let attempts = format!("callboard_attempts_total {told}");
    let mut text = String::new();
    until("the last attempt is counted", || {
        let (status, scraped) = scrape(&hub, Some(&hub.key));
        assert_eq!(status, 200);
        text = scraped;
        text.lines().any(|it| it == attempts)
    });
    for line in [
        "callboard_webhooks_total{outcome=\"refused\"} 1".to_owned(),
        "callboard_endpoints 1".to_owned(),
        "callboard_deliveries_in_memory 0".to_owned(),
        "callboard_endpoints_disabled 0".to_owned(),
        "callboard_endpoints_probed 0".to_owned(),
        format!("callboard_deliveries_total{{state=\"delivered\"}} {told}"),
        "# EOF".to_owned(),
    ] {
        assert!(text.lines().any(|it| it == line), "{line} is not in\n{text}");
    }
    let taken: u64 = ["understood", "duplicate"]
        .iter()
        .filter_map(|outcome| {
            let name = format!("callboard_webhooks_total{{outcome=\"{outcome}\"}} ");
            text.lines().find_map(|line| line.strip_prefix(&name))?.parse::<u64>().ok()
        })
        .sum();
    assert_eq!(taken, 4);
}

#[test]
fn the_numbers_are_the_operator_s() {
    let hub = Hub::start();
    let other = hub.post("/v1/companies", &json!({"name": "Durmstrang"}));
    let key = other["key"]["key"].as_str().unwrap();
    assert_eq!(scrape(&hub, None).0, 401);
    assert_eq!(scrape(&hub, Some("cbk_wrong")).0, 401);
    assert_eq!(scrape(&hub, Some(key)).0, 403);
    let reader = hub.post("/v1/keys", &json!({"name": "prometheus", "scope": "read"}));
    assert_eq!(scrape(&hub, reader["key"].as_str()).0, 200);
}
