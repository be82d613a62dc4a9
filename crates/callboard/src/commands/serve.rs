//! `callboard serve`: the hub, until told to stop.

use std::process::ExitCode;

use anyhow::bail;
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
    let over = until_over(terminate.recv(), interrupt.recv(), hub.outbox.ended()).await;
    tracing::info!("stopping: finishing what is under way");
    hub.stop().await;
    over?;
    tracing::info!("stopped");
    Ok(())
}

/// Waits until the hub is told to stop, in either way, or breaks off: one that tells nobody anything any more is not to look
/// as if it did, and whoever runs it starts it again.
async fn until_over(
    terminated: impl Future,
    interrupted: impl Future,
    broke_off: impl Future,
) -> anyhow::Result<()> {
    tokio::select! {
        _ = terminated => Ok(()),
        _ = interrupted => Ok(()),
        _ = broke_off => bail!("the hub broke off, as its log says; nothing that was acknowledged is lost"),
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::time::Duration;

    use super::until_over;

    /// How long what is over at once may take before a test gives up on it.
    const PATIENCE: Duration = Duration::from_secs(60);

    async fn over(waiting: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
        tokio::time::timeout(PATIENCE, waiting).await.expect("it is over")
    }

    #[tokio::test]
    async fn a_hub_that_is_told_to_stop_ends_well() {
        over(until_over(ready(()), pending::<()>(), pending::<()>())).await.unwrap();
        over(until_over(pending::<()>(), ready(()), pending::<()>())).await.unwrap();
    }

    #[tokio::test]
    async fn a_hub_that_breaks_off_ends_with_an_error() {
        let over = over(until_over(pending::<()>(), pending::<()>(), ready(()))).await;
        assert!(over.unwrap_err().to_string().contains("broke off"));
    }
}
