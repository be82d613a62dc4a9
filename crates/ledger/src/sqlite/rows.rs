//! Between rows and what they stand for.

use bytes::Bytes;
use callboard_core::{DeliveryId, Entity, EventType, Held, Identifier, Kind, Record, Timestamp};
use rusqlite::Row;
use rusqlite::types::Type;

use crate::batch::{Attempt, DeliveryState, EventRow, Outcome, Receipt};
use crate::engine::{Delivery, EngineError, Owed};

/// An id as SQLite keeps it. Ids have 63 bits, so none is lost.
pub(super) fn key<I: Identifier>(id: I) -> i64 {
    id.raw().cast_signed()
}

/// A number to compare ids with. Someone may ask for what lies beyond a number that no id reaches.
pub(super) fn bound(raw_id: u64) -> i64 {
    i64::try_from(raw_id).unwrap_or(i64::MAX)
}

pub(super) fn id<I: Identifier>(key: i64) -> I {
    I::from_raw(key.cast_unsigned())
}

/// Nanoseconds since 1970, which reach from 1677 to 2262; times beyond are kept as the first or last of them.
pub(super) fn nanos(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond()).unwrap_or(if at < Timestamp::UNIX_EPOCH { i64::MIN } else { i64::MAX })
}

pub(super) fn time(nanos: i64) -> Timestamp {
    Timestamp::from_nanosecond(nanos.into()).expect("every count of nanoseconds in 64 bits is a time")
}

pub(super) fn state_number(state: DeliveryState) -> i64 {
    match state {
        DeliveryState::Pending => 0,
        DeliveryState::Delivered => 1,
        DeliveryState::Failed => 2,
        DeliveryState::Cancelled => 3,
    }
}

pub(super) fn state(number: i64) -> DeliveryState {
    match number {
        0 => DeliveryState::Pending,
        1 => DeliveryState::Delivered,
        2 => DeliveryState::Failed,
        _ => DeliveryState::Cancelled,
    }
}

pub(super) fn outcome_number(outcome: Outcome) -> i64 {
    match outcome {
        Outcome::Understood => 0,
        Outcome::Duplicate => 1,
        Outcome::Quarantined => 2,
    }
}

pub(super) fn outcome(number: i64) -> Outcome {
    match number {
        0 => Outcome::Understood,
        1 => Outcome::Duplicate,
        _ => Outcome::Quarantined,
    }
}

/// Sentences as a JSON array; nothing for none.
pub(super) fn lines(sentences: &[String]) -> Result<Option<String>, EngineError> {
    if sentences.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(sentences).map(Some).map_err(|error| EngineError::Refused(error.to_string()))
}

/// Ids in eight bytes each; nothing for none.
pub(super) fn pack<I: Identifier>(ids: &[I]) -> Option<Vec<u8>> {
    (!ids.is_empty()).then(|| ids.iter().flat_map(|id| id.raw().to_be_bytes()).collect())
}

pub(super) fn unpack<I: Identifier>(packed: Option<&[u8]>) -> Vec<I> {
    let (ids, _) = packed.unwrap_or_default().as_chunks::<8>();
    ids.iter().map(|bytes| I::from_raw(u64::from_be_bytes(*bytes))).collect()
}

fn kind(word: &str) -> Option<Kind> {
    [
        Kind::Job,
        Kind::Candidate,
        Kind::Application,
        Kind::Interview,
        Kind::Feedback,
        Kind::Note,
        Kind::Question,
        Kind::AnswerVideo,
        Kind::User,
        Kind::File,
    ]
    .into_iter()
    .find(|kind| kind.as_str() == word)
}

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
        record: Record { version: version.cast_unsigned(), ..record },
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
