//! The embedded store: one SQLite file beside the program, in WAL mode, every commit synced.

mod read;
mod rows;
mod schema;
mod write;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::engine::{Engine, EngineError, Reader, Store};

/// The file's name within the data directory.
const FILE: &str = "callboard.db";
/// How long one connection waits for another before it gives up. Readers never wait; a second writer is a mistake.
const BUSY: Duration = Duration::from_secs(5);
/// Pages kept in memory by the writer, in KiB.
const CACHE_KIB: i64 = 32 * 1024;
/// Pages that may gather in the write-ahead log before they are moved into the file.
const CHECKPOINT_PAGES: i64 = 4_000;

/// A store in one SQLite file.
pub struct SqliteStore {
    path: PathBuf,
}

impl SqliteStore {
    /// The store in this data directory, which is made if it is not there, for its owner's eyes only.
    pub fn open(data: &Path) -> Result<Self, EngineError> {
        let failed = |error: std::io::Error| EngineError::Failed(format!("{}: {error}", data.display()));
        if !data.exists() {
            std::fs::create_dir_all(data).map_err(failed)?;
            owner_only(data).map_err(failed)?;
        }
        let path = data.join(FILE);
        let mut connection = connect(&path)?;
        schema::migrate(&mut connection)?;
        owner_only_file(&path).map_err(failed)?;
        Ok(Self { path })
    }
}

impl Store for SqliteStore {
    fn engine(&self) -> Result<Box<dyn Engine>, EngineError> {
        Ok(Box::new(write::SqliteEngine::new(connect(&self.path)?)))
    }

    fn reader(&self) -> Result<Box<dyn Reader>, EngineError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(BUSY)?;
        Ok(Box::new(read::SqliteReader::new(connection)))
    }
}

fn connect(path: &Path) -> Result<Connection, EngineError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "OFF")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    Ok(connection)
}

#[cfg(unix)]
fn owner_only(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))
}

#[cfg(unix)]
fn owner_only_file(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn owner_only(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn owner_only_file(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

impl From<rusqlite::Error> for EngineError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}
