//! What is owed, read in pages: this is how a backlog larger than memory is told.

use bytes::Bytes;
use callboard_core::{DeliveryId, EndpointId, Identifier};
use rusqlite::{Connection, OptionalExtension};

use super::rows::{self, bound, key};
use crate::engine::{EngineError, OwedPage};

/// See [`crate::Reader::owed`].
pub(super) fn page(
    connection: &Connection,
    endpoint: EndpointId,
    after: Option<DeliveryId>,
    limit: usize,
    bytes: usize,
) -> Result<OwedPage, EngineError> {
    let mut statement = connection.prepare_cached(&format!(
        "{} WHERE d.endpoint = ?1 AND d.state = 0 AND d.id > ?2 ORDER BY d.id",
        rows::OWED
    ))?;
    let mut found = statement.query((key(endpoint), after.map_or(0, |id| bound(id.raw()))))?;
    let mut page = OwedPage::default();
    let mut read = 0;
    while let Some(row) = found.next()? {
        let is_full = page.rows.len() >= limit || read >= bytes;
        if is_full && !page.rows.is_empty() {
            return Ok(page);
        }
        let owed = rows::owed(row)?;
        read += owed.body.len();
        page.rows.push(owed);
    }
    page.is_last = true;
    Ok(page)
}

/// See [`crate::Reader::bodies`].
pub(super) fn bodies(
    connection: &Connection,
    deliveries: &[DeliveryId],
) -> Result<Vec<Option<Bytes>>, EngineError> {
    let reading = connection.unchecked_transaction()?;
    let mut statement = reading.prepare_cached(
        "SELECT COALESCE(d.body, e.body) FROM deliveries d JOIN events e ON e.id = d.event
         WHERE d.id = ?1 AND d.state <> 3",
    )?;
    let mut bodies = Vec::with_capacity(deliveries.len());
    for delivery in deliveries {
        let body: Option<Vec<u8>> = statement.query_row([key(*delivery)], |row| row.get(0)).optional()?;
        bodies.push(body.map(Bytes::from));
    }
    Ok(bodies)
}
