//! The store in a PostgreSQL database: everything that a store must do, and what is its own.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

#[expect(dead_code, reason = "the whole program's tests use all of it")]
mod database;
mod engine;

use std::ops::Deref;

use callboard_ledger::postgres::PostgresStore;
use database::Database;

/// A store in an empty database, which goes with it.
struct Fresh {
    store: PostgresStore,
    _database: Database,
}

impl Deref for Fresh {
    type Target = PostgresStore;

    fn deref(&self) -> &PostgresStore {
        &self.store
    }
}

fn fresh() -> Fresh {
    let database = Database::start();
    Fresh { store: PostgresStore::open(&database.address()).unwrap(), _database: database }
}

engine_suite!(fresh());
