//! Rows on their way, in the binary form of PostgreSQL's `COPY`.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::tables::{Form, Table};
use crate::engine::EngineError;

/// What a stream begins with: its name, no flags, and nothing more.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What it ends with.
const TRAILER: [u8; 2] = (-1_i16).to_be_bytes();
/// The length of a value that is not there.
const NULL: i32 = -1;
/// So much of a key is told, in characters.
const TOLD_CHARACTERS: usize = 100;

/// A value in a row of the store that is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'v> {
    Null,
    Number(i64),
    Text(&'v [u8]),
    Bytes(&'v [u8]),
}

/// A column of the key of a row: where a copy goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum KeyPart {
    Number(i64),
    Text(Vec<u8>),
    Bytes(Vec<u8>),
}

/// Rows of one table that are copied together.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) rows: u64,
    /// The key of the last one.
    pub(crate) reached: Vec<KeyPart>,
    /// All of them.
    pub(crate) stream: Bytes,
}

/// A batch that is being put together.
pub(crate) struct Gathering<'t> {
    table: &'t Table,
    rows: usize,
    reached: Vec<KeyPart>,
    stream: Vec<u8>,
}

impl<'t> Gathering<'t> {
    pub(crate) fn of(table: &'t Table) -> Self {
        Self { table, rows: 0, reached: Vec::new(), stream: HEADER.to_vec() }
    }

    /// How much it holds: rows and bytes.
    pub(crate) fn holds(&self) -> (usize, usize) {
        (self.rows, self.stream.len())
    }

    /// Adds a row. One with a value in it that PostgreSQL does not take is an error that names it.
    pub(crate) fn add(&mut self, row: &[Value<'_>]) -> Result<(), EngineError> {
        let key = row[..self.table.key].iter().map(|value| KeyPart::of(*value)).collect::<Vec<_>>();
        let fields = i16::try_from(row.len()).expect("tables have few columns");
        self.stream.extend(fields.to_be_bytes());
        for ((name, form), value) in self.table.columns.iter().zip(row) {
            self.put(*form, *value).map_err(|why| refused(self.table, &key, &format!("its {name} {why}")))?;
        }
        (self.rows, self.reached) = (self.rows + 1, key);
        Ok(())
    }

    fn put(&mut self, form: Form, value: Value<'_>) -> Result<(), &'static str> {
        match (form, value) {
            (_, Value::Null) => self.stream.extend(NULL.to_be_bytes()),
            (Form::Number, Value::Number(number)) => self.field(&number.to_be_bytes())?,
            (Form::Flag, Value::Number(number @ (0 | 1))) => self.field(&[u8::from(number == 1)])?,
            (Form::Text, Value::Text(text)) if text.contains(&0) => return Err("has a NUL in it"),
            (Form::Text, Value::Text(text)) if std::str::from_utf8(text).is_err() => {
                return Err("is not in UTF-8");
            }
            (Form::Text, Value::Text(bytes)) | (Form::Bytes, Value::Text(bytes) | Value::Bytes(bytes)) => {
                self.field(bytes)?;
            }
            _ => return Err("is of another kind than it should be"),
        }
        Ok(())
    }

    fn field(&mut self, bytes: &[u8]) -> Result<(), &'static str> {
        let length = i32::try_from(bytes.len()).map_err(|_| "is too long")?;
        self.stream.extend(length.to_be_bytes());
        self.stream.extend(bytes);
        Ok(())
    }

    /// The batch; nothing if no row was added.
    pub(crate) fn end(mut self) -> Option<Batch> {
        self.stream.extend(TRAILER);
        let Self { rows, reached, stream, .. } = self;
        (rows > 0).then(|| Batch { rows: rows as u64, reached, stream: stream.into() })
    }
}

impl KeyPart {
    fn of(value: Value<'_>) -> Self {
        match value {
            Value::Number(number) => Self::Number(number),
            Value::Text(text) => Self::Text(text.to_vec()),
            Value::Bytes(bytes) => Self::Bytes(bytes.to_vec()),
            // No key has such a value, and none is told by it.
            Value::Null => Self::Bytes(Vec::new()),
        }
    }

    fn told(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => String::from_utf8_lossy(text).chars().take(TOLD_CHARACTERS).collect(),
            Self::Bytes(bytes) => bytes.escape_ascii().take(TOLD_CHARACTERS).map(char::from).collect(),
        }
    }
}

impl Batch {
    /// What PostgreSQL does not take of this batch, by the number of the row.
    pub(crate) fn refused(&self, table: &Table, number: usize, why: &str) -> EngineError {
        refused(table, &self.key(table, number).unwrap_or_default(), why)
    }

    /// The key of a row, read back from the stream; rows are counted from 1.
    fn key(&self, table: &Table, number: usize) -> Option<Vec<KeyPart>> {
        let mut rest = self.stream.get(HEADER.len()..)?;
        let mut key = Vec::new();
        for _ in 0..number {
            rest = rest.get(2..)?;
            key.clear();
            for (_, form) in table.columns {
                let length;
                (length, rest) = rest.split_first_chunk::<4>()?;
                let length = usize::try_from(i32::from_be_bytes(*length)).unwrap_or(0);
                let value;
                (value, rest) = rest.split_at_checked(length)?;
                key.push(match (form, value.try_into()) {
                    (Form::Number, Ok(number)) => KeyPart::Number(i64::from_be_bytes(number)),
                    _ => KeyPart::Text(value.to_vec()),
                });
            }
        }
        key.truncate(table.key);
        Some(key)
    }
}

fn refused(table: &Table, key: &[KeyPart], why: &str) -> EngineError {
    let key: Vec<String> = key.iter().map(KeyPart::told).collect();
    EngineError::Unfit(format!("the database does not take {} {}: {why}", table.name, key.join(" ")))
}
