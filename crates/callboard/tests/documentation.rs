//! The commands in the README, in the quick start and on the pages about the API, deliveries and deploying, run as they are written.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

mod support;

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;
use support::database::{Database, socket};
use support::deserted::Deserted;
use support::{CALLBOARD, Hub};

/// The commands of a page: its `sh` blocks, but for those that need a world around them (`sh ignore`).
fn commands(page: &str) -> String {
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(page)).unwrap();
    let mut blocks = String::new();
    let mut inside = false;
    for line in text.lines() {
        match line {
            "```sh" => inside = true,
            "```" => inside = false,
            command if inside => blocks.extend([command, "\n"]),
            _ => {}
        }
    }
    blocks
}

/// Runs a page's commands one after another, with this program instead of one to be built, on other ports.
fn run(page: &str, from: &str) -> String {
    run_where(page, from, &[], &[])
}

/// The same in another environment, and with these words instead of those.
fn run_where(page: &str, from: &str, environment: &[(&str, &str)], instead: &[(&str, &str)]) -> String {
    let (hub, receiver) = (Deserted::keep(), Deserted::keep());
    let mut commands =
        commands(page).replace("7700", &hub.port().to_string()).replace("7800", &receiver.port().to_string());
    for (written, meant) in instead {
        assert!(commands.contains(written), "{page} has no {written}");
        commands = commands.replace(written, meant);
    }
    let (_, commands) = commands.split_once(from).expect("the page has the commands that the test looks for");
    let home = tempfile::tempdir().unwrap();
    let program = Path::new(CALLBOARD).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let child = Command::new("bash")
        .args(["-euo", "pipefail", "-c", commands])
        .current_dir(home.path())
        .env("PATH", path)
        .env("CALLBOARD_LISTEN", hub.address().to_string())
        .env("CALLBOARD_URL", format!("http://{}", hub.address()))
        .envs(environment.iter().copied())
        .stdout(std::fs::File::create(home.path().join("out")).unwrap())
        .stderr(Stdio::inherit())
        .process_group(0)
        .spawn()
        .unwrap();
    let group = format!("-{}", child.id());
    let mut child = child;
    let status = child.wait().unwrap();
    // What the commands left running in the background ends with their process group.
    let _ = Command::new("kill").args(["-TERM", "--", &group]).status();
    let out = std::fs::read_to_string(home.path().join("out")).unwrap();
    assert!(status.success(), "{page}: {status}\n{out}");
    out
}

#[test]
fn the_readme_s_quick_start_works_as_written() {
    let out = run("README.md", "export PATH=\"$PWD/target/release:$PATH\"\n");
    assert!(out.contains("skype: 3 interviews"), "{out}");
}

#[test]
fn the_quick_start_works_as_written() {
    let out = run("docs/quick-start.md", "export PATH=\"$PWD/target/release:$PATH\"\n");
    assert!(out.contains("interview.stage.updated"), "{out}");
    assert!(out.contains("refused since the hub started"), "{out}");
    assert!(out.contains("assessed: average 4, total 4"), "{out}");
    assert!(out.contains("SchedulingCompleted → InterviewStarted"), "{out}");
}

#[test]
fn the_api_s_examples_work_as_written() {
    let out = run("docs/api.md", "# a hub to try it on\n");
    assert!(out.contains(r#""average":4"#), "{out}");
    assert!(out.contains("interview.assessed"), "{out}");
    assert!(out.contains("2 job_"), "sent twice, made once: {out}");
    assert!(out.contains(r#""code":"outdated""#), "{out}");
}

#[test]
fn the_page_on_deliveries_works_as_written() {
    let (hub, absent) = (Hub::start(), Deserted::keep());
    let endpoint = hub.endpoint(&absent.url(), "standard", &json!({}));
    let endpoint = endpoint["id"].as_str().unwrap();
    let instead = [
        ("callboard listen", "callboard listen --port 0"),
        (":3000/hook", ":3000/hook &"),
        ("show ID", &format!("show {endpoint}")),
        ("ep_0s9tkcqm00002", endpoint),
        ("https://another-hub.example.com", &hub.url),
    ];
    let environment = [("CALLBOARD_URL", hub.url.as_str()), ("CALLBOARD_KEY", &hub.key)];

    let out = run_where("docs/deliveries.md", "", &environment, &instead);

    assert!(out.contains(endpoint) && out.contains("done"), "{out}");
}

#[test]
fn the_page_on_deploying_works_as_written() {
    let database = Database::start();
    let second = Deserted::keep();
    let second_port = second.port().to_string();
    let host = format!("@{}/callboard", socket(database.place()));
    let (place, instead) = (
        database.place().to_str().unwrap(),
        [("7701", second_port.as_str()), ("@db.example.com/callboard?sslmode=require", host.as_str())],
    );
    let environment = [("PGHOST", place), ("PGUSER", "postgres"), ("PGDATABASE", "postgres")];

    let out = run_where("docs/deploying.md", "# a hub to make a backup of\n", &environment, &instead);

    assert!(out.contains("the store is whole"), "{out}");
    assert_eq!(out.matches("{\"status\":\"ready\"}").count(), 2, "{out}");
    let restored = database.ask("SELECT COUNT(*) FROM pg_database WHERE datname = 'restored'");
    assert_eq!(restored, "1");
}
