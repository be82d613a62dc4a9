//! What can be asked for, and what cannot.

use callboard_simulate::Platform;
use serde_json::{Value, json};

use crate::support::accounts::Account;
use crate::support::ear::Ear;
use crate::support::{Hub, ask};
use crate::{counts, done, replay};

#[test]
fn windows_of_time_hold_what_was_recorded_in_them() {
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::Skype);
    account.tell_all(&account.letters(0)[..2]);
    let all = hub.all("/v1/events").len() as u64;
    let ear = Ear::open("standard");
    let endpoint = ear.subscribe(&hub, &json!({}));
    let path = format!("endpoints/{endpoint}");

    for (since, until, found) in [
        ("2100-01-01T00:00:00Z", "2200-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000001Z", 0),
        ("-009999-01-02T01:59:59Z", "9999-12-30T22:00:00.999999999Z", all),
    ] {
        let window = json!({"what": "missed", "since": since, "until": until});
        let ended = done(&hub, &replay(&hub, &path, &window));
        assert_eq!(counts(&ended)[0], found, "{since} {until} {ended}");
    }
    for (since, until) in
        [("2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z"), ("2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z")]
    {
        refused(&hub, &path, &json!({"since": since, "until": until}), 422, "bad_replay");
    }
    for (body, code) in [
        (json!({}), "bad_body"),
        (json!({"since": "yesterday"}), "bad_body"),
        (json!({"since": crate::LONG_AGO, "what": "quarantined"}), "bad_body"),
        (json!({"since": crate::LONG_AGO, "events": ["interview.nonsense"]}), "unknown_event"),
        (json!({"since": crate::LONG_AGO, "sources": ["src_0000000000001"]}), "unknown_source"),
    ] {
        refused(&hub, &path, &body, 400, code);
    }
    let source = format!("sources/{}", account.id);
    let body = json!({"since": crate::LONG_AGO, "events": ["interview.*"]});
    refused(&hub, &source, &body, 422, "bad_replay");
}

#[test]
fn another_company_s_endpoints_sources_and_replays_are_not_there() {
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::Skype);
    let ear = Ear::open("standard");
    let endpoint = ear.subscribe(&hub, &json!({}));
    let id = replay(&hub, &format!("endpoints/{endpoint}"), &json!({}));
    done(&hub, &id);
    let theirs = hub.post("/v1/companies", &json!({"name": "another"}));
    let key = theirs["key"].as_str().or(theirs["key"]["key"].as_str()).unwrap();
    let body = json!({"since": crate::LONG_AGO});

    let asked = |method: &str, path: &str, body: Option<&Value>| {
        ask(&format!("{}/v1/{path}", hub.url), method, Some(key), body)
    };
    for (method, path) in [
        ("POST", format!("endpoints/{endpoint}/replay")),
        ("POST", format!("sources/{}/replay", account.id)),
        ("GET", format!("replays/{id}")),
        ("POST", format!("replays/{id}/cancel")),
    ] {
        let body =
            (method == "POST").then_some(if path.ends_with("replay") { body.clone() } else { json!({}) });
        assert_eq!(asked(method, &path, body.as_ref()).0, 404, "{path}");
    }
    assert_eq!(asked("GET", "replays", None).1["items"], json!([]));
    assert_eq!(hub.get("/v1/replays")["items"][0]["id"], id.as_str());
}

fn refused(hub: &Hub, path: &str, body: &Value, status: u16, code: &str) {
    let answered = hub.ask("POST", &format!("/v1/{path}/replay"), Some(body));
    assert_eq!((answered.0, &answered.1["code"]), (status, &json!(code)), "{body} {}", answered.1);
}
