//! A hub on a store of its own, for tests of what cannot be reached from outside.

use std::io;
use std::sync::Arc;

use callboard_core::{CompanyId, IdMint, Identifier, Timestamp};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{Change, Company, Ledger};
use callboard_outbox::{AddressGuard, LookingUp, Lookup, ManualClock, Planning};
use tempfile::TempDir;

use crate::hub::Hub;

struct Nowhere;

impl Lookup for Nowhere {
    fn lookup(&self, _host: &str) -> LookingUp {
        Box::pin(async { Err(io::Error::other("no such name")) })
    }
}

/// When everything happens.
pub(crate) fn now() -> Timestamp {
    "2026-03-02T08:00:00Z".parse().unwrap()
}

/// The only company.
pub(crate) fn company() -> CompanyId {
    CompanyId::from_raw(1)
}

/// A hub with one company and nothing in it. Its store goes with the directory.
pub(crate) async fn hub() -> (Arc<Hub>, TempDir) {
    hub_of(company()).await
}

/// The same where the company has this id.
pub(crate) async fn hub_of(operator: CompanyId) -> (Arc<Hub>, TempDir) {
    let data = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(data.path()).unwrap();
    let (ledger, _, _) = Ledger::open(store, 0, Box::new(Planning::new("http://hub"))).unwrap();
    let company = Company { id: operator, name: "default".to_owned(), stages: Vec::new(), time_zone: None };
    ledger.change(vec![Change::PutCompany(company)]).await.unwrap();
    let clock = Arc::new(ManualClock::new(now()));
    let url = "http://hub".to_owned();
    let hub = Hub::new(ledger, clock, AddressGuard::default(), Arc::new(Nowhere), url, IdMint::new(1, 0));
    (hub, data)
}
