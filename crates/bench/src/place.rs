//! Where hubs keep everything while they are measured: empty at first, and gone afterwards.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use tempfile::TempDir;

use crate::cli::{HubArgs, Store};
use crate::cluster::Cluster;
use crate::disk::bytes_in;

/// A directory for so many hubs, with a database if they share one.
pub(crate) struct Place {
    // It is to end before its files go.
    database: Option<Cluster>,
    directory: TempDir,
    hubs: usize,
}

impl Place {
    /// One where this program was built.
    pub(crate) fn make(args: HubArgs) -> anyhow::Result<Self> {
        let HubArgs { store, hubs } = args;
        ensure!(store == Store::Postgres || hubs.get() == 1, "several hubs share `--store postgres`");
        let directory = tempfile::Builder::new().prefix("bench-").tempdir_in(own_directory()?);
        let directory = directory.context("cannot make a directory for the store")?;
        let database = match store {
            Store::Files => None,
            Store::Postgres => Some(Cluster::start(&directory.path().join("database"))?),
        };
        Ok(Self { database, directory, hubs: hubs.get() })
    }

    /// Where each hub keeps its own data.
    pub(crate) fn data(&self) -> impl Iterator<Item = PathBuf> {
        (0..self.hubs).map(|number| self.directory.path().join(format!("data-{number}")))
    }

    /// The database that they share.
    pub(crate) fn database(&self) -> Option<&Cluster> {
        self.database.as_ref()
    }

    /// What the store takes up on the disk, once the hubs have stopped.
    pub(crate) fn disk_bytes(&self) -> anyhow::Result<u64> {
        match &self.database {
            Some(database) => database.bytes(),
            None => self.data().map(|data| bytes_in(&data)).sum(),
        }
    }
}

/// The directory that this program was built into: on a disk, and on the same one as the project.
pub(crate) fn own_directory() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("cannot find this program's own path")?;
    own.parent().map(Path::to_owned).context("this program is in no directory")
}
