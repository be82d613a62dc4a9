//! `callboard serve`: the hub, until told to stop.

use std::process::ExitCode;

use callboard_server::Certificates;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::ServeArgs;
use crate::first_start::NewKey;
use crate::hub::{HubOptions, RunningHub};
use crate::settings::Settings;
use crate::{logs, show};

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
    if let Some(NewKey { key, path }) = &hub.new_admin_key {
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
