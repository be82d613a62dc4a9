//! A store in a database: what was not committed when the hub dies is not there, and an answer gets lost on the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

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
    answers_lost: Arc<AtomicUsize>,
}

impl Cluster {
    pub fn start() -> Self {
        let database = Database::start();
        database.run(&format!("CREATE DATABASE {EMPTY}"));
        drop(PostgresStore::open(&database.address_of(EMPTY)).unwrap());
        Self { database, answers_lost: Arc::default() }
    }

    /// An empty store, in the place of the one before it.
    pub fn home(&self) -> Box<dyn Home> {
        self.database.run(&format!("DROP DATABASE IF EXISTS {PRESENT} WITH (FORCE)"));
        self.database.run(&format!("CREATE DATABASE {PRESENT} TEMPLATE {EMPTY}"));
        let relay = Relay::to(self.database.place());
        Box::new(InDatabase { relay, answers_lost: Arc::clone(&self.answers_lost) })
    }

    /// How many answers to commits have got lost in all.
    pub fn answers_lost(&self) -> usize {
        self.answers_lost.load(Ordering::Relaxed)
    }
}

/// Reached by a way on which answers get lost.
struct InDatabase {
    relay: Relay,
    answers_lost: Arc<AtomicUsize>,
}

impl Home for InDatabase {
    fn open(&self) -> Result<Box<dyn Store>, EngineError> {
        let store = elsewhere(|| PostgresStore::open(&address_of(self.relay.place(), PRESENT)))?;
        Ok(Box::new(Elsewhere(store)))
    }

    fn lose_answer(&mut self, engine: &mut dyn Engine, batch: &Batch) -> Result<(), EngineError> {
        self.relay.cut_after_commit(Cut::Connection);
        let answer = engine.commit(batch);
        if !self.relay.is_to_be_cut() {
            self.answers_lost.fetch_add(1, Ordering::Relaxed);
        }
        self.relay.spare();
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
