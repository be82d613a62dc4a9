//! What the machine does with less to do, measured in the same run: the figures mean little without it.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use anyhow::Context;
use rusqlite::Connection;
use tokio::time::Instant;

use crate::child::Server;
use crate::cli::CommonArgs;
use crate::clock::Stopwatch;
use crate::disk::syncs_per_second;
use crate::load::{Load, Taken};
use crate::pace::Pace;
use crate::place::own_directory;
use crate::report::{Setup, float};
use crate::sink::{Counter, listen};
use crate::trial::signer;
use crate::window::Window;

/// How long the disk and the database are measured, at the most.
const DISK_TIME: Duration = Duration::from_secs(3);
/// Rows in one transaction of the database.
const BATCH_ROWS: u32 = 256;

/// The limits as they were measured, before anything is held against them: how much of each a second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// Requests through a bare proxy.
    pub(crate) relayed: f64,
    /// Appends, each with its `fdatasync`.
    pub(crate) synced: f64,
    /// Rows.
    pub(crate) inserted: f64,
}

/// Measures the disk and the database; an event takes so many bytes in the store. The relay was measured before the hub and
/// after it: the machine is not always as fast, and the hub ran between the two.
pub(crate) fn measure(
    common: &CommonArgs,
    event_bytes: usize,
    [before, after]: [f64; 2],
) -> anyhow::Result<Measured> {
    let (directory, time) = (own_directory()?, common.seconds.min(DISK_TIME));
    Ok(Measured {
        relayed: f64::midpoint(before, after),
        synced: syncs_per_second(&directory, time)?,
        inserted: inserts_per_second(&directory, event_bytes, time)?,
    })
}

/// How many of the same requests a second a bare proxy gets to a sink that only counts them.
pub(crate) async fn relay_per_second(common: &CommonArgs, setup: &Setup) -> anyhow::Result<f64> {
    let counter = Arc::new(Counter::default());
    let sink = listen(Arc::clone(&counter)).await?;
    let own = std::env::current_exe().context("cannot find this program's own path")?;
    let relay = tokio::task::block_in_place(|| start_relay(&own, &sink.to_string()))?;
    let window = Window::after(common.warm_up, common.seconds);
    let taken = Arc::new(Taken::default());
    let load = Load {
        to: vec![relay.address],
        path: "/in/relay".to_owned(),
        signer: signer()?,
        stopwatch: Stopwatch::start(),
        window,
        taken: Arc::clone(&taken),
        interviews_per_connection: setup.interviews_per_connection,
        interviews_begun: AtomicU64::new(0),
    };
    let sent = tokio::spawn(load.run((0..setup.connections).map(|_| Pace::AtOnce).collect())).await??;
    anyhow::ensure!(counter.count() == taken.webhooks(), "the relay lost requests");
    Ok(float(sent.taken_in_window) / window.seconds())
}

fn start_relay(own: &Path, sink: &str) -> anyhow::Result<Server> {
    Server::start(Command::new(own).args(["relay", "--to", sink]))
}

/// How many rows a second of so many bytes SQLite makes durable in this directory, in transactions of [`BATCH_ROWS`].
fn inserts_per_second(directory: &Path, bytes: usize, time: Duration) -> anyhow::Result<f64> {
    let directory = tempfile::Builder::new().prefix("bench-sqlite-").tempdir_in(directory)?;
    let mut connection = Connection::open(directory.path().join("rows.db"))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch("CREATE TABLE rows (id INTEGER PRIMARY KEY, body BLOB NOT NULL)")?;
    let body = vec![0x5a_u8; bytes];
    let begin = Instant::now();
    let mut rows = 0_u32;
    while begin.elapsed() < time {
        let transaction = connection.transaction()?;
        let mut insert = transaction.prepare_cached("INSERT INTO rows (body) VALUES (?1)")?;
        for _ in 0..BATCH_ROWS {
            insert.execute([&body])?;
        }
        drop(insert);
        transaction.commit()?;
        rows += BATCH_ROWS;
    }
    Ok(f64::from(rows) / begin.elapsed().as_secs_f64())
}
