//! The reading side: pages by id, never by offset.

use bytes::Bytes;
use callboard_core::{
    CompanyId, DeliveryId, EndpointId, EventId, FileId, Held, Identifier, Name, ReceiptId, ReplayId,
    SourceId, Timestamp,
};
use rusqlite::{Connection, OptionalExtension, Row};

use super::rows::{self, key, state_number};
use super::{answers, counting, erasing, keeping, listing, owing, pointers, replaying, things};
use crate::asking::{Kept, RequestKey};
use crate::batch::{Attempt, DeliveryState, EventRow, Pointer, Receipt, Search};
use crate::directory::Directory;
use crate::engine::{EngineError, Reader};
use crate::keeping::{OutdatedPage, Place, Stock};
use crate::mentions::Mentions;
use crate::pages::{
    Delivery, DeliveryFilter, EventFilter, Listed, OwedPage, Page, ReceiptCount, ReceiptFilter, ThingFilter,
    Totals,
};
use crate::replay::{Replay, ReplayPage};

pub(super) struct SqliteReader {
    connection: Connection,
}

impl SqliteReader {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection }
    }

    fn one<T>(
        &self,
        columns: &str,
        table: &str,
        id: impl Identifier,
        read: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, EngineError> {
        let mut statement =
            self.connection.prepare_cached(&format!("SELECT {columns} FROM {table} WHERE id = ?1"))?;
        Ok(statement.query_row([key(id)], read).optional()?)
    }

    fn documents<T: serde::de::DeserializeOwned>(&self, table: &str) -> Result<Vec<T>, EngineError> {
        let mut statement = self.connection.prepare(&format!("SELECT body FROM {table}"))?;
        let bodies = statement.query_map([], |row| row.get::<_, String>(0))?;
        bodies
            .map(|body| {
                serde_json::from_str(&body?)
                    .map_err(|error| EngineError::Refused(format!("{table}: {error}")))
            })
            .collect()
    }
}

impl Reader for SqliteReader {
    fn directory(&mut self) -> Result<Directory, EngineError> {
        Ok(Directory::of(
            self.documents("companies")?,
            self.documents("keys")?,
            self.documents("sources")?,
            self.documents("endpoints")?,
        ))
    }

    fn receipts(&mut self, filter: &ReceiptFilter, page: Page) -> Result<Listed<Receipt>, EngineError> {
        listing::receipts(&self.connection, filter, page)
    }

    fn receipt(&mut self, id: ReceiptId) -> Result<Option<Receipt>, EngineError> {
        self.one(rows::RECEIPT, "receipts", id, rows::receipt)
    }

    fn receipt_count(&mut self, source: SourceId, from: u64) -> Result<ReceiptCount, EngineError> {
        counting::receipts(&self.connection, source, from)
    }

    fn events(&mut self, filter: &EventFilter, page: Page) -> Result<Listed<EventRow>, EngineError> {
        listing::events(&self.connection, filter, page)
    }

    fn event(&mut self, id: EventId) -> Result<Option<EventRow>, EngineError> {
        self.one(rows::EVENT, "events", id, rows::event)
    }

    fn deliveries(&mut self, filter: &DeliveryFilter, page: Page) -> Result<Listed<Delivery>, EngineError> {
        listing::deliveries(&self.connection, filter, page)
    }

    fn delivery(&mut self, id: DeliveryId) -> Result<Option<Delivery>, EngineError> {
        self.one(rows::DELIVERY, "deliveries", id, rows::delivery)
    }

    fn attempts(&mut self, delivery: DeliveryId) -> Result<Vec<Attempt>, EngineError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT number, at, took_us, status, error, response FROM attempts WHERE delivery = ?1 ORDER BY number",
        )?;
        let attempts = statement.query_map([key(delivery)], rows::attempt)?;
        Ok(attempts.collect::<Result<_, _>>()?)
    }

    fn owed(
        &mut self,
        endpoint: EndpointId,
        after: Option<DeliveryId>,
        limit: usize,
        bytes: usize,
    ) -> Result<OwedPage, EngineError> {
        owing::page(&self.connection, endpoint, after, limit, bytes)
    }

    fn owed_to_nobody(&mut self) -> Result<Option<EndpointId>, EngineError> {
        owing::to_nobody(&self.connection)
    }

    fn bodies(&mut self, deliveries: &[DeliveryId]) -> Result<Vec<Option<Bytes>>, EngineError> {
        owing::bodies(&self.connection, deliveries)
    }

    fn body(&mut self, delivery: DeliveryId) -> Result<Option<Bytes>, EngineError> {
        owing::body(&self.connection, delivery)
    }

    fn replay(&mut self, id: ReplayId) -> Result<Option<Replay>, EngineError> {
        replaying::one(&self.connection, id)
    }

    fn replays(&mut self, company: CompanyId, page: Page) -> Result<Vec<Replay>, EngineError> {
        replaying::list(&self.connection, company, page)
    }

    fn running_replays(&mut self) -> Result<Vec<Replay>, EngineError> {
        replaying::running(&self.connection)
    }

    fn replay_total(&mut self, replay: &Replay) -> Result<Option<u64>, EngineError> {
        replaying::total(&self.connection, replay)
    }

    fn replay_page(&mut self, replay: &Replay, limit: usize) -> Result<ReplayPage, EngineError> {
        replaying::page(&self.connection, replay, limit)
    }

    fn newest(&mut self) -> Result<u64, EngineError> {
        replaying::newest(&self.connection)
    }

    fn named(&mut self, names: &[Name]) -> Result<Vec<Option<u64>>, EngineError> {
        things::named(&self.connection, names)
    }

    fn things(&mut self, filter: &ThingFilter, page: Page) -> Result<Listed<Held>, EngineError> {
        things::page(&self.connection, filter, page)
    }

    fn blob(&mut self, file: FileId) -> Result<Option<Bytes>, EngineError> {
        let mut statement = self.connection.prepare_cached("SELECT body FROM blobs WHERE file = ?1")?;
        let found: Option<Vec<u8>> = statement.query_row([key(file)], |row| row.get(0)).optional()?;
        Ok(found.map(Bytes::from))
    }

    fn answer(&mut self, request: &RequestKey) -> Result<Option<Kept>, EngineError> {
        answers::kept(&self.connection, request)
    }

    fn pointers_due(
        &mut self,
        before: Timestamp,
        latest: Timestamp,
        not_of: &[SourceId],
        limit: usize,
    ) -> Result<Vec<Pointer>, EngineError> {
        pointers::due(&self.connection, before, latest, not_of, limit)
    }

    fn searches(&mut self) -> Result<Vec<(u64, Search)>, EngineError> {
        erasing::searches(&self.connection)
    }

    fn mentioning(
        &mut self,
        mentions: &Mentions,
        not_from: &[SourceId],
        page: Page,
    ) -> Result<Listed<ReceiptId>, EngineError> {
        erasing::mentioning(&self.connection, mentions, not_from, page)
    }

    fn outdated(
        &mut self,
        stock: Stock,
        before: Timestamp,
        after: Option<Place>,
        limit: usize,
    ) -> Result<OutdatedPage, EngineError> {
        keeping::outdated(&self.connection, stock, before, after, limit)
    }

    fn horizon(&mut self, stock: Stock) -> Result<u64, EngineError> {
        keeping::horizon(&self.connection, stock)
    }

    fn entity(&mut self, raw_id: u64) -> Result<Option<Held>, EngineError> {
        Ok(things::one(&self.connection, raw_id)?)
    }

    fn totals(&mut self) -> Result<Totals, EngineError> {
        let count = |table: &str| {
            self.connection.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| {
                row.get(0).map(i64::cast_unsigned)
            })
        };
        let in_state = |state| count(&format!("deliveries WHERE state = {}", state_number(state)));
        Ok(Totals {
            receipts: count("receipts")?,
            events: count("events")?,
            pending: in_state(DeliveryState::Pending)?,
            delivered: in_state(DeliveryState::Delivered)?,
            failed: in_state(DeliveryState::Failed)?,
            cancelled: in_state(DeliveryState::Cancelled)?,
        })
    }
}
