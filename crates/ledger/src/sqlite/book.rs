//! The store as its writer holds it: what is in the file, and what is promised but not folded into it yet.
//!
//! A transaction of SQLite writes whole pages, however little of each changed, and small batches touch the same pages
//! again and again. So a batch is made durable by itself: as a record at the end of the journal, which is synced. That is
//! a *promise*. A *fold* takes all records of a half of the journal together and brings them into the tables, in one
//! transaction of SQLite that is synced as well; meanwhile promises go to the other half. What has no form as rows is
//! carried out in a transaction of its own, after everything that was promised before it has been folded.
//!
//! What this guarantees:
//! - What was promised is in the file or in the journal, each of them synced, and never only in memory. When the store is
//!   opened, what the file does not have is folded from the journal: a fold reads nothing else at any other time either.
//! - Nothing is folded twice: the number of the last record that was folded is in the file, and changes in the same
//!   transaction as the tables. No number is given to two records that were promised.
//! - A batch is there as a whole or not at all: a record counts only if its checksum does and all before it are there. One
//!   that was refused may be there after a crash, if it had become durable before what was tried next failed; as with any
//!   commit that fails, whoever asked cannot know, and asks again.
//! - Damage is not taken for a write that a crash cut off: where a later record is whole, the store is not opened. Only the very
//!   last record may be missing.
//!
//! What it does not: readers see what is promised only when it has been folded.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use super::entry::Entry;
use super::files::failed;
use super::ink::Ink;
use super::journal::{HALF_BYTES, Half, Journal};
use super::press::{Number, Press};
use super::record;
use crate::engine::{EngineError, Folder};

/// From so many bytes on, what is promised is folded however busy the writer is.
const MUCH_BYTES: usize = HALF_BYTES / 4 * 3;

/// The longest piece that is kept for the next record.
const PAPER_BYTES: usize = 1024 * 1024;

/// The writer's hands on the book.
pub(super) struct Book {
    shared: Arc<Shared>,
    /// Something failed that may be found to have taken after a crash, with the number that the next record would have:
    /// nothing is promised until a commit has gone well.
    shaken: bool,
    /// The last record was written on it, if it was not one of the longest: the next one need not make room for itself.
    paper: Vec<u8>,
}

/// What the writer shares with who folds beside it. The press is taken before the stand.
struct Shared {
    path: PathBuf,
    epoch: i64,
    press: Mutex<Press>,
    stand: Mutex<Stand>,
    /// The store stays taken until the last of it is folded.
    _lock: Arc<File>,
}

/// How far promises and folds have come.
struct Stand {
    /// There is none before the first promise.
    journal: Option<Journal>,
    /// The half that is being written, and where the next record goes there.
    half: Half,
    end: usize,
    /// How often the halves have changed.
    turn: u64,
    /// The last record that was promised, or the last number that a commit took.
    last: u64,
    /// The other half, if it is not folded.
    closed: Option<Closed>,
    /// What was promised up to this turn has been folded.
    folded_turn: u64,
    /// What is promised does not fit what is stored: nothing more is promised behind it.
    is_stuck: bool,
}

/// A half that is written, and to be folded.
#[derive(Clone, Copy)]
pub(super) struct Closed {
    pub(super) half: Half,
    pub(super) end: usize,
    /// Its last record.
    pub(super) last: u64,
    turn: u64,
}

impl Book {
    /// Opens the writing side. What a crash has left in the journal is made up for.
    pub(super) fn open(connection: Connection, journal: &Path, lock: Arc<File>) -> Result<Self, EngineError> {
        let mut press = Press::new(connection, journal);
        press.make_up()?;
        let Number { folded, epoch } = press.number()?;
        let stand = Stand {
            journal: None,
            half: Half::First,
            end: 0,
            turn: 1,
            last: folded,
            closed: None,
            folded_turn: 0,
            is_stuck: false,
        };
        let shared = Shared {
            path: journal.to_owned(),
            epoch,
            press: Mutex::new(press),
            stand: Mutex::new(stand),
            _lock: lock,
        };
        Ok(Self { shared: Arc::new(shared), shaken: false, paper: Vec::new() })
    }

    /// Makes an entry durable, all of it or nothing. Answers in which turn, or nothing if it can only be committed. Others
    /// see it after the next fold.
    pub(super) fn promise(&mut self, entry: &Entry<'_>) -> Result<Option<u64>, EngineError> {
        // What is too long for a record by its bodies alone is not written into one first to see it.
        if self.shaken || entry.body_bytes() > HALF_BYTES {
            return Ok(None);
        }
        let number = self.shared.stand().last + 1;
        let record = record::record(entry, number, self.shared.epoch, std::mem::take(&mut self.paper))?;
        if record.len() > HALF_BYTES {
            return Ok(None);
        }
        let turn = self.shared.append(number, &record)?;
        // What could not be written may be there after all, under this number.
        self.shaken = turn.is_none();
        if record.capacity() <= PAPER_BYTES {
            self.paper = record;
        }
        Ok(turn)
    }

    /// Makes what `write` writes durable and lets others see it, all of it or nothing, after everything that was promised.
    pub(super) fn commit(
        &mut self,
        write: impl FnOnce(&Ink<'_>) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let mut press = self.shared.press();
        self.shared.fold_all(&mut press)?;
        let number = self.shared.stand().last + 1;
        press.write(number, write, &mut self.shaken)?;
        self.shared.stand().last = number;
        Ok(())
    }

    /// Brings everything that was promised into the file, where others see it.
    pub(super) fn fold(&self) -> Result<(), EngineError> {
        self.shared.fold_all(&mut self.shared.press())
    }

    /// The same from another thread.
    pub(super) fn folder(&self) -> impl Folder + use<> {
        Beside(Arc::clone(&self.shared))
    }

    /// Is everything that was promised in the file?
    pub(super) fn is_folded(&self) -> bool {
        let stand = self.shared.stand();
        stand.end == 0 && stand.closed.is_none()
    }

    /// Is so much promised that it is to be folded, however busy the writer is?
    pub(super) fn has_much(&self) -> bool {
        let stand = self.shared.stand();
        stand.end >= MUCH_BYTES
    }

    /// The last turn that has been folded.
    pub(super) fn folded_turn(&self) -> u64 {
        self.shared.stand().folded_turn
    }

    /// Leaves no byte in the journal of what has been folded, and does something with the file.
    pub(super) fn cleared(
        &self,
        then: impl FnOnce(&Connection) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let mut press = self.shared.press();
        self.shared.fold_all(&mut press)?;
        if let Some(journal) = &mut self.shared.stand().journal {
            journal.empty().map_err(|error| failed(&self.shared.path, &error))?;
        }
        then(press.connection())
    }
}

/// Who folds beside the writer.
struct Beside(Arc<Shared>);

impl Folder for Beside {
    /// Whoever waits for a free half may go in between.
    fn fold(&mut self) -> Result<(), EngineError> {
        self.0.fold_closed(&mut self.0.press())?;
        self.0.stand().close();
        self.0.fold_closed(&mut self.0.press())
    }
}

impl Shared {
    /// Whoever panicked with it has left no more than a transaction that is rolled back.
    fn press(&self) -> MutexGuard<'_, Press> {
        self.press.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stand(&self) -> MutexGuard<'_, Stand> {
        self.stand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a record to the journal. Answers in which turn, or nothing if that failed. If both halves are full, one of them is
    /// folded first.
    fn append(&self, number: u64, record: &[u8]) -> Result<Option<u64>, EngineError> {
        loop {
            let mut stand = self.stand();
            if stand.is_stuck {
                return Err(EngineError::Failed(
                    "what was promised before does not fit the store".to_owned(),
                ));
            }
            if stand.end + record.len() <= HALF_BYTES {
                let written = stand.write(&self.path, number, record);
                return written.map(|()| Some(stand.turn)).or_else(|error| {
                    tracing::warn!(%error, "the journal takes nothing; the batch goes to the store's file at once");
                    Ok(None)
                });
            }
            if stand.closed.is_none() {
                stand.close();
                continue;
            }
            drop(stand);
            self.fold_closed(&mut self.press())?;
        }
    }

    /// What an earlier fold has left comes first.
    fn fold_all(&self, press: &mut Press) -> Result<(), EngineError> {
        self.fold_closed(press)?;
        self.stand().close();
        self.fold_closed(press)
    }

    fn fold_closed(&self, press: &mut Press) -> Result<(), EngineError> {
        let Some(closed) = self.stand().closed else { return Ok(()) };
        let folded = press.fold(closed);
        let mut stand = self.stand();
        match &folded {
            Ok(()) => stand.is_stuck = false,
            Err(EngineError::Conflict | EngineError::Refused(_)) => stand.is_stuck = true,
            // What fails for another reason may go well the next time, but says nothing about the one before.
            Err(_) => {}
        }
        folded?;
        (stand.closed, stand.folded_turn) = (None, closed.turn);
        Ok(())
    }
}

impl Stand {
    fn write(&mut self, path: &Path, number: u64, record: &[u8]) -> Result<(), EngineError> {
        let failed = |error| failed(path, &error);
        let journal = match &mut self.journal {
            Some(journal) => journal,
            none => none.insert(Journal::open(path).map_err(failed)?),
        };
        journal.write(self.half, self.end, record).map_err(failed)?;
        self.end += record.len();
        self.last = number;
        Ok(())
    }

    /// Goes on in the other half, which has been folded, if there is anything in this one.
    fn close(&mut self) {
        if self.end > 0 && self.closed.is_none() {
            self.closed = Some(Closed { half: self.half, end: self.end, last: self.last, turn: self.turn });
            (self.half, self.end, self.turn) = (self.half.other(), 0, self.turn + 1);
        }
    }
}

impl Drop for Shared {
    /// Leaves everything in the one file. SQLite does so by itself only if the writer's connection is the last to close.
    /// Whoever is the last to go because it broke leaves the journal, as after a crash.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let mut press = self.press();
        let removed = self.fold_all(&mut press).and_then(|()| match &mut self.stand().journal {
            Some(journal) => journal.remove().map_err(|error| failed(&self.path, &error)),
            None => Ok(()),
        });
        if let Err(error) = removed {
            tracing::warn!(%error, "the journal stays beside the store; nothing in it is lost");
        }
        press.leave();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::entry::DeliveryRow;
    use crate::sqlite::{SqliteStore, connect};

    #[test]
    fn what_is_too_long_for_the_journal_by_its_bodies_alone_is_left_to_a_commit_and_not_written_into_a_record()
     {
        let data = tempfile::tempdir().unwrap();
        let SqliteStore { path, journal, lock } = SqliteStore::open(data.path()).unwrap();
        let mut book = Book::open(connect(&path).unwrap(), &journal, lock).unwrap();
        let short = Entry { names: vec![("can:7:1".into(), 1)], ..Entry::default() };
        assert!(book.promise(&short).unwrap().is_some());
        let paper = book.paper.clone();
        assert!(!paper.is_empty());

        let body = vec![b'x'; 1024 * 1024];
        let delivery =
            |id| DeliveryRow { id, endpoint: 1, event: 1, lane: 1, body: Some((&body[..]).into()) };
        let long = Entry { deliveries: (0..40).map(delivery).collect(), ..Entry::default() };
        assert!(long.body_bytes() > HALF_BYTES);

        assert_eq!(book.promise(&long).unwrap(), None);
        assert_eq!(book.paper, paper, "no record was written on it");
        assert!(book.promise(&short).unwrap().is_some(), "the next one is recorded as ever");
    }
}
