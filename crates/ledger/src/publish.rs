//! Telling those who listen what has just become durable.

use std::sync::Arc;

use tokio::sync::{broadcast, mpsc};

use crate::ledger::{Committed, Notice};

/// Never waits: whoever is too slow is told that something was missed, and reads it from the store.
pub(crate) struct Publisher {
    notices: mpsc::Sender<Notice>,
    live: broadcast::Sender<Arc<Committed>>,
    missed: bool,
}

impl Publisher {
    pub(crate) fn new(notices: mpsc::Sender<Notice>, live: broadcast::Sender<Arc<Committed>>) -> Self {
        Self { notices, live, missed: false }
    }

    /// Is anyone watching the live stream?
    pub(crate) fn is_watched(&self) -> bool {
        self.live.receiver_count() > 0
    }

    pub(crate) fn event(&self, event: Committed) {
        let _ = self.live.send(Arc::new(event));
    }

    pub(crate) fn notice(&mut self, notice: Notice) {
        self.remind();
        if self.missed || self.notices.try_send(notice).is_err() {
            self.missed = true;
        }
    }

    /// Says that something was missed as soon as there is room to say so.
    pub(crate) fn remind(&mut self) {
        if self.missed && self.notices.try_send(Notice::Missed).is_ok() {
            self.missed = false;
        }
    }
}
