//! What everything is written with: each statement that changes the store goes through here, so that it is put on record
//! with its values, and can be carried out once more if it has to be.
//!
//! Carried out again on the same store, a statement must come to the same. What depends on something else than on what
//! is stored (the time, an id, a random number) is one of its values.

use std::cell::RefCell;

use rusqlite::{CachedStatement, Connection, ToSql};

use super::record::Record;

/// The pen of one batch.
pub(super) struct Ink<'c> {
    connection: &'c Connection,
    record: &'c RefCell<Record>,
}

/// A statement that is carried out several times.
pub(super) struct Line<'i> {
    statement: CachedStatement<'i>,
    record: &'i RefCell<Record>,
    text: u16,
}

impl<'c> Ink<'c> {
    pub(super) fn new(connection: &'c Connection, record: &'c RefCell<Record>) -> Self {
        Self { connection, record }
    }

    /// A statement that is carried out several times.
    pub(super) fn prepare(&self, sql: &str) -> rusqlite::Result<Line<'_>> {
        let statement = self.connection.prepare_cached(sql)?;
        let text = self.record.borrow_mut().text(sql);
        Ok(Line { statement, record: self.record, text })
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
        self.record.borrow_mut().note(self.text, values)?;
        self.statement.execute(values)
    }
}
