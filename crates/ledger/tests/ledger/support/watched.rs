//! A store that a test can hold up, make fail and count the commits of.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use callboard_core::{DeliveryId, EndpointId, EventId, Held, Name, ReceiptId, ReplayId};
use callboard_ledger::{
    Awaited, Batch, DedupKey, Engine, EngineError, EventRow, Folder, Kept, Outcome, Owed, Reader, Replay,
    RequestKey, Store, Told,
};
use tokio::sync::Semaphore;

/// What is to become of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Full,
    Failed,
    Conflict,
}

/// The test's hand on the store.
pub struct Control {
    commits: AtomicUsize,
    readers: AtomicUsize,
    faults: Mutex<VecDeque<Fault>>,
    poison: Mutex<Option<Vec<u8>>>,
    held: Mutex<bool>,
    released: Condvar,
    entered: Semaphore,
    unreadable: AtomicBool,
    unread: Semaphore,
}

impl Default for Control {
    fn default() -> Self {
        Self {
            commits: AtomicUsize::new(0),
            readers: AtomicUsize::new(0),
            faults: Mutex::default(),
            poison: Mutex::default(),
            held: Mutex::new(false),
            released: Condvar::new(),
            entered: Semaphore::new(0),
            unreadable: AtomicBool::new(false),
            unread: Semaphore::new(0),
        }
    }
}

impl Control {
    /// How many commits have been tried.
    pub fn commits(&self) -> usize {
        self.commits.load(Ordering::SeqCst)
    }

    /// How many readers have been opened.
    pub fn readers(&self) -> usize {
        self.readers.load(Ordering::SeqCst)
    }

    /// What becomes of the next commits that begin.
    pub fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        self.faults.lock().unwrap().extend(faults);
    }

    /// No batch with a request that has this body is ever taken.
    pub fn poison(&self, body: &[u8]) {
        *self.poison.lock().unwrap() = Some(body.to_vec());
    }

    /// Holds up the next commit.
    pub fn hold(&self) {
        *self.held.lock().unwrap() = true;
    }

    /// The next reader that is wanted cannot be opened.
    pub fn refuse_reader(&self) {
        self.unreadable.store(true, Ordering::SeqCst);
    }

    /// Waits until one could not be opened.
    pub async fn reader_refused(&self) {
        self.unread.acquire().await.unwrap().forget();
    }

    /// Waits until a commit is held up.
    pub async fn entered(&self) {
        self.entered.acquire().await.unwrap().forget();
    }

    /// Lets the commit that is held up go on.
    pub fn release(&self) {
        *self.held.lock().unwrap() = false;
        self.released.notify_all();
    }

    fn pass(&self) {
        let mut held = self.held.lock().unwrap();
        if *held {
            self.entered.add_permits(1);
        }
        while *held {
            held = self.released.wait(held).unwrap();
        }
    }
}

/// A store with a test's hand on it.
pub struct Watched<S> {
    store: S,
    control: Arc<Control>,
}

impl<S: Store> Watched<S> {
    pub fn new(store: S, control: Arc<Control>) -> Self {
        Self { store, control }
    }
}

impl<S: Store> Store for Watched<S> {
    fn name(&self) -> &'static str {
        self.store.name()
    }

    fn engine(&self) -> Result<Box<dyn Engine>, EngineError> {
        Ok(Box::new(WatchedEngine { engine: self.store.engine()?, control: Arc::clone(&self.control) }))
    }

    fn reader(&self) -> Result<Box<dyn Reader>, EngineError> {
        self.control.readers.fetch_add(1, Ordering::SeqCst);
        if self.control.unreadable.swap(false, Ordering::SeqCst) {
            self.control.unread.add_permits(1);
            return Err(EngineError::Failed("the disk does not answer".to_owned()));
        }
        self.store.reader()
    }
}

struct WatchedEngine {
    engine: Box<dyn Engine>,
    control: Arc<Control>,
}

impl WatchedEngine {
    /// What becomes of a batch before it gets to the store.
    fn pass(&self, batch: &Batch) -> Result<(), EngineError> {
        self.control.commits.fetch_add(1, Ordering::SeqCst);
        let fault = self.control.faults.lock().unwrap().pop_front();
        self.control.pass();
        match fault {
            Some(Fault::Full) => return Err(EngineError::Full("no space left".to_owned())),
            Some(Fault::Failed) => return Err(EngineError::Failed("the disk is gone".to_owned())),
            Some(Fault::Conflict) => return Err(EngineError::Conflict),
            None => {}
        }
        let poison = self.control.poison.lock().unwrap();
        if poison.as_ref().is_some_and(|poison| batch.receipts.iter().any(|it| it.body == poison[..])) {
            return Err(EngineError::Refused("poison".to_owned()));
        }
        Ok(())
    }
}

impl Engine for WatchedEngine {
    fn resolve(&mut self, names: &[Name]) -> Result<Vec<Option<u64>>, EngineError> {
        self.engine.resolve(names)
    }

    fn load(&mut self, raw_ids: &[u64]) -> Result<Vec<Held>, EngineError> {
        self.engine.load(raw_ids)
    }

    fn seen(&mut self, keys: &[DedupKey]) -> Result<Vec<Option<ReceiptId>>, EngineError> {
        self.engine.seen(keys)
    }

    fn outcomes(&mut self, receipts: &[ReceiptId]) -> Result<Vec<Option<Outcome>>, EngineError> {
        self.engine.outcomes(receipts)
    }

    fn answers(&mut self, keys: &[RequestKey]) -> Result<Vec<Option<Kept>>, EngineError> {
        self.engine.answers(keys)
    }

    fn events_of(&mut self, subjects: &[u64], receipts: &[ReceiptId]) -> Result<Vec<EventRow>, EngineError> {
        self.engine.events_of(subjects, receipts)
    }

    fn belonging(&mut self, parents: &[u64]) -> Result<Vec<u64>, EngineError> {
        self.engine.belonging(parents)
    }

    fn owed_of(&mut self, event: EventId) -> Result<Vec<(DeliveryId, EndpointId)>, EngineError> {
        self.engine.owed_of(event)
    }

    fn awaited(&mut self, delivery: DeliveryId) -> Result<Option<Awaited>, EngineError> {
        self.engine.awaited(delivery)
    }

    fn is_erased(&mut self, delivery: DeliveryId) -> Result<bool, EngineError> {
        self.engine.is_erased(delivery)
    }

    fn replay(&mut self, id: ReplayId) -> Result<Option<Replay>, EngineError> {
        self.engine.replay(id)
    }

    fn given_up(&mut self, deliveries: &[DeliveryId]) -> Result<Vec<bool>, EngineError> {
        self.engine.given_up(deliveries)
    }

    fn told(&mut self, events: &[EventId]) -> Result<Vec<Told>, EngineError> {
        self.engine.told(events)
    }

    fn compact(&mut self) -> Result<(), EngineError> {
        self.engine.compact()
    }

    fn commit(&mut self, batch: &Batch) -> Result<(), EngineError> {
        self.pass(batch)?;
        self.engine.commit(batch)
    }

    fn promise(&mut self, batch: &Batch) -> Result<(), EngineError> {
        self.pass(batch)?;
        self.engine.promise(batch)
    }

    fn is_folded(&self) -> bool {
        self.engine.is_folded()
    }

    fn fold(&mut self) -> Result<(), EngineError> {
        self.engine.fold()
    }

    fn has_much_to_fold(&self) -> bool {
        self.engine.has_much_to_fold()
    }

    fn folder(&self) -> Option<Box<dyn Folder>> {
        self.engine.folder()
    }

    fn owed_one(&mut self, delivery: DeliveryId) -> Result<Option<Owed>, EngineError> {
        self.engine.owed_one(delivery)
    }

    fn last_id(&mut self) -> Result<u64, EngineError> {
        self.engine.last_id()
    }
}
