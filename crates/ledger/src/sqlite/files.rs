//! The files of a store: whose they are, who may see them, and that only one process has them.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::engine::EngineError;

/// The database. Beside it SQLite keeps `-wal` and `-shm`, with the same permissions.
const DATABASE: &str = "callboard.db";
/// Its log.
const LOG: &str = "callboard.db-wal";
/// The journal of what is not folded into the database yet.
const JOURNAL: &str = "callboard.journal";
/// Whoever has this file locked has the store.
const LOCK: &str = "callboard.lock";

/// What a group and everyone else may do, in a file's mode.
#[cfg(unix)]
const OTHERS: u32 = 0o077;

/// Makes the data directory if it is not there, and takes it for this process, for as long as the file is open.
pub(super) fn lock(data: &Path) -> Result<File, EngineError> {
    make_directory(data).map_err(|error| failed(data, &error))?;
    let path = data.join(LOCK);
    let file = for_its_owner().open(&path).map_err(|error| failed(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(EngineError::InUse(data.display().to_string())),
        Err(TryLockError::Error(error)) => Err(failed(&path, &error)),
    }
}

/// Is there a database in this directory?
pub(super) fn is_database_in(data: &Path) -> bool {
    data.join(DATABASE).exists()
}

/// The database's file, which is made if it is not there: SQLite would let everyone read it. So may whoever has brought one
/// back from a backup.
pub(super) fn database(data: &Path) -> Result<PathBuf, EngineError> {
    let path = data.join(DATABASE);
    // Also if it is there: whoever made it may not have come to that.
    for_its_owner()
        .open(&path)
        .and_then(|file| close_to_others(&file))
        .and_then(|()| sync_directory(data))
        .map_err(|error| failed(&path, &error))?;
    Ok(path)
}

pub(super) fn failed(path: &Path, error: &io::Error) -> EngineError {
    let sentence = format!("{}: {error}", path.display());
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => EngineError::Full(sentence),
        _ => EngineError::Failed(sentence),
    }
}

/// Where the journal is, if there is one.
pub(super) fn journal(data: &Path) -> PathBuf {
    data.join(JOURNAL)
}

/// Where SQLite's own log is, beside this journal.
pub(super) fn log(journal: &Path) -> PathBuf {
    journal.with_file_name(LOG)
}

/// A file beside the database, which is made if it is not there.
pub(super) fn own(path: &Path) -> io::Result<File> {
    let file = for_its_owner().open(path)?;
    if let Some(data) = path.parent() {
        sync_directory(data)?;
    }
    Ok(file)
}

fn make_directory(data: &Path) -> io::Result<()> {
    if data.exists() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data)?;
    match data.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync_directory(parent),
        _ => Ok(()),
    }
}

fn for_its_owner() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Takes from everyone but its owner what they may do with a file.
#[cfg(unix)]
fn close_to_others(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut permissions = file.metadata()?.permissions();
    if permissions.mode() & OTHERS == 0 {
        return Ok(());
    }
    permissions.set_mode(permissions.mode() & !OTHERS);
    match file.set_permissions(permissions) {
        // It is somebody else's, who lets us work on it: who may read it is for them to say.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        outcome => outcome,
    }
}

#[cfg(not(unix))]
fn close_to_others(_: &File) -> io::Result<()> {
    Ok(())
}

/// Makes durable that a file is in a directory. Only Unix needs it, and lets a directory be opened.
fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}
