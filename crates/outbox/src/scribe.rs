//! Makes durable what came of attempts: whatever has queued up, together. Nothing is lost on the way: what the store
//! does not take is offered again until it does, and meanwhile the dispatcher begins no more than its limits allow.

use std::time::Duration;

use callboard_core::DeliveryId;
use callboard_ledger::{Ledger, LedgerError, Settlement};
use tokio::sync::mpsc;

use crate::limits::OutboxLimits;

pub(crate) struct Scribe {
    ledger: Ledger,
    queue: mpsc::Receiver<Settlement>,
    durable: mpsc::Sender<Vec<DeliveryId>>,
    batch: usize,
    pause: Duration,
}

impl Scribe {
    /// Takes settlements from `queue` and says in `durable` which have been written.
    pub(crate) fn new(
        ledger: Ledger,
        queue: mpsc::Receiver<Settlement>,
        durable: mpsc::Sender<Vec<DeliveryId>>,
        limits: &OutboxLimits,
    ) -> Self {
        Self { ledger, queue, durable, batch: limits.settle_batch, pause: limits.store_pause }
    }

    /// Writes until the queue is closed and empty, or the ledger is closed.
    pub(crate) async fn run(mut self) {
        let mut batch = Vec::with_capacity(self.batch);
        while self.queue.recv_many(&mut batch, self.batch).await > 0 {
            if self.write(&batch).await.is_err() {
                let unwritten = batch.len() + self.queue.len();
                tracing::error!(unwritten, "the ledger closed first; these attempts may be made again");
                return;
            }
            let written = batch.drain(..).map(|settlement| settlement.delivery).collect();
            // Nobody listens any more once the dispatcher has stopped; what is left is written all the same.
            let _ = self.durable.send(written).await;
        }
    }

    async fn write(&self, batch: &[Settlement]) -> Result<(), LedgerError> {
        loop {
            match self.ledger.settle(batch.to_vec()).await {
                Ok(()) => return Ok(()),
                Err(LedgerError::Closed) => return Err(LedgerError::Closed),
                Err(error) => {
                    tracing::warn!(%error, attempts = batch.len(), "attempts could not be written down yet");
                    tokio::time::sleep(self.pause).await;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use callboard_core::{Identifier, Timestamp};
    use callboard_ledger::sqlite::SqliteStore;
    use callboard_ledger::{Attempt, DeliveryState};

    use super::*;
    use crate::Planning;
    use crate::limits::SETTLE_BATCH;

    fn settlement(raw: usize) -> Settlement {
        let attempt = Attempt {
            number: 1,
            at: Timestamp::UNIX_EPOCH,
            took_us: 900,
            status: Some(204),
            error: None,
            response: Bytes::new(),
        };
        let delivery = DeliveryId::from_raw(raw as u64);
        let state = DeliveryState::Delivered;
        Settlement { delivery, attempt, state, next_at: None, overtook: Vec::new(), news: None }
    }

    #[tokio::test]
    async fn so_many_attempts_are_written_down_together_and_the_rest_after_them() {
        let data = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(data.path()).unwrap();
        let (ledger, _, _) = Ledger::open(store, 0, Box::new(Planning::new("http://hub"))).unwrap();
        let ((settle, queue), (durable, mut written)) =
            (mpsc::channel(2 * SETTLE_BATCH), mpsc::channel(SETTLE_BATCH));
        for raw in 0..=SETTLE_BATCH {
            settle.try_send(settlement(raw)).unwrap();
        }
        drop(settle);

        Scribe::new(ledger, queue, durable, &OutboxLimits::default()).run().await;

        assert_eq!(written.recv().await.map(|written| written.len()), Some(SETTLE_BATCH));
        assert_eq!(written.recv().await.map(|written| written.len()), Some(1));
    }
}
