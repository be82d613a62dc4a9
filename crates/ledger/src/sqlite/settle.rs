//! What came of attempts.

use callboard_core::{DeliveryId, Identifier};
use rusqlite::params;

use super::ink::{Ink, Line};
use super::rows::{key, nanos, pack, state_number, unpack};
use crate::batch::{Attempt, Settlement};
use crate::engine::EngineError;

/// The same attempt written twice is one. Another one under its number is not written over.
const ATTEMPT: &str = "
    INSERT INTO attempts (delivery, number, at, took_us, status, error, response)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    ON CONFLICT (delivery, number) DO UPDATE SET
        took_us = excluded.took_us, status = excluded.status, error = excluded.error, response = excluded.response
    WHERE at = excluded.at";

/// What was told stays told, and what a person called off stays called off, unless it arrived after all. One that was
/// given up may be owed again: a person had it tried once more while its last attempt was under way.
const DELIVERY: &str = "
    UPDATE deliveries SET
        attempts = MAX(attempts, ?3),
        overtook = COALESCE(?5, overtook),
        next_at = CASE WHEN ?2 = 1 OR state IN (0, 2) THEN ?4 ELSE next_at END,
        state = CASE WHEN ?2 = 1 OR state IN (0, 2) THEN ?2 ELSE state END
    WHERE id = ?1";

pub(super) fn settle(ink: &Ink<'_>, settlements: &[Settlement]) -> Result<(), EngineError> {
    if settlements.is_empty() {
        return Ok(());
    }
    let mut attempt = ink.prepare(ATTEMPT)?;
    let mut delivery = ink.prepare(DELIVERY)?;
    for settlement in settlements {
        let number = write_down(ink, &mut attempt, settlement.delivery, &settlement.attempt)?;
        let known = delivery.execute(params![
            key(settlement.delivery),
            state_number(settlement.state),
            number,
            settlement.next_at.map(nanos),
            overtaken(ink, settlement)?,
        ])?;
        if known == 0 {
            // It was called off, and has been kept for long enough.
            ink.execute("DELETE FROM attempts WHERE delivery = ?1", params![key(settlement.delivery)])?;
        }
    }
    Ok(())
}

/// What was answered to something that has been erased in the meantime is not kept, in the journal either.
fn is_erased(ink: &Ink<'_>, delivery: DeliveryId) -> Result<bool, EngineError> {
    let mut statement = ink.stored().prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM deliveries d JOIN events e ON e.id = d.event WHERE d.id = ?1 AND e.erased)",
    )?;
    Ok(statement.query_row([key(delivery)], |row| row.get(0))?)
}

/// Puts an attempt on record. Answers the number that it has there.
fn write_down(
    ink: &Ink<'_>,
    statement: &mut Line<'_>,
    delivery: DeliveryId,
    attempt: &Attempt,
) -> Result<u32, EngineError> {
    let mut number = attempt.number;
    let is_kept = !attempt.response.is_empty() && !is_erased(ink, delivery)?;
    loop {
        let written = statement.execute(params![
            key(delivery),
            number,
            nanos(attempt.at),
            attempt.took_us.cast_signed(),
            attempt.status,
            attempt.error,
            is_kept.then_some(&attempt.response[..]),
        ])?;
        if written > 0 {
            return Ok(number);
        }
        number = ink
            .stored()
            .prepare_cached("SELECT MAX(number) + 1 FROM attempts WHERE delivery = ?1")?
            .query_row([key(delivery)], |row| row.get(0))?;
    }
}

/// Everyone that a delivery has overtaken by now; nothing if nobody has been added to that.
fn overtaken(ink: &Ink<'_>, settlement: &Settlement) -> Result<Option<Vec<u8>>, EngineError> {
    if settlement.overtook.is_empty() {
        return Ok(None);
    }
    let mut statement = ink.stored().prepare_cached("SELECT overtook FROM deliveries WHERE id = ?1")?;
    let mut rows = statement.query([key(settlement.delivery)])?;
    let mut all: Vec<DeliveryId> = match rows.next()? {
        Some(row) => unpack(row.get_ref(0)?.as_bytes_or_null().map_err(rusqlite::Error::from)?),
        None => Vec::new(),
    };
    all.extend(&settlement.overtook);
    all.sort_unstable_by_key(|delivery| delivery.raw());
    all.dedup();
    Ok(pack(&all))
}
