//! Nothing gets in that is not authentic; and the hub can say why not, without telling a secret.

use callboard_simulate::Platform;
use serde_json::{Value, json};

use crate::support::Hub;
use crate::support::accounts::Account;
use crate::support::ear::Ear;

/// How many refused requests of a source are kept.
const KEPT: u64 = 20;

#[test]
fn what_is_forged_changes_nothing_and_its_reason_is_kept() {
    let hub = Hub::start();
    let ear = Ear::open("standard");
    ear.subscribe(&hub, &json!({}));
    let mut accounts: Vec<_> =
        Platform::ALL.into_iter().map(|platform| (platform.name(), Account::open(&hub, platform))).collect();
    // LaunchPad can also be set up without a login; then a token in the URL stands for it.
    let without_login = Account::open_with(&hub, Platform::LaunchPad, &Value::Null);
    accounts.push(("launchpad without a login", without_login));

    for (name, account) in &accounts {
        // when
        let sent = account.simulate(&["--count", "12", "--forge"]);

        // then
        assert!(sent["sent"].as_u64().unwrap() > KEPT, "{name}");
        assert_eq!((&sent["refused"], &sent["accepted"]), (&sent["sent"], &json!(0)), "{name}");
        let source = hub.get(&format!("/v1/sources/{}", account.id));
        assert_eq!(source["rejected"], sent["sent"], "{name}");
        let refusals = hub.get(&format!("/v1/sources/{}/rejections", account.id));
        assert_refusals_are_explained(&refusals, account);
    }
    assert_eq!(hub.all("/v1/receipts"), [Value::Null; 0]);
    assert_eq!(hub.all("/v1/events"), [Value::Null; 0]);
    assert_eq!(ear.counts().heard, 0);
}

fn assert_refusals_are_explained(refusals: &Value, account: &Account) {
    let total = refusals["total"].as_u64().unwrap();
    let by_code: u64 = refusals["by_code"].as_object().unwrap().values().map(|it| it.as_u64().unwrap()).sum();
    assert_eq!(total, by_code);
    let recent = refusals["recent"].as_array().unwrap();
    assert_eq!(recent.len() as u64, KEPT);
    for one in recent {
        assert!(one["explanation"].as_str().is_some_and(|it| !it.is_empty()), "{one}");
        assert!(one["code"].is_string() && one["at"].is_string(), "{one}");
    }
    let text = refusals.to_string();
    for (name, secret) in account.credentials.as_object().unwrap() {
        let public = ["api_key", "username"].contains(&name.as_str());
        assert!(public || !text.contains(secret.as_str().unwrap()), "{name} is told: {text}");
    }
}
