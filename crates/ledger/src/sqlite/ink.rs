//! What everything is written with: each statement that changes the store goes through here, so that it can be put on
//! record with its values, and carried out once more if it has to be.
//!
//! Carried out again on the same store, a statement must come to the same. What depends on something else than on what
//! is stored (the time, an id, a random number) is one of its values.

use rusqlite::{CachedStatement, Connection, ToSql};

/// The pen of one batch.
pub(super) struct Ink<'c> {
    connection: &'c Connection,
}

/// A statement that is carried out several times.
pub(super) struct Line<'i> {
    statement: CachedStatement<'i>,
}

impl<'c> Ink<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self { connection }
    }

    /// A statement that is carried out several times.
    pub(super) fn prepare(&self, sql: &str) -> rusqlite::Result<Line<'_>> {
        Ok(Line { statement: self.connection.prepare_cached(sql)? })
    }

    /// Carries out a statement. Answers how many rows it changed.
    pub(super) fn execute(&self, sql: &str, values: &[&dyn ToSql]) -> rusqlite::Result<usize> {
        self.prepare(sql)?.execute(values)
    }

    /// What is stored so far, this batch included: for questions only.
    pub(super) fn stored(&self) -> &Connection {
        self.connection
    }
}

impl Line<'_> {
    /// Carries it out. Answers how many rows it changed.
    pub(super) fn execute(&mut self, values: &[&dyn ToSql]) -> rusqlite::Result<usize> {
        self.statement.execute(values)
    }
}
