//! The store in a PostgreSQL database, where one machine is not enough.
//!
//! Everything that is decided together is one transaction, written table by table with an array for each column: as many
//! statements for a thousand messages as for one.

mod answers;
mod change;
mod check;
mod conditions;
mod counting;
mod crew;
mod driving;
mod ear;
mod engine;
mod erasing;
mod error;
mod hosts;
mod keeping;
mod listing;
mod news;
mod owing;
mod pen;
mod pointers;
mod read;
mod replaying;
mod rows;
mod schema;
mod script;
mod session;
mod settle;
mod settling;
mod taking;
mod things;
mod tls;
mod trail;
mod write;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use tokio_postgres::Config;
use tokio_postgres::config::TargetSessionAttrs;

use crate::engine::{Engine, EngineError, Membership, Reader, Settler, Store};
pub use check::COMPARED_WITHIN;
use crew::PostgresCrew;
use driving::Driving;
use ear::PostgresEar;
use engine::PostgresEngine;
pub use pen::{SILENT_WITHIN, TAKEN_UP_WITHIN};
use read::PostgresReader;
pub use schema::BROUGHT_UP_WITHIN;
pub use session::ANSWERS_WITHIN;
use session::{Address, Session};
use settling::PostgresSettler;
pub use taking::COPY_STEP_WITHIN;
pub(crate) use taking::Taker;

/// Every question is one for rows by an index, or for the first rows along one. A plan for it is made once, when the tables
/// are small or nothing is known of them, and read by whole tables it would take ever longer.
const PLANS: &str = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

/// A database that hears nothing more of a hub, whose machine is gone or cut off, soon ends the hub's connections, and not
/// after hours: they have places that others need. This counts for TCP alone, and what the address says counts more.
const LOOKED_AFTER: &str = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=30000";

/// A database that holds a store. Its two sides wait for answers: they are used on threads that may.
#[derive(Clone)]
pub struct PostgresStore {
    address: Address,
    is_in_doubt: Arc<AtomicBool>,
    /// The number under which it is written by this hub, once it is.
    writer: Arc<AtomicI64>,
}

impl PostgresStore {
    /// Opens the store at an address such as `postgres://user:password@host/database`, and brings it up to this program's
    /// version.
    pub fn open(address: &str) -> Result<Self, EngineError> {
        let store = Self::at(address)?;
        schema::migrate(&store.address)?;
        Ok(store)
    }

    /// The store at an address, whatever there is.
    fn at(address: &str) -> Result<Self, EngineError> {
        let mut config: Config =
            address.parse().map_err(|error: tokio_postgres::Error| error::failed(&error))?;
        config.application_name("callboard").target_session_attrs(TargetSessionAttrs::ReadWrite);
        let options = [LOOKED_AFTER, config.get_options().unwrap_or_default(), PLANS].join(" ");
        config.options(options);
        let address = Address { config, tls: tls::tls()?, beside: Arc::new(Driving::beside()?) };
        Ok(Self { address, is_in_doubt: Arc::default(), writer: Arc::default() })
    }
}

impl Store for PostgresStore {
    fn name(&self) -> &'static str {
        "postgres"
    }

    fn engine(&self) -> Result<Box<dyn Engine>, EngineError> {
        let engine = PostgresEngine::open(&self.address, Arc::clone(&self.is_in_doubt))?;
        self.writer.store(engine.number().cast_signed(), Ordering::Relaxed);
        Ok(Box::new(engine))
    }

    fn reader(&self) -> Result<Box<dyn Reader>, EngineError> {
        Ok(Box::new(PostgresReader::new(Session::open(&self.address)?)))
    }

    fn is_in_doubt(&self) -> bool {
        self.is_in_doubt.load(Ordering::Relaxed)
    }

    fn shared_secret(&self) -> Result<Option<[u8; 32]>, EngineError> {
        let row = Session::open(&self.address)?.one("SELECT secret FROM callboard", &[])?;
        Ok(row.try_get::<_, &[u8]>(0)?.try_into().ok())
    }

    fn settler(&self) -> Result<Option<Box<dyn Settler>>, EngineError> {
        Ok(Some(Box::new(PostgresSettler::new(Session::open(&self.address)?))))
    }

    fn crew(&self) -> Result<Option<Membership>, EngineError> {
        Ok(Some((
            Box::new(PostgresCrew::open(&self.address)?),
            Box::new(PostgresEar::new(self.address.clone(), Arc::clone(&self.writer))),
        )))
    }
}
