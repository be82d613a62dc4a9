//! `callboard serve`: the hub, until told to stop.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use callboard_server::Certificates;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::ServeArgs;
use crate::hub::{HubOptions, RunningHub};
use crate::settings::Settings;
use crate::{logs, show};

/// The file in the data directory that holds the key made at the first start.
const ADMIN_KEY_FILE: &str = "admin.key";

pub(crate) fn run(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let settings = Settings::resolve(args)?;
    logs::start(&settings.log, settings.log_format)?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(settings))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(settings: Settings) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let certificates = settings.tls.map(|(chain, key)| Certificates::read(&chain, &key)).transpose()?;
    let hub = RunningHub::start(HubOptions {
        listen: settings.listen,
        data: &settings.data,
        store: settings.store,
        public_url: settings.public_url,
        certificates,
        guard: settings.guard,
        keep: settings.keep,
        admin_key: settings.admin_key,
    })
    .await?;
    if let Some(key) = &hub.new_admin_key {
        let path = keep_key(&settings.data, key)?;
        show::print(&format!("admin key {key}\n  shown this once, and kept in {}\n", path.display()));
    }
    show::print(&format!("listening on {}\n", hub.url));
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping: finishing what is under way");
    hub.stop().await;
    tracing::info!("stopped");
    Ok(())
}

/// Leaves the key in the data directory, for its owner's eyes only.
fn keep_key(data: &Path, key: &str) -> anyhow::Result<PathBuf> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data)
        .with_context(|| format!("cannot make {}", data.display()))?;
    let path = data.join(ADMIN_KEY_FILE);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    writeln!(file, "{key}")?;
    Ok(path)
}
