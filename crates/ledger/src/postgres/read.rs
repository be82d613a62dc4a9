//! The reading side: pages by id, never by offset.

use bytes::Bytes;
use callboard_core::{
    CompanyId, DeliveryId, EndpointId, EventId, FileId, Held, Identifier, Name, ReceiptId, ReplayId,
    SourceId, Timestamp,
};
use serde::de::DeserializeOwned;
use tokio_postgres::Row;

use super::session::Session;
use super::{answers, counting, erasing, keeping, listing, owing, pointers, replaying, rows, things};
use crate::asking::{Kept, RequestKey};
use crate::batch::{Attempt, EventRow, Pointer, Receipt, Search};
use crate::columns::key;
use crate::directory::Directory;
use crate::engine::{EngineError, Reader};
use crate::keeping::{OutdatedPage, Place, Stock};
use crate::mentions::Mentions;
use crate::pages::{
    Delivery, DeliveryFilter, EventFilter, Listed, OwedPage, Page, ReceiptCount, ReceiptFilter, ThingFilter,
    Totals,
};
use crate::replay::{Replay, ReplayPage};

pub(super) struct PostgresReader {
    session: Session,
}

impl PostgresReader {
    pub(super) fn new(session: Session) -> Self {
        Self { session }
    }

    /// The session, on a connection that is there.
    fn session(&mut self) -> Result<&mut Session, EngineError> {
        self.session.revive()?;
        Ok(&mut self.session)
    }

    fn one<T>(
        &mut self,
        columns: &str,
        table: &str,
        id: impl Identifier,
        read: fn(&Row) -> Result<T, EngineError>,
    ) -> Result<Option<T>, EngineError> {
        let sql = format!("SELECT {columns} FROM {table} WHERE id = $1");
        self.session()?.maybe(&sql, &[&key(id)])?.as_ref().map(read).transpose()
    }
}

/// Everything that people configured.
pub(super) fn directory(session: &mut Session) -> Result<Directory, EngineError> {
    Ok(Directory::of(
        documents(session, "companies")?,
        documents(session, "keys")?,
        documents(session, "sources")?,
        documents(session, "endpoints")?,
    ))
}

fn documents<T: DeserializeOwned>(session: &mut Session, table: &str) -> Result<Vec<T>, EngineError> {
    let found = session.rows(&format!("SELECT body FROM {table}"), &[])?;
    found.iter().map(|row| rows::json(row, 0)).collect()
}

fn count(session: &mut Session, what: &str) -> Result<u64, EngineError> {
    let row = session.one(&format!("SELECT COUNT(*) FROM {what}"), &[])?;
    Ok(row.try_get::<_, i64>(0)?.cast_unsigned())
}

impl Reader for PostgresReader {
    fn directory(&mut self) -> Result<Directory, EngineError> {
        self.session.in_snapshot(directory)
    }

    fn receipts(&mut self, filter: &ReceiptFilter, page: Page) -> Result<Listed<Receipt>, EngineError> {
        listing::receipts(self.session()?, filter, page)
    }

    fn receipt(&mut self, id: ReceiptId) -> Result<Option<Receipt>, EngineError> {
        self.one(rows::RECEIPT, "receipts", id, rows::receipt)
    }

    fn receipt_count(&mut self, source: SourceId, from: u64) -> Result<ReceiptCount, EngineError> {
        counting::receipts(self.session()?, source, from)
    }

    fn events(&mut self, filter: &EventFilter, page: Page) -> Result<Listed<EventRow>, EngineError> {
        listing::events(self.session()?, filter, page)
    }

    fn event(&mut self, id: EventId) -> Result<Option<EventRow>, EngineError> {
        self.one(rows::EVENT, "events", id, rows::event)
    }

    fn deliveries(&mut self, filter: &DeliveryFilter, page: Page) -> Result<Listed<Delivery>, EngineError> {
        listing::deliveries(self.session()?, filter, page)
    }

    fn delivery(&mut self, id: DeliveryId) -> Result<Option<Delivery>, EngineError> {
        self.one(rows::DELIVERY, "deliveries", id, rows::delivery)
    }

    fn attempts(&mut self, delivery: DeliveryId) -> Result<Vec<Attempt>, EngineError> {
        let sql = "SELECT number, at, took_us, status, error, response FROM attempts WHERE delivery = $1 ORDER BY number";
        self.session()?.rows(sql, &[&key(delivery)])?.iter().map(rows::attempt).collect()
    }

    fn owed(
        &mut self,
        endpoint: EndpointId,
        after: Option<DeliveryId>,
        limit: usize,
        bytes: usize,
    ) -> Result<OwedPage, EngineError> {
        owing::page(self.session()?, endpoint, after, limit, bytes)
    }

    fn owed_to_nobody(&mut self) -> Result<Option<EndpointId>, EngineError> {
        owing::to_nobody(self.session()?)
    }

    fn bodies(&mut self, deliveries: &[DeliveryId]) -> Result<Vec<Option<Bytes>>, EngineError> {
        owing::bodies(self.session()?, deliveries)
    }

    fn body(&mut self, delivery: DeliveryId) -> Result<Option<Bytes>, EngineError> {
        owing::body(self.session()?, delivery)
    }

    fn replay(&mut self, id: ReplayId) -> Result<Option<Replay>, EngineError> {
        replaying::one(self.session()?, id)
    }

    fn replays(&mut self, company: CompanyId, page: Page) -> Result<Vec<Replay>, EngineError> {
        replaying::list(self.session()?, company, page)
    }

    fn running_replays(&mut self) -> Result<Vec<Replay>, EngineError> {
        replaying::running(self.session()?)
    }

    fn replay_total(&mut self, replay: &Replay) -> Result<Option<u64>, EngineError> {
        replaying::total(self.session()?, replay)
    }

    fn replay_page(&mut self, replay: &Replay, limit: usize) -> Result<ReplayPage, EngineError> {
        replaying::page(&mut self.session, replay, limit)
    }

    fn newest(&mut self) -> Result<u64, EngineError> {
        replaying::newest(self.session()?)
    }

    fn named(&mut self, names: &[Name]) -> Result<Vec<Option<u64>>, EngineError> {
        self.session()?.together(async |session| things::named(session, names).await)
    }

    fn things(&mut self, filter: &ThingFilter, page: Page) -> Result<Listed<Held>, EngineError> {
        self.session.in_snapshot(|session| things::page(session, filter, page))
    }

    fn blob(&mut self, file: FileId) -> Result<Option<Bytes>, EngineError> {
        let found = self.session()?.maybe("SELECT body FROM blobs WHERE file = $1", &[&key(file)])?;
        found.map(|row| rows::bytes(&row, 0)).transpose()
    }

    fn answer(&mut self, request: &RequestKey) -> Result<Option<Kept>, EngineError> {
        Ok(answers::kept(self.session()?, std::slice::from_ref(request))?.pop().flatten())
    }

    fn pointers_due(
        &mut self,
        before: Timestamp,
        latest: Timestamp,
        not_of: &[SourceId],
        limit: usize,
    ) -> Result<Vec<Pointer>, EngineError> {
        pointers::due(self.session()?, before, latest, not_of, limit)
    }

    fn searches(&mut self) -> Result<Vec<(u64, Search)>, EngineError> {
        erasing::searches(self.session()?)
    }

    fn mentioning(
        &mut self,
        mentions: &Mentions,
        not_from: &[SourceId],
        page: Page,
    ) -> Result<Listed<ReceiptId>, EngineError> {
        self.session.in_snapshot(|session| erasing::mentioning(session, mentions, not_from, page))
    }

    fn outdated(
        &mut self,
        stock: Stock,
        before: Timestamp,
        after: Option<Place>,
        limit: usize,
    ) -> Result<OutdatedPage, EngineError> {
        keeping::outdated(self.session()?, stock, before, after, limit)
    }

    fn horizon(&mut self, stock: Stock) -> Result<u64, EngineError> {
        keeping::horizon(self.session()?, stock)
    }

    fn hubs(&mut self) -> Result<usize, EngineError> {
        rows::number(&self.session()?.one("SELECT COUNT(*) FROM hubs", &[])?, 0)
    }

    fn report(&mut self, endpoint: EndpointId) -> Result<Option<String>, EngineError> {
        let row = self.session()?.maybe("SELECT body FROM reports WHERE endpoint = $1", &[&key(endpoint)])?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    fn entity(&mut self, raw_id: u64) -> Result<Option<Held>, EngineError> {
        if i64::try_from(raw_id).is_err() {
            return Ok(None);
        }
        Ok(self.session()?.together(async |session| things::load(session, &[raw_id]).await)?.pop())
    }

    fn totals(&mut self) -> Result<Totals, EngineError> {
        self.session.in_snapshot(|session| {
            Ok(Totals {
                receipts: count(session, "receipts")?,
                events: count(session, "events")?,
                pending: count(session, "deliveries WHERE state = 0")?,
                delivered: count(session, "deliveries WHERE state = 1")?,
                failed: count(session, "deliveries WHERE state = 2")?,
                cancelled: count(session, "deliveries WHERE state = 3")?,
            })
        })
    }
}
