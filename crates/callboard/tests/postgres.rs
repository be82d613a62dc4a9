//! The real program on a PostgreSQL database.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

#[path = "support/mod.rs"]
mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use callboard_simulate::Platform;
use serde_json::{Value, json};

use support::accounts::Account;
use support::database::relay::Relay;
use support::database::{Database, address};
use support::deserted::Deserted;
use support::ear::Ear;
use support::{Hub, callboard, until};

fn hub_on(database: &Database) -> Hub {
    Hub::start_on(tempfile::tempdir().unwrap(), &["--store", &database.address()])
}

#[test]
fn what_was_answered_200_outlives_the_hub_and_is_told() {
    let database = Database::start();
    let hub = hub_on(&database);
    let account = Account::open(&hub, Platform::Skype);
    let letters = account.letters(1);
    for letter in &letters {
        assert_eq!(account.send(letter).0, 200);
    }
    let data = hub.kill();

    let hub = Hub::start_on(data, &["--store", &database.address()]);
    let events = hub.all("/v1/events");
    assert!(events.len() > letters.len(), "what came in, and that there is an interview: {events:?}");
    let ear = Ear::open("standard");
    let endpoint = ear.subscribe(&hub, &json!({}));
    hub.post(
        &format!("/v1/endpoints/{endpoint}/replay"),
        &json!({"what": "missed", "since": "2020-01-01T00:00:00Z"}),
    );
    until("everything has been told", || ear.heard().len() == events.len());
}

#[test]
fn while_the_database_is_away_senders_are_asked_to_come_again_and_nothing_is_lost() {
    let mut database = Database::start();
    let address = database.address();
    goes_on_after(&address, |is_away| if is_away { database.kill() } else { database.restart() });
}

#[test]
fn while_nothing_is_heard_of_the_database_senders_are_asked_to_come_again_and_nothing_is_lost() {
    let database = Database::start();
    let relay = Relay::to(database.place());
    goes_on_after(
        &address(relay.place()),
        |is_away| {
            if is_away { relay.stand_still() } else { relay.go_on() }
        },
    );
}

/// A hub on the database at this address takes nothing while that is away, and everything when it is back.
fn goes_on_after(address: &str, mut set_away: impl FnMut(bool)) {
    let hub = Hub::start_on(tempfile::tempdir().unwrap(), &["--store", address]);
    let account = Account::open(&hub, Platform::Skype);
    let ear = Ear::open("standard");
    ear.subscribe(&hub, &json!({}));
    let letters = account.letters(1);
    let (before, after) = letters.split_at(letters.len() / 2);
    for letter in before {
        assert_eq!(account.send(letter).0, 200);
    }

    set_away(true);
    let (status, problem) = account.send(&after[0]);
    assert_eq!((status, problem["code"].as_str()), (503, Some("store_failed")), "{problem}");

    set_away(false);
    for letter in after {
        until("it is taken", || account.send(letter).0 == 200);
    }
    hub.settle();
    let told = ear.heard().len();
    assert_eq!(told, hub.all("/v1/events").len());
}

#[test]
fn a_store_in_a_database_is_checked_while_a_hub_works_on_it() {
    let database = Database::start();
    let address = database.address();
    let stored = [("CALLBOARD_STORE", address.as_str())];
    let nothing = callboard(&["check"], &stored);
    assert_eq!(nothing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&nothing.stderr).contains("there is no store in the database"));

    let hub = hub_on(&database);
    let account = Account::open(&hub, Platform::Skype);
    let ear = Ear::open("standard");
    ear.subscribe(&hub, &json!({}));
    let over = AtomicBool::new(false);
    // The hub ends with what goes on here, so that nobody goes on sending if that fails.
    let (_hub, checked) = thread::scope(|scope| {
        scope.spawn(|| {
            let mut interviews = 0..;
            while !over.load(Ordering::Relaxed) {
                for letter in account.letters(interviews.next().unwrap()) {
                    assert_eq!(account.send(&letter).0, 200);
                }
            }
        });
        until("deliveries have been told", || ear.counts().heard > 20);
        let checked = [(); 3].map(|()| callboard(&["check", "--store", &address], &[]));
        over.store(true, Ordering::Relaxed);
        (hub, checked)
    });
    for checked in checked {
        let said = String::from_utf8_lossy(&checked.stdout);
        assert!(checked.status.success() && said.ends_with("the store is whole\n"), "{said}");
    }

    database.run("UPDATE deliveries SET attempts = attempts + 1 WHERE id = (SELECT MIN(id) FROM deliveries)");
    let checked = callboard(&["check", "--json"], &stored);
    assert_eq!(checked.status.code(), Some(1));
    let said: Value = serde_json::from_slice(&checked.stdout).unwrap();
    let deliveries =
        said["checks"].as_array().unwrap().iter().find(|it| it["check"] == "deliveries").unwrap();
    assert_eq!((&said["whole"], &deliveries["found"]), (&json!(false), &json!(1)), "{said}");
}

/// A database that takes nobody without TLS.
struct ByTls {
    address: String,
    port: u16,
    /// What vouches for its certificate.
    trusted: String,
    _place: Deserted,
    _database: Database,
}

impl ByTls {
    /// Starts one, with this at the end of its address.
    fn start(options: &str) -> Self {
        let mut database = Database::start();
        let place = Deserted::keep();
        let port = place.port();
        let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        database.secure(port, &own.cert.pem(), &own.signing_key.serialize_pem());
        let address = format!("postgres://postgres@127.0.0.1:{port}/postgres{options}");
        Self { address, port, trusted: own.cert.pem(), _place: place, _database: database }
    }

    /// A hub on it that trusts it.
    fn hub(&self) -> Hub {
        let data = tempfile::tempdir().unwrap();
        let trusted = data.path().join("trusted.pem").to_str().unwrap().to_owned();
        std::fs::write(&trusted, &self.trusted).unwrap();
        Hub::start_in(data, &[], &[("SSL_CERT_FILE", &trusted), ("CALLBOARD_STORE", &self.address)])
    }
}

#[test]
fn a_database_that_is_reached_by_tls_has_to_have_a_certificate_that_is_trusted() {
    // given one with which TLS is spoken because somebody insists on that, or because it offers that
    for options in ["?sslmode=require", ""] {
        let database = ByTls::start(options);

        // when nobody vouches for its certificate, then the hub does not trust it
        let data = tempfile::tempdir().unwrap();
        let data = data.path().to_str().unwrap();
        let start = ["serve", "--listen", "127.0.0.1:0", "--store", &database.address, "--data", data];
        let refused = callboard(&start, &[]);
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(!refused.status.success() && said.contains("certificate"), "{options}: {said}");

        // when somebody does, it works on it
        assert_eq!(database.hub().get("/v1/events")["items"], json!([]));
    }
}

#[test]
fn the_database_looks_after_the_connections_of_hubs_that_may_be_gone() {
    let database = ByTls::start("?sslmode=require");
    let _hub = database.hub();
    until("each of its ends waits for a sign of life, for seconds", || {
        let ends = waiting(database.port);
        !ends.is_empty() && ends.iter().all(|(timer, hundredths)| *timer == KEEPALIVE && *hundredths <= 500)
    });
}

/// The timer of a connection that is probed when nothing is heard on it.
const KEEPALIVE: &str = "02";

/// What connections at this port of the machine wait for, and for how many hundredths of a second: see proc(5), /proc/net/tcp.
fn waiting(port: u16) -> Vec<(String, u64)> {
    let all = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let fields = all.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    let established = fields.filter(|it| it[1].ends_with(&format!(":{port:04X}")) && it[3] == "01");
    let timers = established.map(|it| it[5].split_once(':').unwrap());
    timers.map(|(timer, when)| (timer.to_owned(), u64::from_str_radix(when, 16).unwrap())).collect()
}
