//! Where an endpoint's name leads is looked at when the endpoint is made.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

use std::future::pending;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use callboard_core::{CompanyId, IdMint, Identifier, KeyId, Timestamp};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{Change, Company, Key, Ledger, Scope};
use callboard_outbox::{AddressGuard, LookingUp, Lookup, ManualClock, Planning};
use callboard_server::limits::LOOK_UP_TIME;
use callboard_server::{Hub, hash_key, routes};
use tower_service::Service;

/// What a resolver says of every name.
struct Says(Option<IpAddr>);

impl Lookup for Says {
    fn lookup(&self, _host: &str) -> LookingUp {
        let found = self.0.map(|address| vec![address]).ok_or_else(|| io::Error::other("no such name"));
        Box::pin(async move { found })
    }
}

/// A resolver that takes its time.
struct Silent;

impl Lookup for Silent {
    fn lookup(&self, _host: &str) -> LookingUp {
        Box::pin(pending())
    }
}

/// What making an endpoint at `hooks.example.com` is answered, by a hub whose resolver finds this address.
async fn made(found: Option<&str>) -> StatusCode {
    made_by(Arc::new(Says(found.map(|address| address.parse().unwrap())))).await
}

async fn made_by(lookup: Arc<dyn Lookup>) -> StatusCode {
    let data = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(data.path()).unwrap();
    let (ledger, _notices, _writing) = Ledger::open(store, 0, Box::new(Planning::new("http://hub"))).unwrap();
    let company = Company {
        id: CompanyId::from_raw(1),
        name: "default".to_owned(),
        stages: Vec::new(),
        time_zone: None,
    };
    let key = Key {
        id: KeyId::from_raw(2),
        company: company.id,
        name: "admin".to_owned(),
        scope: Scope::Admin,
        hash: hash_key("cbk_test"),
        created_at: Timestamp::UNIX_EPOCH,
        signing: None,
        token_hash: None,
    };
    ledger.change(vec![Change::PutCompany(company), Change::PutKey(key)]).await.unwrap();
    let clock = Arc::new(ManualClock::new("2026-03-02T08:00:00Z".parse().unwrap()));
    let hub =
        Hub::new(ledger, clock, AddressGuard::default(), lookup, "http://hub".to_owned(), IdMint::new(1, 0));
    let request = Request::post("/v1/endpoints")
        .header("authorization", "Bearer cbk_test")
        .body(Body::from(r#"{"url": "https://hooks.example.com/in", "dialect": "standard"}"#))
        .unwrap();
    routes(hub).call(request).await.unwrap().status()
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused() {
    assert_eq!(made(Some("10.0.0.7")).await, StatusCode::BAD_REQUEST);
    assert_eq!(made(Some("169.254.169.254")).await, StatusCode::BAD_REQUEST);
    assert_eq!(made(Some("::ffff:127.0.0.1")).await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_name_that_leads_out_or_nowhere_yet_is_taken() {
    assert_eq!(made(Some("93.184.216.34")).await, StatusCode::CREATED);
    assert_eq!(made(None).await, StatusCode::CREATED, "each attempt looks again");
}

#[tokio::test(start_paused = true)]
async fn a_name_that_takes_too_long_to_look_up_is_taken_and_looked_up_at_each_attempt() {
    let begun = tokio::time::Instant::now();
    assert_eq!(made_by(Arc::new(Silent)).await, StatusCode::CREATED);
    assert_eq!(begun.elapsed().as_secs(), LOOK_UP_TIME.as_secs());
}
