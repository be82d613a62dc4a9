//! What a batch changes, as statements with their values, in the form in which it goes to the journal.
//!
//! A record is a head, the statements, and zeros up to the next block. Texts of statements are written once and known by
//! a number after that.

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ToSql, params_from_iter};
use rustc_hash::FxHashMap;

use crate::engine::EngineError;

/// A record begins where a block of the disk does: what is durable is never written over by the next one.
pub(super) const BLOCK_BYTES: usize = 4_096;
/// The most that a record may come to, in bytes, and all of a journal together.
pub(super) const JOURNAL_BYTES: usize = 4 * 1024 * 1024;
/// How many bytes come after the head, a checksum, and the record's number.
const HEAD_BYTES: usize = 16;

const TEXT_OF: u8 = 1;
const DO: u8 = 2;

/// The record of the batch that is being written.
pub(super) struct Record {
    bytes: Vec<u8>,
    /// The texts that the journal has, by number.
    texts: FxHashMap<Box<str>, u16>,
    is_empty: bool,
    is_too_long: bool,
}

impl Record {
    pub(super) fn new() -> Self {
        Self { bytes: Vec::new(), texts: FxHashMap::default(), is_empty: true, is_too_long: false }
    }

    /// Begins the record of the next batch.
    pub(super) fn begin(&mut self) {
        self.bytes.clear();
        self.bytes.resize(HEAD_BYTES, 0);
        (self.is_empty, self.is_too_long) = (true, false);
    }

    /// Has nothing been carried out?
    pub(super) fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// From now on no text is known: the journal is written from its beginning, or the record does not go there.
    pub(super) fn forget_texts(&mut self) {
        self.texts.clear();
    }

    /// The number by which a statement's text is known in the journal.
    pub(super) fn text(&mut self, sql: &str) -> u16 {
        if let Some(number) = self.texts.get(sql) {
            return *number;
        }
        let number = u16::try_from(self.texts.len()).expect("the program has a few dozen statements");
        self.texts.insert(sql.into(), number);
        self.bytes.push(TEXT_OF);
        self.bytes.extend(number.to_le_bytes());
        put_bytes(&mut self.bytes, sql.as_bytes());
        number
    }

    /// Puts on record that a statement is carried out.
    pub(super) fn note(&mut self, text: u16, values: &[&dyn ToSql]) -> rusqlite::Result<()> {
        self.is_empty = false;
        if self.bytes.len() > JOURNAL_BYTES {
            self.is_too_long = true;
        }
        if self.is_too_long {
            return Ok(());
        }
        self.bytes.push(DO);
        self.bytes.extend(text.to_le_bytes());
        self.bytes.push(u8::try_from(values.len()).expect("no statement has more than a dozen values"));
        for value in values {
            match value.to_sql()? {
                ToSqlOutput::Borrowed(value) => put(&mut self.bytes, value),
                ToSqlOutput::Owned(value) => put(&mut self.bytes, ValueRef::from(&value)),
                _ => return Err(rusqlite::Error::InvalidQuery),
            }
        }
        Ok(())
    }

    /// The whole record, as it is written; nothing if it is too long for a journal.
    pub(super) fn seal(&mut self, number: u64, epoch: i64) -> Option<&[u8]> {
        let length = self.bytes.len() - HEAD_BYTES;
        self.bytes.resize(self.bytes.len().next_multiple_of(BLOCK_BYTES), 0);
        if self.is_too_long || self.bytes.len() > JOURNAL_BYTES {
            return None;
        }
        let checksum = checksum(epoch, number, &self.bytes[HEAD_BYTES..HEAD_BYTES + length]);
        self.bytes[..4].copy_from_slice(&u32::try_from(length).expect("a journal is smaller").to_le_bytes());
        self.bytes[4..8].copy_from_slice(&checksum.to_le_bytes());
        self.bytes[8..16].copy_from_slice(&number.to_le_bytes());
        Some(&self.bytes)
    }
}

/// A record that was read back.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kept<'j> {
    pub(super) number: u64,
    statements: &'j [u8],
}

/// The records that a journal begins with, those of this epoch that are whole and follow upon each other. What comes
/// after them was not finished, or is left of an earlier time.
pub(super) fn records(journal: &[u8], epoch: i64) -> Vec<Kept<'_>> {
    let mut found: Vec<Kept<'_>> = Vec::new();
    let mut rest = journal;
    while let Some((kept, length)) = first(rest, epoch) {
        if found.last().is_some_and(|last| kept.number != last.number + 1) {
            break;
        }
        found.push(kept);
        rest = rest.get(length..).unwrap_or_default();
    }
    found
}

fn first(bytes: &[u8], epoch: i64) -> Option<(Kept<'_>, usize)> {
    let mut head = Reading(bytes.get(..HEAD_BYTES)?);
    let (length, sum, number) = (head.u32()? as usize, head.u32()?, head.u64()?);
    let end = HEAD_BYTES + length;
    let statements = bytes.get(HEAD_BYTES..end)?;
    (length > 0 && checksum(epoch, number, statements) == sum)
        .then_some((Kept { number, statements }, end.next_multiple_of(BLOCK_BYTES)))
}

/// Carries out what is on record once more. `texts` are those that the records before it knew.
pub(super) fn carry_out(
    kept: &Kept<'_>,
    texts: &mut Vec<String>,
    connection: &Connection,
) -> Result<(), EngineError> {
    let broken = || EngineError::Failed("the journal does not say what this program writes there".to_owned());
    let mut rest = Reading(kept.statements);
    while let Some(what) = rest.u8() {
        let number = usize::from(rest.u16().ok_or_else(broken)?);
        if what == TEXT_OF {
            let text = rest.bytes().and_then(|text| String::from_utf8(text.to_vec()).ok());
            texts.truncate(number);
            texts.push(text.ok_or_else(broken)?);
            continue;
        }
        let sql = texts.get(number).ok_or_else(broken)?;
        let values: Option<Vec<Value>> = match rest.u8() {
            Some(count) => (0..count).map(|_| rest.value()).collect(),
            None => None,
        };
        connection.prepare_cached(sql)?.execute(params_from_iter(values.ok_or_else(broken)?))?;
    }
    Ok(())
}

/// The epoch is in the sum, so that nothing counts that is left of another time or another store.
fn checksum(epoch: i64, number: u64, statements: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&epoch.to_le_bytes());
    hasher.update(&number.to_le_bytes());
    hasher.update(statements);
    hasher.finalize()
}

fn put(bytes: &mut Vec<u8>, value: ValueRef<'_>) {
    match value {
        ValueRef::Null => bytes.push(0),
        ValueRef::Integer(number) => {
            bytes.push(1);
            bytes.extend(number.to_le_bytes());
        }
        ValueRef::Real(number) => {
            bytes.push(2);
            bytes.extend(number.to_bits().to_le_bytes());
        }
        ValueRef::Text(text) => {
            bytes.push(3);
            put_bytes(bytes, text);
        }
        ValueRef::Blob(blob) => {
            bytes.push(4);
            put_bytes(bytes, blob);
        }
    }
}

fn put_bytes(to: &mut Vec<u8>, bytes: &[u8]) {
    to.extend(u32::try_from(bytes.len()).expect("SQLite takes no value of 4 GiB").to_le_bytes());
    to.extend(bytes);
}

/// What is left to read.
struct Reading<'j>(&'j [u8]);

impl<'j> Reading<'j> {
    fn take(&mut self, count: usize) -> Option<&'j [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_le_bytes)
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn bytes(&mut self) -> Option<&'j [u8]> {
        let count = self.u32()? as usize;
        self.take(count)
    }

    fn value(&mut self) -> Option<Value> {
        Some(match self.u8()? {
            0 => Value::Null,
            1 => Value::Integer(self.array().map(i64::from_le_bytes)?),
            2 => Value::Real(f64::from_bits(self.u64()?)),
            3 => Value::Text(String::from_utf8(self.bytes()?.to_vec()).ok()?),
            4 => Value::Blob(self.bytes()?.to_vec()),
            _ => return None,
        })
    }
}
