//! What is owed, read in pages: this is how a backlog larger than memory is told. And what is owed to nobody any more.

use bytes::Bytes;
use callboard_core::{DeliveryId, EndpointId, Identifier};
use rusqlite::{Connection, OptionalExtension, params};

use super::ink::Ink;
use super::rows::{self, bound, key, state_number};
use crate::batch::DeliveryState;
use crate::calling_off::CALLED_OFF_AT_ONCE;
use crate::engine::EngineError;
use crate::pages::OwedPage;

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

/// See [`crate::Reader::owed_to_nobody`]: one look-up for each endpoint that is owed anything.
pub(super) fn to_nobody(connection: &Connection) -> Result<Option<EndpointId>, EngineError> {
    let mut next = connection.prepare_cached(
        "SELECT endpoint, endpoint IN (SELECT id FROM endpoints) FROM deliveries
         WHERE state = 0 AND endpoint > ?1 ORDER BY endpoint LIMIT 1",
    )?;
    let mut after = 0;
    while let Some((endpoint, is_there)) =
        next.query_row([after], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?))).optional()?
    {
        if !is_there {
            return Ok(Some(rows::id(endpoint)));
        }
        after = endpoint;
    }
    Ok(None)
}

/// Calls off what an endpoint is owed, the oldest first, so much of it as is called off at once. Answers how much.
pub(super) fn call_off(ink: &Ink<'_>, endpoint: EndpointId) -> Result<usize, EngineError> {
    let most = i64::try_from(CALLED_OFF_AT_ONCE).unwrap_or(i64::MAX);
    let called_off = ink.execute(
        "UPDATE deliveries SET state = ?2, next_at = NULL WHERE id IN (
            SELECT id FROM deliveries WHERE endpoint = ?1 AND state = 0 ORDER BY id LIMIT ?3)",
        params![key(endpoint), state_number(DeliveryState::Cancelled), most],
    )?;
    Ok(called_off)
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

/// See [`crate::Reader::body`].
pub(super) fn body(connection: &Connection, delivery: DeliveryId) -> Result<Option<Bytes>, EngineError> {
    let mut statement = connection.prepare_cached(
        "SELECT COALESCE(d.body, e.body) FROM deliveries d JOIN events e ON e.id = d.event WHERE d.id = ?1",
    )?;
    let body: Option<Vec<u8>> = statement.query_row([key(delivery)], |row| row.get(0)).optional()?;
    Ok(body.map(Bytes::from))
}
