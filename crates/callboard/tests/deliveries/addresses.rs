//! Where webhooks may go: over https, and to the outside; looked at when an endpoint is made and at each connection.

use std::process::{Command, Stdio};

use callboard_simulate::Answer;
use serde_json::json;

use crate::support::ear::Ear;
use crate::support::{CALLBOARD, Hub, ask, listening_on, store_beside};
use crate::telling::{Scene, moves, states};

#[test]
fn addresses_that_are_not_outside_are_refused_with_the_reason() {
    let data = tempfile::tempdir().unwrap();
    let (mut hub, url, key) = guarded(data.path());
    let refused = [
        ("http://hooks.example.com/hook", "https"),
        ("https://127.0.0.1/hook", "loopback"),
        ("https://localhost:8443/hook", "loopback"),
        ("https://2130706433/hook", "loopback"),
        ("https://[::ffff:127.0.0.1]/hook", "loopback"),
        ("https://10.1.2.3/hook", "private"),
        ("https://192.168.0.1/hook", "private"),
        ("https://169.254.169.254/latest/meta-data", "metadata"),
        ("https://[fe80::1]/hook", "link-local"),
        ("https://user:secret@hooks.example.com/hook", "user name"),
        ("ftp://hooks.example.com/hook", "https"),
        ("hooks.example.com", "cannot be read"),
    ];
    for (to, reason) in refused {
        let body = json!({"url": to, "dialect": "standard"});
        let (status, problem) = ask(&format!("{url}/v1/endpoints"), "POST", Some(&key), Some(&body));
        assert_eq!((status, problem["code"].as_str()), (400, Some("bad_url")), "{to}: {problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(reason), "{to}: {detail}");
        assert!(!detail.contains("secret"), "{detail}");
    }
    let body = json!({"url": "https://hooks.example.com/hook", "dialect": "standard"});
    assert_eq!(ask(&format!("{url}/v1/endpoints"), "POST", Some(&key), Some(&body)).0, 201);
    hub.kill().unwrap();
    hub.wait().unwrap();
}

#[test]
fn an_address_is_looked_at_again_when_it_is_connected_to() {
    // given an endpoint that was allowed when it was made
    let scene = Scene::set();
    let ear = Ear::answering("standard", |_| Answer::now(500));
    let endpoint = ear.subscribe(&scene.hub, &moves(&json!({"retry": {"schedule": vec!["1s"; 20]}})));
    scene.tell(0, 1);
    scene.tried(&endpoint, 1);

    // when the hub is started without the permission for this network
    let Scene { hub, account } = scene;
    let (data, _) = hub.terminate();
    let scene = Scene { hub: Hub::guarded_on(data), account };
    let before = ear.counts().heard;
    let delivery = scene.tried(&endpoint, before + 1);

    // then it does not get there, and the attempt says why
    let last = scene.attempts(&delivery).pop().unwrap();
    assert_eq!(states(&[delivery]), ["pending"]);
    assert!(last["error"].as_str().unwrap().contains("loopback"), "{last}");
    assert_eq!(ear.counts().heard, before);
}

/// A hub that lets endpoints be where the contract lets them be, and its URL and its key.
fn guarded(data: &std::path::Path) -> (std::process::Child, String, String) {
    let mut child = Command::new(CALLBOARD)
        .args(["serve", "--listen", "127.0.0.1:0", "--log", "warn", "--data"])
        .arg(data)
        .args(store_beside(data))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let url = listening_on(&mut child);
    let key = std::fs::read_to_string(data.join("admin.key")).unwrap().trim().to_owned();
    (child, url, key)
}
