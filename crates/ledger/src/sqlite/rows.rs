//! Between rows and what they stand for.

use std::sync::Arc;

use bytes::Bytes;
use callboard_core::{DeliveryId, Entity, EventType, Held, Record};
use rusqlite::Row;
use rusqlite::types::Type;

use crate::batch::{Attempt, EventRow, Receipt};
pub(super) use crate::columns::{
    bound, id, key, kind, lines, nanos, outcome, outcome_number, pack, state, state_number, time, unpack,
};
use crate::pages::{Delivery, Owed};

pub(super) fn bad_column(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

pub(super) const THING: &str = "company, kind, version, record, body";

pub(super) fn thing(row: &Row<'_>) -> rusqlite::Result<Held> {
    let kind = kind(row.get_ref(1)?.as_str()?).ok_or(rusqlite::Error::InvalidQuery)?;
    let version: i64 = row.get(2)?;
    let record: Record =
        serde_json::from_str(row.get_ref(3)?.as_str()?).map_err(|error| bad_column(3, error))?;
    Ok(Held {
        company: id(row.get(0)?),
        entity: Entity::from_json(kind, row.get_ref(4)?.as_str()?.as_bytes())
            .map_err(|error| bad_column(4, error))?,
        record: Arc::new(Record { version: version.cast_unsigned(), ..record }),
    })
}

pub(super) const RECEIPT: &str = "id, source, received_at, outcome, detail, remarks, headers, body, erased";

pub(super) fn receipt(row: &Row<'_>) -> rusqlite::Result<Receipt> {
    let remarks = match row.get_ref(5)?.as_str_or_null()? {
        Some(json) => serde_json::from_str(json).map_err(|error| bad_column(5, error))?,
        None => Vec::new(),
    };
    Ok(Receipt {
        id: id(row.get(0)?),
        source: id(row.get(1)?),
        received_at: time(row.get(2)?),
        outcome: outcome(row.get(3)?),
        detail: row.get(4)?,
        remarks,
        headers: row.get(6)?,
        body: Bytes::from(row.get::<_, Vec<u8>>(7)?),
        erased: row.get(8)?,
    })
}

pub(super) const EVENT: &str = "id, company, source, receipt, subject, kind, body, skipped, owed, erased";

pub(super) fn event(row: &Row<'_>) -> rusqlite::Result<EventRow> {
    Ok(EventRow {
        id: id(row.get(0)?),
        company: id(row.get(1)?),
        source: row.get::<_, Option<i64>>(2)?.map(id),
        receipt: row.get::<_, Option<i64>>(3)?.map(id),
        subject: row.get::<_, i64>(4)?.cast_unsigned(),
        kind: EventType::from(row.get_ref(5)?.as_str()?),
        body: Bytes::from(row.get::<_, Vec<u8>>(6)?),
        skipped: unpack(row.get_ref(7)?.as_bytes_or_null()?),
        owed: row.get(8)?,
        erased: row.get(9)?,
    })
}

pub(super) const DELIVERY: &str = "id, endpoint, event, state, attempts, next_at, overtook,
    EXISTS (SELECT 1 FROM events e WHERE e.id = deliveries.event AND e.erased)";

pub(super) fn delivery(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    Ok(Delivery {
        id: id(row.get(0)?),
        endpoint: id(row.get(1)?),
        event: id(row.get(2)?),
        state: state(row.get(3)?),
        attempts: row.get(4)?,
        next_at: row.get::<_, Option<i64>>(5)?.map(time),
        overtook: unpack::<DeliveryId>(row.get_ref(6)?.as_bytes_or_null()?),
        erased: row.get(7)?,
    })
}

/// Followed by what the event is, and where it came from.
pub(super) const OWED: &str =
    "SELECT d.id, d.endpoint, d.event, d.lane, COALESCE(d.body, e.body), d.attempts,
    CASE WHEN d.attempts > COALESCE(d.again_after, 0) THEN
        (SELECT MIN(a.at) FROM attempts a WHERE a.delivery = d.id AND a.number > COALESCE(d.again_after, 0)) END,
    d.next_at, COALESCE(d.again_after, 0), e.kind, e.source
    FROM deliveries d JOIN events e ON e.id = d.event";

pub(super) fn owed(row: &Row<'_>) -> rusqlite::Result<Owed> {
    Ok(Owed {
        delivery: id(row.get(0)?),
        endpoint: id(row.get(1)?),
        event: id(row.get(2)?),
        lane: row.get::<_, i64>(3)?.cast_unsigned(),
        body: Bytes::from(row.get::<_, Vec<u8>>(4)?),
        attempts: row.get(5)?,
        first_attempt_at: row.get::<_, Option<i64>>(6)?.map(time),
        next_at: row.get::<_, Option<i64>>(7)?.map(time),
        again_after: row.get(8)?,
    })
}

pub(super) fn attempt(row: &Row<'_>) -> rusqlite::Result<Attempt> {
    Ok(Attempt {
        number: row.get(0)?,
        at: time(row.get(1)?),
        took_us: row.get::<_, i64>(2)?.cast_unsigned(),
        status: row.get(3)?,
        error: row.get(4)?,
        response: Bytes::from(row.get::<_, Option<Vec<u8>>>(5)?.unwrap_or_default()),
    })
}
