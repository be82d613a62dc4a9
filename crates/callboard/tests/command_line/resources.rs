//! Sources, endpoints and keys from a terminal: tables for people, JSON for programs.

use std::process::Stdio;

use callboard_simulate::Platform;

use crate::said::{failed, id, json, shown};
use crate::support::accounts::Account;
use crate::support::{Hub, callboard};

const NOWHERE: &str = "http://127.0.0.1:9/hook";

#[test]
fn sources_are_made_listed_shown_and_removed() {
    let hub = Hub::start();
    assert_eq!(shown(&hub, &["source", "list"]).lines().count(), 1, "one sentence when there are none");

    // made: what has to be given to the platform is shown, once
    let skype =
        ["source", "add", "skype", "--name", "people", "--api-key", "a-key", "--api-secret", "a secret"];
    let made = shown(&hub, &skype);
    assert!(made.contains("/in/src_") && made.contains("a secret"), "{made}");
    let hirehive = json(&hub, &["source", "add", "hirehive"]);
    let secret = hirehive["credentials"]["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_"), "{secret}");

    // listed, newest first, and shown, without secrets
    let table = shown(&hub, &["source", "list"]);
    assert_eq!(table.lines().count(), 3, "{table}");
    assert!(table.contains("PLATFORM") && table.contains("people"), "{table}");
    let list = json(&hub, &["source", "list"]);
    assert_eq!(list["items"][0]["id"], hirehive["id"]);
    let one = shown(&hub, &["source", "show", id(&hirehive)]);
    assert!(one.contains(id(&hirehive)) && !one.contains(secret), "{one}");

    // why requests were refused
    Account { platform: Platform::HireHive, ..account_of(&hirehive) }.simulate(&["--count", "1", "--forge"]);
    let rejections = shown(&hub, &["source", "rejections", id(&hirehive)]);
    assert!(rejections.contains("signature") && !rejections.contains(secret), "{rejections}");
    assert!(json(&hub, &["source", "rejections", id(&hirehive)])["total"].as_u64() > Some(0));

    // what thin webhooks point at is fetched from one place, with credentials that nobody sees again
    let login = ["--fetch-username", "callboard", "--fetch-password", "a word", "--fetch-company", "acme"];
    let viasto = [&["source", "add", "viasto", "--fetch-url", "http://127.0.0.1:9"], &login[..]].concat();
    let viasto = json(&hub, &viasto);
    assert_eq!(
        viasto["fetch"]["base_url"].as_str().map(|url| url.trim_end_matches('/')),
        Some("http://127.0.0.1:9")
    );
    assert!(!shown(&hub, &["source", "show", id(&viasto)]).contains("a word"));
    let changed = json(&hub, &["source", "change", id(&viasto), "--name", "thin", "--no-fetch"]);
    assert_eq!((&changed["name"], changed.get("fetch")), (&"thin".into(), None));
    assert_eq!(json(&hub, &["source", "change", id(&viasto), "--clear", "name"])["name"], "");
    shown(&hub, &["source", "remove", id(&viasto)]);
    let of_its_own = ["--api-key", "a-key", "--api-secret", "a secret"];
    let to_fetch = ["--fetch-url", "http://127.0.0.1:9", "--fetch-api-key", "another-key"];
    let to_fetch = [&to_fetch[..], &["--fetch-api-secret", "another secret"]].concat();
    let skype = json(&hub, &[&["source", "add", "skype"], &of_its_own[..], &to_fetch].concat());
    assert!(skype["fetch"]["base_url"].is_string(), "{skype}");
    assert!(!shown(&hub, &["source", "show", id(&skype)]).contains("another secret"));
    shown(&hub, &["source", "remove", id(&skype)]);

    // removed
    shown(&hub, &["source", "remove", id(&hirehive)]);
    assert!(failed(&hub, &["source", "show", id(&hirehive)]).contains("not_found"));
    assert_eq!(json(&hub, &["source", "list"])["items"].as_array().unwrap().len(), 1);
}

fn account_of(source: &serde_json::Value) -> Account {
    Account {
        platform: Platform::HireHive,
        id: id(source).to_owned(),
        url: source["url"].as_str().unwrap().to_owned(),
        credentials: source["credentials"].clone(),
    }
}

#[test]
fn endpoints_are_made_changed_switched_and_removed() {
    let hub = Hub::start();
    let skype = json(&hub, &["source", "add", "skype", "--api-key", "a-key", "--api-secret", "a secret"]);

    let all_fields = [
        ["--dialect", "hirehive"],
        ["--events", "interview.*,job.created"],
        ["--sources", id(&skype)],
        ["--ordering", "none"],
        ["--hold-for", "2h"],
        ["--retry", "5s,5m"],
        ["--rate-limit", "10"],
        ["--description", "the old ATS"],
    ];
    let mut add = vec!["endpoint", "add", NOWHERE];
    add.extend(all_fields.iter().flatten());
    let made = json(&hub, &add);
    assert!(made["credentials"]["secret"].as_str().unwrap().starts_with("whsec_"));
    let endpoint = json(&hub, &["endpoint", "show", id(&made)]);
    assert_eq!(endpoint["events"], serde_json::json!(["interview.*", "job.created"]));
    assert_eq!(endpoint["sources"], serde_json::json!([skype["id"]]));
    assert_eq!((&endpoint["ordering"], &endpoint["hold_for"]), (&"none".into(), &"2h".into()));
    assert_eq!(endpoint["retry"]["schedule"], serde_json::json!(["5s", "5m"]));
    assert_eq!(endpoint["rate_limit"]["per_second"].as_f64(), Some(10.0));
    assert_eq!(endpoint["description"], "the old ATS");
    assert!(endpoint["credentials"].is_null(), "a secret is shown once");

    let table = shown(&hub, &["endpoint", "list"]);
    assert!(table.contains("DIALECT") && table.contains("hirehive") && table.contains(NOWHERE), "{table}");

    let changed =
        json(&hub, &["endpoint", "change", id(&made), "--description", "the new ATS", "--hold-for", "1d"]);
    assert_eq!((&changed["description"], &changed["hold_for"]), (&"the new ATS".into(), &"1d".into()));
    assert_eq!(changed["events"], endpoint["events"], "what is not named stays");
    let cleared = json(&hub, &["endpoint", "change", id(&made), "--clear", "rate_limit,events"]);
    assert!(cleared["rate_limit"].is_null(), "{cleared}");
    assert_eq!(cleared["events"], serde_json::json!([]));

    assert!(shown(&hub, &["endpoint", "disable", id(&made)]).contains("disabled"));
    assert!(shown(&hub, &["endpoint", "enable", id(&made)]).contains("enabled"));
    shown(&hub, &["endpoint", "remove", id(&made)]);
    assert!(failed(&hub, &["endpoint", "show", id(&made)]).contains("not_found"));
    assert!(failed(&hub, &["endpoint", "add", "https://10.0.0.1/hook"]).contains("private"));
}

#[test]
fn keys_are_made_listed_used_and_withdrawn() {
    let hub = Hub::start();
    let made = json(&hub, &["key", "add", "dashboard"]);
    assert_eq!(made["scope"], "read", "no more than that unless it is asked for");
    let key = made["key"].as_str().unwrap();

    let table = shown(&hub, &["key", "list"]);
    assert!(table.contains("dashboard") && table.contains("SCOPE") && !table.contains(key), "{table}");
    let as_reader = |args: &[&str]| callboard(args, &[("CALLBOARD_URL", &hub.url), ("CALLBOARD_KEY", key)]);
    assert_eq!(as_reader(&["event", "list"]).status.code(), Some(0));
    assert_eq!(as_reader(&["source", "add", "viasto"]).status.code(), Some(1));

    shown(&hub, &["key", "remove", id(&made)]);
    assert_eq!(as_reader(&["event", "list"]).status.code(), Some(1));
    let last = json(&hub, &["key", "list"])["items"][0].clone();
    assert!(failed(&hub, &["key", "remove", id(&last)]).contains("last_admin_key"));
}

#[test]
fn the_key_is_looked_for_where_serve_leaves_it() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("callboard-data");
    std::fs::create_dir(&data).unwrap();
    let hub = Hub::start();
    let client = || {
        std::process::Command::new(crate::support::CALLBOARD)
            .args(["key", "list", "--url", &hub.url])
            .current_dir(home.path())
            .env_remove("CALLBOARD_KEY")
            .stdout(Stdio::null())
            .output()
            .unwrap()
    };
    let said = String::from_utf8(client().stderr).unwrap();
    assert!(said.contains("CALLBOARD_KEY") && said.contains("admin.key"), "{said}");

    std::fs::copy(hub.data.path().join("admin.key"), data.join("admin.key")).unwrap();
    assert_eq!(client().status.code(), Some(0));
}
