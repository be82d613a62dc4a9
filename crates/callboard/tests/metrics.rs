//! `GET /metrics` of the real program: what happened is counted, for whoever operates it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail, and says where")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use callboard_simulate::{Answer, Letter, Platform};
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

/// Each series and where it stands.
fn read(text: &str) -> BTreeMap<&str, u64> {
    let series = text.lines().filter(|line| !line.starts_with('#'));
    series
        .map(|line| line.rsplit_once(' ').map(|(name, value)| (name, value.parse().unwrap())).unwrap())
        .collect()
}

/// Each series that the documentation says there is.
fn documented() -> BTreeSet<String> {
    let page = include_str!("../../../docs/operating.md");
    let (_, rest) = page.split_once("\n## Metrics\n").unwrap();
    let (section, _) = rest.split_once("\n## ").unwrap();
    let words = |text: &'static str| text.split('`').skip(1).step_by(2);
    let mut series = BTreeSet::new();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let (names, meaning) = row.trim_start_matches("| ").split_once(" | ").unwrap();
        for name in words(names) {
            match name.strip_suffix('}').and_then(|name| name.split_once('{')) {
                Some((name, label)) => {
                    series.extend(words(meaning).map(|value| format!("{name}{{{label}=\"{value}\"}}")));
                }
                None => drop(series.insert(name.to_owned())),
            }
        }
    }
    series
}

#[test]
fn what_came_in_and_went_out_is_counted_in_the_series_that_the_documentation_names() {
    // Given three webhooks that were understood, one of them sent again, one that makes no sense, one that is forged, someone
    // who is told, and someone who refuses what the third one says until it is given up
    let hub = Hub::start();
    let (ear, refusing) = (Ear::open("standard"), Ear::answering("standard", |_| Answer::now(500)));
    ear.subscribe(&hub, &json!({}));
    let account = Account::open(&hub, Platform::Skype);
    let letters = account.letters(1);
    account.tell_all(&letters[..2]);
    refusing.subscribe(&hub, &json!({"events": ["interview.stage.updated"], "retry": {"schedule": ["1s"]}}));
    account.tell(&letters[2]);
    account.tell(&letters[0]);
    let senseless =
        Letter { body: b"{}".as_slice().into(), id: "senseless".to_owned(), ..letters[3].clone() };
    assert_eq!(account.tell(&senseless)["outcome"], "quarantined");
    let forged = agent().post(&account.url).header("content-type", "application/json").send("{}").unwrap();
    assert_eq!(forged.status(), 401);
    hub.settle();

    // Then the numbers say so
    let (told, refused) = (ear.counts().heard, refusing.counts().heard);
    assert_eq!(refused, 2);
    let mut text = String::new();
    until("the last attempt is counted and on record", || {
        let (status, scraped) = scrape(&hub, Some(&hub.key));
        assert_eq!(status, 200);
        text = scraped;
        let series = read(&text);
        series["callboard_attempts_total"] == told + refused && series["callboard_attempts_unsettled"] == 0
    });
    let series = read(&text);
    let expected = [
        ("callboard_webhooks_total{outcome=\"understood\"}", 3),
        ("callboard_webhooks_total{outcome=\"duplicate\"}", 1),
        ("callboard_webhooks_total{outcome=\"quarantined\"}", 1),
        ("callboard_webhooks_total{outcome=\"refused\"}", 1),
        ("callboard_deliveries_total{state=\"delivered\"}", told),
        ("callboard_deliveries_total{state=\"failed\"}", 1),
        ("callboard_attempts_total", told + refused),
        ("callboard_deliveries_in_memory", 0),
        ("callboard_attempts_in_flight", 0),
        ("callboard_attempts_unsettled", 0),
        ("callboard_endpoints", 2),
        ("callboard_endpoints_behind", 0),
        ("callboard_endpoints_probed", 0),
        ("callboard_endpoints_disabled", 0),
    ];
    assert_eq!(series, BTreeMap::from(expected));
    assert_eq!(text.lines().last(), Some("# EOF"));

    // And the documentation names each of them, and no other
    assert_eq!(
        series.keys().copied().collect::<BTreeSet<_>>(),
        documented().iter().map(String::as_str).collect()
    );
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
