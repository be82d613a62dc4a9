//! How `serve` is set up: by a file, by the environment, by the command line; and what it leaves behind.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::said::complaint;
use crate::support::reader::Said;
use crate::support::{CALLBOARD, ask, callboard, ended, listening_on, signal};

const KEY: &str = "cbk_a_key_of_our_own_choice";

/// A `serve` with nothing on its command line but this, its URL, and its home.
struct Served {
    child: Child,
    url: String,
    home: TempDir,
}

impl Served {
    fn start(home: TempDir, args: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut child = Command::new(CALLBOARD)
            .arg("serve")
            .args(args)
            .envs(environment.iter().copied())
            .current_dir(home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let url = listening_on(&mut child);
        Self { child, url, home }
    }

    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        ask(&format!("{}{path}", self.url), method, Some(KEY), body)
    }

    /// Ends it, and answers what it wrote to its log.
    fn log(mut self) -> Vec<String> {
        signal(self.child.id(), "TERM");
        let log = Said::by(self.child.stderr.take().unwrap()).rest();
        assert!(ended(&mut self.child).success());
        log
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn makes_a_local_endpoint(served: &Served) -> bool {
    let body = json!({"url": "http://127.0.0.1:9/hook", "dialect": "standard"});
    served.ask("POST", "/v1/endpoints", Some(&body)).0 == 201
}

#[test]
fn everything_can_be_said_in_a_file() {
    let home = tempfile::tempdir().unwrap();
    let text = format!(
        "listen = '127.0.0.1:0'\ndata = 'kept'\npublic-url = 'https://hub.example.org/'\nallow-http = true\n\
         allow-network = ['127.0.0.0/8']\nlog-format = 'json'\nlog = 'info'\nadmin-key = '{KEY}'\n"
    );
    std::fs::write(home.path().join("callboard.toml"), text).unwrap();

    let served = Served::start(home, &["--config", "callboard.toml"], &[]);

    assert!(makes_a_local_endpoint(&served));
    let source = served.ask("POST", "/v1/sources", Some(&json!({"platform": "viasto"}))).1;
    assert!(source["url"].as_str().unwrap().starts_with("https://hub.example.org/in/src_"), "{source}");
    assert!(served.home.path().join("kept").is_dir());
    let log = served.log();
    assert!(!log.is_empty(), "it says at least that it stops");
    for line in log {
        let line: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        assert!(line["level"].is_string() && line["timestamp"].is_string(), "{line}");
    }
}

#[test]
fn everything_can_be_said_in_the_environment() {
    let environment = [
        ("CALLBOARD_LISTEN", "127.0.0.1:0"),
        ("CALLBOARD_DATA", "kept"),
        ("CALLBOARD_PUBLIC_URL", "https://hub.example.org"),
        ("CALLBOARD_ALLOW_HTTP", "true"),
        ("CALLBOARD_ALLOW_NETWORK", "10.0.0.0/8,127.0.0.0/8"),
        ("CALLBOARD_LOG_FORMAT", "json"),
        ("CALLBOARD_LOG", "info"),
        ("CALLBOARD_ADMIN_KEY", KEY),
    ];

    let served = Served::start(tempfile::tempdir().unwrap(), &[], &environment);

    assert!(makes_a_local_endpoint(&served));
    let source = served.ask("POST", "/v1/sources", Some(&json!({"platform": "viasto"}))).1;
    assert!(source["url"].as_str().unwrap().starts_with("https://hub.example.org/in/src_"), "{source}");
    assert!(served.home.path().join("kept").is_dir());
    assert!(served.log().iter().all(|line| serde_json::from_str::<Value>(line).is_ok()));
}

#[test]
fn the_environment_wins_over_the_file_and_the_command_line_over_both() {
    let home = tempfile::tempdir().unwrap();
    let text = format!("listen = '127.0.0.1:0'\ndata = 'from-file'\nlog = 'loud'\nadmin-key = '{KEY}'\n");
    std::fs::write(home.path().join("callboard.toml"), text).unwrap();
    let environment = [
        ("CALLBOARD_CONFIG", "callboard.toml"),
        ("CALLBOARD_DATA", "from-environment"),
        ("CALLBOARD_LOG", "warn"),
    ];

    let served = Served::start(home, &["--data", "from-command-line"], &environment);

    assert!(served.home.path().join("from-command-line").is_dir());
    assert!(!served.home.path().join("from-environment").exists());
    assert_eq!(served.ask("GET", "/v1/keys", None).0, 200);
    assert!(!makes_a_local_endpoint(&served), "nothing is opened that nobody opened");
    assert_eq!(served.log(), [""; 0], "nothing to warn of");
}

#[test]
fn the_first_start_shows_a_key_once_and_keeps_it_for_its_owner_alone() {
    let home = tempfile::tempdir().unwrap();
    let start = || {
        let mut child = Command::new(CALLBOARD)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .current_dir(home.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = Said::by(child.stdout.take().unwrap());
        let mut said = Vec::new();
        while !said.last().is_some_and(|line: &String| line.starts_with("listening on ")) {
            said.push(out.next().unwrap());
        }
        signal(child.id(), "TERM");
        assert!(ended(&mut child).success());
        said.join("\n")
    };

    let first = start();
    let file = home.path().join("callboard-data/admin.key");
    let key = std::fs::read_to_string(&file).unwrap().trim().to_owned();
    assert!(first.contains(&key), "{first}");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!start().contains(&key), "it is not shown again");
}

#[test]
fn settings_that_cannot_be_are_refused_by_name() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("callboard.toml");
    let path = config.to_str().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = &listener.local_addr().unwrap().to_string();
    for (text, word) in [
        ("lisen = '127.0.0.1:0'", "lisen"),
        ("listen = 'here'", "listen"),
        ("log = [", "callboard.toml"),
        ("admin-key = ''", "admin-key"),
        ("public-url = 'hooks.example.com'", "public-url"),
    ] {
        // One that was taken would have a hub run for ever; this one has no address to run at.
        std::fs::write(&config, text).unwrap();
        let output = callboard(&["serve", "--config", path, "--listen", taken], &[]);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(complaint(&output).contains(word), "{text}: {}", complaint(&output));
    }
    assert_eq!(callboard(&["serve", "--listen", "here"], &[]).status.code(), Some(2));
    assert_eq!(callboard(&["serve"], &[("CALLBOARD_LOG_FORMAT", "xml")]).status.code(), Some(2));
    let data = home.path().join("data");
    let serve = ["serve", "--data", data.to_str().unwrap(), "--listen", taken];
    let open_to_all = callboard(&serve, &[("CALLBOARD_ADMIN_KEY", "")]);
    assert_eq!(open_to_all.status.code(), Some(1));
    assert!(complaint(&open_to_all).contains("admin-key") && !data.exists(), "{open_to_all:?}");
}
