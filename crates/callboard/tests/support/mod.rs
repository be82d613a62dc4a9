//! The real program, started and stopped, and asked over HTTP like anyone would.
#![expect(dead_code, reason = "each test binary uses a part of it")]
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

pub mod accounts;
#[path = "../../../ledger/tests/database/mod.rs"]
pub mod database;
pub mod deserted;
pub mod ear;
pub mod insisting;
pub mod reader;
pub mod record;

use std::env::VarError;
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::Instant;

use database::Database;
use reader::Said;

/// The program under test.
pub const CALLBOARD: &str = env!("CARGO_BIN_EXE_callboard");
/// How long anything may take before a test gives up on it. Generous: it only bounds failures.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The same of a program that has much to do.
const LONGEST_RUN: Duration = Duration::from_secs(180);

/// A running `callboard serve`.
pub struct Hub {
    child: Child,
    pub url: String,
    pub key: String,
    pub data: TempDir,
}

impl Hub {
    /// A hub on a store of its own, which lets endpoints be on this machine.
    pub fn start() -> Self {
        Self::start_on(tempfile::tempdir().unwrap(), &[])
    }

    /// A hub on this store, with more options.
    pub fn start_on(data: TempDir, more: &[&str]) -> Self {
        Self::start_in(data, more, &[])
    }

    /// The same in another environment.
    pub fn start_in(data: TempDir, more: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::spawn(data, more, environment, Stdio::inherit())
    }

    /// A hub on a store of its own that logs all this to [`Self::log`].
    pub fn start_logging(filter: &str) -> Self {
        let data = tempfile::tempdir().unwrap();
        let log = File::create(data.path().join("log")).unwrap();
        Self::spawn(data, &[], &[("CALLBOARD_LOG", filter)], log.into())
    }

    /// A hub whose endpoints must be outside, as in earnest; they may speak plain HTTP.
    pub fn guarded() -> Self {
        Self::guarded_on(tempfile::tempdir().unwrap())
    }

    /// The same on this store.
    pub fn guarded_on(data: TempDir) -> Self {
        Self::of(data, |data| spawn(data, &[], &[], Stdio::inherit()))
    }

    fn spawn(data: TempDir, more: &[&str], environment: &[(&str, &str)], log: Stdio) -> Self {
        let more = [&["--allow-network", "127.0.0.0/8"], more].concat();
        Self::of(data, |data| spawn(data, &more, environment, log))
    }

    fn of(data: TempDir, spawn: impl FnOnce(&Path) -> (Child, String)) -> Self {
        let (child, url) = spawn(data.path());
        let key = std::fs::read_to_string(data.path().join("admin.key")).unwrap().trim().to_owned();
        let hub = Self { child, url, key, data };
        if is_on_postgres() {
            assert_eq!(hub.get("/v1/hub")["store"], "postgres");
        }
        hub
    }

    /// One more hub on the database in which another one keeps everything, reached at this address.
    pub fn joining(address: &str, key: &str) -> Self {
        let data = tempfile::tempdir().unwrap();
        let more = ["--allow-network", "127.0.0.0/8", "--store", address];
        let (child, url) = spawn(data.path(), &more, &[], Stdio::inherit());
        Self { child, url, key: key.to_owned(), data }
    }

    /// What a hub has logged so far that was started to log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.data.path().join("log")).unwrap()
    }

    /// Ends it with SIGKILL, as a power cut would, and hands back the store.
    pub fn kill(mut self) -> TempDir {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::mem::replace(&mut self.data, tempfile::tempdir().unwrap())
    }

    /// Ends it with SIGTERM, waits for its end, and hands back the store and how it ended.
    pub fn terminate(self) -> (TempDir, ExitStatus) {
        self.end_by("TERM")
    }

    /// The same with SIGINT.
    pub fn interrupt(self) -> (TempDir, ExitStatus) {
        self.end_by("INT")
    }

    fn end_by(mut self, name: &str) -> (TempDir, ExitStatus) {
        signal(self.child.id(), name);
        let status = ended(&mut self.child);
        (std::mem::replace(&mut self.data, tempfile::tempdir().unwrap()), status)
    }

    /// The process's id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks the API; must be answered with a 2xx.
    pub fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, None);
        assert!((200..300).contains(&status), "GET {path}: {status} {body}");
        body
    }

    /// Posts to the API; must be answered with a 2xx.
    pub fn post(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.ask("POST", path, Some(body));
        assert!((200..300).contains(&status), "POST {path}: {status} {answer}");
        answer
    }

    /// Asks the API with the admin key: the status and the JSON of the answer.
    pub fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        ask(&format!("{}{path}", self.url), method, Some(&self.key), body)
    }

    /// Makes a source of this platform.
    pub fn source(&self, platform: &str, credentials: &Value) -> Value {
        self.post("/v1/sources", &json!({"platform": platform, "credentials": credentials}))
    }

    /// Makes an endpoint; `more` is merged into the request.
    pub fn endpoint(&self, url: &str, dialect: &str, more: &Value) -> Value {
        let mut body = json!({"url": url, "dialect": dialect});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.post("/v1/endpoints", &body)
    }

    /// Every item of a list, page by page, newest first.
    pub fn all(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let mark = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{mark}limit=200{cursor}"));
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    /// Waits until nothing is owed any more in the company that comes with the hub.
    pub fn settle(&self) {
        self.settle_for(&self.key);
    }

    /// Waits until nothing is owed any more in the company of this key.
    pub fn settle_for(&self, key: &str) {
        let owed = format!("{}/v1/deliveries?state=pending&limit=1", self.url);
        until("nothing is owed", || {
            let (status, page) = ask(&owed, "GET", Some(key), None);
            assert_eq!(status, 200, "{page}");
            page["items"].as_array().unwrap().is_empty()
        });
    }

    /// Runs the program as a client of this hub.
    pub fn run(&self, args: &[&str]) -> Output {
        callboard(args, &[("CALLBOARD_URL", &self.url), ("CALLBOARD_KEY", &self.key)])
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(data: &Path, more: &[&str], environment: &[(&str, &str)], log: Stdio) -> (Child, String) {
    let mut child = Command::new(CALLBOARD)
        .args(["serve", "--listen", "127.0.0.1:0", "--allow-http", "--data"])
        .arg(data)
        .args(store_beside(data))
        .args(more)
        .env("CALLBOARD_LOG", "warn")
        .envs(environment.iter().copied())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .unwrap();
    let url = listening_on(&mut child);
    (child, url)
}

/// Are hubs to keep everything in a database? `CALLBOARD_TEST_STORE=postgres` says so.
pub fn is_on_postgres() -> bool {
    match std::env::var("CALLBOARD_TEST_STORE").as_deref() {
        Err(VarError::NotPresent) => false,
        Ok("postgres") => true,
        unknown => panic!("CALLBOARD_TEST_STORE is postgres or is not set: {unknown:?}"),
    }
}

/// Where a hub keeps everything: in its data directory, or in a database in there.
pub fn store_beside(data: &Path) -> Vec<String> {
    if !is_on_postgres() {
        return Vec::new();
    }
    let place = data.join("database");
    if !place.exists() {
        // It ends with the thread of the test, and what it leaves goes with the directory.
        std::mem::forget(Database::start_in(&place));
    }
    vec!["--store".to_owned(), database::address(&place)]
}

/// Reads a program's standard output up to the line that says where it listens; the rest is drained.
pub fn listening_on(child: &mut Child) -> String {
    let said = Said::by(child.stdout.take().unwrap());
    loop {
        let line = said.next().expect("the program ended before it listened");
        if let Some(url) = line.strip_prefix("listening on ") {
            return url.to_owned();
        }
    }
}

/// Waits for a program's end: how it ended.
pub fn ended(child: &mut Child) -> ExitStatus {
    let mut status = None;
    until("the program has ended", || {
        status = child.try_wait().unwrap();
        status.is_some()
    });
    status.unwrap()
}

/// Sends a signal to a process that this test started.
pub fn signal(pid: u32, name: &str) {
    let status = Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status().unwrap();
    assert!(status.success());
}

/// Runs the program to its end.
pub fn callboard(args: &[&str], environment: &[(&str, &str)]) -> Output {
    finished(Command::new(CALLBOARD).args(args).envs(environment.iter().copied()))
}

/// Runs a program to its end, which must come.
pub fn finished(command: &mut Command) -> Output {
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let pid = child.id();
    let (tell, told) = channel();
    std::thread::spawn(move || tell.send(child.wait_with_output()));
    let output = told.recv_timeout(LONGEST_RUN).unwrap_or_else(|_| {
        signal(pid, "KILL");
        panic!("gave up waiting for the end of {command:?}")
    });
    output.unwrap()
}

/// The store that a hub has kept in this directory, or in a database in there, is whole.
pub fn assert_whole(data: &Path) {
    let mut check = Command::new(CALLBOARD);
    let checked = finished(check.arg("check").env("CALLBOARD_DATA", data).args(store_beside(data)));
    let said = [String::from_utf8_lossy(&checked.stdout), String::from_utf8_lossy(&checked.stderr)];
    assert!(checked.status.success(), "{}", said.concat());
}

/// Who asks: a status is an answer, whichever it is, and no answer is waited for any longer than anything else.
pub fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    config.timeout_global(Some(PATIENCE)).build().into()
}

/// Asks any URL: the status, and the body as JSON (null if it is none).
pub fn ask(url: &str, method: &str, key: Option<&str>, body: Option<&Value>) -> (u16, Value) {
    let mut request = ureq::http::Request::builder().method(method).uri(url);
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    if body.is_some() {
        request = request.header("content-type", "application/json");
    }
    let request = request.body(body.map(Value::to_string).unwrap_or_default()).unwrap();
    let mut response = agent().run(request).unwrap();
    let text = response.body_mut().read_to_string().unwrap();
    (response.status().as_u16(), serde_json::from_str(&text).unwrap_or_default())
}

/// Waits until something holds; fails when it takes too long. Polling is no synchronisation here: it only notices.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "gave up waiting until {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
