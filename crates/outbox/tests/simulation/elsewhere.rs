//! A store whose sides wait for answers, on threads that may: the simulation's own thread must not.

use std::panic::resume_unwind;
use std::thread;

use bytes::Bytes;
use callboard_core::{
    CompanyId, DeliveryId, EndpointId, EventId, FileId, Held, Name, ReceiptId, ReplayId, SourceId, Timestamp,
};
use callboard_ledger::{
    Attempt, Awaited, Batch, DedupKey, Delivery, DeliveryFilter, Directory, Engine, EngineError, EventFilter,
    EventRow, Kept, Listed, Mentions, News, Outcome, OutdatedPage, Owed, OwedPage, Page, Place, Pointer,
    Reader, Receipt, ReceiptCount, ReceiptFilter, Recognised, Replay, ReplayPage, RequestKey, Search,
    Settlement, Settler, Stock, Store, ThingFilter, Told, Totals,
};

/// Does this on a thread of its own, and waits for it.
pub fn elsewhere<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(work).join().unwrap_or_else(|panic| resume_unwind(panic)))
}

/// Methods that have the inner one do their work elsewhere.
macro_rules! elsewhere {
    ($(fn $name:ident(&mut self $(, $argument:ident: $kind:ty)*) $(-> $answer:ty)?;)*) => {
        $(fn $name(&mut self $(, $argument: $kind)*) $(-> $answer)? {
            elsewhere(|| self.0.$name($($argument),*))
        })*
    };
}

/// What an engine is asked besides committing and promising, for a macro that says how.
macro_rules! all_but_commits {
    ($how:ident) => {
        $how! {
            fn resolve(&mut self, names: &[Name]) -> Result<Vec<Option<u64>>, EngineError>;
            fn load(&mut self, raw_ids: &[u64]) -> Result<Vec<Held>, EngineError>;
            fn seen(&mut self, keys: &[DedupKey]) -> Result<Vec<Option<ReceiptId>>, EngineError>;
            fn recognise(&mut self, keys: &[DedupKey], names: &[Name], raw_ids: &[u64]) -> Result<Recognised, EngineError>;
            fn outcomes(&mut self, receipts: &[ReceiptId]) -> Result<Vec<Option<Outcome>>, EngineError>;
            fn answers(&mut self, keys: &[RequestKey]) -> Result<Vec<Option<Kept>>, EngineError>;
            fn events_of(&mut self, subjects: &[u64], receipts: &[ReceiptId]) -> Result<Vec<EventRow>, EngineError>;
            fn belonging(&mut self, parents: &[u64]) -> Result<Vec<u64>, EngineError>;
            fn owed_of(&mut self, event: EventId) -> Result<Vec<(DeliveryId, EndpointId)>, EngineError>;
            fn awaited(&mut self, delivery: DeliveryId) -> Result<Option<Awaited>, EngineError>;
            fn is_erased(&mut self, delivery: DeliveryId) -> Result<bool, EngineError>;
            fn replay(&mut self, id: ReplayId) -> Result<Option<Replay>, EngineError>;
            fn given_up(&mut self, deliveries: &[DeliveryId]) -> Result<Vec<bool>, EngineError>;
            fn told(&mut self, events: &[EventId]) -> Result<Vec<Told>, EngineError>;
            fn compact(&mut self) -> Result<(), EngineError>;
            fn owed_one(&mut self, delivery: DeliveryId) -> Result<Option<Owed>, EngineError>;
            fn last_id(&mut self) -> Result<u64, EngineError>;
            fn take_up(&mut self) -> Result<Option<News>, EngineError>;
            fn put_down(&mut self);
            fn fold(&mut self) -> Result<(), EngineError>;
        }
    };
}
pub(super) use all_but_commits;

pub struct Elsewhere<T>(pub T);

impl<S: Store> Store for Elsewhere<S> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn engine(&self) -> Result<Box<dyn Engine>, EngineError> {
        Ok(Box::new(Elsewhere(elsewhere(|| self.0.engine())?)))
    }

    fn reader(&self) -> Result<Box<dyn Reader>, EngineError> {
        Ok(Box::new(Elsewhere(elsewhere(|| self.0.reader())?)))
    }

    fn settler(&self) -> Result<Option<Box<dyn Settler>>, EngineError> {
        let settler = elsewhere(|| self.0.settler())?;
        Ok(settler.map(|settler| Box::new(Elsewhere(settler)) as Box<dyn Settler>))
    }

    fn is_in_doubt(&self) -> bool {
        self.0.is_in_doubt()
    }

    fn shared_secret(&self) -> Result<Option<[u8; 32]>, EngineError> {
        elsewhere(|| self.0.shared_secret())
    }
}

impl Settler for Elsewhere<Box<dyn Settler>> {
    elsewhere! {
        fn settle(&mut self, settlements: &[Settlement]) -> Result<(), EngineError>;
    }
}

impl Engine for Elsewhere<Box<dyn Engine>> {
    fn number(&self) -> u64 {
        self.0.number()
    }

    elsewhere! {
        fn commit(&mut self, batch: &Batch) -> Result<(), EngineError>;
        fn promise(&mut self, batch: &Batch) -> Result<(), EngineError>;
    }

    all_but_commits!(elsewhere);
}

impl Reader for Elsewhere<Box<dyn Reader>> {
    elsewhere! {
        fn directory(&mut self) -> Result<Directory, EngineError>;
        fn receipts(&mut self, filter: &ReceiptFilter, page: Page) -> Result<Listed<Receipt>, EngineError>;
        fn receipt(&mut self, id: ReceiptId) -> Result<Option<Receipt>, EngineError>;
        fn receipt_count(&mut self, source: SourceId, from: u64) -> Result<ReceiptCount, EngineError>;
        fn events(&mut self, filter: &EventFilter, page: Page) -> Result<Listed<EventRow>, EngineError>;
        fn event(&mut self, id: EventId) -> Result<Option<EventRow>, EngineError>;
        fn deliveries(&mut self, filter: &DeliveryFilter, page: Page) -> Result<Listed<Delivery>, EngineError>;
        fn delivery(&mut self, id: DeliveryId) -> Result<Option<Delivery>, EngineError>;
        fn attempts(&mut self, delivery: DeliveryId) -> Result<Vec<Attempt>, EngineError>;
        fn owed(&mut self, endpoint: EndpointId, after: Option<DeliveryId>, limit: usize, bytes: usize) -> Result<OwedPage, EngineError>;
        fn owed_to_nobody(&mut self) -> Result<Option<EndpointId>, EngineError>;
        fn bodies(&mut self, deliveries: &[DeliveryId]) -> Result<Vec<Option<Bytes>>, EngineError>;
        fn body(&mut self, delivery: DeliveryId) -> Result<Option<Bytes>, EngineError>;
        fn replay(&mut self, id: ReplayId) -> Result<Option<Replay>, EngineError>;
        fn replays(&mut self, company: CompanyId, page: Page) -> Result<Vec<Replay>, EngineError>;
        fn running_replays(&mut self) -> Result<Vec<Replay>, EngineError>;
        fn replay_total(&mut self, replay: &Replay) -> Result<Option<u64>, EngineError>;
        fn replay_page(&mut self, replay: &Replay, limit: usize) -> Result<ReplayPage, EngineError>;
        fn newest(&mut self) -> Result<u64, EngineError>;
        fn named(&mut self, names: &[Name]) -> Result<Vec<Option<u64>>, EngineError>;
        fn things(&mut self, filter: &ThingFilter, page: Page) -> Result<Listed<Held>, EngineError>;
        fn blob(&mut self, file: FileId) -> Result<Option<Bytes>, EngineError>;
        fn answer(&mut self, key: &RequestKey) -> Result<Option<Kept>, EngineError>;
        fn pointers_due(&mut self, before: Timestamp, latest: Timestamp, not_of: &[SourceId], limit: usize) -> Result<Vec<Pointer>, EngineError>;
        fn searches(&mut self) -> Result<Vec<(u64, Search)>, EngineError>;
        fn mentioning(&mut self, mentions: &Mentions, not_from: &[SourceId], page: Page) -> Result<Listed<ReceiptId>, EngineError>;
        fn outdated(&mut self, stock: Stock, before: Timestamp, after: Option<Place>, limit: usize) -> Result<OutdatedPage, EngineError>;
        fn horizon(&mut self, stock: Stock) -> Result<u64, EngineError>;
        fn report(&mut self, endpoint: EndpointId) -> Result<Option<String>, EngineError>;
        fn hubs(&mut self) -> Result<usize, EngineError>;
        fn entity(&mut self, raw_id: u64) -> Result<Option<Held>, EngineError>;
        fn totals(&mut self) -> Result<Totals, EngineError>;
    }
}
