//! The embedded store: one SQLite file beside the program, in WAL mode, every commit synced, and a journal of
//! what is not folded into it yet (see `book`).

mod answers;
mod book;
mod change;
mod check;
mod conditions;
mod counting;
mod engine;
mod entry;
mod erasing;
mod error;
mod files;
mod giving;
mod ink;
mod journal;
mod keeping;
mod listing;
mod log;
mod owing;
mod pointers;
mod press;
mod read;
mod record;
mod replaying;
mod rows;
mod schema;
mod settle;
mod sheet;
mod things;
mod unfolded;
mod write;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::engine::{Engine, EngineError, Reader, Store};
pub(crate) use giving::Giver;
pub use log::{LOG_BYTES, LOG_WAIT};

/// How long one connection waits for another before it gives up. Readers never wait; a second writer is a mistake.
const BUSY: Duration = Duration::from_secs(5);
/// The size of a page in bytes. A row of an event or a receipt is a quarter of this or less.
const PAGE_BYTES: i64 = 8_192;
/// Pages kept in memory by whoever folds, in KiB: what one fold changes has room in it, or pages are written twice.
const CACHE_KIB: i64 = 64 * 1024;
/// Pages kept in memory for the writer's questions, in KiB: what it has seen lately, asked for by every request.
const QUESTIONS_CACHE_KIB: i64 = 16 * 1024;
/// Pages that may gather in the write-ahead log before they are moved into the file.
const CHECKPOINT_PAGES: i64 = 8_000;
/// Prepared statements kept by each connection.
const STATEMENTS: usize = 64;

/// A store in one SQLite file. Only one of a data directory is open at a time.
pub struct SqliteStore {
    path: PathBuf,
    journal: PathBuf,
    lock: Arc<File>,
}

impl SqliteStore {
    /// The store in this data directory, which is made if it is not there, for its owner's eyes only.
    ///
    /// [`EngineError::InUse`] if the store is open already, [`EngineError::TooNew`] if a newer program wrote it.
    pub fn open(data: &Path) -> Result<Self, EngineError> {
        let lock = Arc::new(files::lock(data)?);
        let path = files::database(data)?;
        let journal = files::journal(data);
        let mut connection = connect(&path)?;
        schema::check(&connection)?;
        if journal.exists() {
            drop(book::Book::open(connect(&path)?, &journal, Arc::clone(&lock))?);
        }
        schema::migrate(&mut connection)?;
        erasing::make_up(&connection)?;
        Ok(Self { path, journal, lock })
    }

    /// The same, but a store of an older version is not brought up to date.
    ///
    /// [`EngineError::Unfit`] if it is of one: nothing in it is changed.
    pub fn of_today(data: &Path) -> Result<Self, EngineError> {
        {
            let _lock = files::lock(data)?;
            if schema::check(&connect(&files::database(data)?)?)? < schema::known() {
                return Err(EngineError::Unfit(
                    "the store is of an older version; a hub of this version brings it up to date when it starts"
                        .to_owned(),
                ));
            }
        }
        Self::open(data)
    }

    /// A connection for questions.
    fn questions(&self) -> Result<Connection, EngineError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(BUSY)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(connection)
    }
}

impl Store for SqliteStore {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn engine(&self) -> Result<Box<dyn Engine>, EngineError> {
        let book = book::Book::open(connect(&self.path)?, &self.journal, Arc::clone(&self.lock))?;
        let questions = self.questions()?;
        questions.pragma_update(None, "cache_size", -QUESTIONS_CACHE_KIB)?;
        Ok(Box::new(engine::SqliteEngine::new(book, questions)))
    }

    fn reader(&self) -> Result<Box<dyn Reader>, EngineError> {
        Ok(Box::new(read::SqliteReader::new(self.questions()?)))
    }
}

fn connect(path: &Path) -> Result<Connection, EngineError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
    Ok(connection)
}
