//! What the dispatcher sends others to do at the ledger, so that it never waits for a disk itself.

use bytes::Bytes;
use callboard_ledger::{Ledger, LedgerError, OwedPage};

use crate::dispatch::{BodiesWanted, PageWanted};

/// What an errand came back with, and what it was sent for. Nothing, if the store could not be read.
pub(crate) enum Errand {
    Page(PageWanted, Option<OwedPage>),
    Bodies(BodiesWanted, Option<Vec<Option<Bytes>>>),
}

/// Reads a page of what is owed.
pub(crate) async fn read_page(ledger: Ledger, wanted: PageWanted) -> Errand {
    let PageWanted { endpoint, after, size, .. } = wanted;
    let page = ledger.read_owed(move |store| store.owed(endpoint, after, size.rows, size.bytes)).await;
    Errand::Page(wanted, unless_failed(page))
}

/// Fetches the bodies of deliveries that are known.
pub(crate) async fn fetch_bodies(ledger: Ledger, wanted: BodiesWanted) -> Errand {
    let deliveries = wanted.deliveries();
    let bodies = ledger.read_owed(move |store| store.bodies(&deliveries)).await;
    Errand::Bodies(wanted, unless_failed(bodies))
}

fn unless_failed<T>(read: Result<T, LedgerError>) -> Option<T> {
    read.inspect_err(|error| tracing::warn!(%error, "what is owed could not be read yet")).ok()
}
