//! The file beside the database that makes batches durable before they are folded into it.
//!
//! It has two halves. Records go to the end of one of them while the other one is folded; then the other is free to begin
//! anew. Blocks are there before they are needed, so that making a record durable moves nothing but the record's own
//! bytes: the size of the file and where its blocks are do not change with it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::files;

/// The most that one half holds, in bytes.
pub(super) const HALF_BYTES: usize = 32 * 1024 * 1024;
/// The file grows by so many bytes.
const STEP_BYTES: usize = 512 * 1024;

/// One of the two halves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    First,
    Second,
}

impl Half {
    pub(super) fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }

    /// Where in the file something is that is there in the half.
    fn place(self, at: usize) -> u64 {
        let start = match self {
            Self::First => 0,
            Self::Second => HALF_BYTES,
        };
        (start + at) as u64
    }
}

pub(super) struct Journal {
    path: PathBuf,
    file: File,
    /// As far as there are blocks, in each half.
    reserved: [usize; 2],
}

impl Journal {
    /// Opens the journal, which is made if it is not there. Nobody else may have it open.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = files::own(path)?;
        file.try_lock()?;
        Ok(Self { path: path.to_owned(), file, reserved: [0, 0] })
    }

    /// Puts a record there, and makes it durable.
    pub(super) fn write(&mut self, half: Half, at: usize, record: &[u8]) -> io::Result<()> {
        let end = at + record.len();
        if end > self.reserved[half as usize] {
            self.reserve(half, end.next_multiple_of(STEP_BYTES))?;
        }
        self.put(half, at, record)?;
        self.file.sync_data()
    }

    /// Zeros as far as that. The second half makes the first one longer, but gives it no blocks.
    fn reserve(&mut self, half: Half, bytes: usize) -> io::Result<()> {
        let start = self.reserved[half as usize];
        self.put(half, start, &vec![0; bytes - start])?;
        self.file.sync_all()?;
        self.reserved[half as usize] = bytes;
        Ok(())
    }

    fn put(&mut self, half: Half, at: usize, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(half.place(at)))?;
        self.file.write_all(bytes)
    }

    /// Leaves no byte of what was written.
    pub(super) fn empty(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.sync_all()?;
        self.reserved = [0, 0];
        Ok(())
    }

    /// Takes the file away: everything in it has been folded.
    pub(super) fn remove(&mut self) -> io::Result<()> {
        self.empty()?;
        std::fs::remove_file(&self.path)
    }
}

/// The journal in the hands of who folds it, while others write on.
pub(super) struct Reading(File);

impl Reading {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        File::open(path).map(Self)
    }

    /// What is in a half from here to there, as far as the file goes.
    pub(super) fn read(&mut self, half: Half, from: usize, to: usize) -> io::Result<Vec<u8>> {
        self.0.seek(SeekFrom::Start(half.place(from)))?;
        let mut bytes = Vec::with_capacity(to - from);
        (&self.0).take((to - from) as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}
