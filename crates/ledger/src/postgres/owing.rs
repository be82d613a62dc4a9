//! What is owed, read in pages: this is how a backlog larger than memory is told. And what is owed to nobody any more.

use bytes::Bytes;
use callboard_core::{DeliveryId, EndpointId, Identifier};
use rustc_hash::FxHashMap;
use tokio_postgres::Row;

use super::rows;
use super::session::Session;
use super::write::column;
use crate::batch::DeliveryState;
use crate::calling_off::CALLED_OFF_AT_ONCE;
use crate::columns::{bound, id, key, state_number};
use crate::engine::EngineError;
use crate::pages::{Owed, OwedPage};

/// Of rows with an id and a size, the ids of the first so many, or of those that come to so many bytes, but of one at
/// least; and whether that is all of them.
pub(super) fn fitting(near: &[Row], limit: usize, bytes: usize) -> Result<(Vec<i64>, bool), EngineError> {
    let (mut ids, mut read) = (Vec::new(), 0);
    for row in near {
        if !ids.is_empty() && (ids.len() >= limit || read >= bytes) {
            return Ok((ids, false));
        }
        ids.push(row.try_get(0)?);
        read += rows::number::<usize>(row, 1)?;
    }
    Ok((ids, true))
}

/// Deliveries with these ids that are owed, with what will be sent, oldest first.
pub(super) fn owed(session: &mut Session, ids: &[i64]) -> Result<Vec<Owed>, EngineError> {
    let found = session.rows(&format!("{} WHERE d.id = ANY($1) ORDER BY d.id", rows::OWED), &[&ids])?;
    found.iter().map(rows::owed).collect()
}

/// See [`crate::Reader::owed`].
pub(super) fn page(
    session: &mut Session,
    endpoint: EndpointId,
    after: Option<DeliveryId>,
    limit: usize,
    bytes: usize,
) -> Result<OwedPage, EngineError> {
    session.in_snapshot(|session| {
        let near = session.rows(
            "SELECT d.id, OCTET_LENGTH(COALESCE(d.body, e.body))::BIGINT
             FROM deliveries d JOIN events e ON e.id = d.event
             WHERE d.endpoint = $1 AND d.state = 0 AND d.id > $2 ORDER BY d.id LIMIT $3",
            &[&key(endpoint), &after.map_or(0, |id| bound(id.raw())), &most(limit.max(1).saturating_add(1))],
        )?;
        let (ids, is_last) = fitting(&near, limit, bytes)?;
        Ok(OwedPage { rows: owed(session, &ids)?, is_last })
    })
}

/// A number of rows as PostgreSQL takes it.
pub(super) fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// See [`crate::Reader::owed_to_nobody`]: one look-up for each endpoint that is owed anything.
pub(super) fn to_nobody(session: &mut Session) -> Result<Option<EndpointId>, EngineError> {
    let mut after = 0_i64;
    while let Some(row) = session.maybe(
        "SELECT endpoint, endpoint IN (SELECT id FROM endpoints) FROM deliveries
         WHERE state = 0 AND endpoint > $1 ORDER BY endpoint LIMIT 1",
        &[&after],
    )? {
        after = row.try_get(0)?;
        if !row.try_get::<_, bool>(1)? {
            return Ok(Some(id(after)));
        }
    }
    Ok(None)
}

/// Calls off what an endpoint is owed, the oldest first, so much of it as is called off at once.
pub(super) fn call_off(session: &mut Session, endpoint: EndpointId) -> Result<(), EngineError> {
    session.execute(
        "UPDATE deliveries SET state = $2, next_at = NULL WHERE id IN (
            SELECT id FROM deliveries WHERE endpoint = $1 AND state = 0 ORDER BY id LIMIT $3)",
        &[&key(endpoint), &state_number(DeliveryState::Cancelled), &most(CALLED_OFF_AT_ONCE)],
    )?;
    Ok(())
}

/// See [`crate::Reader::bodies`].
pub(super) fn bodies(
    session: &mut Session,
    deliveries: &[DeliveryId],
) -> Result<Vec<Option<Bytes>>, EngineError> {
    let ids = column(deliveries, |delivery| key(*delivery));
    let found = session.rows(
        "SELECT d.id, COALESCE(d.body, e.body) FROM deliveries d JOIN events e ON e.id = d.event
         WHERE d.id = ANY($1) AND d.state <> 3",
        &[&ids],
    )?;
    let mut bodies: FxHashMap<i64, Bytes> = FxHashMap::default();
    for row in &found {
        bodies.insert(row.try_get(0)?, rows::bytes(row, 1)?);
    }
    Ok(column(&ids, |id| bodies.get(id).cloned()))
}

/// See [`crate::Reader::body`].
pub(super) fn body(session: &mut Session, delivery: DeliveryId) -> Result<Option<Bytes>, EngineError> {
    let found = session.rows(
        "SELECT COALESCE(d.body, e.body) FROM deliveries d JOIN events e ON e.id = d.event WHERE d.id = $1",
        &[&key(delivery)],
    )?;
    found.first().map(|row| rows::bytes(row, 0)).transpose()
}
