//! `callboard serve`: the hub, until told to stop.

use std::process::ExitCode;

use anyhow::ensure;
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
    let broke_off = tokio::select! {
        _ = terminate.recv() => false,
        _ = interrupt.recv() => false,
        () = hub.outbox.ended() => true,
    };
    tracing::info!("stopping: finishing what is under way");
    hub.stop().await;
    // One that tells nobody anything any more is not to look as if it did: whoever runs it starts it again.
    ensure!(!broke_off, "the hub broke off, as its log says; nothing that was acknowledged is lost");
    tracing::info!("stopped");
    Ok(())
}
