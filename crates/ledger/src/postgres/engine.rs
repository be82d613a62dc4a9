//! The writing side.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use callboard_core::{DeliveryId, EndpointId, EventId, EventType, Held, Name, ReceiptId, ReplayId};
use rustc_hash::FxHashMap;

use super::news::Heard;
use super::owing::owed;
use super::pen::Pen;
use super::rows::{self, number, text};
use super::session::{Address, Session};
use super::write::column;
use super::{answers, replaying, things};
use crate::asking::{Kept, RequestKey};
use crate::batch::{Batch, DedupKey, EventRow, Outcome};
use crate::columns::{self, bound, id, key};
use crate::engine::{Engine, EngineError, Recognised};
use crate::following::{deliveries_of, events_of};
use crate::pages::{Awaited, Owed};
use crate::replay::{Replay, Told};
use crate::sharing::News;

pub(super) struct PostgresEngine {
    pen: Pen,
    heard: Heard,
}

impl PostgresEngine {
    /// `is_in_doubt` says while it is not known what became of a commit.
    pub(super) fn open(address: &Address, is_in_doubt: Arc<AtomicBool>) -> Result<Self, EngineError> {
        let (pen, reached) = Pen::open(address, is_in_doubt)?;
        Ok(Self { pen, heard: Heard::from(reached) })
    }

    fn session(&mut self) -> Result<&mut Session, EngineError> {
        self.pen.session()
    }
}

impl Engine for PostgresEngine {
    fn take_up(&mut self) -> Result<Option<News>, EngineError> {
        let until = self.heard.until();
        let reached = self.pen.take_up(until)?;
        self.heard.news(&mut self.pen, until, reached).map(Some)
    }

    fn put_down(&mut self) {
        self.pen.put_down();
    }

    fn number(&self) -> u64 {
        self.pen.writer.cast_unsigned()
    }

    fn resolve(&mut self, names: &[Name]) -> Result<Vec<Option<u64>>, EngineError> {
        self.session()?.together(async |session| things::named(session, names).await)
    }

    fn load(&mut self, raw_ids: &[u64]) -> Result<Vec<Held>, EngineError> {
        self.session()?.together(async |session| things::load(session, raw_ids).await)
    }

    fn seen(&mut self, keys: &[DedupKey]) -> Result<Vec<Option<ReceiptId>>, EngineError> {
        self.session()?.together(async |session| seen(session, keys).await)
    }

    /// Waits for all answers together.
    fn recognise(
        &mut self,
        keys: &[DedupKey],
        names: &[Name],
        raw_ids: &[u64],
    ) -> Result<Recognised, EngineError> {
        self.session()?.together(async |session| {
            let (receipts, ids, things) = tokio::join!(
                biased;
                seen(session, keys),
                things::named(session, names),
                things::load(session, raw_ids),
            );
            Ok(Recognised { receipts: receipts?, ids: ids?, things: things? })
        })
    }

    fn outcomes(&mut self, receipts: &[ReceiptId]) -> Result<Vec<Option<Outcome>>, EngineError> {
        let ids = column(receipts, |receipt| key(*receipt));
        let found = self
            .session()?
            .rows("SELECT id, outcome FROM receipts WHERE id = ANY($1) AND NOT erased", &[&ids])?;
        let outcomes: FxHashMap<i64, i64> = found.iter().map(|row| (row.get(0), row.get(1))).collect();
        Ok(column(&ids, |id| outcomes.get(id).map(|number| columns::outcome(*number))))
    }

    fn answers(&mut self, keys: &[RequestKey]) -> Result<Vec<Option<Kept>>, EngineError> {
        answers::kept(self.session()?, keys)
    }

    fn events_of(&mut self, subjects: &[u64], receipts: &[ReceiptId]) -> Result<Vec<EventRow>, EngineError> {
        let sql = format!(
            "SELECT {} FROM events WHERE subject = ANY($1) OR id = ANY (ARRAY(
                SELECT following.id FROM UNNEST($2::BIGINT[]) AS asked (id) CROSS JOIN LATERAL ({}) AS following))",
            rows::EVENT,
            events_of("asked.id")
        );
        let subjects = column(subjects, |subject| bound(*subject));
        let receipts = column(receipts, |receipt| key(*receipt));
        self.session()?.rows(&sql, &[&subjects, &receipts])?.iter().map(rows::event).collect()
    }

    fn belonging(&mut self, parents: &[u64]) -> Result<Vec<u64>, EngineError> {
        things::belonging_to(self.session()?, parents)
    }

    fn owed_of(&mut self, event: EventId) -> Result<Vec<(DeliveryId, EndpointId)>, EngineError> {
        let sql = format!(
            "SELECT id, endpoint FROM deliveries WHERE id IN ({}) AND state = 0 ORDER BY id",
            deliveries_of("$1")
        );
        let found = self.session()?.rows(&sql, &[&key(event)])?;
        found.iter().map(|row| Ok((id(row.try_get(0)?), id(row.try_get(1)?)))).collect()
    }

    fn awaited(&mut self, delivery: DeliveryId) -> Result<Option<Awaited>, EngineError> {
        let sql = "SELECT d.endpoint, d.event, e.kind, COALESCE(d.again_after, 0)
            FROM deliveries d JOIN events e ON e.id = d.event WHERE d.id = $1 AND d.state = 0";
        let Some(row) = self.session()?.maybe(sql, &[&key(delivery)])? else { return Ok(None) };
        let kind = EventType::from(text(&row, 2)?.as_str());
        let (endpoint, event) = (id(row.try_get(0)?), id(row.try_get(1)?));
        Ok(Some(Awaited { endpoint, event, kind, again_after: number(&row, 3)? }))
    }

    fn is_erased(&mut self, delivery: DeliveryId) -> Result<bool, EngineError> {
        let sql = "SELECT EXISTS (
            SELECT 1 FROM deliveries d JOIN events e ON e.id = d.event WHERE d.id = $1 AND e.erased)";
        Ok(self.session()?.one(sql, &[&key(delivery)])?.try_get(0)?)
    }

    fn replay(&mut self, id: ReplayId) -> Result<Option<Replay>, EngineError> {
        replaying::one(self.session()?, id)
    }

    fn given_up(&mut self, deliveries: &[DeliveryId]) -> Result<Vec<bool>, EngineError> {
        replaying::given_up(self.session()?, deliveries)
    }

    fn told(&mut self, events: &[EventId]) -> Result<Vec<Told>, EngineError> {
        replaying::told(self.session()?, events)
    }

    /// PostgreSQL cleans up by itself.
    fn compact(&mut self) -> Result<(), EngineError> {
        Ok(())
    }

    fn commit(&mut self, batch: &Batch) -> Result<(), EngineError> {
        let committed = self.pen.commit(batch, self.heard.is_alone());
        match &committed {
            Ok(()) => self.heard.wrote(batch),
            Err(EngineError::Failed(_)) => self.heard.doubt(),
            Err(_) => {}
        }
        committed
    }

    fn owed_one(&mut self, delivery: DeliveryId) -> Result<Option<Owed>, EngineError> {
        Ok(owed(self.session()?, &[key(delivery)])?.pop())
    }

    fn last_id(&mut self) -> Result<u64, EngineError> {
        let row = self.session()?.one(
            "SELECT GREATEST((SELECT MAX(id) FROM receipts), (SELECT MAX(id) FROM events),
                (SELECT MAX(id) FROM deliveries), (SELECT MAX(id) FROM entities), (SELECT MAX(id) FROM companies),
                (SELECT MAX(id) FROM keys), (SELECT MAX(id) FROM sources), (SELECT MAX(id) FROM endpoints),
                (SELECT MAX(id) FROM replays), (SELECT MAX(last_id) FROM writers))",
            &[],
        )?;
        Ok(row.try_get::<_, Option<i64>>(0)?.unwrap_or(0).cast_unsigned())
    }
}

/// The receipts under which requests came in before, in the order of the keys.
async fn seen(session: &Session, keys: &[DedupKey]) -> Result<Vec<Option<ReceiptId>>, EngineError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT source, hash, receipt FROM seen
         WHERE (source, hash) IN (SELECT * FROM UNNEST($1::BIGINT[], $2::BYTEA[]))";
    let (sources, hashes) = (column(keys, |seen| key(seen.source)), column(keys, |seen| &seen.hash[..]));
    let found = session.ask(sql, &[&sources, &hashes]).await?;
    let mut receipts: FxHashMap<(i64, &[u8]), ReceiptId> = FxHashMap::default();
    for row in &found {
        receipts.insert((row.try_get(0)?, row.try_get(1)?), id(row.try_get(2)?));
    }
    let known = |seen: &DedupKey| receipts.get(&(key(seen.source), &seen.hash[..])).copied();
    Ok(keys.iter().map(|seen| known(seen).filter(|receipt| seen.counts(*receipt))).collect())
}
