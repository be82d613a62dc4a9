//! The store as its writer holds it: what is in the file, and what is promised but not folded into it yet.
//!
//! A transaction of SQLite writes whole pages, however little of each changed, and small batches touch the same pages
//! again and again. So batches are carried out in one long transaction of SQLite, and each is made durable by itself:
//! its statements go to the end of the journal, which is synced. That is a *promise*. A *fold* commits the long
//! transaction, which is synced as well; then the journal begins anew.
//!
//! What this guarantees:
//! - What was promised is in the file or in the journal, each of them synced, and never only in memory. When the store is
//!   opened, what the file does not have is carried out again from the journal.
//! - Nothing is carried out twice: the number of the last record that was folded is in the file, and changes in the same
//!   transaction as everything else. No number is given to two records that were promised.
//! - A batch is there as a whole or not at all: a record counts only if its checksum does and all before it are there. One
//!   that was refused may be there after a crash, if it had become durable before its fold failed; as with any commit
//!   that fails, whoever asked cannot know, and asks again.
//! - Whatever goes wrong, there is one way back: SQLite's transaction is rolled back, and what was promised in it is
//!   carried out again from the journal.
//!
//! What it does not: other connections see what is promised only when it has been folded.

use std::cell::RefCell;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction};

use super::files::failed;
use super::ink::Ink;
use super::journal::Journal;
use super::record::{self, Record};
use crate::engine::EngineError;

pub(super) struct Book {
    connection: Connection,
    path: PathBuf,
    /// There is none before the first promise.
    journal: Option<Journal>,
    record: RefCell<Record>,
    open: Option<Open>,
    /// The last record that was promised, if it may be missing in the file and in SQLite's transaction.
    lost: Option<u64>,
    /// A commit has failed. It may be found to have taken after a crash, with the number that the next record would have:
    /// nothing is promised until a commit has gone well.
    shaken: bool,
}

/// The transaction of SQLite that is open.
struct Open {
    /// What the sums of its records begin with.
    epoch: i64,
    /// The last record that was folded or promised.
    last: u64,
    /// Is there anything in it?
    written: bool,
    /// Is there anything in it that was promised?
    promised: bool,
}

/// Holds SQLite's locks while several questions are asked: else it takes and releases them for every row.
pub(super) struct Asking<'b> {
    connection: &'b Connection,
    _locks: Option<Transaction<'b>>,
}

impl Deref for Asking<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

impl Book {
    /// Opens the writing side. What a crash has left in the journal is made up for.
    pub(super) fn open(connection: Connection, journal: &Path) -> Result<Self, EngineError> {
        let mut book = Self {
            connection,
            path: journal.to_owned(),
            journal: None,
            record: RefCell::new(Record::new()),
            open: None,
            lost: None,
            shaken: false,
        };
        book.make_up()?;
        Ok(book)
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// What is stored, with everything that was promised, for questions.
    pub(super) fn asking(&mut self) -> Result<Asking<'_>, EngineError> {
        self.make_good()?;
        let locks = match &self.open {
            Some(_) => None,
            None => Some(self.connection.unchecked_transaction()?),
        };
        Ok(Asking { connection: &self.connection, _locks: locks })
    }

    /// Is everything that was promised in the file?
    pub(super) fn is_folded(&self) -> bool {
        self.lost.is_none() && self.open.as_ref().is_none_or(|open| !open.promised)
    }

    /// Makes what `write` writes durable, all of it or nothing. Others see it after the next fold.
    pub(super) fn promise(
        &mut self,
        write: impl FnOnce(&Ink<'_>) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        self.carry_out(write)?;
        if self.record.get_mut().is_empty() {
            self.record.get_mut().forget_texts();
            self.leave_if_untouched();
            return Ok(());
        }
        if self.shaken {
            return self.fold();
        }
        match self.append() {
            Ok(true) => Ok(()),
            Ok(false) => self.fold(),
            Err(error) => {
                tracing::warn!(%error, "the journal takes nothing; the batch goes to the store's file at once");
                self.fold()
            }
        }
    }

    /// Makes what `write` writes durable, all of it or nothing, with everything that was promised before.
    pub(super) fn commit(
        &mut self,
        write: impl FnOnce(&Ink<'_>) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        self.carry_out(write)?;
        self.fold()
    }

    /// Brings everything that was promised into the file, where others see it.
    pub(super) fn fold(&mut self) -> Result<(), EngineError> {
        self.make_good()?;
        let Some(open) = &self.open else { return Ok(()) };
        let folded = if open.written {
            self.commit_as(open.last + 1)
        } else {
            Ok(self.connection.execute_batch("COMMIT")?)
        };
        if let Err(error) = folded {
            self.shaken = true;
            self.undo();
            return Err(error);
        }
        (self.open, self.shaken) = (None, false);
        self.restart();
        Ok(())
    }

    /// Leaves no byte in the journal of what has been folded.
    pub(super) fn clear_journal(&mut self) -> Result<(), EngineError> {
        self.fold()?;
        match &mut self.journal {
            Some(journal) => journal.empty().map_err(|error| failed(&self.path, &error)),
            None => Ok(()),
        }
    }

    /// Carries out a batch in SQLite's transaction. If that fails, nothing of it is left. What was promised before is
    /// folded then, so that a batch that is refused is undone at the cost of those before it only once.
    fn carry_out(
        &mut self,
        write: impl FnOnce(&Ink<'_>) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        self.make_good()?;
        self.begin()?;
        self.record.get_mut().begin();
        let written = write(&Ink::new(&self.connection, &self.record));
        if written.is_err() {
            self.undo();
            if let Err(error) = self.fold() {
                tracing::warn!(%error, "what was promised stays in the journal");
            }
        } else if let Some(open) = &mut self.open {
            open.written |= !self.record.get_mut().is_empty();
        }
        written
    }

    fn begin(&mut self) -> Result<(), EngineError> {
        if self.open.is_some() {
            return Ok(());
        }
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get(1)?));
        let stored = self.connection.query_row("SELECT folded, epoch FROM journal", [], read);
        let (last, epoch) = stored.inspect_err(|_| self.roll_back())?;
        let last = last.cast_unsigned();
        self.open = Some(Open { epoch, last, written: false, promised: false });
        Ok(())
    }

    fn append(&mut self) -> Result<bool, EngineError> {
        let open = self.open.as_mut().expect("a batch has just been carried out");
        let number = open.last + 1;
        let Some(record) = self.record.get_mut().seal(number, open.epoch) else { return Ok(false) };
        let journal = match &mut self.journal {
            Some(journal) => journal,
            none => none.insert(Journal::open(&self.path).map_err(|error| failed(&self.path, &error))?),
        };
        let has_room = journal.append(record).map_err(|error| failed(&self.path, &error))?;
        if has_room {
            (open.last, open.promised) = (number, true);
        }
        Ok(has_room)
    }

    /// Commits. The number is one that no record has that was promised: what is left of one that was not is void.
    fn commit_as(&self, folded: u64) -> Result<(), EngineError> {
        self.connection.prepare_cached("UPDATE journal SET folded = ?1")?.execute([folded.cast_signed()])?;
        self.connection.execute_batch("COMMIT")?;
        Ok(())
    }

    /// Ends SQLite's transaction if there is nothing in it: its locks are not held for nothing.
    fn leave_if_untouched(&mut self) {
        if self.open.as_ref().is_some_and(|open| !open.written) {
            self.open = None;
            self.roll_back();
        }
    }

    fn restart(&mut self) {
        self.record.get_mut().forget_texts();
        self.journal.iter_mut().for_each(Journal::restart);
    }

    fn roll_back(&self) {
        // SQLite has rolled back by itself if the disk is full or broken.
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a batch could not be rolled back");
        }
    }

    /// Leaves nothing of SQLite's transaction but what was promised in it.
    fn undo(&mut self) {
        self.roll_back();
        self.record.get_mut().forget_texts();
        let promised = self.open.take().filter(|open| open.promised);
        self.lost = self.lost.or(promised.map(|open| open.last));
        if let Err(error) = self.make_good() {
            tracing::error!(%error, "what was promised is safe in the journal; nothing is taken before it can be folded");
        }
    }

    /// Carries out again what was promised and rolled back.
    fn make_good(&mut self) -> Result<(), EngineError> {
        let Some(last) = self.lost else { return Ok(()) };
        let journal = self.journal.as_mut().expect("there is no promise without a journal");
        let bytes = journal.read().map_err(|error| failed(&self.path, &error))?;
        self.redo(&bytes, last)?;
        self.lost = None;
        Ok(())
    }

    /// Carries out the records that are not in the file, up to this one. Answers whether there were any.
    fn redo(&mut self, journal: &[u8], up_to: u64) -> Result<bool, EngineError> {
        self.begin()?;
        let open = self.open.as_mut().expect("it has just begun");
        let folded = open.last;
        let kept = record::records(journal, open.epoch);
        if kept.first().is_some_and(|first| first.number > folded + 1) {
            self.open = None;
            self.roll_back();
            return Err(EngineError::Failed(format!(
                "{} continues a newer state of the store than callboard.db holds; go on without it by moving it away",
                self.path.display()
            )));
        }
        let mut texts = Vec::new();
        for record in kept.iter().filter(|record| (folded + 1..=up_to).contains(&record.number)) {
            if let Err(error) = record::carry_out(record, &mut texts, &self.connection) {
                self.open = None;
                self.roll_back();
                return Err(error);
            }
            open.last = open.last.max(record.number);
        }
        open.promised = open.last > folded;
        open.written = open.promised;
        Ok(open.promised)
    }

    /// Makes up for what a crash has left in the journal. Then nothing in it counts any more, torn or whole.
    fn make_up(&mut self) -> Result<(), EngineError> {
        let path = self.path.clone();
        let failed = |error| failed(&path, &error);
        if !self.path.exists() {
            return Ok(());
        }
        let mut journal = Journal::open(&self.path).map_err(failed)?;
        let bytes = journal.read().map_err(failed)?;
        if bytes.is_empty() {
            return Ok(());
        }
        if self.redo(&bytes, u64::MAX)? {
            tracing::info!("what the last run had promised is in the store's file now");
        }
        let open = self.open.take().expect("it has been looked for");
        self.connection.execute_batch("UPDATE journal SET epoch = random()")?;
        self.commit_as(open.last + 1)?;
        journal.empty().map_err(failed)
    }
}

impl Drop for Book {
    /// Leaves everything in the one file. SQLite does so by itself only if the writer's connection is the last to close.
    /// If the writer broke in the middle of a batch, that batch must not go with it: the journal stays, as after a crash.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return self.roll_back();
        }
        let folded = self.fold();
        if let Err(error) = folded {
            tracing::warn!(%error, "the journal stays beside the store; nothing in it is lost");
        } else if let Some(journal) = &mut self.journal
            && let Err(error) = journal.remove()
        {
            tracing::warn!(%error, "the journal stays beside the store; nothing in it is needed");
        }
        let emptied = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(error) = emptied {
            tracing::warn!(%error, "the log stays beside the store; nothing in it is lost");
        }
    }
}
