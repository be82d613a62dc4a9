//! What the dispatcher sends others to do at the ledger, so that it never waits for a disk itself.

use std::time::Duration;

use callboard_core::EndpointState;
use callboard_ledger::{Change, Ledger, LedgerError, Owed};

use crate::clock::Clock;
use crate::dispatch::PageWanted;
use crate::route::Route;

/// Why an endpoint that answered 410 is disabled.
const GONE: &str = "gone";

/// Reads a page of what is owed, however often it takes.
pub(crate) async fn read_page(ledger: Ledger, wanted: PageWanted, pause: Duration) -> Vec<Owed> {
    let PageWanted { endpoint, after, limit } = wanted;
    loop {
        match ledger.read(move |store| store.owed(endpoint, after, limit)).await {
            Ok(rows) => return rows,
            Err(error) => tracing::warn!(%error, %endpoint, "what is owed could not be read yet"),
        }
        tokio::time::sleep(pause).await;
    }
}

/// Writes down that an endpoint is gone, unless it has been changed to another URL or disabled meanwhile.
pub(crate) async fn disable_gone(ledger: Ledger, route: &Route, clock: &dyn Clock, pause: Duration) {
    loop {
        let directory = ledger.directory();
        let Some(endpoint) = directory.endpoint(route.endpoint) else { return };
        if endpoint.url != route.url || endpoint.state != EndpointState::Enabled {
            return;
        }
        let mut endpoint = endpoint.as_ref().clone();
        endpoint.state = EndpointState::Disabled { reason: GONE.to_owned(), since: clock.now() };
        match ledger.change(vec![Change::PutEndpoint(endpoint)]).await {
            Ok(()) | Err(LedgerError::Closed) => return,
            Err(error) => {
                tracing::warn!(%error, endpoint = %route.endpoint, "an endpoint that is gone could not be disabled yet");
            }
        }
        tokio::time::sleep(pause).await;
    }
}
