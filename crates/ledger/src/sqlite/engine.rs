//! The writing side: what it is asked, it answers from what is stored and what is promised.

use callboard_core::{DeliveryId, EndpointId, EventId, EventType, Held, Name, ReceiptId, ReplayId};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::book::Book;
use super::entry::Entry;
use super::rows::{self, id, key};
use super::unfolded::{Leads, Unfolded};
use super::{answers, erasing, replaying, things, write};
use crate::asking::{Kept, RequestKey};
use crate::batch::{Batch, DedupKey, EventRow, Outcome};
use crate::engine::{Engine, EngineError, Folder};
use crate::following::{deliveries_of, events_of};
use crate::pages::{Awaited, Owed};
use crate::replay::{Replay, Told};

pub(super) struct SqliteEngine {
    book: Book,
    unfolded: Unfolded,
    /// For questions: whoever folds has a connection of their own.
    questions: Connection,
}

impl SqliteEngine {
    pub(super) fn new(book: Book, questions: Connection) -> Self {
        Self { book, unfolded: Unfolded::default(), questions }
    }

    /// What is in the file. The locks are held while several questions are asked: else SQLite takes and releases them for
    /// every row.
    fn stored(&self) -> Result<Transaction<'_>, EngineError> {
        Ok(self.questions.unchecked_transaction()?)
    }

    /// What is in the file, with everything that was promised.
    fn folded(&mut self) -> Result<Transaction<'_>, EngineError> {
        if !self.book.is_folded() {
            self.book.fold()?;
        }
        self.stored()
    }

    /// What is promised and may not be in the file.
    fn unfolded(&mut self) -> &Unfolded {
        self.unfolded.forget(self.book.folded_turn());
        &self.unfolded
    }
}

impl Engine for SqliteEngine {
    fn resolve(&mut self, names: &[Name]) -> Result<Vec<Option<u64>>, EngineError> {
        let unfolded = self.unfolded();
        let known: Vec<_> = names.iter().map(|name| unfolded.name(name)).collect();
        let asked: Vec<Name> = names
            .iter()
            .zip(&known)
            .filter(|(_, known)| known.is_none())
            .map(|(name, _)| name.clone())
            .collect();
        let mut stored = things::named(&*self.stored()?, &asked)?.into_iter();
        Ok(known.into_iter().map(|known| known.map_or_else(|| stored.next().flatten(), Leads::to)).collect())
    }

    fn load(&mut self, raw_ids: &[u64]) -> Result<Vec<Held>, EngineError> {
        let mut loaded = Vec::with_capacity(raw_ids.len());
        let unfolded = self.unfolded();
        let reading =
            if raw_ids.iter().any(|id| unfolded.has_thing(*id)) { self.folded()? } else { self.stored()? };
        for raw_id in raw_ids {
            loaded.extend(things::one(&reading, *raw_id)?);
        }
        Ok(loaded)
    }

    fn seen(&mut self, keys: &[DedupKey]) -> Result<Vec<Option<ReceiptId>>, EngineError> {
        let unfolded = self.unfolded();
        let known: Vec<_> = keys.iter().map(|seen| unfolded.receipt(seen)).collect();
        let reading = self.stored()?;
        let mut statement =
            reading.prepare_cached("SELECT receipt FROM seen WHERE source = ?1 AND hash = ?2")?;
        let mut receipts = Vec::with_capacity(keys.len());
        for (seen, known) in keys.iter().zip(known) {
            let found = match known {
                Some(receipt) => Some(receipt),
                None => {
                    let values = params![key(seen.source), seen.hash];
                    statement.query_row(values, |row| Ok(id(row.get(0)?))).optional()?
                }
            };
            receipts.push(found.filter(|receipt| seen.counts(*receipt)));
        }
        Ok(receipts)
    }

    fn outcomes(&mut self, receipts: &[ReceiptId]) -> Result<Vec<Option<Outcome>>, EngineError> {
        let reading = self.folded()?;
        let mut statement =
            reading.prepare_cached("SELECT outcome FROM receipts WHERE id = ?1 AND NOT erased")?;
        let mut outcomes = Vec::with_capacity(receipts.len());
        for receipt in receipts {
            let found = statement.query_row([key(*receipt)], |row| row.get(0)).optional()?;
            outcomes.push(found.map(rows::outcome));
        }
        Ok(outcomes)
    }

    fn answers(&mut self, keys: &[RequestKey]) -> Result<Vec<Option<Kept>>, EngineError> {
        let unfolded = self.unfolded();
        let known: Vec<_> = keys.iter().map(|request| unfolded.answer(request).cloned()).collect();
        let reading = self.stored()?;
        let both = keys.iter().zip(known);
        both.map(|(request, known)| match known {
            Some(kept) => Ok(Some(kept)),
            None => answers::kept(&reading, request),
        })
        .collect()
    }

    fn events_of(&mut self, subjects: &[u64], receipts: &[ReceiptId]) -> Result<Vec<EventRow>, EngineError> {
        let reading = self.folded()?;
        let mut found = Vec::new();
        let of_receipt = format!("id IN ({})", events_of("?1"));
        let by_subject = subjects.iter().map(|subject| ("subject = ?1", subject.cast_signed()));
        let by_receipt = receipts.iter().map(|receipt| (of_receipt.as_str(), key(*receipt)));
        for (condition, value) in by_subject.chain(by_receipt) {
            let mut statement =
                reading.prepare_cached(&format!("SELECT {} FROM events WHERE {condition}", rows::EVENT))?;
            for event in statement.query_map([value], rows::event)? {
                found.push(event?);
            }
        }
        Ok(found)
    }

    fn belonging(&mut self, parents: &[u64]) -> Result<Vec<u64>, EngineError> {
        let reading = self.folded()?;
        things::belonging_to(&reading, parents)
    }

    fn owed_of(&mut self, event: EventId) -> Result<Vec<(DeliveryId, EndpointId)>, EngineError> {
        let reading = self.folded()?;
        let mut statement = reading.prepare_cached(&format!(
            "SELECT id, endpoint FROM deliveries WHERE id IN ({}) AND state = 0",
            deliveries_of("?1")
        ))?;
        let owed = statement.query_map([key(event)], |row| Ok((id(row.get(0)?), id(row.get(1)?))))?;
        Ok(owed.collect::<Result<_, _>>()?)
    }

    fn awaited(&mut self, delivery: DeliveryId) -> Result<Option<Awaited>, EngineError> {
        let reading = self.folded()?;
        let mut statement = reading.prepare_cached(
            "SELECT d.endpoint, d.event, e.kind, COALESCE(d.again_after, 0)
             FROM deliveries d JOIN events e ON e.id = d.event WHERE d.id = ?1 AND d.state = 0",
        )?;
        let read = |row: &Row<'_>| {
            let kind = EventType::from(row.get_ref(2)?.as_str()?);
            let again_after = row.get(3)?;
            Ok(Awaited { endpoint: id(row.get(0)?), event: id(row.get(1)?), kind, again_after })
        };
        Ok(statement.query_row([key(delivery)], read).optional()?)
    }

    fn is_erased(&mut self, delivery: DeliveryId) -> Result<bool, EngineError> {
        let reading = self.folded()?;
        let mut statement = reading.prepare_cached(
            "SELECT e.erased FROM deliveries d JOIN events e ON e.id = d.event WHERE d.id = ?1",
        )?;
        Ok(statement.query_row([key(delivery)], |row| row.get(0)).optional()?.unwrap_or(false))
    }

    fn replay(&mut self, id: ReplayId) -> Result<Option<Replay>, EngineError> {
        replaying::one(&*self.folded()?, id)
    }

    fn given_up(&mut self, deliveries: &[DeliveryId]) -> Result<Vec<bool>, EngineError> {
        let reading = self.folded()?;
        replaying::given_up(&reading, deliveries)
    }

    fn told(&mut self, events: &[EventId]) -> Result<Vec<Told>, EngineError> {
        let reading = self.folded()?;
        replaying::told(&reading, events)
    }

    fn compact(&mut self) -> Result<(), EngineError> {
        self.book.cleared(erasing::compact)
    }

    fn commit(&mut self, batch: &Batch) -> Result<(), EngineError> {
        self.book.commit(|ink| write::write(ink, batch))?;
        // Everything before it has been folded, and it may say otherwise.
        self.unfolded = Unfolded::default();
        Ok(())
    }

    fn promise(&mut self, batch: &Batch) -> Result<(), EngineError> {
        let Some(entry) = Entry::all_of(batch)? else { return self.commit(batch) };
        if entry.is_empty() {
            return Ok(());
        }
        match self.book.promise(&entry)? {
            Some(turn) => self.unfolded.note(turn, batch),
            None => self.commit(batch)?,
        }
        Ok(())
    }

    fn is_folded(&self) -> bool {
        self.book.is_folded()
    }

    fn has_much_to_fold(&self) -> bool {
        self.book.has_much()
    }

    fn fold(&mut self) -> Result<(), EngineError> {
        self.book.fold()
    }

    fn folder(&self) -> Option<Box<dyn Folder>> {
        Some(Box::new(self.book.folder()))
    }

    fn owed_one(&mut self, delivery: DeliveryId) -> Result<Option<Owed>, EngineError> {
        let reading = self.folded()?;
        let mut statement = reading.prepare_cached(&format!("{} WHERE d.id = ?1", rows::OWED))?;
        Ok(statement.query_row([key(delivery)], rows::owed).optional()?)
    }

    fn last_id(&mut self) -> Result<u64, EngineError> {
        let highest: Option<i64> = self.folded()?.query_row(
            "SELECT MAX(id) FROM (
                SELECT MAX(id) AS id FROM receipts UNION ALL SELECT MAX(id) FROM events
                UNION ALL SELECT MAX(id) FROM deliveries UNION ALL SELECT MAX(id) FROM entities
                UNION ALL SELECT MAX(id) FROM companies UNION ALL SELECT MAX(id) FROM keys
                UNION ALL SELECT MAX(id) FROM sources UNION ALL SELECT MAX(id) FROM endpoints
                UNION ALL SELECT MAX(id) FROM replays)",
            [],
            |row| row.get(0),
        )?;
        Ok(highest.unwrap_or(0).cast_unsigned())
    }
}
