//! What everything is written with: each statement is prepared once and kept.

use rusqlite::{CachedStatement, Connection, ToSql};

/// The pen of one transaction.
pub(super) struct Ink<'c>(&'c Connection);

impl<'c> Ink<'c> {
    /// For the transaction that this connection is in.
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self(connection)
    }

    /// A statement that is carried out several times.
    pub(super) fn prepare(&self, sql: &str) -> rusqlite::Result<CachedStatement<'_>> {
        self.0.prepare_cached(sql)
    }

    /// Carries out a statement. Answers how many rows it changed.
    pub(super) fn execute(&self, sql: &str, values: &[&dyn ToSql]) -> rusqlite::Result<usize> {
        self.prepare(sql)?.execute(values)
    }

    /// What is stored so far, this transaction included: for questions only.
    pub(super) fn stored(&self) -> &Connection {
        self.0
    }
}
