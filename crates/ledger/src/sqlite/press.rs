//! The one hand that writes to the tables: it folds what is promised, and commits what cannot be promised.

use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::book::Closed;
use super::files::{self, failed};
use super::ink::Ink;
use super::journal::{HALF_BYTES, Half, Journal, Reading};
use super::log::Log;
use super::record::{self, Kept};
use super::sheet::Sheet;
use super::write;
use crate::engine::EngineError;

/// So many bytes of the journal are read and written at once, unless a single record has more.
const PIECE_BYTES: usize = 4 * 1024 * 1024;

pub(super) struct Press {
    connection: Connection,
    path: PathBuf,
    log: Log,
}

/// What the file says about the journal.
#[derive(Clone, Copy)]
pub(super) struct Number {
    /// The last number that is in the file.
    pub(super) folded: u64,
    /// What the sums of records begin with.
    pub(super) epoch: i64,
}

impl Press {
    pub(super) fn new(connection: Connection, journal: &Path) -> Self {
        Self { connection, path: journal.to_owned(), log: Log::new(files::log(journal)) }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(super) fn number(&self) -> Result<Number, EngineError> {
        let mut statement = self.connection.prepare_cached("SELECT folded, epoch FROM journal")?;
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Number { folded: row.get::<_, i64>(0)?.cast_unsigned(), epoch: row.get(1)? })
        };
        Ok(statement.query_row([], read)?)
    }

    /// Makes what `write` writes durable under a number, all of it or nothing. `shaken` becomes true if nobody can know
    /// whether it is, and false if it is.
    pub(super) fn write(
        &mut self,
        number: u64,
        write: impl FnOnce(&Ink<'_>) -> Result<(), EngineError>,
        shaken: &mut bool,
    ) -> Result<(), EngineError> {
        self.transaction(|press| {
            write(&Ink::new(&press.connection))?;
            press.count(number)
        })
        .and_then(|()| {
            *shaken = true;
            self.end()
        })
        .inspect(|()| *shaken = false)
    }

    /// Brings what is in a half of the journal into the tables.
    pub(super) fn fold(&mut self, closed: Closed) -> Result<(), EngineError> {
        let mut reading = Reading::open(&self.path).map_err(|error| match error.kind() {
            // What is written to it now goes to a file that nobody finds again.
            io::ErrorKind::NotFound => EngineError::Refused(format!("{} is gone", self.path.display())),
            _ => failed(&self.path, &error),
        })?;
        self.transaction(|press| {
            let Number { folded, epoch } = press.number()?;
            let (mut from, mut last) = (0, folded);
            while from < closed.end {
                let mut read = |to: usize| {
                    reading.read(closed.half, from, to).map_err(|error| failed(&press.path, &error))
                };
                let mut bytes = read(closed.end.min(from + PIECE_BYTES))?;
                let (mut records, mut end) = record::records(&bytes, epoch);
                if records.is_empty() {
                    bytes = read(closed.end)?;
                    (records, end) = record::records(&bytes, epoch);
                }
                let Some(newest) = records.last() else { break };
                last = newest.number;
                press.carry_out(&records, folded)?;
                from += end;
            }
            if last != closed.last {
                return Err(EngineError::Refused(format!(
                    "{} has been damaged: record {} cannot be read",
                    press.path.display(),
                    last + 1
                )));
            }
            press.count(last)
        })
        .and_then(|()| self.end())
    }

    /// Brings records into the tables, those after the one that was folded last.
    fn carry_out(&self, records: &[Kept<'_>], folded: u64) -> Result<(), EngineError> {
        let mut sheet = Sheet::default();
        for record in records.iter().filter(|record| record.number > folded) {
            sheet.add(record.entry()?);
        }
        write::post(&Ink::new(&self.connection), sheet).inspect_err(|error| {
            let number = |record: Option<&Kept<'_>>| record.map(|record| record.number);
            let (first, last) = (number(records.first()), number(records.last()));
            tracing::error!(%error, first, last, "these records of the journal could not be brought into the tables");
        })
    }

    fn count(&self, number: u64) -> Result<(), EngineError> {
        self.connection.prepare_cached("UPDATE journal SET folded = ?1")?.execute([number.cast_signed()])?;
        Ok(())
    }

    /// Begins a transaction, and rolls it back if something in it fails.
    fn transaction(
        &mut self,
        write: impl FnOnce(&Self) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        // Whoever panicked in the middle of one has left it open.
        self.roll_back();
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        write(self).inspect_err(|_| self.roll_back())
    }

    fn end(&mut self) -> Result<(), EngineError> {
        self.connection.execute_batch("COMMIT").inspect_err(|_| self.roll_back())?;
        self.log.limit(&self.connection);
        Ok(())
    }

    fn roll_back(&self) {
        // SQLite has rolled back by itself if the disk is full or broken.
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
    }

    /// Makes up for what a crash has left in the journal. Then nothing in it counts any more, torn or whole.
    pub(super) fn make_up(&mut self) -> Result<(), EngineError> {
        let path = self.path.clone();
        let failed = |error| failed(&path, &error);
        if !path.exists() {
            return Ok(());
        }
        let mut journal = Journal::open(&path).map_err(failed)?;
        let mut reading = Reading::open(&path).map_err(failed)?;
        let first = reading.read(Half::First, 0, HALF_BYTES).map_err(failed)?;
        let second = reading.read(Half::Second, 0, HALF_BYTES).map_err(failed)?;
        if first.is_empty() {
            return Ok(());
        }
        self.transaction(|press| {
            let Number { folded, epoch } = press.number()?;
            let kept = in_order(record::whole(&first, epoch), record::whole(&second, epoch), folded);
            if let Some(missing) = missing(&kept, folded) {
                return Err(EngineError::Failed(format!(
                    "{}: {} cannot be read, though later ones can. It has been damaged, or continues a newer state of the \
                     store than callboard.db holds. Bring back both files as they were; or move it away and go on without \
                     what is in it, which has been acknowledged",
                    path.display(),
                    named(&missing),
                )));
            }
            if let Some(last) = kept.last() {
                press.carry_out(&kept, folded)?;
                tracing::info!(records = kept.len(), last = last.number, "what the last run had promised is in the store's file now");
            }
            // The number is one that no record has that was promised: what is left of one that was not is void.
            press.count(kept.last().map_or(folded, |last| last.number) + 1)?;
            Ok(press.connection.execute_batch("UPDATE journal SET epoch = random()")?)
        })
        .and_then(|()| self.end())?;
        journal.empty().map_err(failed)
    }

    /// Empties SQLite's own log into the file.
    pub(super) fn leave(&self) {
        let emptied = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(error) = emptied {
            tracing::warn!(%error, "the log stays beside the store; nothing in it is lost");
        }
    }
}

/// What is in the two halves and not folded yet.
fn in_order<'j>(first: Vec<Kept<'j>>, second: Vec<Kept<'j>>, folded: u64) -> Vec<Kept<'j>> {
    let mut both = [first, second].concat();
    both.retain(|record| record.number > folded);
    both.sort_unstable_by_key(|record| record.number);
    both
}

/// What is missing before these records, or between them, first. A crash leaves no gap: what is written over was folded, and
/// behind a record that was not finished there is none.
fn missing(records: &[Kept<'_>], folded: u64) -> Option<RangeInclusive<u64>> {
    let (record, expected) =
        records.iter().zip(folded + 1..).find(|(record, expected)| record.number != *expected)?;
    Some(expected..=record.number - 1)
}

/// Records by their numbers, in words.
fn named(numbers: &RangeInclusive<u64>) -> String {
    let (first, last) = (numbers.start(), numbers.end());
    if first == last { format!("record {first}") } else { format!("records {first} to {last}") }
}
