//! Takes over what another store holds.
//!
//! From its first transaction on until its last one a copy is marked by tables of its own: no hub works on it, and whoever
//! began it can go on with it. What has been copied, and how far that reaches, is written in the same transaction.

use std::time::Duration;

use tokio_postgres::Row;

use super::check::PostgresInspector;
use super::session::{Address, Session};
use super::{PostgresStore, schema};
use crate::checking::Inspector;
use crate::copying::{Batch, KeyPart, TABLES, Table};
use crate::engine::EngineError;

/// Whoever copies holds this for as long as the connection lasts: a number that no other program is likely to take.
const COPIES: i64 = 0x0043_414c_4c42_4350;
/// How long the database may take for a step of a copy: a batch of rows, or counting those of a whole table.
pub const COPY_STEP_WITHIN: Duration = Duration::from_secs(60 * 60);
/// How long whoever copied before has to be gone.
const HAS_GONE_WITHIN: Duration = Duration::from_secs(5);
/// What marks a copy: which store it is of, and how far each table is.
const MARKS: &str = "
    CREATE TABLE callboard_copying (epoch BIGINT NOT NULL, folded BIGINT NOT NULL);
    CREATE TABLE callboard_copied (name TEXT PRIMARY KEY, rows BIGINT NOT NULL, reached BYTEA NOT NULL)";
/// The last step, which is durable like everything before it.
const UNMARK: &str = "SET synchronous_commit = on;
    DROP TABLE callboard_copying, callboard_copied";

/// A store that is being copied into.
pub(crate) struct Taker {
    address: Address,
    session: Session,
}

/// How far the copy of a table is.
pub(crate) struct Reached {
    pub(crate) rows: u64,
    pub(crate) key: Vec<KeyPart>,
}

impl PostgresStore {
    /// Begins a copy of the store of this state in a database that holds none, or goes on with it.
    pub(crate) fn taker(address: &str, state: (i64, i64)) -> Result<Taker, EngineError> {
        let address = Self::at(address)?.address;
        let mut session = Session::open_for(&address, COPY_STEP_WITHIN)?;
        session.rows(schema::UNLIMITED, &[])?;
        // What a crash of the database takes of it is copied again.
        session.run("SET synchronous_commit = off")?;
        session.run(&format!("SET lock_timeout = {}", HAS_GONE_WITHIN.as_millis()))?;
        session.run(&format!("SELECT pg_advisory_lock({COPIES})"))?;
        schema::alone(&mut session, |session| {
            if is_under_way(session)? { go_on(session, state) } else { begin(session, state) }
        })?;
        session.run("SET lock_timeout = 0")?;
        Ok(Taker { address, session })
    }
}

/// Is a copy under way, or did one break off?
fn is_under_way(session: &mut Session) -> Result<bool, EngineError> {
    Ok(session.one("SELECT to_regclass('callboard_copying') IS NOT NULL", &[])?.try_get(0)?)
}

/// Refuses a store that is only half there.
pub(super) fn refuse_half_a_copy(session: &mut Session) -> Result<(), EngineError> {
    if is_under_way(session)? {
        return Err(EngineError::Unfit(
            "a store is being copied into the database, or that broke off; the same migrate-store goes on with it".to_owned(),
        ));
    }
    Ok(())
}

fn begin(session: &mut Session, (epoch, folded): (i64, i64)) -> Result<(), EngineError> {
    if schema::is_there(session)? {
        schema::has_todays_tables(session)?;
        return Err(EngineError::Unfit(
            "there is a store in the database already; a store is only copied into a database without one"
                .to_owned(),
        ));
    }
    let names = TABLES.map(|table| table.name).to_vec();
    let other = "SELECT name FROM UNNEST($1::TEXT[]) AS name WHERE to_regclass(name) IS NOT NULL LIMIT 1";
    if let Some(row) = session.maybe(other, &[&names])? {
        let table: &str = row.try_get(0)?;
        return Err(EngineError::Unfit(format!(
            "the database holds something else already: it has a table {table} that is not Callboard's"
        )));
    }
    schema::bring_up(session)?;
    session.run(MARKS)?;
    session.execute("INSERT INTO callboard_copying VALUES ($1, $2)", &[&epoch, &folded]).map(drop)
}

/// Goes on only with what it was begun with.
fn go_on(session: &mut Session, state: (i64, i64)) -> Result<(), EngineError> {
    let is_of_today = schema::has_todays_tables(session)?;
    let row = session.one("SELECT epoch, folded FROM callboard_copying", &[])?;
    let begun: (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    let why = if !is_of_today {
        "the copy in the database was begun by an older version of the program"
    } else if begun.0 != state.0 {
        "the database holds half a copy of another store"
    } else if begun.1 != state.1 {
        "the store has been worked on since its copy in the database was begun"
    } else {
        return Ok(());
    };
    Err(EngineError::Unfit(format!("{why}; empty the database, or use another one")))
}

impl Taker {
    /// How far the copy of a table is, if it was begun.
    pub(crate) fn reached(&mut self, table: &Table) -> Result<Option<Reached>, EngineError> {
        let sql = "SELECT rows, reached FROM callboard_copied WHERE name = $1";
        let read = |row: Row| {
            let key = postcard::from_bytes(row.try_get(1)?)
                .map_err(|error| EngineError::Refused(format!("callboard_copied: {error}")))?;
            Ok(Reached { rows: row.try_get::<_, i64>(0)?.cast_unsigned(), key })
        };
        self.session.maybe(sql, &[&table.name])?.map(read).transpose()
    }

    /// Takes the next rows of a table, all of them or none.
    pub(crate) fn take(&mut self, table: &Table, batch: &Batch) -> Result<(), EngineError> {
        let copy = format!("COPY {} ({}) FROM STDIN BINARY", table.name, table.names().join(", "));
        let reached =
            postcard::to_stdvec(&batch.reached).map_err(|error| EngineError::Refused(error.to_string()))?;
        self.session.in_transaction(|session| {
            session.copy_in(&copy, batch.stream.clone()).map_err(|why| match (why.error, why.row) {
                (EngineError::Refused(sentence), Some(row)) => batch.refused(table, row, &sentence),
                (error, _) => error,
            })?;
            let noted = "INSERT INTO callboard_copied (name, rows, reached) VALUES ($1, $2, $3)
                ON CONFLICT (name) DO UPDATE SET rows = callboard_copied.rows + excluded.rows, reached = excluded.reached";
            session.execute(noted, &[&table.name, &batch.rows.cast_signed(), &reached])
        })?;
        Ok(())
    }

    /// Goes on numbering rows of a table after this number.
    pub(crate) fn number_after(&mut self, table: &Table, highest: i64) -> Result<(), EngineError> {
        if highest > 0 {
            let sql = "SELECT setval(pg_get_serial_sequence($1, $2), $3)";
            self.session.rows(sql, &[&table.name, &table.key_names()[0], &highest])?;
        }
        Ok(())
    }

    /// Has the database learn what a table holds.
    pub(crate) fn learn(&mut self, table: &Table) -> Result<(), EngineError> {
        self.session.run(&format!("ANALYZE {}", table.name))
    }

    /// How many rows a table has.
    pub(crate) fn count(&mut self, table: &Table) -> Result<u64, EngineError> {
        let row = self.session.one(&format!("SELECT COUNT(*) FROM {}", table.name), &[])?;
        Ok(row.try_get::<_, i64>(0)?.cast_unsigned())
    }

    /// What shows the copy to [`crate::check`].
    pub(crate) fn inspector(&self) -> Result<Box<dyn Inspector>, EngineError> {
        Ok(Box::new(PostgresInspector::begin(&self.address, |_| Ok(()))?))
    }

    /// From now on it is a store like any other.
    pub(crate) fn end(mut self) -> Result<(), EngineError> {
        self.session.run(UNMARK)
    }
}
