//! The real store with trouble on top: it is full for a while, commits fail, and the hub dies just before or just after one.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use callboard_core::{DeliveryId, EndpointId, EventId, Held, Name, ReceiptId, ReplayId};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{
    Awaited, Batch, DedupKey, Engine, EngineError, EventRow, Kept, Outcome, Owed, Reader, Replay, RequestKey,
    Steps, Store, Told,
};

use super::world::World;

/// Commits that fail for no good reason.
const FAILS: f64 = 0.02;
/// Commits that are told to be decided anew.
const CONFLICTS: f64 = 0.02;
/// Of the commits that fail, those that may have become durable nevertheless.
const TAKES_ALL_THE_SAME: f64 = 0.4;
/// Questions that are not answered.
const UNANSWERED: f64 = 0.05;

pub struct Troubled {
    store: SqliteStore,
    world: Arc<World>,
}

impl Troubled {
    pub fn open(data: &Path, world: &Arc<World>) -> Result<Self, EngineError> {
        Ok(Self { store: SqliteStore::open(data)?, world: Arc::clone(world) })
    }
}

impl Store for Troubled {
    fn name(&self) -> &'static str {
        self.store.name()
    }

    fn engine(&self) -> Result<Box<dyn Engine>, EngineError> {
        Ok(Box::new(TroubledEngine { engine: self.store.engine()?, world: Arc::clone(&self.world) }))
    }

    fn reader(&self) -> Result<Box<dyn Reader>, EngineError> {
        self.store.reader()
    }
}

struct TroubledEngine {
    engine: Box<dyn Engine>,
    world: Arc<World>,
}

impl TroubledEngine {
    fn trouble(&self) -> Option<EngineError> {
        let mut state = self.world.state();
        if state.healed {
            return None;
        }
        if state.store_is_full() {
            return Some(EngineError::Full("no space left".to_owned()));
        }
        if state.chance(CONFLICTS) {
            return Some(EngineError::Conflict);
        }
        let failed = state.scene.store_fails && state.chance(FAILS);
        failed.then(|| EngineError::Failed("the disk did not answer".to_owned()))
    }

    /// Makes a batch durable, unless something is in the way, or the hub dies before or after it.
    fn make_durable(
        &mut self,
        batch: &Batch,
        by: impl FnOnce(&mut dyn Engine, &Batch) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        self.world.step_or_die();
        if let Some(trouble) = self.trouble() {
            let mut state = self.world.state();
            let unsure = matches!(trouble, EngineError::Failed(_))
                && state.chance(TAKES_ALL_THE_SAME)
                && state.home.keep_unsure(batch);
            state.note(format_args!("a commit fails: {trouble}; it may be there all the same: {unsure}"));
            return Err(trouble);
        }
        by(self.engine.as_mut(), batch)?;
        let mut state = self.world.state();
        state.home.is_sure();
        state.look_at_switched(batch);
        state.note(format_args!(
            "commit: {} receipts, {} events, {} deliveries, {} settlements, {} changes",
            batch.receipts.len(),
            batch.events.len(),
            batch.deliveries.len(),
            batch.settlements.len(),
            batch.changes.len(),
        ));
        drop(state);
        self.world.step_or_die();
        Ok(())
    }
}

impl Engine for TroubledEngine {
    fn commit(&mut self, batch: &Batch) -> Result<(), EngineError> {
        self.make_durable(batch, |engine, batch| engine.commit(batch))
    }

    fn promise(&mut self, batch: &Batch) -> Result<(), EngineError> {
        self.make_durable(batch, |engine, batch| engine.promise(batch))
    }

    fn is_folded(&self) -> bool {
        self.engine.is_folded()
    }

    fn fold(&mut self) -> Result<(), EngineError> {
        self.engine.fold()
    }

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

    fn is_erased(&mut self, delivery: DeliveryId) -> Result<bool, EngineError> {
        self.engine.is_erased(delivery)
    }

    fn compact(&mut self) -> Result<(), EngineError> {
        self.engine.compact()
    }

    fn awaited(&mut self, delivery: DeliveryId) -> Result<Option<Awaited>, EngineError> {
        self.engine.awaited(delivery)
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

    fn owed_one(&mut self, delivery: DeliveryId) -> Result<Option<Owed>, EngineError> {
        self.engine.owed_one(delivery)
    }

    fn last_id(&mut self) -> Result<u64, EngineError> {
        self.engine.last_id()
    }
}

/// When the ledger goes on.
pub struct Turns(pub Arc<World>);

impl Steps for Turns {
    fn write(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let world = Arc::clone(&self.0);
        Box::pin(async move { world.pause().await })
    }

    fn fold(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.write()
    }

    fn ask(&self) -> Pin<Box<dyn Future<Output = Result<(), EngineError>> + Send>> {
        let world = Arc::clone(&self.0);
        Box::pin(async move {
            world.pause().await;
            let mut state = world.state();
            if !state.healed && state.chance(UNANSWERED) {
                state.note(format_args!("a question is not answered"));
                return Err(EngineError::Failed("the disk did not answer".to_owned()));
            }
            Ok(())
        })
    }

    fn answered(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let world = Arc::clone(&self.0);
        Box::pin(async move { world.pause().await })
    }
}
