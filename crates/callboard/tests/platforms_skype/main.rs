//! Skype's API of the real program, called by `PyJWT` as it was called at Microsoft (platforms.md 2.2, 2.5).

#[path = "../support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use support::Hub;
use support::ear::Ear;

const CLIENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/platforms_skype/client.py");

/// The interpreter that has `PyJWT`: `CALLBOARD_PYTHON`, else the workspace's own.
fn python() -> PathBuf {
    let in_workspace = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin/python");
    std::env::var_os("CALLBOARD_PYTHON").map_or_else(in_workspace, PathBuf::from)
}

#[test]
fn an_integration_written_for_skype_runs_against_the_hub_and_hears_its_webhooks() {
    let hub = Hub::start();
    let ear = Ear::open("skype");
    ear.subscribe(&hub, &json!({}));
    let pair = hub.post("/v1/keys", &json!({"name": "ats", "scope": "write", "kind": "skype"}));
    let text = |member: &str| pair[member].as_str().unwrap().to_owned();

    let output = Command::new(python())
        .args([CLIENT, &format!("{}/skype", hub.url), &text("api_key"), &text("api_secret")])
        .output()
        .unwrap();

    let report = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && report.contains("Ran 3 tests"), "{report}");
    hub.settle();
    ear.assert_sound();
    let bodies: Vec<Value> = ear.heard().iter().map(|it| serde_json::from_slice(&it.body).unwrap()).collect();
    let stages: Vec<&Value> = bodies
        .iter()
        .filter(|it| it["interviewCode"] == "RENE2010")
        .map(|it| &it["currentStage"]["value"])
        .collect();
    assert_eq!(stages, ["SchedulingCompleted", "InterviewCanceled"]);
}
