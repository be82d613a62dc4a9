//! The writing side: a batch is a sequence of prepared statements, all of them carried out or none.

use std::fs::File;
use std::sync::Arc;

use callboard_core::{
    DeliveryId, EndpointId, EventId, EventType, Held, Name, ReceiptId, ReplayId, first_raw_at,
};
use rusqlite::{OptionalExtension, Row, params};

use super::book::Book;
use super::change::change;
use super::ink::Ink;
use super::rows::{self, id, key, lines, nanos, outcome_number, pack};
use super::settle::settle;
use super::things;
use super::{answers, erasing, pointers, replaying};
use crate::asking::{Kept, RequestKey};
use crate::batch::{Batch, DedupKey, EventRow, Outcome};
use crate::engine::{Awaited, Engine, EngineError, Owed};
use crate::replay::{Replay, Told};

pub(super) struct SqliteEngine {
    book: Book,
    /// The store stays taken until its writer is gone.
    _lock: Arc<File>,
}

impl SqliteEngine {
    pub(super) fn new(book: Book, lock: Arc<File>) -> Self {
        Self { book, _lock: lock }
    }
}

impl Engine for SqliteEngine {
    fn resolve(&mut self, names: &[Name]) -> Result<Vec<Option<u64>>, EngineError> {
        let reading = self.book.asking()?;
        things::named(&reading, names)
    }

    fn load(&mut self, raw_ids: &[u64]) -> Result<Vec<Held>, EngineError> {
        let mut loaded = Vec::with_capacity(raw_ids.len());
        let reading = self.book.asking()?;
        for raw_id in raw_ids {
            loaded.extend(things::one(&reading, *raw_id)?);
        }
        Ok(loaded)
    }

    fn seen(&mut self, keys: &[DedupKey]) -> Result<Vec<Option<ReceiptId>>, EngineError> {
        let reading = self.book.asking()?;
        let mut statement =
            reading.prepare_cached("SELECT receipt FROM seen WHERE source = ?1 AND hash = ?2")?;
        let mut receipts = Vec::with_capacity(keys.len());
        for seen in keys {
            let found: Option<i64> =
                statement.query_row(params![key(seen.source), seen.hash], |row| row.get(0)).optional()?;
            receipts.push(found.map(id).filter(|receipt| seen.counts(*receipt)));
        }
        Ok(receipts)
    }

    fn outcomes(&mut self, receipts: &[ReceiptId]) -> Result<Vec<Option<Outcome>>, EngineError> {
        let asking = self.book.asking()?;
        let mut statement = asking.prepare_cached("SELECT outcome FROM receipts WHERE id = ?1")?;
        let mut outcomes = Vec::with_capacity(receipts.len());
        for receipt in receipts {
            let found = statement.query_row([key(*receipt)], |row| row.get(0)).optional()?;
            outcomes.push(found.map(rows::outcome));
        }
        Ok(outcomes)
    }

    fn answers(&mut self, keys: &[RequestKey]) -> Result<Vec<Option<Kept>>, EngineError> {
        let reading = self.book.asking()?;
        keys.iter().map(|request| answers::kept(&reading, request)).collect()
    }

    fn events_of(&mut self, subjects: &[u64], receipts: &[ReceiptId]) -> Result<Vec<EventRow>, EngineError> {
        let reading = self.book.asking()?;
        let mut found = Vec::new();
        let by_subject = subjects.iter().map(|subject| ("subject", subject.cast_signed()));
        for (column, value) in by_subject.chain(receipts.iter().map(|receipt| ("receipt", key(*receipt)))) {
            let mut statement =
                reading.prepare_cached(&format!("SELECT {} FROM events WHERE {column} = ?1", rows::EVENT))?;
            for event in statement.query_map([value], rows::event)? {
                found.push(event?);
            }
        }
        Ok(found)
    }

    fn belonging(&mut self, parents: &[u64]) -> Result<Vec<u64>, EngineError> {
        let reading = self.book.asking()?;
        things::belonging_to(&reading, parents)
    }

    fn owed_of(&mut self, event: EventId) -> Result<Vec<(DeliveryId, EndpointId)>, EngineError> {
        let asking = self.book.asking()?;
        let mut statement =
            asking.prepare_cached("SELECT id, endpoint FROM deliveries WHERE event = ?1 AND state = 0")?;
        let owed = statement.query_map([key(event)], |row| Ok((id(row.get(0)?), id(row.get(1)?))))?;
        Ok(owed.collect::<Result<_, _>>()?)
    }

    fn awaited(&mut self, delivery: DeliveryId) -> Result<Option<Awaited>, EngineError> {
        let asking = self.book.asking()?;
        let mut statement = asking.prepare_cached(
            "SELECT d.endpoint, d.event, e.kind FROM deliveries d JOIN events e ON e.id = d.event
             WHERE d.id = ?1 AND d.state = 0",
        )?;
        let read = |row: &Row<'_>| {
            let kind = EventType::from(row.get_ref(2)?.as_str()?);
            Ok(Awaited { endpoint: id(row.get(0)?), event: id(row.get(1)?), kind })
        };
        Ok(statement.query_row([key(delivery)], read).optional()?)
    }

    fn is_erased(&mut self, delivery: DeliveryId) -> Result<bool, EngineError> {
        let asking = self.book.asking()?;
        let mut statement = asking.prepare_cached(
            "SELECT e.erased FROM deliveries d JOIN events e ON e.id = d.event WHERE d.id = ?1",
        )?;
        Ok(statement.query_row([key(delivery)], |row| row.get(0)).optional()?.unwrap_or(false))
    }

    fn replay(&mut self, id: ReplayId) -> Result<Option<Replay>, EngineError> {
        replaying::one(&*self.book.asking()?, id)
    }

    fn given_up(&mut self, deliveries: &[DeliveryId]) -> Result<Vec<bool>, EngineError> {
        let reading = self.book.asking()?;
        replaying::given_up(&reading, deliveries)
    }

    fn told(&mut self, events: &[EventId]) -> Result<Vec<Told>, EngineError> {
        let reading = self.book.asking()?;
        replaying::told(&reading, events)
    }

    fn compact(&mut self) -> Result<(), EngineError> {
        self.book.clear_journal()?;
        erasing::compact(self.book.connection())
    }

    fn commit(&mut self, batch: &Batch) -> Result<(), EngineError> {
        self.book.commit(|ink| write(ink, batch))
    }

    fn promise(&mut self, batch: &Batch) -> Result<(), EngineError> {
        self.book.promise(|ink| write(ink, batch))
    }

    fn is_folded(&self) -> bool {
        self.book.is_folded()
    }

    fn fold(&mut self) -> Result<(), EngineError> {
        self.book.fold()
    }

    fn owed_one(&mut self, delivery: DeliveryId) -> Result<Option<Owed>, EngineError> {
        let asking = self.book.asking()?;
        let mut statement = asking.prepare_cached(&format!("{} WHERE d.id = ?1", rows::OWED))?;
        Ok(statement.query_row([key(delivery)], rows::owed).optional()?)
    }

    fn last_id(&mut self) -> Result<u64, EngineError> {
        let highest: Option<i64> = self.book.asking()?.query_row(
            "SELECT MAX(id) FROM (
                SELECT MAX(id) AS id FROM receipts UNION ALL SELECT MAX(id) FROM events
                UNION ALL SELECT MAX(id) FROM deliveries UNION ALL SELECT MAX(id) FROM entities
                UNION ALL SELECT MAX(id) FROM companies UNION ALL SELECT MAX(id) FROM keys
                UNION ALL SELECT MAX(id) FROM sources UNION ALL SELECT MAX(id) FROM endpoints)",
            [],
            |row| row.get(0),
        )?;
        Ok(highest.unwrap_or(0).cast_unsigned())
    }
}

fn write(ink: &Ink<'_>, batch: &Batch) -> Result<(), EngineError> {
    receipts(ink, batch)?;
    things::write(ink, &batch.entities)?;
    things::write_names(ink, batch)?;
    events(ink, batch)?;
    deliveries(ink, batch)?;
    blobs(ink, batch)?;
    pointers::write(ink, &batch.pointers)?;
    settle(ink, &batch.settlements)?;
    erasing::erase(ink, &batch.erased)?;
    replaying::write(ink, batch)?;
    // The answer to an erasure itself stays.
    answers::keep(ink, &batch.answers)?;
    for changed in &batch.changes {
        change(ink, changed)?;
    }
    Ok(())
}

fn receipts(ink: &Ink<'_>, batch: &Batch) -> Result<(), EngineError> {
    let mut statement = ink.prepare(
        "INSERT INTO receipts (id, source, received_at, outcome, detail, remarks, headers, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for receipt in &batch.receipts {
        statement.execute(params![
            key(receipt.id),
            key(receipt.source),
            nanos(receipt.received_at),
            outcome_number(receipt.outcome),
            receipt.detail,
            lines(&receipt.remarks)?,
            receipt.headers,
            &receipt.body[..],
        ])?;
    }
    seen(ink, batch)?;
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

fn seen(ink: &Ink<'_>, batch: &Batch) -> Result<(), EngineError> {
    let mut statement = ink.prepare(
        "INSERT INTO seen (source, hash, receipt) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET receipt = excluded.receipt WHERE receipt < ?4",
    )?;
    for (seen, receipt) in &batch.seen {
        let outdated = first_raw_at(seen.not_before).cast_signed();
        let written = statement.execute(params![key(seen.source), seen.hash, key(*receipt), outdated])?;
        if written == 0 {
            return Err(EngineError::Conflict);
        }
    }
    Ok(())
}

fn events(ink: &Ink<'_>, batch: &Batch) -> Result<(), EngineError> {
    let mut statement = ink.prepare(
        "INSERT INTO events (id, company, source, receipt, subject, kind, body, skipped)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for event in &batch.events {
        statement.execute(params![
            key(event.id),
            key(event.company),
            event.source.map(key),
            event.receipt.map(key),
            event.subject.cast_signed(),
            event.kind.as_str(),
            &event.body[..],
            pack(&event.skipped),
        ])?;
    }
    Ok(())
}

fn deliveries(ink: &Ink<'_>, batch: &Batch) -> Result<(), EngineError> {
    let mut statement = ink.prepare(
        "INSERT INTO deliveries (id, endpoint, event, lane, state, attempts, body) VALUES (?1, ?2, ?3, ?4, 0, 0, ?5)",
    )?;
    for delivery in &batch.deliveries {
        statement.execute(params![
            key(delivery.id),
            key(delivery.endpoint),
            key(delivery.event),
            delivery.lane.cast_signed(),
            delivery.body.as_deref(),
        ])?;
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
