//! SQLite's own log beside the file: how long it may become, and how it is emptied.
//!
//! SQLite begins it anew by itself once all of it is in the file and nobody reads from it. Where one question begins before
//! another one ends, that moment never comes: whoever writes has to wait for it.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;

use super::BUSY;
use crate::engine::EngineError;

/// The log is emptied when it has become longer than this, in bytes: what SQLite lets gather there, and a fold more, has room.
pub const LOG_BYTES: u32 = 96 * 1024 * 1024;
/// How long whoever empties it waits for those who read from it.
pub const LOG_WAIT: Duration = Duration::from_secs(1);

/// The log, as whoever writes to the file sees it.
pub(super) struct Log {
    path: PathBuf,
    /// From this size on those who read from it are waited for.
    waits_from: u64,
}

impl Log {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, waits_from: LOG_BYTES.into() }
    }

    /// Empties it if it is too long. If that has been waited for in vain, it is tried without waiting until the log has become
    /// longer by as much again: else one long question would hold up every transaction.
    pub(super) fn limit(&mut self, connection: &Connection) {
        let bytes = fs::metadata(&self.path).map_or(0, |log| log.len());
        if bytes <= LOG_BYTES.into() {
            return;
        }
        let wait = if bytes >= self.waits_from { LOG_WAIT } else { Duration::ZERO };
        let emptied = empty(connection, wait);
        if let Ok(true) = emptied {
            self.waits_from = LOG_BYTES.into();
        } else if !wait.is_zero() {
            self.waits_from = bytes + u64::from(LOG_BYTES);
            let error = emptied.err().map(tracing::field::display);
            tracing::warn!(
                bytes,
                error,
                "the store's log becomes longer until nobody reads from it any more"
            );
        }
    }
}

/// Empties the log into the file. Answers false if somebody still reads from it after so long a time.
pub(super) fn empty(connection: &Connection, wait: Duration) -> Result<bool, EngineError> {
    connection.busy_timeout(wait)?;
    let is_busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
    connection.busy_timeout(BUSY)?;
    let is_busy: bool = is_busy?;
    Ok(!is_busy)
}
