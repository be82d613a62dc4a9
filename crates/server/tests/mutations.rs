//! Signed webhooks with something changed on the way: only what is authentic gets in, and nothing is ever answered 5xx.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request};
use callboard_core::{CompanyId, IdMint, Identifier, Sealed, Source, SourceId, Timestamp};
use callboard_dialects::{Dialect, Message, dialect};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{Change, Company, Ledger};
use callboard_outbox::{AddressGuard, ManualClock, Planning, SystemLookup};
use callboard_server::{BODY_BYTES, Hub, routes};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tower_service::Service;

const TOKEN: &str = "tok_7Jq2mV9xWn4bRt6yLc8z";

/// A webhook as its platform sends it: path, headers and body.
#[derive(Debug, Clone)]
struct Letter {
    path: String,
    headers: Vec<(&'static str, Vec<u8>)>,
    body: Vec<u8>,
}

/// One change to some bytes.
#[derive(Debug, Clone)]
enum Touch {
    Flip(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Cut(Index),
    /// Doubled so many times.
    Double(u32),
}

fn touches() -> impl Strategy<Value = Vec<Touch>> {
    let touch = prop_oneof![
        4 => (any::<Index>(), 1..=255_u8).prop_map(|(at, by)| Touch::Flip(at, by)),
        4 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Touch::Insert(at, byte)),
        2 => any::<Index>().prop_map(Touch::Remove),
        2 => any::<Index>().prop_map(Touch::Cut),
        1 => (1..14_u32).prop_map(Touch::Double),
    ];
    vec(touch, 0..4)
}

fn touched(bytes: &[u8], touches: &[Touch]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for touch in touches {
        let len = bytes.len();
        match touch {
            Touch::Insert(at, byte) => bytes.insert(at.index(len + 1), *byte),
            _ if len == 0 => {}
            Touch::Flip(at, by) => bytes[at.index(len)] ^= by,
            Touch::Remove(at) => drop(bytes.remove(at.index(len))),
            Touch::Cut(at) => bytes.truncate(at.index(len)),
            Touch::Double(times) => bytes = bytes.repeat(1 << times.min(&(2 * BODY_BYTES / len).ilog2())),
        }
    }
    bytes
}

/// A hub in this process, whose time stands still.
struct Door {
    runtime: Runtime,
    routes: Router,
    ledger: Ledger,
    clock: Arc<ManualClock>,
    _data: tempfile::TempDir,
}

impl Door {
    fn open() -> Self {
        let runtime = Runtime::new().unwrap();
        let data = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(data.path()).unwrap();
        let (ledger, _, _) = Ledger::open(store, 0, Box::new(Planning::new("http://hub"))).unwrap();
        let clock = Arc::new(ManualClock::new("2026-03-02T08:00:00Z".parse().unwrap()));
        let guard = AddressGuard::default();
        let hub = Hub::new(
            ledger.clone(),
            clock.clone(),
            guard,
            Arc::new(SystemLookup),
            "http://hub".to_owned(),
            IdMint::new(1, 0),
        );
        let company = Company {
            id: CompanyId::from_raw(1),
            name: "default".to_owned(),
            stages: Vec::new(),
            time_zone: None,
        };
        runtime.block_on(ledger.change(vec![Change::PutCompany(company)])).unwrap();
        Self { runtime, routes: routes(hub), ledger, clock, _data: data }
    }

    /// Makes an account, and a letter of its platform.
    fn letter(&self, raw_id: u64, platform: &str, credentials: Value, sample: &str) -> Letter {
        let id = SourceId::from_raw(raw_id);
        let path = match credentials["token"].as_str() {
            Some(token) => format!("/in/{id}/{token}"),
            None => format!("/in/{id}"),
        };
        let speaking: &dyn Dialect = dialect(platform).unwrap();
        let signing = if credentials["token"].is_null() { &credentials } else { &json!({}) };
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dialects/tests/fixtures");
        let body = std::fs::read(samples.join(platform).join(sample)).unwrap();
        let message = Message { id: "a", body: &body, at: self.now() };
        let headers = speaking.signer(signing).unwrap().sign(&message);
        let source = Source {
            id,
            company: CompanyId::from_raw(1),
            platform: platform.to_owned(),
            name: String::new(),
            rotated: None,
            credentials: Sealed(credentials),
            created_at: self.now(),
            fetch: None,
        };
        self.runtime.block_on(self.ledger.change(vec![Change::PutSource(source)])).unwrap();
        let headers = headers.into_iter().map(|(name, value)| (name, value.into_bytes())).collect();
        Letter { path, headers, body }
    }

    /// Brings a letter: the status of the answer.
    fn bring(&self, letter: &Letter) -> u16 {
        let mut request = Request::post(letter.path.as_str()).body(Body::from(letter.body.clone())).unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in &letter.headers {
            // What cannot stand in a header does not get here.
            if let Ok(value) = HeaderValue::from_bytes(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        *request.headers_mut() = headers;
        self.runtime.block_on(self.routes.clone().call(request)).unwrap().status().as_u16()
    }

    fn receipts(&self) -> u64 {
        self.runtime.block_on(self.ledger.read(|reader| reader.totals())).unwrap().receipts
    }

    fn now(&self) -> Timestamp {
        callboard_outbox::Clock::now(&*self.clock)
    }
}

/// Brings each letter, changed in many ways, and sees that only a 200 leaves a receipt. `expected` says what the answer
/// must be, where that can be told.
fn try_changes<S: Strategy>(
    letters: &[Letter],
    door: &Door,
    changes: S,
    change: impl Fn(&mut Letter, &S::Value),
    expected: impl Fn(&Letter, &Letter) -> Option<u16>,
) where
    S::Value: Debug,
{
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(400) });
    runner
        .run(&(prop::sample::select(letters.to_vec()), changes), |(original, changes)| {
            let mut letter = original.clone();
            change(&mut letter, &changes);
            let before = door.receipts();
            let status = door.bring(&letter);
            prop_assert!(matches!(status, 200 | 401 | 413 | 415), "{status}");
            prop_assert_eq!(door.receipts() - before, u64::from(status == 200));
            if letter.body.len() > BODY_BYTES {
                prop_assert_eq!(status, 413);
            } else if let Some(expected) = expected(&original, &letter) {
                prop_assert_eq!(status, expected);
            }
            Ok(())
        })
        .unwrap();
}

fn signed_letters(door: &Door) -> [Letter; 2] {
    let skype = json!({"api_key": "7c9e6679", "api_secret": "a secret that is long enough for everyone"});
    let hirehive = json!({"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"});
    [
        door.letter(11, "skype", skype, "seed_004.json"),
        door.letter(12, "hirehive", hirehive, "interview.created.json"),
    ]
}

fn unsigned_letters(door: &Door) -> [Letter; 2] {
    let launchpad = json!({"username": "launchpad", "password": "correct horse battery"});
    [
        door.letter(13, "launchpad", launchpad, "seed_001_assessment_status.json"),
        door.letter(14, "viasto", json!({"token": TOKEN}), "rating_changed.created.json"),
    ]
}

#[test]
fn a_signed_body_that_was_changed_is_not_taken() {
    let door = Door::open();
    let change = |letter: &mut Letter, touches: &Vec<Touch>| letter.body = touched(&letter.body, touches);
    try_changes(&signed_letters(&door), &door, touches(), change, |sent, came| {
        Some(if sent.body == came.body { 200 } else { 401 })
    });
}

#[test]
fn an_unsigned_body_that_was_changed_is_taken_and_never_an_error() {
    let door = Door::open();
    let change = |letter: &mut Letter, touches: &Vec<Touch>| letter.body = touched(&letter.body, touches);
    try_changes(&unsigned_letters(&door), &door, touches(), change, |_, _| Some(200));
}

#[test]
fn a_header_that_was_changed_is_at_most_refused() {
    let door = Door::open();
    let letters = [signed_letters(&door), unsigned_letters(&door)].concat();
    let changes = (any::<Index>(), touches());
    let change = |letter: &mut Letter, (which, touches): &(Index, Vec<Touch>)| {
        let (_, value) = which.get_mut(&mut letter.headers[..]);
        *value = touched(value, touches);
    };
    try_changes(&letters, &door, changes, change, |sent, came| {
        // A change need not make a difference: the word `Bearer` may be written in any way.
        let untouched = sent.headers == came.headers;
        untouched.then_some(200)
    });
}

#[test]
fn an_address_that_was_changed_leads_nowhere() {
    let door = Door::open();
    let letters = unsigned_letters(&door);
    // Letters and digits, so that it stays an address with as many parts.
    let changes = (any::<Index>(), "[a-zA-Z0-9]");
    let change = |letter: &mut Letter, (at, by): &(Index, String)| {
        let at = "/in/".len() + at.index(letter.path.len() - "/in/".len());
        if letter.path.as_bytes()[at] != b'/' {
            letter.path.replace_range(at..=at, by);
        }
    };
    try_changes(&letters, &door, changes, change, |sent, came| {
        Some(if sent.path == came.path { 200 } else { 401 })
    });
}
