//! What came of attempts.

use callboard_core::{DeliveryId, Identifier};
use rusqlite::{CachedStatement, params};

use super::entry::{AttemptRow, SettlementRow};
use super::ink::Ink;
use super::rows::{pack, unpack};
use crate::engine::EngineError;

/// The same attempt written twice is one. Another one under its number is not written over.
const ATTEMPT: &str = "
    INSERT INTO attempts (delivery, number, at, took_us, status, error, response)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    ON CONFLICT (delivery, number) DO UPDATE SET
        took_us = excluded.took_us, status = excluded.status, error = excluded.error, response = excluded.response
    WHERE at = excluded.at";

/// For an attempt whose number another has: the one under which it is on record already, or else the next.
const NUMBER: &str = "
    SELECT COALESCE(MAX(number) FILTER (WHERE at = ?2), MAX(number) + 1) FROM attempts WHERE delivery = ?1";

/// What was told stays told, and what a person called off stays called off, unless it arrived after all. One that was
/// given up may be owed again: a person had it tried once more while its last attempt was under way. An attempt says nothing
/// if the delivery was owed again after as many.
const DELIVERY: &str = "
    UPDATE deliveries SET
        attempts = MAX(attempts, ?3),
        overtook = COALESCE(?5, overtook),
        next_at = CASE WHEN ?2 = 1 OR state = 0 AND ?6 > COALESCE(again_after, 0) OR state = 2
            THEN ?4 ELSE next_at END,
        state = CASE WHEN ?2 = 1 OR state = 0 AND ?6 > COALESCE(again_after, 0) OR state = 2
            THEN ?2 ELSE state END
    WHERE id = ?1";

/// Writes down the first attempts at deliveries that are as new as they are.
pub(super) fn first(ink: &Ink<'_>, attempts: &[AttemptRow<'_>]) -> Result<(), EngineError> {
    let mut statement = ink.prepare(ATTEMPT)?;
    for attempt in attempts {
        insert(&mut statement, attempt, attempt.number, true)?;
    }
    Ok(())
}

/// Takes what came of attempts into what is stored.
pub(super) fn settle(ink: &Ink<'_>, settlements: &[SettlementRow<'_>]) -> Result<(), EngineError> {
    let mut attempt = ink.prepare(ATTEMPT)?;
    let mut delivery = ink.prepare(DELIVERY)?;
    for settlement in settlements {
        let id = settlement.attempt.delivery;
        let number = write_down(ink, &mut attempt, &settlement.attempt)?;
        let known = delivery.execute(params![
            id,
            settlement.state,
            number,
            settlement.next_at,
            overtaken(ink, settlement)?,
            settlement.attempt.number,
        ])?;
        if known == 0 {
            // It was called off, and has been kept for long enough.
            ink.execute("DELETE FROM attempts WHERE delivery = ?1", params![id])?;
        }
    }
    Ok(())
}

/// What was answered to something that has been erased in the meantime is not kept.
fn is_erased(ink: &Ink<'_>, delivery: i64) -> Result<bool, EngineError> {
    let mut statement = ink.stored().prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM deliveries d JOIN events e ON e.id = d.event WHERE d.id = ?1 AND e.erased)",
    )?;
    Ok(statement.query_row([delivery], |row| row.get(0))?)
}

/// Puts an attempt on record. Answers the number that it has there.
fn write_down(
    ink: &Ink<'_>,
    statement: &mut CachedStatement<'_>,
    attempt: &AttemptRow<'_>,
) -> Result<u32, EngineError> {
    let mut number = attempt.number;
    let is_kept = !attempt.response.is_empty() && !is_erased(ink, attempt.delivery)?;
    while insert(statement, attempt, number, is_kept)? == 0 {
        number = ink
            .stored()
            .prepare_cached(NUMBER)?
            .query_row(params![attempt.delivery, attempt.at], |row| row.get(0))?;
    }
    Ok(number)
}

fn insert(
    statement: &mut CachedStatement<'_>,
    attempt: &AttemptRow<'_>,
    number: u32,
    with_response: bool,
) -> rusqlite::Result<usize> {
    let response = Some(attempt.response).filter(|response| with_response && !response.is_empty());
    statement.execute(params![
        attempt.delivery,
        number,
        attempt.at,
        attempt.took_us,
        attempt.status,
        attempt.error,
        response,
    ])
}

/// Everyone that a delivery has overtaken by now; nothing if nobody has been added to that.
fn overtaken(ink: &Ink<'_>, settlement: &SettlementRow<'_>) -> Result<Option<Vec<u8>>, EngineError> {
    let Some(more) = &settlement.overtook else { return Ok(None) };
    let mut statement = ink.stored().prepare_cached("SELECT overtook FROM deliveries WHERE id = ?1")?;
    let mut rows = statement.query([settlement.attempt.delivery])?;
    let mut all: Vec<DeliveryId> = unpack(Some(more));
    if let Some(row) = rows.next()? {
        let before = row.get_ref(0)?.as_bytes_or_null().map_err(rusqlite::Error::from)?;
        all.extend(unpack::<DeliveryId>(before));
    }
    all.sort_unstable_by_key(|delivery| delivery.raw());
    all.dedup();
    Ok(pack(&all))
}
