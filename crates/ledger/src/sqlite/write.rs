//! The writing side: a batch is one transaction of prepared statements. The questions before it are one each, too:
//! outside of a transaction, SQLite takes and releases its locks for every row that is looked up.

use std::fs::File;
use std::sync::Arc;

use callboard_core::{DeliveryId, Entity, Held, Name, ReceiptId, Record, first_raw_at};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::change::change;
use super::rows::{self, bad_column, id, key, lines, nanos, outcome_number, pack};
use super::settle::settle;
use crate::batch::{Batch, DedupKey, EntityWrite, Outcome};
use crate::engine::{Engine, EngineError, Owed};

pub(super) struct SqliteEngine {
    connection: Connection,
    /// The store stays taken until its writer is gone.
    _lock: Arc<File>,
}

impl SqliteEngine {
    pub(super) fn new(connection: Connection, lock: Arc<File>) -> Self {
        Self { connection, _lock: lock }
    }
}

impl Drop for SqliteEngine {
    /// Leaves everything in the one file. SQLite does so by itself only if the writer's connection is the last to close.
    fn drop(&mut self) {
        let emptied = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(error) = emptied {
            tracing::warn!(%error, "the log stays beside the store; nothing in it is lost");
        }
    }
}

impl Engine for SqliteEngine {
    fn resolve(&mut self, names: &[Name]) -> Result<Vec<Option<u64>>, EngineError> {
        let reading = self.connection.transaction()?;
        let mut statement = reading.prepare_cached("SELECT entity FROM names WHERE name = ?1")?;
        let mut ids = Vec::with_capacity(names.len());
        for name in names {
            let found: Option<i64> = statement.query_row([name.as_str()], |row| row.get(0)).optional()?;
            ids.push(found.map(i64::cast_unsigned));
        }
        Ok(ids)
    }

    fn load(&mut self, raw_ids: &[u64]) -> Result<Vec<Held>, EngineError> {
        let mut loaded = Vec::with_capacity(raw_ids.len());
        let reading = self.connection.transaction()?;
        for raw_id in raw_ids {
            loaded.extend(entity(&reading, *raw_id)?);
        }
        Ok(loaded)
    }

    fn seen(&mut self, keys: &[DedupKey]) -> Result<Vec<Option<ReceiptId>>, EngineError> {
        let reading = self.connection.transaction()?;
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
        let mut statement = self.connection.prepare_cached("SELECT outcome FROM receipts WHERE id = ?1")?;
        let mut outcomes = Vec::with_capacity(receipts.len());
        for receipt in receipts {
            let found = statement.query_row([key(*receipt)], |row| row.get(0)).optional()?;
            outcomes.push(found.map(rows::outcome));
        }
        Ok(outcomes)
    }

    fn commit(&mut self, batch: &Batch) -> Result<(), EngineError> {
        let transaction = self.connection.transaction()?;
        receipts(&transaction, batch)?;
        entities(&transaction, &batch.entities)?;
        names(&transaction, batch)?;
        events(&transaction, batch)?;
        deliveries(&transaction, batch)?;
        settle(&transaction, &batch.settlements)?;
        for changed in &batch.changes {
            change(&transaction, changed)?;
        }
        transaction.commit()?;
        Ok(())
    }

    fn owed_one(&mut self, delivery: DeliveryId) -> Result<Option<Owed>, EngineError> {
        let mut statement = self.connection.prepare_cached(&format!("{} WHERE d.id = ?1", rows::OWED))?;
        Ok(statement.query_row([key(delivery)], rows::owed).optional()?)
    }

    fn last_id(&mut self) -> Result<u64, EngineError> {
        let highest: Option<i64> = self.connection.query_row(
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

/// One thing, if it is there.
pub(super) fn entity(connection: &Connection, raw_id: u64) -> rusqlite::Result<Option<Held>> {
    connection
        .prepare_cached("SELECT company, kind, version, record, body FROM entities WHERE id = ?1")?
        .query_row([raw_id.cast_signed()], |row| {
            let kind = rows::kind(row.get_ref(1)?.as_str()?).ok_or(rusqlite::Error::InvalidQuery)?;
            let record: Record =
                serde_json::from_str(row.get_ref(3)?.as_str()?).map_err(|error| bad_column(3, error))?;
            let version: i64 = row.get(2)?;
            Ok(Held {
                company: id(row.get(0)?),
                entity: Entity::from_json(kind, row.get_ref(4)?.as_str()?.as_bytes())
                    .map_err(|error| bad_column(4, error))?,
                record: Record { version: version.cast_unsigned(), ..record },
            })
        })
        .optional()
}

fn receipts(transaction: &Transaction<'_>, batch: &Batch) -> Result<(), EngineError> {
    let mut statement = transaction.prepare_cached(
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
    seen(transaction, batch)?;
    for reread in &batch.reread {
        transaction
            .prepare_cached("UPDATE receipts SET outcome = ?2, detail = ?3, remarks = ?4 WHERE id = ?1")?
            .execute(params![
                key(reread.receipt),
                outcome_number(Outcome::Understood),
                reread.detail,
                lines(&reread.remarks)?
            ])?;
    }
    Ok(())
}

fn seen(transaction: &Transaction<'_>, batch: &Batch) -> Result<(), EngineError> {
    let mut statement = transaction.prepare_cached(
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

fn names(transaction: &Transaction<'_>, batch: &Batch) -> Result<(), EngineError> {
    let mut statement = transaction
        .prepare_cached("INSERT INTO names (name, entity) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
    for (name, raw_id) in &batch.names {
        if statement.execute(params![name.as_str(), raw_id.cast_signed()])? == 0 {
            return Err(EngineError::Conflict);
        }
    }
    Ok(())
}

fn entities(transaction: &Transaction<'_>, writes: &[EntityWrite]) -> Result<(), EngineError> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO entities (id, company, kind, version, record, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT DO NOTHING",
    )?;
    let mut update = transaction.prepare_cached(
        "UPDATE entities SET version = ?2, record = ?3, body = ?4 WHERE id = ?1 AND version = ?5",
    )?;
    for EntityWrite { held, base_version } in writes {
        let record =
            serde_json::to_string(&held.record).map_err(|error| EngineError::Refused(error.to_string()))?;
        let body = String::from_utf8(held.entity.to_json())
            .map_err(|error| EngineError::Refused(error.to_string()))?;
        let (entity, version) = (held.entity.raw_id().cast_signed(), held.record.version.cast_signed());
        let written = if *base_version == 0 {
            insert.execute(params![
                entity,
                key(held.company),
                held.entity.kind().as_str(),
                version,
                record,
                body
            ])?
        } else {
            update.execute(params![entity, version, record, body, base_version.cast_signed()])?
        };
        if written == 0 {
            return Err(EngineError::Conflict);
        }
    }
    Ok(())
}

fn events(transaction: &Transaction<'_>, batch: &Batch) -> Result<(), EngineError> {
    let mut statement = transaction.prepare_cached(
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

fn deliveries(transaction: &Transaction<'_>, batch: &Batch) -> Result<(), EngineError> {
    let mut statement = transaction.prepare_cached(
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
