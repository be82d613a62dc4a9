//! `callboard migrate-store`: a store goes from files into a database.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

#[path = "support/mod.rs"]
mod support;

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use callboard_simulate::{Answer, Platform};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::Instant;

use support::accounts::Account;
use support::database::{Database, address};
use support::deserted::Deserted;
use support::ear::{Ear, header, subscribe};
use support::{CALLBOARD, Hub, PATIENCE, callboard, finished};

/// Interviews of which everything is owed.
const INTERVIEWS: u64 = 4;
/// Requests that nobody understands, each nearly as long as one may be: more than is copied at once.
const LONG_REQUESTS: usize = 10;

/// A store with something owed to someone who has never been there.
struct Stored {
    data: TempDir,
    absent: Deserted,
    /// What is owed: the ids of events in the order in which they happened, each with its interview.
    owed: Vec<(String, String)>,
}

impl Stored {
    fn full() -> Self {
        let hub = Hub::start();
        let absent = Deserted::keep();
        // Soon again where this goes fast, and for long enough where it does not.
        let delays = [["1s"; 10], ["4s"; 10]].concat();
        let patient = json!({"retry": {"schedule": delays}, "events": ["interview.*"]});
        subscribe(&hub, &absent.url(), "standard", &patient);
        let account = Account::open(&hub, Platform::Skype);
        (0..INTERVIEWS).for_each(|interview| account.tell_all(&account.letters(interview)));
        let viasto = hub.source("viasto", &json!({}));
        let long = json!({"what": "x".repeat(1_000_000)});
        for number in 0..LONG_REQUESTS {
            let mut body = long.clone();
            body["number"] = json!(number);
            let (status, said) = support::ask(viasto["url"].as_str().unwrap(), "POST", None, Some(&body));
            assert_eq!((status, said["outcome"].as_str()), (200, Some("quarantined")), "{said}");
        }
        let owed = events(&hub);
        let (data, status) = hub.terminate();
        assert!(status.success());
        Self { data, absent, owed }
    }

    fn migrate(&self, to: &str) -> Command {
        let mut command = Command::new(CALLBOARD);
        command.args(["migrate-store", "--json", "--to", to, "--from"]).arg(self.data.path());
        command
    }
}

/// Events about interviews, oldest first, each with its interview.
fn events(hub: &Hub) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let of = |it: &Value| (text(&it["id"]), text(&it["event"]["data"]["interview"]["id"]));
    let mut events = hub.all("/v1/events");
    events.reverse();
    events
        .iter()
        .filter(|it| it["event"]["type"].as_str().unwrap().starts_with("interview."))
        .map(of)
        .collect()
}

/// Stands between a program and a database, and shuts at a commit: the database carries it out or not, and nothing more is said
/// in either direction.
struct Gate {
    place: TempDir,
    shuts: Receiver<()>,
}

/// What all connections through a gate share.
struct Hinge {
    /// Commits until it shuts.
    left: AtomicUsize,
    carries_out: bool,
    is_shut: AtomicBool,
    tell: Sender<()>,
}

impl Gate {
    fn before(database: &Database, commits: usize, carries_out: bool) -> Self {
        let place = tempfile::tempdir().unwrap();
        let socket = |place: &Path| place.join(".s.PGSQL.5432");
        let (listener, to) = (UnixListener::bind(socket(place.path())).unwrap(), socket(database.place()));
        let (tell, shuts) = channel();
        let (left, is_shut) = (AtomicUsize::new(commits), AtomicBool::new(false));
        let hinge = Arc::new(Hinge { left, carries_out, is_shut, tell });
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), UnixStream::connect(&to).unwrap());
                let (answers, asks) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let (one, other) = (Arc::clone(&hinge), Arc::clone(&hinge));
                thread::spawn(move || one.pass(asks, server, true));
                thread::spawn(move || other.pass(answers, client, false));
            }
        });
        Self { place, shuts }
    }

    fn address(&self) -> String {
        address(self.place.path())
    }
}

impl Hinge {
    /// Passes on what is said until the gate is shut; whoever listens is told when the other side has gone.
    fn pass(&self, mut from: UnixStream, mut to: UnixStream, asks: bool) {
        let mut bytes = [0; 16_384];
        while let Ok(read @ 1..) = from.read(&mut bytes) {
            let commits = asks && bytes[..read].windows(7).any(|word| word == b"COMMIT\0");
            let shuts = commits && self.left.fetch_sub(1, Ordering::SeqCst) == 1;
            if shuts {
                self.is_shut.store(true, Ordering::SeqCst);
            }
            let is_shut = self.is_shut.load(Ordering::SeqCst);
            if (!is_shut || shuts && self.carries_out) && to.write_all(&bytes[..read]).is_err() {
                break;
            }
            // What was carried out is known when the database has answered.
            if is_shut && (!asks || !self.carries_out) {
                // Only the first time is waited for.
                let _ = self.tell.send(());
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    }
}

/// Runs a copy until the gate shuts, or to its end.
fn killed_at(gate: &Gate, mut migrate: Command) -> Option<Output> {
    let mut child = migrate.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let deadline = Instant::now() + PATIENCE;
    while gate.shuts.recv_timeout(Duration::from_millis(5)).is_err() {
        if child.try_wait().unwrap().is_some() {
            return Some(child.wait_with_output().unwrap());
        }
        assert!(Instant::now() < deadline, "the copy does not come to its end");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    None
}

#[test]
fn a_copy_that_is_killed_again_and_again_goes_on_and_is_whole() {
    let (stored, database) = (Stored::full(), Database::start());
    let mut kills = 0;
    let done = loop {
        let gate = Gate::before(&database, 2, kills % 2 == 0);
        if let Some(done) = killed_at(&gate, stored.migrate(&gate.address())) {
            break done;
        }
        kills += 1;
        assert!(kills < 50, "it does not come on");
        if kills % 5 == 1 {
            assert_unfit(&database);
        }
    };

    assert!(kills > 10, "killed {kills} times");
    let said: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(said["whole"], true, "{said}");
    assert!(said["resumed_at"].as_u64().unwrap() > 0, "{said}");
    for table in said["tables"].as_array().unwrap() {
        let counted = database.ask(&format!("SELECT COUNT(*) FROM {}", table["name"].as_str().unwrap()));
        assert_eq!(counted.trim(), table["rows"].to_string(), "{table}");
    }
    for store in [["--data", stored.data.path().to_str().unwrap()], ["--store", &database.address()]] {
        let checked = callboard(&["check", store[0], store[1]], &[]);
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    }
}

/// No hub starts on half a copy, and nobody says that it is whole.
fn assert_unfit(database: &Database) {
    let data = tempfile::tempdir().unwrap();
    let store = [("CALLBOARD_STORE", database.address())];
    let store = store.each_ref().map(|(name, value)| (*name, value.as_str()));
    let data = data.path().to_str().unwrap();
    for command in [&["serve", "--listen", "127.0.0.1:0", "--data", data][..], &["check"]] {
        let refused = callboard(command, &store);
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(refused.status.code() == Some(1) && said.contains("migrate-store goes on with it"), "{said}");
    }
}

#[test]
fn a_hub_on_the_copy_tells_what_was_owed_in_order_and_goes_on() {
    let (stored, database) = (Stored::full(), Database::start());
    let done = finished(&mut stored.migrate(&database.address()));
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));

    // Whoever was owed something in the files is there now, and hears all of it from the hub on the database.
    let Stored { data, absent, owed } = stored;
    let ear = Ear::listening_at(absent.address(), "standard", Answer::honest);
    let hub = Hub::start_on(data, &["--store", &database.address()]);
    let account = Account::open(&hub, Platform::Skype);
    account.tell_all(&account.letters(INTERVIEWS));
    hub.settle();

    let now = events(&hub);
    assert!(
        now.len() > owed.len() && now[..owed.len()] == owed,
        "what happened before stands before what happens now"
    );
    let interviews: HashMap<String, String> = now.iter().cloned().collect();
    let told: Vec<String> = ear.heard().iter().map(|heard| header(heard, "webhook-id").to_owned()).collect();
    let by_interview = |ids: &mut dyn Iterator<Item = &String>| {
        let mut lanes: HashMap<String, Vec<String>> = HashMap::new();
        ids.for_each(|id| lanes.entry(interviews[id].clone()).or_default().push(id.clone()));
        lanes
    };
    assert_eq!(by_interview(&mut told.iter()), by_interview(&mut now.iter().map(|(id, _)| id)));
    ear.assert_sound();
}

#[test]
fn what_cannot_be_copied_is_said() {
    let database = Database::start();
    let to = database.address();
    let home = tempfile::tempdir().unwrap();
    let refused = |args: &[&str]| {
        let refused = callboard(&[&["migrate-store"], args].concat(), &[]);
        (refused.status.code(), String::from_utf8_lossy(&refused.stderr).into_owned())
    };
    let nowhere = home.path().join("nowhere");
    let (code, said) = refused(&["--from", nowhere.to_str().unwrap(), "--to", &to]);
    assert!(code == Some(1) && said.contains("there is no store in"), "{said}");
    assert!(!nowhere.exists(), "none is made");

    let hub = Hub::start_on(home, &[]);
    let from = hub.data.path().to_str().unwrap().to_owned();
    let (code, said) = refused(&["--from", &from, "--to", &to]);
    assert!(code == Some(1) && said.contains("has to be stopped"), "{said}");
    let (data, _) = hub.terminate();
    let (code, said) = refused(&["--from", &from, "--to", "callboard.db"]);
    assert!(code == Some(1) && said.contains("into the database"), "{said}");
    assert_eq!(refused(&["--from", &from]).0, Some(2), "it has to be said where to");

    let copied = callboard(&["migrate-store", "--from", &from], &[("CALLBOARD_STORE", &to)]);
    let said = String::from_utf8_lossy(&copied.stdout);
    assert!(copied.status.success() && said.contains("the store is whole, and so is its copy"), "{said}");
    let (code, said) = refused(&["--from", &from, "--to", &to]);
    assert!(code == Some(1) && said.contains("a store in the database already"), "{said}");
    drop(data);
}
