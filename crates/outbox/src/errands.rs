//! What the dispatcher sends others to do at the ledger, so that it never waits for a disk itself.

use std::time::Duration;

use callboard_ledger::{Ledger, Owed};

use crate::dispatch::PageWanted;

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
