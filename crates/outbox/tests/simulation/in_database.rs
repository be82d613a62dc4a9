//! A store in a database: what was not committed when the hub dies is not there, and an answer gets lost on the way.

use callboard_ledger::postgres::PostgresStore;
use callboard_ledger::{Batch, Engine, EngineError, Store};

use super::database::relay::{Cut, Relay};
use super::database::{Database, address_of};
use super::elsewhere::{Elsewhere, elsewhere};
use super::home::Home;

/// The database that each store begins as.
const EMPTY: &str = "empty";
/// The database of the store in use.
const PRESENT: &str = "present";

/// A PostgreSQL in which one store after the other lives.
pub struct Cluster {
    database: Database,
}

impl Cluster {
    pub fn start() -> Self {
        let database = Database::start();
        database.run(&format!("CREATE DATABASE {EMPTY}"));
        drop(PostgresStore::open(&database.address_of(EMPTY)).unwrap());
        Self { database }
    }

    /// An empty store, in the place of the one before it.
    pub fn home(&self) -> Box<dyn Home> {
        self.database.run(&format!("DROP DATABASE IF EXISTS {PRESENT} WITH (FORCE)"));
        self.database.run(&format!("CREATE DATABASE {PRESENT} TEMPLATE {EMPTY}"));
        Box::new(InDatabase(Relay::to(self.database.place())))
    }
}

/// Reached by a way on which answers get lost.
struct InDatabase(Relay);

impl Home for InDatabase {
    fn open(&self) -> Result<Box<dyn Store>, EngineError> {
        let store = elsewhere(|| PostgresStore::open(&address_of(self.0.place(), PRESENT)))?;
        Ok(Box::new(Elsewhere(store)))
    }

    fn lose_answer(&mut self, engine: &mut dyn Engine, batch: &Batch) -> Result<(), EngineError> {
        self.0.cut_after_commit(Cut::Connection);
        let answer = engine.commit(batch);
        self.0.spare();
        answer
    }

    /// The engine finds out by itself.
    fn is_sure(&mut self) {}

    /// A dead hub gets no further than to its next commit, and its connections end with it.
    fn freeze(&mut self, _may_find: bool) -> bool {
        false
    }

    fn thaw(&mut self) {}
}
