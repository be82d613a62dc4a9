//! Credentials are replaced, and endpoints tested, from a terminal.

use std::time::Duration;

use callboard_simulate::{Answer, Platform};
use serde_json::{Value, json};

use crate::canned::{self, Canned};
use crate::said::{failed, id, json, printed, shown};
use crate::support::accounts::Account;
use crate::support::ear::Ear;
use crate::support::{Hub, ask, callboard};

#[test]
fn an_endpoint_is_tested_and_how_it_went_is_told() {
    let hub = Hub::start();
    let well = Ear::answering("skype", |_| Answer { after: Duration::from_millis(300), ..Answer::now(200) });
    let ill = Ear::answering("standard", |_| Answer::now(500));
    let (well_id, ill_id) = (well.subscribe(&hub, &json!({})), ill.subscribe(&hub, &json!({})));

    let told = json(&hub, &["endpoint", "test", &well_id, "--wait"]);
    assert_eq!((&told["attempt"]["number"], &told["attempt"]["status"]), (&json!(1), &json!(200)));
    let delivery = json(&hub, &["endpoint", "test", &ill_id]);
    assert_eq!((&delivery["endpoint"], &delivery["state"]), (&json!(ill_id), &json!("pending")));
    let went_wrong = hub.run(&["endpoint", "test", &ill_id, "--wait"]);
    assert_eq!(went_wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&went_wrong.stdout).contains("500"));

    shown(&hub, &["endpoint", "disable", &ill_id]);
    assert!(failed(&hub, &["endpoint", "test", &ill_id, "--wait"]).contains("endpoint_disabled"));
    well.assert_sound();
}

#[test]
fn a_rotation_is_made_as_it_is_asked_for_and_both_urls_of_a_source_lead_there() {
    let hub = Hub::start();
    let old = hub.source("viasto", &Value::Null);
    let new = json(&hub, &["source", "rotate", id(&old)]);
    assert!(new["old_credentials_until"].is_string());
    for shown in [&old, &new] {
        let url = shown["url"].as_str().unwrap();
        let (status, _) = ask(url, "POST", None, Some(&json!({"from": url})));
        assert_eq!(status, 200, "{url}");
    }
    shown(&hub, &["source", "rotate", id(&old), "--overlap", "0"]);
    let (status, _) = ask(new["url"].as_str().unwrap(), "POST", None, Some(&json!({})));
    assert_eq!(status, 401);

    let account = Account::open(&hub, Platform::Skype);
    assert!(failed(&hub, &["source", "rotate", &account.id]).contains("bad_credentials"));
    let ear = Ear::open("skype");
    let endpoint = ear.subscribe(&hub, &json!({}));
    assert!(failed(&hub, &["endpoint", "rotate", &endpoint, "--overlap", "1h"]).contains("no_overlap"));
    let rotated = json(&hub, &["endpoint", "rotate", &endpoint, "--api-key", "k", "--api-secret", "s"]);
    assert_eq!(rotated["credentials"], json!({"api_key": "k", "api_secret": "s"}));
}

#[test]
fn a_secret_in_the_environment_is_for_this_program_alone_and_replaces_none_at_the_hub() {
    let environment = [("CALLBOARD_SECRET", "whsec_C2FVsBQIhrscChlQIMVb5sSYspob7oDA")];
    let asking: [(&[&str], Value); 6] = [
        (&["source", "add", "standard", "--name", "Acme"], json!({"platform": "standard", "name": "Acme"})),
        (&["source", "change", "src_1", "--name", "Acme"], json!({"name": "Acme"})),
        (&["source", "rotate", "src_1"], json!({})),
        (
            &["endpoint", "add", "https://ats.example", "--dialect", "standard"],
            json!({"url": "https://ats.example", "dialect": "standard"}),
        ),
        (&["endpoint", "change", "ep_1", "--ordering", "none"], json!({"ordering": "none"})),
        (&["endpoint", "rotate", "ep_1"], json!({})),
    ];
    let hub = Canned::start(asking.iter().map(|_| canned::Answer::Say(200, json!({}))).collect());

    for (args, body) in asking {
        printed(&hub.run(args, &environment));
        let heard = hub.heard().pop().unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&heard.body).unwrap(), body, "{args:?}");
    }

    for command in ["listen", "simulate", "verify"] {
        assert!(printed(&callboard(&[command, "--help"], &[])).contains("CALLBOARD_SECRET"), "{command}");
    }
}
