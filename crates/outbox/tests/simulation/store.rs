//! The real store with trouble on top: it is full for a while, commits fail, and the hub dies just before or just after one.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use callboard_core::{DeliveryId, EndpointId, EventId, Held, Name, ReceiptId, ReplayId};
use callboard_ledger::{
    Awaited, Batch, DedupKey, Engine, EngineError, EventRow, Kept, News, Outcome, Owed, Reader, Recognised,
    Replay, RequestKey, Settlement, Settler, Steps, Store, Told,
};

use super::elsewhere::all_but_commits;
use super::world::World;

/// Commits that fail for no good reason.
const FAILS: f64 = 0.02;
/// Commits that are told to be decided anew.
const CONFLICTS: f64 = 0.02;
/// Of the commits that fail, those that may have become durable nevertheless.
const TAKES_ALL_THE_SAME: f64 = 0.4;
/// Questions that are not answered.
const UNANSWERED: f64 = 0.05;

/// Methods that leave it to the engine.
macro_rules! as_it_is {
    ($(fn $name:ident(&mut self $(, $argument:ident: $kind:ty)*) $(-> $answer:ty)?;)*) => {
        $(fn $name(&mut self $(, $argument: $kind)*) $(-> $answer)? {
            self.engine.$name($($argument),*)
        })*
    };
}

pub struct Troubled {
    store: Box<dyn Store>,
    world: Arc<World>,
}

impl Troubled {
    pub fn open(world: &Arc<World>) -> Result<Self, EngineError> {
        Ok(Self { store: world.state().home.open()?, world: Arc::clone(world) })
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

    fn settler(&self) -> Result<Option<Box<dyn Settler>>, EngineError> {
        let settler = self.store.settler()?;
        let troubled = |settler| TroubledSettler { settler, world: Arc::clone(&self.world) };
        Ok(settler.map(|settler| Box::new(troubled(settler)) as Box<dyn Settler>))
    }

    fn is_in_doubt(&self) -> bool {
        self.store.is_in_doubt()
    }

    fn shared_secret(&self) -> Result<Option<[u8; 32]>, EngineError> {
        self.store.shared_secret()
    }
}

struct TroubledSettler {
    settler: Box<dyn Settler>,
    world: Arc<World>,
}

impl Settler for TroubledSettler {
    fn settle(&mut self, settlements: &[Settlement]) -> Result<(), EngineError> {
        self.world.step_or_die();
        if let Some(trouble) = trouble(&self.world) {
            return Err(trouble);
        }
        self.settler.settle(settlements)?;
        self.world.state().note(format_args!("settled: {}", settlements.len()));
        self.world.step_or_die();
        Ok(())
    }
}

struct TroubledEngine {
    engine: Box<dyn Engine>,
    world: Arc<World>,
}

/// What is in the way of the next commit.
fn trouble(world: &World) -> Option<EngineError> {
    let mut state = world.state();
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

impl TroubledEngine {
    /// Makes a batch durable, unless something is in the way, or the hub dies before or after it.
    fn make_durable(
        &mut self,
        batch: &Batch,
        by: impl FnOnce(&mut dyn Engine, &Batch) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        self.world.step_or_die();
        if let Some(trouble) = trouble(&self.world) {
            let mut state = self.world.state();
            let is_unsure = matches!(trouble, EngineError::Failed(_)) && state.chance(TAKES_ALL_THE_SAME);
            state.note(format_args!("a commit fails: {trouble}; it may be there all the same: {is_unsure}"));
            if !is_unsure {
                return Err(trouble);
            }
            state.home.lose_answer(self.engine.as_mut(), batch)?;
        } else {
            by(self.engine.as_mut(), batch)?;
        }
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

    fn number(&self) -> u64 {
        self.engine.number()
    }

    all_but_commits!(as_it_is);
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
