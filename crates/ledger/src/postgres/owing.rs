//! What is owed, read in pages: this is how a backlog larger than memory is told. And what is owed to nobody any more.

use bytes::Bytes;
use callboard_core::{DeliveryId, EndpointId, Identifier};
use rustc_hash::FxHashMap;

use super::rows;
use super::session::Session;
use super::write::column;
use crate::batch::DeliveryState;
use crate::calling_off::CALLED_OFF_AT_ONCE;
use crate::columns::{bound, id, key, state_number};
use crate::engine::EngineError;
use crate::pages::{Owed, OwedPage};

/// Deliveries with these ids that are owed, with what will be sent, oldest first.
pub(super) fn owed(session: &mut Session, ids: &[i64]) -> Result<Vec<Owed>, EngineError> {
    let found = session.rows(&format!("{} WHERE d.id = ANY($1) ORDER BY d.id", rows::OWED), &[&ids])?;
    found.iter().map(rows::owed).collect()
}

/// See [`crate::Reader::owed`]. One statement, which sees one state of the store: deliveries up to one more than are wanted, and of
/// those the ones before which there are not too many bytes yet.
pub(super) fn page(
    session: &mut Session,
    endpoint: EndpointId,
    after: Option<DeliveryId>,
    limit: usize,
    bytes: usize,
) -> Result<OwedPage, EngineError> {
    let sql = format!(
        "SELECT * FROM (
            SELECT near.*, LEAD(id) OVER (ORDER BY id) AS following,
                SUM(OCTET_LENGTH(body)) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
            FROM ({} WHERE d.endpoint = $1 AND d.state = 0 AND d.id > $2 ORDER BY d.id LIMIT $3)
                AS near (id, endpoint, event, lane, body, attempts, first_attempt_at, next_at, again_after)) AS page
         WHERE COALESCE(before, 0) < $4 ORDER BY id LIMIT $5",
        rows::OWED
    );
    let limit = limit.max(1);
    let found = session.rows(
        &sql,
        &[
            &key(endpoint),
            &after.map_or(0, |id| bound(id.raw())),
            &most(limit.saturating_add(1)),
            &most(bytes.max(1)),
            &most(limit),
        ],
    )?;
    let following: Option<i64> = found.last().map_or(Ok(None), |last| last.try_get(9))?;
    Ok(OwedPage {
        rows: found.iter().map(rows::owed).collect::<Result<_, _>>()?,
        is_last: following.is_none(),
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
