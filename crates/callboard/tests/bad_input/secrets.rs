//! A secret is told once, when it is made, and never again: not by the API, and not by the log (I8).

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use callboard_simulate::{Answer as Reply, Platform};
use serde_json::{Value, json};

use crate::ground::Ground;
use crate::jwt::{HS256, claims, signed, under};
use crate::support::Hub;
use crate::support::accounts::Account;
use crate::support::ear::{Ear, verifying};
use crate::wire::{Wire, exchange, head, request};

/// What lets whoever holds it host a meeting (platforms.md 4.3).
const ZAK: &str = "eyJhbGciOiJIUzI1NiJ9.aG9zdHM.everything";

/// A callback of LaunchPad with a host's link in it.
fn meeting(id: &str) -> String {
    let body = json!({
        "candidate": {"id": "cnd_1", "email": "hpotter@hogwarts.com"},
        "interview": {
            "id": id,
            "join_url": "https://launchpadrecruitsapp.com/live_candidate/asdbaedasda",
            "start_url": format!("https://launchpad.zoom.us/s/331305421?zak={ZAK}"),
        },
    });
    body.to_string()
}

/// A hub with a secret of every kind, after good and bad requests of every kind.
fn busy_hub() -> (Ground, BTreeSet<String>) {
    let ground = Ground::on(Hub::start_logging("debug"), Platform::Skype);
    let hub = &ground.hub;
    let mut secrets = BTreeSet::from([hub.key.clone(), ZAK.to_owned()]);
    let made = hub.post("/v1/keys", &json!({"name": "another", "scope": "write"}));
    secrets.insert(made["key"].as_str().unwrap().to_owned());

    let tokens = Account::open_with(hub, Platform::LaunchPad, &Value::Null);
    let accounts: Vec<_> = Platform::ALL.into_iter().map(|platform| Account::open(hub, platform)).collect();
    for account in accounts.iter().chain([&tokens, &ground.account]) {
        secrets.extend(secrets_of(&account.credentials));
    }
    let native = hub.source("standard", &Value::Null);
    secrets.extend(secrets_of(&native["credentials"]));
    let ears = ["standard", "cloudevents", "launchpad", "hirehive", "skype"].map(|dialect| {
        let ear = Ear::answering(dialect, |heard| match heard.number {
            0 => Reply { headers: vec![("retry-after", "1".to_owned())], ..Reply::now(503) },
            _ => Reply::honest(heard),
        });
        ear.subscribe(hub, &json!({"retry": {"schedule": ["1s", "1s", "1s"]}}));
        ear
    });
    for ear in &ears {
        secrets.extend(secrets_of(&verifying(ear.dialect)));
    }
    // Secrets that the hub makes, and makes anew.
    let quiet = json!({"events": ["job.deleted"]});
    let made = hub.endpoint(&ears[0].url(), "standard", &quiet);
    let path = format!("/v1/endpoints/{}", made["id"].as_str().unwrap());
    let (_, changed) = hub.ask("PATCH", &path, Some(&json!({"dialect": "cloudevents"})));
    secrets.extend([made, changed].iter().flat_map(|endpoint| secrets_of(&endpoint["credentials"])));

    for account in accounts.iter().chain([&tokens]) {
        let letters = account.letters(7);
        for letter in &letters[..2] {
            account.tell(letter);
        }
        let path = account.url.strip_prefix(&hub.url).unwrap();
        let no_text = b"{\xff";
        let sent = request("POST", path, &account.sign("unread", no_text), no_text);
        assert_eq!(exchange(&hub.url, &sent).unwrap().status, 200);
        for wrong in [path.to_owned(), format!("{path}/wrong"), path[..path.len() - 1].to_owned()] {
            exchange(&hub.url, &request("POST", &wrong, &under("Bearer wrong".to_owned()), b"{}")).unwrap();
        }
    }
    let launchpad = accounts.iter().find(|it| it.platform == Platform::LaunchPad).unwrap();
    let path = launchpad.url.strip_prefix(&hub.url).unwrap();
    let unreadable = [b"{", meeting("2").as_bytes()].concat();
    let no_text = [meeting("3").as_bytes(), b"\xff"].concat();
    for body in [meeting("1").into_bytes(), unreadable, no_text] {
        let sent = request("POST", path, &launchpad.sign("", &body), &body);
        assert_eq!(exchange(&hub.url, &sent).unwrap().status, 200);
    }
    // A good token under a wrong body, and a right password at the wrong place.
    let authorization = signed(&ground.account, HS256, &claims(&ground.account, b"{}"));
    secrets.insert(authorization["Bearer ".len()..].to_owned());
    exchange(&hub.url, &request("POST", ground.path(), &under(authorization), b"[]")).unwrap();
    exchange(&hub.url, &request("POST", ground.path(), &launchpad.sign("", b"{}"), b"{}")).unwrap();
    hub.settle();
    for ear in &ears {
        assert_eq!(ear.counts().refused, 0);
    }
    (ground, secrets)
}

/// The secret members, as they are and as HTTP Basic carries them.
fn secrets_of(credentials: &Value) -> Vec<String> {
    let text = |name: &str| credentials[name].as_str().map(str::to_owned);
    let mut secrets: Vec<_> =
        ["secret", "api_secret", "password", "token"].into_iter().filter_map(text).collect();
    if let (Some(username), Some(password)) = (text("username"), text("password")) {
        secrets.push(STANDARD.encode(format!("{username}:{password}")));
    }
    secrets
}

/// Everything that can be read from the API.
fn everything(hub: &Hub) -> Vec<(String, String)> {
    let mut told = Vec::new();
    let mut tell = |path: String, value: Value| told.push((path, value.to_string()));
    for list in ["sources", "endpoints", "events", "deliveries", "receipts", "keys"] {
        let more: &[&str] = match list {
            "sources" => &["", "/rejections"],
            "events" => &["", "/deliveries"],
            "deliveries" => &["", "/attempts", "/request"],
            "keys" => &[],
            _ => &[""],
        };
        for item in hub.all(&format!("/v1/{list}")) {
            for more in more {
                let path = format!("/v1/{list}/{}{more}", item["id"].as_str().unwrap());
                tell(path.clone(), hub.get(&path));
            }
            if let Some(base64) = item["body_base64"].as_str() {
                let body = STANDARD.decode(base64).unwrap();
                tell("in base64".to_owned(), String::from_utf8_lossy(&body).into());
            }
            tell(format!("/v1/{list}"), item);
        }
    }
    told
}

#[test]
fn a_secret_is_not_told_twice() {
    let (ground, secrets) = busy_hub();
    let told = everything(&ground.hub);
    for (path, said) in &told {
        for secret in &secrets {
            assert!(!said.contains(secret), "{path} tells {secret}: {said}");
        }
    }
    let hidden = told.iter().filter(|(_, said)| said.contains("(hidden)")).count();
    assert!(hidden > 3, "the meeting's receipt and events are there, with its link hidden");

    // The live stream, from the first event on.
    let last = ("last-event-id", "evt_0000000000000".to_owned());
    let key = ("authorization", format!("Bearer {}", ground.hub.key));
    let events = ground.hub.all("/v1/events");
    let newest = events[0]["id"].as_str().unwrap();
    let mut stream = Wire::to(&ground.hub.url);
    stream.send(&head("GET", "/v1/live", &[key, last]));
    let streamed = stream.read_until(newest);
    assert!(streamed.contains("(hidden)"));
    for secret in &secrets {
        assert!(!streamed.contains(secret), "the live stream tells {secret}");
    }
}

#[test]
fn a_secret_is_not_logged() {
    let (ground, secrets) = busy_hub();
    let log = ground.hub.log();
    assert!(log.contains("refused"), "the log is there: {log}");
    for secret in &secrets {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "the log tells {secret}");
    }
}

#[test]
fn who_looks_at_a_host_link_is_logged_and_the_link_is_not() {
    let ground = Ground::on(Hub::start_logging("info"), Platform::LaunchPad);
    let (hub, body) = (&ground.hub, meeting("1"));
    let ear = Ear::open("launchpad");
    ear.subscribe(hub, &json!({"events": ["interview.meeting.ready"]}));
    let sent = request("POST", ground.path(), &ground.account.sign("", body.as_bytes()), body.as_bytes());
    assert_eq!(exchange(&hub.url, &sent).unwrap().status, 200);
    hub.settle();
    let delivery = hub.all("/v1/deliveries")[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/deliveries/{delivery}/request");
    let key = hub.all("/v1/keys")[0]["id"].as_str().unwrap().to_owned();

    assert!(!hub.get(&path).to_string().contains(ZAK));
    assert!(!hub.log().contains(&delivery), "what is hidden is looked at unlogged");

    assert!(hub.get(&format!("{path}?host_links=shown")).to_string().contains(ZAK));
    let log = hub.log();
    assert!(log.lines().any(|line| line.contains(&delivery) && line.contains(&key)), "{log}");
    assert!(!log.contains(ZAK), "{log}");
}
