//! The disk: how often it can be waited for, and what a store takes up on it.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use tokio::time::Instant;

/// What is appended before each wait: a page.
const APPEND_BYTES: usize = 4_096;

/// How many appends of 4 KiB a second can be made durable one by one (`fdatasync`) in this directory.
pub(crate) fn syncs_per_second(directory: &Path, time: Duration) -> anyhow::Result<f64> {
    let mut file = tempfile::tempfile_in(directory).context("cannot write where the store is")?;
    let page = [0x5a; APPEND_BYTES];
    let begin = Instant::now();
    let mut syncs = 0_u32;
    while begin.elapsed() < time {
        append(&mut file, &page)?;
        syncs += 1;
    }
    Ok(f64::from(syncs) / begin.elapsed().as_secs_f64())
}

fn append(file: &mut File, page: &[u8]) -> std::io::Result<()> {
    file.write_all(page)?;
    file.sync_data()
}

/// The bytes of all files in a directory.
pub(crate) fn bytes_in(directory: &Path) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(directory)? {
        let metadata = entry?.metadata()?;
        if metadata.is_file() {
            bytes += metadata.len();
        }
    }
    Ok(bytes)
}
