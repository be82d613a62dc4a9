//! A store in files: as a death leaves it, which is not as a hub leaves it that closes them, and with what a commit that failed
//! may have left there all the same.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{Batch, Engine, EngineError, Store};
use tempfile::TempDir;

use super::home::Home;

pub struct Files {
    data: TempDir,
    /// The store as the hub left it when it died.
    frozen: Option<TempDir>,
    /// The store if the last commit, which failed, had become durable.
    unsure: Option<TempDir>,
}

impl Files {
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
}

impl Home for Files {
    fn open(&self) -> Result<Box<dyn Store>, EngineError> {
        Ok(Box::new(SqliteStore::open(self.data.path())?))
    }

    /// It becomes durable in a copy alone, which the hub finds if it dies before another commit goes well.
    fn lose_answer(&mut self, _engine: &mut dyn Engine, batch: &Batch) -> Result<(), EngineError> {
        let other = copy(self.data.path());
        let store = SqliteStore::open(other.path()).unwrap();
        let took = store.engine().unwrap().commit(batch).is_ok();
        self.unsure = took.then_some(other);
        Err(EngineError::Failed("the disk did not answer".to_owned()))
    }

    fn is_sure(&mut self) {
        self.unsure = None;
    }

    fn freeze(&mut self, may_find: bool) -> bool {
        let found = self.unsure.take().filter(|_| may_find);
        let finds = found.is_some();
        self.frozen = Some(found.unwrap_or_else(|| copy(self.data.path())));
        finds
    }

    fn thaw(&mut self) {
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
