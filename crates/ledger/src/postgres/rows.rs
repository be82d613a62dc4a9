//! Between rows and what they stand for.

use std::sync::Arc;

use bytes::Bytes;
use callboard_core::{Entity, EventType, Held, Identifier, Record};
use serde::de::DeserializeOwned;
use tokio_postgres::Row;

use crate::batch::{Attempt, EventRow, Receipt};
use crate::columns::{self, id, kind, time, unpack};
use crate::engine::EngineError;
use crate::pages::{Delivery, Owed};

/// A number in a column. One that does not fit what it counts was not written by this program.
pub(super) fn number<T: TryFrom<i64>>(row: &Row, column: usize) -> Result<T, EngineError> {
    T::try_from(row.try_get(column)?)
        .map_err(|_| EngineError::Refused(format!("{} is out of bounds", row.columns()[column].name())))
}

/// A number that may be missing.
pub(super) fn number_or_none<T: TryFrom<i64>>(row: &Row, column: usize) -> Result<Option<T>, EngineError> {
    match row.try_get::<_, Option<i64>>(column)? {
        Some(_) => number(row, column).map(Some),
        None => Ok(None),
    }
}

/// An id in a column.
pub(super) fn id_in<I: Identifier>(row: &Row, column: usize) -> Result<I, EngineError> {
    Ok(id(row.try_get(column)?))
}

/// A text that is kept as bytes.
pub(super) fn text(row: &Row, column: usize) -> Result<String, EngineError> {
    text_or_none(row, column).map(Option::unwrap_or_default)
}

/// A text that may be missing.
pub(super) fn text_or_none(row: &Row, column: usize) -> Result<Option<String>, EngineError> {
    let bytes: Option<&[u8]> = row.try_get(column)?;
    bytes
        .map(|bytes| std::str::from_utf8(bytes).map(str::to_owned))
        .transpose()
        .map_err(|error| EngineError::Refused(format!("{}: {error}", row.columns()[column].name())))
}

pub(super) fn bytes(row: &Row, column: usize) -> Result<Bytes, EngineError> {
    Ok(Bytes::copy_from_slice(row.try_get(column)?))
}

/// What was written as JSON.
pub(super) fn json<T: DeserializeOwned>(row: &Row, column: usize) -> Result<T, EngineError> {
    serde_json::from_str(row.try_get(column)?)
        .map_err(|error| EngineError::Refused(format!("{}: {error}", row.columns()[column].name())))
}

pub(super) const THING: &str = "company, kind, version, record, body";

pub(super) fn thing(row: &Row) -> Result<Held, EngineError> {
    let word: &str = row.try_get(1)?;
    let kind = kind(word).ok_or_else(|| EngineError::Refused(format!("there is no kind {word}")))?;
    let record: Record = json(row, 3)?;
    let body: &str = row.try_get(4)?;
    let entity = Entity::from_json(kind, body.as_bytes());
    Ok(Held {
        company: id_in(row, 0)?,
        entity: entity.map_err(|error| EngineError::Refused(format!("body: {error}")))?,
        record: Arc::new(Record { version: row.try_get::<_, i64>(2)?.cast_unsigned(), ..record }),
    })
}

pub(super) const RECEIPT: &str = "id, source, received_at, outcome, detail, remarks, headers, body, erased";

pub(super) fn receipt(row: &Row) -> Result<Receipt, EngineError> {
    let has_remarks = row.try_get::<_, Option<&str>>(5)?.is_some();
    Ok(Receipt {
        id: id_in(row, 0)?,
        source: id_in(row, 1)?,
        received_at: time(row.try_get(2)?),
        outcome: columns::outcome(row.try_get(3)?),
        detail: text(row, 4)?,
        remarks: if has_remarks { json(row, 5)? } else { Vec::new() },
        headers: text(row, 6)?,
        body: bytes(row, 7)?,
        erased: row.try_get(8)?,
    })
}

pub(super) const EVENT: &str = "id, company, source, receipt, subject, kind, body, skipped, owed, erased";

pub(super) fn event(row: &Row) -> Result<EventRow, EngineError> {
    Ok(EventRow {
        id: id_in(row, 0)?,
        company: id_in(row, 1)?,
        source: row.try_get::<_, Option<i64>>(2)?.map(id),
        receipt: row.try_get::<_, Option<i64>>(3)?.map(id),
        subject: row.try_get::<_, i64>(4)?.cast_unsigned(),
        kind: EventType::from(text(row, 5)?.as_str()),
        body: bytes(row, 6)?,
        skipped: unpack(row.try_get(7)?),
        owed: number(row, 8)?,
        erased: row.try_get(9)?,
    })
}

pub(super) const DELIVERY: &str = "id, endpoint, event, state, attempts, next_at, overtook,
    EXISTS (SELECT 1 FROM events e WHERE e.id = deliveries.event AND e.erased)";

pub(super) fn delivery(row: &Row) -> Result<Delivery, EngineError> {
    Ok(Delivery {
        id: id_in(row, 0)?,
        endpoint: id_in(row, 1)?,
        event: id_in(row, 2)?,
        state: columns::state(row.try_get(3)?),
        attempts: number(row, 4)?,
        next_at: row.try_get::<_, Option<i64>>(5)?.map(time),
        overtook: unpack(row.try_get(6)?),
        erased: row.try_get(7)?,
    })
}

pub(super) const OWED: &str =
    "SELECT d.id, d.endpoint, d.event, d.lane, COALESCE(d.body, e.body), d.attempts,
    CASE WHEN d.attempts > COALESCE(d.again_after, 0) THEN
        (SELECT MIN(a.at) FROM attempts a WHERE a.delivery = d.id AND a.number > COALESCE(d.again_after, 0)) END,
    d.next_at, COALESCE(d.again_after, 0)
    FROM deliveries d JOIN events e ON e.id = d.event";

pub(super) fn owed(row: &Row) -> Result<Owed, EngineError> {
    Ok(Owed {
        delivery: id_in(row, 0)?,
        endpoint: id_in(row, 1)?,
        event: id_in(row, 2)?,
        lane: row.try_get::<_, i64>(3)?.cast_unsigned(),
        body: bytes(row, 4)?,
        attempts: number(row, 5)?,
        first_attempt_at: row.try_get::<_, Option<i64>>(6)?.map(time),
        next_at: row.try_get::<_, Option<i64>>(7)?.map(time),
        again_after: number(row, 8)?,
    })
}

pub(super) fn attempt(row: &Row) -> Result<Attempt, EngineError> {
    let response: Option<&[u8]> = row.try_get(5)?;
    Ok(Attempt {
        number: number(row, 0)?,
        at: time(row.try_get(1)?),
        took_us: row.try_get::<_, i64>(2)?.cast_unsigned(),
        status: number_or_none(row, 3)?,
        error: text_or_none(row, 4)?,
        response: Bytes::copy_from_slice(response.unwrap_or_default()),
    })
}
