//! What a store must be able to do. The surface is batches of decided change in, and pages of rows out: nothing here
//! knows which database it is, so that a second one is one small module.
//!
//! What every store keeps, and the suite in `tests/engine` checks: ids of 63 bits; texts with any character in them,
//! NUL included; times to the nanosecond between the years 1678 and 2262, and those beyond as the first or the last of
//! them.

use bytes::Bytes;
use callboard_core::{
    CompanyId, DeliveryId, EndpointId, EventId, FileId, Held, Name, ReceiptId, ReplayId, SourceId, Timestamp,
};

use crate::asking::{Kept, RequestKey};
use crate::batch::{Attempt, Batch, DedupKey, EventRow, Outcome, Pointer, Receipt, Search, Settlement};
use crate::directory::Directory;
use crate::keeping::{OutdatedPage, Place, Stock};
use crate::mentions::Mentions;
use crate::pages::{
    Awaited, Delivery, DeliveryFilter, EventFilter, Listed, Owed, OwedPage, Page, ReceiptCount,
    ReceiptFilter, ThingFilter, Totals,
};
use crate::replay::{Replay, ReplayPage, Told};
use crate::sharing::{Crew, Ear, News};

/// Why a store did not do what it was asked to.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EngineError {
    /// The disk is full, or the store may not grow.
    #[error("the store is full: {0}")]
    Full(String),
    /// Someone else changed the same thing in between; load again and decide again.
    #[error("changed by someone else in between")]
    Conflict,
    /// The store works, but does not take this, or cannot make sense of what it holds: something else may go well.
    #[error("the store does not take this: {0}")]
    Refused(String),
    /// Another process has the store.
    #[error("the store in {0} is in use by another process")]
    InUse(String),
    /// The store was written by a newer version of the program.
    #[error("the store has version {found}, this program knows versions up to {known}; run a newer program")]
    TooNew {
        /// The version of the store.
        found: u32,
        /// The newest version that this program knows.
        known: u32,
    },
    /// The store is not one to do this with, as the sentence says. Nothing was done to it.
    #[error("{0}")]
    Unfit(String),
    /// The store does not work: whatever it is asked for now, it will most likely not do.
    #[error("the store failed: {0}")]
    Failed(String),
}

/// What is known of requests, names and things.
#[derive(Debug)]
pub struct Recognised {
    /// See [`Engine::seen`].
    pub receipts: Vec<Option<ReceiptId>>,
    /// See [`Engine::resolve`].
    pub ids: Vec<Option<u64>>,
    /// See [`Engine::load`].
    pub things: Vec<Held>,
}

/// The writing side of a store. A hub has one, and it is used by one thread.
pub trait Engine: Send {
    /// Where several hubs write to one store: keeps the others from writing until the next batch is durable, or this one
    /// puts the pen down. Answers what they have written.
    fn take_up(&mut self) -> Result<Option<News>, EngineError> {
        Ok(None)
    }

    /// Lets the others write, though nothing was written.
    fn put_down(&mut self) {}

    /// Under which number it is known, where several hubs write: no two have the same.
    fn number(&self) -> u64 {
        0
    }

    /// The ids that names lead to, in the order of the names.
    fn resolve(&mut self, names: &[Name]) -> Result<Vec<Option<u64>>, EngineError>;

    /// The things with these ids, those that there are, in any order.
    fn load(&mut self, raw_ids: &[u64]) -> Result<Vec<Held>, EngineError>;

    /// The receipts under which requests came in before, in the order of the keys.
    fn seen(&mut self, keys: &[DedupKey]) -> Result<Vec<Option<ReceiptId>>, EngineError>;

    /// All of [`Engine::seen`], [`Engine::resolve`] and [`Engine::load`]: what every batch of requests begins with.
    fn recognise(
        &mut self,
        keys: &[DedupKey],
        names: &[Name],
        raw_ids: &[u64],
    ) -> Result<Recognised, EngineError> {
        let things = if raw_ids.is_empty() { Vec::new() } else { self.load(raw_ids)? };
        Ok(Recognised { receipts: self.seen(keys)?, ids: self.resolve(names)?, things })
    }

    /// What became of these receipts, in their order; nothing for one that has been erased.
    fn outcomes(&mut self, receipts: &[ReceiptId]) -> Result<Vec<Option<Outcome>>, EngineError>;

    /// The answers that are kept for these keys, of whatever request, in their order; those that are too old may be gone.
    fn answers(&mut self, keys: &[RequestKey]) -> Result<Vec<Option<Kept>>, EngineError>;

    /// The events about these things, and those that came of these receipts.
    fn events_of(&mut self, subjects: &[u64], receipts: &[ReceiptId]) -> Result<Vec<EventRow>, EngineError>;

    /// The ids of the things that belong to one of these, removed or not: see [`callboard_core::Entity::parent`].
    fn belonging(&mut self, parents: &[u64]) -> Result<Vec<u64>, EngineError>;
    /// The deliveries of an event that are still owed.
    fn owed_of(&mut self, event: EventId) -> Result<Vec<(DeliveryId, EndpointId)>, EngineError>;

    /// To whom a delivery is still owed, and what it is to tell; nothing if it is not owed.
    fn awaited(&mut self, delivery: DeliveryId) -> Result<Option<Awaited>, EngineError>;

    /// Has what this delivery said been erased?
    fn is_erased(&mut self, delivery: DeliveryId) -> Result<bool, EngineError>;

    /// How a replay stands.
    fn replay(&mut self, id: ReplayId) -> Result<Option<Replay>, EngineError>;

    /// Which of these deliveries can be owed anew, in their order: those that were given up or called off, whose event has
    /// not been erased, and whose endpoint is there.
    fn given_up(&mut self, deliveries: &[DeliveryId]) -> Result<Vec<bool>, EngineError>;

    /// Who was told of these events, in their order.
    fn told(&mut self, events: &[EventId]) -> Result<Vec<Told>, EngineError>;

    /// Leaves nothing in the store's files of what has been erased, unless that would take longer than a busy hub can
    /// wait: then it is made up for when the store is next opened.
    fn compact(&mut self) -> Result<(), EngineError>;

    /// Makes all of a batch durable, or nothing of it. When this returns, a power cut loses nothing of it, and readers
    /// see it.
    ///
    /// It is a [`EngineError::Conflict`] when a thing does not have its `base_version`, when a name leads somewhere
    /// already, when a request was seen before that still counts, and when a key has an answer already that is still
    /// honoured.
    ///
    /// A settlement always puts its attempt on record, under the next free number if its own is taken by another one. It
    /// leaves a delivery that was told or called off as it is, unless it tells it. What people changed comes after
    /// everything else of the batch, in its order.
    fn commit(&mut self, batch: &Batch) -> Result<(), EngineError>;

    /// The same, but readers may not see it before the next [`Engine::fold`]; this side of the store does.
    fn promise(&mut self, batch: &Batch) -> Result<(), EngineError> {
        self.commit(batch)
    }

    /// Do readers see everything that was promised?
    fn is_folded(&self) -> bool {
        true
    }

    /// Is so much promised that it is to be folded soon, however busy the writer is?
    fn has_much_to_fold(&self) -> bool {
        false
    }

    /// Lets readers see everything that was promised. If that fails, it stays as durable as it was.
    fn fold(&mut self) -> Result<(), EngineError> {
        Ok(())
    }

    /// What folds on another thread, while this side goes on promising; nothing if readers see promises at once.
    fn folder(&self) -> Option<Box<dyn Folder>> {
        None
    }

    /// One delivery with its body, whatever its state.
    fn owed_one(&mut self, delivery: DeliveryId) -> Result<Option<Owed>, EngineError>;

    /// The highest id ever given out.
    fn last_id(&mut self) -> Result<u64, EngineError>;
}

/// Folds beside the writing side of a store.
pub trait Folder: Send {
    /// See [`Engine::fold`].
    fn fold(&mut self) -> Result<(), EngineError>;
}

/// Writes beside the writing side of a store, where nothing has to be decided about what is written.
pub trait Settler: Send {
    /// Puts what came of attempts on record, all of it or nothing. What is there already stays as it is, so that it can be tried
    /// again.
    fn settle(&mut self, settlements: &[Settlement]) -> Result<(), EngineError>;
}

/// The reading side of a store. There may be several at once; none holds up the writer.
pub trait Reader: Send {
    /// Everything that people configured.
    fn directory(&mut self) -> Result<Directory, EngineError>;
    /// Receipts that match, newest first, or oldest first after [`Page::after`].
    fn receipts(&mut self, filter: &ReceiptFilter, page: Page) -> Result<Listed<Receipt>, EngineError>;
    /// One receipt.
    fn receipt(&mut self, id: ReceiptId) -> Result<Option<Receipt>, EngineError>;
    /// How many requests came from a source since the one with this id, counted from the newest on.
    fn receipt_count(&mut self, source: SourceId, from: u64) -> Result<ReceiptCount, EngineError>;
    /// Events that match, likewise.
    fn events(&mut self, filter: &EventFilter, page: Page) -> Result<Listed<EventRow>, EngineError>;
    /// One event.
    fn event(&mut self, id: EventId) -> Result<Option<EventRow>, EngineError>;
    /// Deliveries that match, likewise.
    fn deliveries(&mut self, filter: &DeliveryFilter, page: Page) -> Result<Listed<Delivery>, EngineError>;
    /// One delivery.
    fn delivery(&mut self, id: DeliveryId) -> Result<Option<Delivery>, EngineError>;
    /// The attempts at a delivery, first to last.
    fn attempts(&mut self, delivery: DeliveryId) -> Result<Vec<Attempt>, EngineError>;
    /// What an endpoint is still owed after a delivery, oldest first: so many rows at the most, and so many bytes of bodies,
    /// but for a single one that has more.
    fn owed(
        &mut self,
        endpoint: EndpointId,
        after: Option<DeliveryId>,
        limit: usize,
        bytes: usize,
    ) -> Result<OwedPage, EngineError>;
    /// An endpoint that is owed something although it has been removed, if there is one.
    fn owed_to_nobody(&mut self) -> Result<Option<EndpointId>, EngineError>;
    /// What is sent in these deliveries, in their order; nothing for one that was called off, or that there is none of.
    fn bodies(&mut self, deliveries: &[DeliveryId]) -> Result<Vec<Option<Bytes>>, EngineError>;
    /// What is sent in one delivery, or would have been in one that was called off.
    fn body(&mut self, delivery: DeliveryId) -> Result<Option<Bytes>, EngineError>;
    /// One replay.
    fn replay(&mut self, id: ReplayId) -> Result<Option<Replay>, EngineError>;
    /// A company's replays, newest first.
    fn replays(&mut self, company: CompanyId, page: Page) -> Result<Vec<Replay>, EngineError>;
    /// Replays that are not at their end, oldest first.
    fn running_replays(&mut self) -> Result<Vec<Replay>, EngineError>;
    /// How much a replay has to look at, where an index says so.
    fn replay_total(&mut self, replay: &Replay) -> Result<Option<u64>, EngineError>;
    /// What a replay has to see to next, at most so much.
    fn replay_page(&mut self, replay: &Replay, limit: usize) -> Result<ReplayPage, EngineError>;
    /// The highest number that the id of anything has which can be told again: an event, a delivery or a request.
    fn newest(&mut self) -> Result<u64, EngineError>;
    /// The ids that names lead to, in the order of the names.
    fn named(&mut self, names: &[Name]) -> Result<Vec<Option<u64>>, EngineError>;
    /// Things that match, likewise.
    fn things(&mut self, filter: &ThingFilter, page: Page) -> Result<Listed<Held>, EngineError>;
    /// The bytes of a file, if they are kept.
    fn blob(&mut self, file: FileId) -> Result<Option<Bytes>, EngineError>;
    /// The answer that is kept for a key, of whatever request.
    fn answer(&mut self, key: &RequestKey) -> Result<Option<Kept>, EngineError>;
    /// What is to be fetched before then, the longest overdue first, but for that of accounts that are busy. What is said to be
    /// due after `latest` comes before all of it: nothing waits for so long unless the clock was set back.
    fn pointers_due(
        &mut self,
        before: Timestamp,
        latest: Timestamp,
        not_of: &[SourceId],
        limit: usize,
    ) -> Result<Vec<Pointer>, EngineError>;
    /// What is still to be looked for, by number.
    fn searches(&mut self) -> Result<Vec<(u64, Search)>, EngineError>;
    /// Requests that mention someone, newest first, but for those of accounts that belong to others.
    fn mentioning(
        &mut self,
        mentions: &Mentions,
        not_from: &[SourceId],
        page: Page,
    ) -> Result<Listed<ReceiptId>, EngineError>;
    /// Rows to which nothing has happened since then and that may go, beyond this one; at most so many, together with what
    /// goes with them.
    fn outdated(
        &mut self,
        stock: Stock,
        before: Timestamp,
        after: Option<Place>,
        limit: usize,
    ) -> Result<OutdatedPage, EngineError>;
    /// What has a lower id than this may have gone, by its age.
    fn horizon(&mut self, stock: Stock) -> Result<u64, EngineError>;
    /// How an endpoint is doing that another hub tells, as that one has said.
    fn report(&mut self, _endpoint: EndpointId) -> Result<Option<String>, EngineError> {
        Ok(None)
    }
    /// How many hubs work on the store, those included that have not been found gone yet.
    fn hubs(&mut self) -> Result<usize, EngineError> {
        Ok(1)
    }
    /// One thing.
    fn entity(&mut self, raw_id: u64) -> Result<Option<Held>, EngineError>;
    /// How much there is of everything, counted row by row: for a summary, not for every request.
    fn totals(&mut self) -> Result<Totals, EngineError>;
}

/// A store that can be written by one and read by several.
pub trait Store: Send + Sync + 'static {
    /// What it is, in a word: `sqlite`.
    fn name(&self) -> &'static str;
    /// Opens the writing side, bringing the store up to this program's version first.
    fn engine(&self) -> Result<Box<dyn Engine>, EngineError>;
    /// Opens one more reading side.
    fn reader(&self) -> Result<Box<dyn Reader>, EngineError>;
    /// What writes beside the writing side, where that is of use.
    fn settler(&self) -> Result<Option<Box<dyn Settler>>, EngineError> {
        Ok(None)
    }
    /// A place among the hubs that share it, where several may.
    fn crew(&self) -> Result<Option<Membership>, EngineError> {
        Ok(None)
    }
    /// Is it not known yet what became of a commit, so that nothing is written before it is?
    fn is_in_doubt(&self) -> bool {
        false
    }
    /// A secret that everyone has who works on it, where several may.
    fn shared_secret(&self) -> Result<Option<[u8; 32]>, EngineError> {
        Ok(None)
    }
}

/// A place among the hubs that share a store, and what hears of the others.
pub type Membership = (Box<dyn Crew>, Box<dyn Ear>);
