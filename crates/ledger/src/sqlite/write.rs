//! Rows into tables: all of them or none.

use rusqlite::params;

use super::change::change;
use super::entry::Entry;
use super::ink::Ink;
use super::rows::{key, lines, outcome_number};
use super::settle;
use super::sheet::Sheet;
use super::things;
use super::{answers, erasing, pointers, replaying};
use crate::batch::{Batch, Outcome};
use crate::engine::EngineError;

/// Writes a whole batch: first what it adds, then what has no form as rows.
pub(super) fn write(ink: &Ink<'_>, batch: &Batch) -> Result<(), EngineError> {
    let mut entry = Entry::of(batch)?;
    let kept = std::mem::take(&mut entry.answers);
    let mut sheet = Sheet::default();
    sheet.add(entry);
    post(ink, sheet)?;
    reread(ink, batch)?;
    blobs(ink, batch)?;
    erasing::erase(ink, &batch.erased)?;
    replaying::write(ink, batch)?;
    // The answer to an erasure itself stays.
    answers::keep(ink, &kept)?;
    for changed in &batch.changes {
        change(ink, changed)?;
    }
    Ok(())
}

/// Writes the rows of a sheet. It is a conflict if something is stored already that they do not expect.
pub(super) fn post(ink: &Ink<'_>, mut sheet: Sheet<'_>) -> Result<(), EngineError> {
    receipts(ink, &sheet)?;
    // In the order of the table: neighbours are on the same page.
    sheet.seen.sort_unstable();
    seen(ink, &sheet)?;
    sheet.entities.sort_unstable_by_key(|entity| entity.id);
    things::write(ink, &sheet.entities)?;
    things::write_names(ink, &sheet)?;
    events(ink, &sheet)?;
    deliveries(ink, &sheet)?;
    pointers::write(ink, &sheet.pointers)?;
    settle::first(ink, &sheet.attempts)?;
    settle::settle(ink, &sheet.settlements)?;
    answers::keep(ink, &sheet.answers)?;
    for (id, body) in &sheet.endpoints {
        ink.execute("INSERT OR REPLACE INTO endpoints (id, body) VALUES (?1, ?2)", params![id, body])?;
    }
    Ok(())
}

fn receipts(ink: &Ink<'_>, sheet: &Sheet<'_>) -> Result<(), EngineError> {
    let mut statement = ink.prepare(
        "INSERT INTO receipts (id, source, received_at, outcome, detail, remarks, headers, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for receipt in &sheet.receipts {
        statement.execute(params![
            receipt.id,
            receipt.source,
            receipt.received_at,
            receipt.outcome,
            receipt.detail,
            receipt.remarks,
            receipt.headers,
            receipt.body,
        ])?;
    }
    Ok(())
}

fn seen(ink: &Ink<'_>, sheet: &Sheet<'_>) -> Result<(), EngineError> {
    let mut statement = ink.prepare(
        "INSERT INTO seen (source, hash, receipt) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET receipt = excluded.receipt WHERE receipt < ?4",
    )?;
    for seen in &sheet.seen {
        let written = statement.execute(params![seen.source, seen.hash, seen.receipt, seen.outdated])?;
        if written == 0 {
            return Err(EngineError::Conflict);
        }
    }
    Ok(())
}

fn events(ink: &Ink<'_>, sheet: &Sheet<'_>) -> Result<(), EngineError> {
    let mut statement = ink.prepare(
        "INSERT INTO events (id, company, source, receipt, subject, kind, body, skipped, owed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for event in &sheet.events {
        statement.execute(params![
            event.id,
            event.company,
            event.source,
            event.receipt,
            event.subject,
            event.kind,
            event.body,
            event.skipped,
            event.owed,
        ])?;
    }
    Ok(())
}

fn deliveries(ink: &Ink<'_>, sheet: &Sheet<'_>) -> Result<(), EngineError> {
    let mut statement = ink.prepare(
        "INSERT INTO deliveries (id, endpoint, event, lane, state, attempts, next_at, overtook, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for standing in &sheet.deliveries {
        let delivery = &standing.delivery;
        statement.execute(params![
            delivery.id,
            delivery.endpoint,
            delivery.event,
            delivery.lane,
            standing.state,
            standing.attempts,
            standing.next_at,
            standing.overtook,
            delivery.body,
        ])?;
    }
    Ok(())
}

/// Requests that have been understood after all.
fn reread(ink: &Ink<'_>, batch: &Batch) -> Result<(), EngineError> {
    for reread in &batch.reread {
        ink.execute(
            "UPDATE receipts SET outcome = ?2, detail = ?3, remarks = ?4 WHERE id = ?1",
            params![
                key(reread.receipt),
                outcome_number(Outcome::Understood),
                reread.detail,
                lines(&reread.remarks)?
            ],
        )?;
    }
    Ok(())
}

/// The bytes of files, those that go last.
fn blobs(ink: &Ink<'_>, batch: &Batch) -> Result<(), EngineError> {
    for (file, bytes) in &batch.blobs {
        ink.execute(
            "INSERT OR REPLACE INTO blobs (file, body) VALUES (?1, ?2)",
            params![key(*file), &bytes[..]],
        )?;
    }
    for file in &batch.dropped_blobs {
        ink.execute("DELETE FROM blobs WHERE file = ?1", params![key(*file)])?;
    }
    Ok(())
}
