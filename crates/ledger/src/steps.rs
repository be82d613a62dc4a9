//! When a ledger without threads of its own goes on: see [`crate::Ledger::open_in_steps`].

use std::future::Future;
use std::pin::Pin;

use crate::engine::EngineError;

/// What a ledger waits for before it goes on.
pub type Step<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Says when a ledger goes on, in the hands of a simulation.
pub trait Steps: Send + Sync + 'static {
    /// Before the writer decides and commits what it has taken, and before attempts are put on record beside it.
    fn write(&self) -> Step<()>;
    /// Before readers see what the writer has promised; unless more has come by then, which goes first.
    fn fold(&self) -> Step<()>;
    /// Before a question is asked of the store, which may fail to answer it.
    fn ask(&self) -> Step<Result<(), EngineError>>;
    /// Between the store's answer and whoever waits for it.
    fn answered(&self) -> Step<()>;
}
