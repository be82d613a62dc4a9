//! Where the store is: as a death leaves it, which is not as a hub leaves it that closes its files, and with what a commit
//! that failed may have left there all the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{Batch, Store};
use tempfile::TempDir;

pub struct Home {
    data: TempDir,
    /// The store as the hub left it when it died.
    frozen: Option<TempDir>,
    /// The store if the last commit, which failed, had become durable.
    unsure: Option<TempDir>,
}

impl Home {
    /// An empty store.
    pub fn new() -> Self {
        static EMPTY: OnceLock<TempDir> = OnceLock::new();
        let empty = EMPTY.get_or_init(|| {
            let made = place();
            drop(SqliteStore::open(made.path()).unwrap());
            made
        });
        Self { data: copy(empty.path()), frozen: None, unsure: None }
    }

    pub fn path(&self) -> PathBuf {
        self.data.path().to_owned()
    }

    /// A commit of this fails, and becomes durable nevertheless: the hub finds that out when it dies before another one goes
    /// well. Answers whether it can have become so.
    pub fn keep_unsure(&mut self, batch: &Batch) -> bool {
        let other = copy(self.data.path());
        let store = SqliteStore::open(other.path()).unwrap();
        let took = store.engine().unwrap().commit(batch).is_ok();
        self.unsure = took.then_some(other);
        took
    }

    /// A commit went well: the one before it did, or is gone for good.
    pub fn is_sure(&mut self) {
        self.unsure = None;
    }

    /// The hub dies now. Answers whether it will find what it was told had failed, if that may be.
    pub fn freeze(&mut self, may_find: bool) -> bool {
        let found = self.unsure.take().filter(|_| may_find);
        let finds = found.is_some();
        self.frozen = Some(found.unwrap_or_else(|| copy(self.data.path())));
        finds
    }

    /// The next hub comes to what a death has left; what the dead one did to its files after that has not happened.
    pub fn thaw(&mut self) {
        self.unsure = None;
        if let Some(frozen) = self.frozen.take() {
            self.data = frozen;
        }
    }
}

/// A copy of a store's files as they are, but not of what processes share of it while they have it open.
fn copy(data: &Path) -> TempDir {
    let to = place();
    let files = fs::read_dir(data).unwrap().map(|entry| entry.unwrap().path());
    for file in files.filter(|path| path.is_file() && !path.to_string_lossy().ends_with("-shm")) {
        fs::copy(&file, to.path().join(file.file_name().unwrap())).unwrap();
    }
    to
}

/// In memory, where there is such a place.
fn place() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}
