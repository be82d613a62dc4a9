//! The store in a PostgreSQL database, where one machine is not enough.
//!
//! Everything that is decided together is one transaction, written table by table with an array for each column: as many
//! statements for a thousand messages as for one.

mod answers;
mod change;
mod conditions;
mod engine;
mod erasing;
mod error;
mod keeping;
mod owing;
mod pointers;
mod read;
mod replaying;
mod rows;
mod schema;
mod session;
mod settle;
mod things;
mod tls;
mod write;

use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio_postgres::Config;

use crate::engine::{Engine, EngineError, Reader, Store};
use engine::PostgresEngine;
use read::PostgresReader;
use session::{Address, Purpose, Session};

/// A database that holds a store. Its two sides wait for answers: they are used on threads that may.
#[derive(Clone)]
pub struct PostgresStore {
    address: Address,
    _runtime: Arc<Driving>,
}

/// The runtime that drives connections.
struct Driving(Option<Runtime>);

impl Drop for Driving {
    fn drop(&mut self) {
        // The last one to go may be on a thread that must not wait.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl PostgresStore {
    /// Opens the store at an address such as `postgres://user:password@host/database`, and brings it up to this program's
    /// version.
    pub fn open(address: &str) -> Result<Self, EngineError> {
        let mut config: Config =
            address.parse().map_err(|error: tokio_postgres::Error| error::failed(&error))?;
        config.application_name("callboard");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("ledger-net")
            .enable_all()
            .build()
            .map_err(|error| EngineError::Failed(error.to_string()))?;
        let address = Address { config, tls: tls::tls()?, runtime: runtime.handle().clone() };
        let store = Self { address, _runtime: Arc::new(Driving(Some(runtime))) };
        schema::migrate(&mut Session::open(&store.address, Purpose::Reading)?)?;
        Ok(store)
    }
}

impl Store for PostgresStore {
    fn engine(&self) -> Result<Box<dyn Engine>, EngineError> {
        Ok(Box::new(PostgresEngine::new(Session::open(&self.address, Purpose::Writing)?)))
    }

    fn reader(&self) -> Result<Box<dyn Reader>, EngineError> {
        Ok(Box::new(PostgresReader::new(Session::open(&self.address, Purpose::Reading)?)))
    }
}
