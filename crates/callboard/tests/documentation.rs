//! The commands in the README, in the quick start and on the API's page, run as they are written.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

mod support;

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use support::CALLBOARD;

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

/// Two ports that were free a moment ago.
fn free_ports() -> [String; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port().to_string())
}

/// Runs a page's commands one after another, with this program instead of one to be built, on other ports.
fn run(page: &str, from: &str) -> String {
    let [hub, receiver] = free_ports();
    let commands = commands(page).replace("7700", &hub).replace("7800", &receiver);
    let (_, commands) = commands.split_once(from).expect("the page has the commands that the test looks for");
    let home = tempfile::tempdir().unwrap();
    let program = Path::new(CALLBOARD).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let child = Command::new("bash")
        .args(["-euo", "pipefail", "-c", commands])
        .current_dir(home.path())
        .env("PATH", path)
        .env("CALLBOARD_LISTEN", format!("127.0.0.1:{hub}"))
        .env("CALLBOARD_URL", format!("http://127.0.0.1:{hub}"))
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
