//! Where the store is, and what is left there when the hub dies.

use callboard_ledger::{Batch, Engine, EngineError, Store};

pub trait Home: Send {
    /// The store, for one life of the hub.
    fn open(&self) -> Result<Box<dyn Store>, EngineError>;

    /// A batch is committed, and may become durable without the hub being told so.
    fn lose_answer(&mut self, engine: &mut dyn Engine, batch: &Batch) -> Result<(), EngineError>;

    /// A commit went well: the one before it did, or is gone for good.
    fn is_sure(&mut self);

    /// The hub dies now: what it does to the store from here on has not happened. Answers whether it will find what it was told
    /// had failed, if that may be.
    fn freeze(&mut self, may_find: bool) -> bool;

    /// The next hub comes to what a death has left.
    fn thaw(&mut self);
}
