//! How many bytes wait for the writer: the number of jobs alone bounds nothing when each may bring a mebibyte.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::ledger::LedgerError;

/// The room that there is for what waits.
#[derive(Debug, Clone)]
pub(crate) struct QueueRoom {
    free: Arc<Semaphore>,
    bytes: u32,
}

/// A part of that room, given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Room(
    #[expect(dead_code, reason = "what counts is when it is dropped")] Option<OwnedSemaphorePermit>,
);

impl Room {
    /// For what has a bound of its own, and waits for its turn rather than being turned away.
    pub(crate) const fn none() -> Self {
        Self(None)
    }
}

impl QueueRoom {
    pub(crate) fn new(bytes: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(bytes)), bytes: u32::try_from(bytes).unwrap_or(u32::MAX) }
    }

    /// Room for so many bytes, or for as many as there ever are. [`LedgerError::Busy`] if there is none now.
    pub(crate) fn take(&self, bytes: usize) -> Result<Room, LedgerError> {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX).min(self.bytes);
        let taken = Arc::clone(&self.free).try_acquire_many_owned(bytes);
        taken.map(|permit| Room(Some(permit))).map_err(|_| LedgerError::Busy)
    }
}
