//! Shows the rows of a store in a database to the checks, and reads each as the program reads it.
//!
//! All of it is one state: what hubs write meanwhile is not seen. Tables are read in steps by a key that has an index, so
//! that no statement takes long and memory holds a step.

mod files;
mod happenings;
mod steps;
mod telling;

use std::time::Duration;

use callboard_core::{Endpoint, Identifier, Source};
use serde::de::DeserializeOwned;

use super::rows::{self, text};
use super::session::{Address, Session};
use super::{PostgresStore, keeping, schema};
use crate::batch::{Company, Key};
use crate::checking::{self, Check, Gone, Inspector, Look, ThingRow};
use crate::engine::EngineError;
use files::Proof;
use steps::each;

/// Rows with documents or events in them that are read at once.
const LARGE_ROWS: usize = 250;
/// Rows of some numbers that are read at once.
const SMALL_ROWS: usize = 5_000;
/// How long the database may take to compare one index with its table.
pub const COMPARED_WITHIN: Duration = Duration::from_secs(6 * 60 * 60);
/// No step gathers what it could read in order. For the same reason no question asks whether something `EXISTS`: the database
/// might gather all that there is, for each step.
const SETTINGS: &str = "SET LOCAL enable_hashagg = off";

impl PostgresStore {
    /// Opens what shows the rows of the store at an address to [`crate::check`]. Nothing in it is changed, and hubs may work
    /// on it meanwhile.
    pub fn inspector(address: &str) -> Result<Box<dyn Inspector>, EngineError> {
        Ok(Box::new(PostgresInspector::begin(&Self::at(address)?.address, schema::is_of_today)?))
    }
}

/// A transaction in which nothing changes.
pub(super) struct PostgresInspector {
    session: Session,
    proof: Proof,
}

impl PostgresInspector {
    /// Begins with the state in which `is_fit` holds.
    pub(super) fn begin(
        address: &Address,
        is_fit: impl FnOnce(&mut Session) -> Result<(), EngineError>,
    ) -> Result<Self, EngineError> {
        let mut session = Session::open_for(address, COMPARED_WITHIN)?;
        session.rows(schema::UNLIMITED, &[])?;
        session.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        session.run(SETTINGS)?;
        is_fit(&mut session)?;
        let proof = Proof::here(&mut session)?;
        Ok(Self { session, proof })
    }

    fn look(&mut self, check: Check, look: &mut Look<'_>) -> Result<(), EngineError> {
        let session = &mut self.session;
        match check {
            Check::Files => self.proof.look(session, look),
            Check::Configured => configured(session, look),
            Check::Things => things(session, look),
            Check::Names => names(session, look),
            Check::Events => happenings::events(session, look),
            Check::Stages => happenings::stages(session, look),
            Check::Receipts => happenings::receipts(session, look),
            Check::Seen => happenings::seen(session, look),
            Check::Deliveries => telling::deliveries(session, look),
            Check::Attempts => telling::attempts(session, look),
            Check::Lanes => telling::lanes(session, look),
            Check::LooseEnds => loose_ends(session, look),
        }
    }
}

impl Inspector for PostgresInspector {
    fn sentence(&self, check: Check) -> &'static str {
        if check == Check::Files { self.proof.sentence() } else { check.sentence() }
    }

    /// What one check fails at is nothing to the next.
    fn inspect(&mut self, check: Check, look: &mut Look<'_>) -> Result<(), EngineError> {
        self.session.run("SAVEPOINT looking")?;
        let looked = self.look(check, look);
        self.session.run("ROLLBACK TO SAVEPOINT looking")?;
        looked
    }
}

fn gone(session: &mut Session) -> Result<Gone, EngineError> {
    Gone::of(|stock| keeping::horizon(session, stock))
}

fn configured(session: &mut Session, look: &mut Look<'_>) -> Result<(), EngineError> {
    documents(session, "companies", look, |it: &Company| it.id.raw())?;
    documents(session, "keys", look, |it: &Key| it.id.raw())?;
    documents(session, "sources", look, |it: &Source| it.id.raw())?;
    documents(session, "endpoints", look, |it: &Endpoint| it.id.raw())
}

fn documents<T: DeserializeOwned>(
    session: &mut Session,
    table: &str,
    look: &mut Look<'_>,
    number: fn(&T) -> u64,
) -> Result<(), EngineError> {
    let sql = format!("SELECT id, body FROM {table} WHERE id > $1 ORDER BY id");
    each(session, &sql, LARGE_ROWS, |row| {
        checking::document(look, table, row.try_get(0)?, row.try_get::<_, &str>(1)?.as_bytes(), number);
        Ok(())
    })
}

fn things(session: &mut Session, look: &mut Look<'_>) -> Result<(), EngineError> {
    // The columns of a thing come first where it is read.
    let sql = format!(
        "SELECT {}, parent, (SELECT 1 FROM companies c WHERE c.id = company) IS NOT NULL, id,
             parent IS NULL OR (SELECT 1 FROM entities p WHERE p.id = e.parent) IS NOT NULL
         FROM entities e WHERE id > $1 ORDER BY id",
        rows::THING
    );
    steps::walk(session, &sql, &[], i64::MIN, LARGE_ROWS, |row| {
        let filed: i64 = row.try_get(7)?;
        let thing = ThingRow {
            filed,
            word: row.try_get(1)?,
            held: rows::thing(row),
            parent: row.try_get(5)?,
            has_company: row.try_get(6)?,
            has_parent: row.try_get(8)?,
        };
        thing.judge(look);
        Ok(filed)
    })
}

/// Names may be longer than what an index takes: they are found by their hashes.
fn names(session: &mut Session, look: &mut Look<'_>) -> Result<(), EngineError> {
    let sql =
        "SELECT sha256(name), name, (SELECT 1 FROM entities e WHERE e.id = entity) IS NOT NULL FROM names
        WHERE sha256(name) > $1 ORDER BY sha256(name)";
    steps::walk(session, sql, &[], Vec::new(), SMALL_ROWS, |row| {
        checking::leads(look, &text(row, 1)?, row.try_get(2)?);
        Ok(row.try_get::<_, Vec<u8>>(0)?)
    })
}

fn loose_ends(session: &mut Session, look: &mut Look<'_>) -> Result<(), EngineError> {
    let sql =
        "SELECT file, (SELECT 1 FROM entities e WHERE e.id = file AND e.kind = 'file') IS NOT NULL FROM blobs
        WHERE file > $1 ORDER BY file";
    each(session, sql, SMALL_ROWS, |row| {
        checking::bytes_of_file(look, row.try_get(0)?, row.try_get(1)?);
        Ok(())
    })?;
    let sql =
        "SELECT id, resource, source, (SELECT 1 FROM sources s WHERE s.id = source) IS NOT NULL FROM pointers
        WHERE id > $1 ORDER BY id";
    each(session, sql, LARGE_ROWS, |row| {
        checking::pointer(look, &text(row, 1)?, row.try_get(2)?, row.try_get(3)?);
        Ok(())
    })?;
    let sql = "SELECT id, (state = 0) = (finished_at IS NULL) FROM replays WHERE id > $1 ORDER BY id";
    each(session, sql, SMALL_ROWS, |row| {
        checking::replay(look, row.try_get(0)?, row.try_get(1)?);
        Ok(())
    })
}
