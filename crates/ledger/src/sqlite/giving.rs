//! Gives away what is in the store, row by row and as it is kept, to be copied elsewhere.

use std::fs::File;
use std::sync::Arc;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params_from_iter};

use super::SqliteStore;
use crate::copying::{Batch, Gathering, KeyPart, Table, Value};
use crate::engine::EngineError;

/// Gives rows of a store that nobody works on meanwhile.
pub(crate) struct Giver {
    connection: Connection,
    _lock: Arc<File>,
}

impl SqliteStore {
    pub(crate) fn giver(&self) -> Result<Giver, EngineError> {
        Ok(Giver { connection: self.questions()?, _lock: Arc::clone(&self.lock) })
    }
}

impl Giver {
    /// Which store this is, and how much has been written to it: it is the same as long as both are.
    pub(crate) fn state(&self) -> Result<(i64, i64), EngineError> {
        let sql = "SELECT epoch, folded FROM journal";
        Ok(self.connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    /// How many rows a table has.
    pub(crate) fn count(&self, table: &Table) -> Result<u64, EngineError> {
        let sql = format!("SELECT COUNT(*) FROM {}", table.name);
        Ok(self.connection.query_row(&sql, [], |row| row.get::<_, i64>(0))?.cast_unsigned())
    }

    /// The highest number that a row of a table has ever had.
    pub(crate) fn highest(&self, table: &Table) -> Result<i64, EngineError> {
        let sql = "SELECT seq FROM sqlite_sequence WHERE name = ?1";
        Ok(self.connection.query_row(sql, [table.name], |row| row.get(0)).optional()?.unwrap_or_default())
    }

    /// The next rows of a table: as many as make up so many rows or so many bytes; nothing after the last.
    pub(crate) fn next(
        &self,
        table: &Table,
        after: Option<&[KeyPart]>,
        (rows_at_once, bytes_at_once): (usize, usize),
    ) -> Result<Option<Batch>, EngineError> {
        let (columns, key) = (table.names().join(", "), table.key_names().join(", "));
        let beyond = match after {
            Some(key_parts) => format!("WHERE ({key}) > ({})", vec!["?"; key_parts.len()].join(", ")),
            None => String::new(),
        };
        let sql = format!("SELECT {columns} FROM {} {beyond} ORDER BY {key}", table.name);
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut found = statement.query(params_from_iter(after.unwrap_or_default()))?;
        let mut gathering = Gathering::of(table);
        while let Some(row) = found.next()? {
            gathering.add(&values(row, table.columns.len())?)?;
            let (rows, bytes) = gathering.holds();
            if rows >= rows_at_once || bytes >= bytes_at_once {
                break;
            }
        }
        Ok(gathering.end())
    }
}

fn values<'r>(row: &'r Row<'_>, columns: usize) -> Result<Vec<Value<'r>>, EngineError> {
    let value = |column| {
        Ok(match row.get_ref(column)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => Value::Number(number),
            ValueRef::Text(text) => Value::Text(text),
            ValueRef::Blob(bytes) => Value::Bytes(bytes),
            ValueRef::Real(_) => return Err(EngineError::Refused("no column holds a fraction".to_owned())),
        })
    };
    (0..columns).map(value).collect()
}

impl ToSql for KeyPart {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Number(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::copying::TABLES;

    #[test]
    fn every_column_of_every_table_is_given_away_but_for_the_journal_s() {
        let data = tempfile::tempdir().unwrap();
        let giver = SqliteStore::open(data.path()).unwrap().giver().unwrap();
        let sql = "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
            WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name != 'journal' ORDER BY 1, 2";
        let mut statement = giver.connection.prepare(sql).unwrap();
        let read = |row: &Row<'_>| Ok(format!("{}.{}", row.get::<_, String>(0)?, row.get::<_, String>(1)?));
        let kept: Vec<String> = statement.query_map([], read).unwrap().map(Result::unwrap).collect();
        let column =
            |table: &'static Table| table.names().into_iter().map(|name| format!("{}.{name}", table.name));
        let mut copied: Vec<String> = TABLES.iter().flat_map(column).collect();
        copied.sort();
        assert_eq!(copied, kept);
    }
}
