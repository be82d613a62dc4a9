//! The file beside the database that makes batches durable before they are folded into it.
//!
//! It is written from its beginning to its end, and after a fold from its beginning again. Its blocks are there before
//! they are needed, so that making a record durable moves nothing but the record's own bytes: the size of the file and
//! where its blocks are do not change with it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::files;
use super::record::JOURNAL_BYTES;

/// The file grows by so many bytes.
const STEP_BYTES: usize = 512 * 1024;

pub(super) struct Journal {
    path: PathBuf,
    file: File,
    /// Where the next record goes.
    end: usize,
    /// As far as there are blocks.
    reserved: usize,
}

impl Journal {
    /// Opens the journal, which is made if it is not there. Nobody else may have it open.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = files::own(path)?;
        file.try_lock()?;
        let reserved = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
        Ok(Self { path: path.to_owned(), file, end: 0, reserved })
    }

    /// Adds a record, and makes it durable. Answers whether there was room for it. If it fails, nothing was added.
    pub(super) fn append(&mut self, record: &[u8]) -> io::Result<bool> {
        let end = self.end + record.len();
        if end > JOURNAL_BYTES {
            return Ok(false);
        }
        if end > self.reserved {
            self.reserve(end.next_multiple_of(STEP_BYTES))?;
        }
        self.seek(self.end)?;
        self.file.write_all(record)?;
        self.file.sync_data()?;
        self.end = end;
        Ok(true)
    }

    fn reserve(&mut self, bytes: usize) -> io::Result<()> {
        let start = self.reserved.min(bytes);
        self.seek(start)?;
        self.file.write_all(&vec![0; bytes - start])?;
        self.file.sync_all()?;
        self.reserved = bytes;
        Ok(())
    }

    /// The next record goes to the beginning: all that are there have been folded.
    pub(super) fn restart(&mut self) {
        self.end = 0;
    }

    /// Everything that is in the file.
    pub(super) fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.seek(0)?;
        (&self.file).take(JOURNAL_BYTES as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Leaves no byte of what was written.
    pub(super) fn empty(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.sync_all()?;
        (self.end, self.reserved) = (0, 0);
        Ok(())
    }

    /// Takes the file away: everything in it has been folded.
    pub(super) fn remove(&mut self) -> io::Result<()> {
        self.empty()?;
        std::fs::remove_file(&self.path)
    }

    fn seek(&mut self, to: usize) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(to as u64)).map(|_| ())
    }
}
