//! `ready`, `check` and `config`.

use serde_json::{Value, json};

use crate::said::{complaint, printed};
use crate::support::{Hub, callboard};

fn printed_json(args: &[&str], environment: &[(&str, &str)]) -> Value {
    serde_json::from_str(&printed(&callboard(args, environment))).unwrap()
}

#[test]
fn a_hub_that_takes_requests_is_ready_and_none_is_not() {
    let hub = Hub::start();
    assert_eq!(printed(&hub.run(&["ready"])), "ready\n");
    assert_eq!(printed_json(&["ready", "--json", "--url", &hub.url], &[]), json!({"status": "ready"}));

    let nobody = callboard(&["ready", "--url", "http://127.0.0.1:9"], &[]);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(complaint(&nobody).contains("http://127.0.0.1:9"), "{}", complaint(&nobody));
}

#[test]
fn a_store_is_checked_when_no_hub_runs_on_it() {
    let hub = Hub::start();
    let path = hub.data.path().to_str().unwrap().to_owned();
    let busy = callboard(&["check", "--data", &path], &[]);
    assert_eq!(busy.status.code(), Some(1));
    assert!(complaint(&busy).contains("has to be stopped"), "{}", complaint(&busy));

    let (data, _) = hub.terminate();
    let said = printed(&callboard(&["check", "--data", &path], &[]));
    assert!(
        said.ends_with("the store is whole\n") && said.contains("endpoints were told in order"),
        "{said}"
    );
    let said = printed_json(&["check", "--json"], &[("CALLBOARD_DATA", &path)]);
    assert_eq!((&said["whole"], said["checks"].as_array().unwrap().len()), (&json!(true), 12), "{said}");

    // What is said on the command line goes before what the environment says, and which store it was is said
    let elsewhere = [("CALLBOARD_STORE", "postgres://nobody@127.0.0.1:9/nothing")];
    let said = printed(&callboard(&["check", "--data", &path], &elsewhere));
    assert!(said.starts_with(&format!("the store in {path}\n")), "{said}");
    let both = callboard(&["check", "--data", &path, "--store", elsewhere[0].1], &[]);
    assert_eq!(both.status.code(), Some(2));
    assert!(complaint(&both).contains("either --data or --store"), "{}", complaint(&both));

    let empty = tempfile::tempdir().unwrap();
    let nothing = callboard(&["check", "--data", empty.path().to_str().unwrap()], &[]);
    assert!(complaint(&nothing).contains("there is no store in"));
    assert!(std::fs::read_dir(empty.path()).unwrap().next().is_none(), "none is made");
    drop(data);
}

#[test]
fn each_setting_is_shown_with_where_it_comes_from_and_secrets_are_not() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("callboard.toml");
    std::fs::write(&file, "data = '/of/the/file'\nkeep-receipts = '12h'\nlog = 'warn'\n").unwrap();
    let file = file.to_str().unwrap();
    let environment = [
        ("CALLBOARD_LOG", "debug"),
        ("CALLBOARD_ADMIN_KEY", "cbk_secret_of_the_operator"),
        ("CALLBOARD_STORE", "postgres://me:cbk_secret@db/hub"),
    ];
    let args = ["config", "--config", file, "--keep-events", "forever", "--json"];

    let said = printed_json(&args, &environment);

    let shown = |name: &str| {
        let mut settings = said["settings"].as_array().unwrap().iter();
        let found = settings.find(|it| it["name"] == name).unwrap_or_else(|| panic!("no {name}: {said}"));
        (found["from"].as_str().unwrap().to_owned(), found["value"].clone())
    };
    let is = |name, from: &str, value| assert_eq!(shown(name), (from.to_owned(), value), "{name}");
    is("config", "command line", json!(file));
    is("data", "file", json!("/of/the/file"));
    is("keep-receipts", "file", json!("12h"));
    is("keep-quarantined", "default", json!("90d"));
    is("keep-events", "command line", json!("forever"));
    is("log", "environment", json!("debug"));
    is("listen", "default", json!("127.0.0.1:7700"));
    is("admin-key", "environment", json!("(hidden)"));
    is("store", "environment", json!("(hidden)"));
    let table = printed(&callboard(&args[..5], &environment));
    assert!(table.contains("keep-events") && !table.contains("cbk_secret"), "{table}");
}

#[test]
fn nothing_is_kept_for_a_time_that_is_none() {
    let refused = callboard(&["config", "--keep-events", "5m"], &[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(complaint(&refused).contains("less than an hour"), "{}", complaint(&refused));
}
