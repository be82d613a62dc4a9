//! Makes durable what came of attempts: whatever has queued up, together. Nothing is lost on the way: as long as the store
//! does not work it is offered again, and meanwhile the dispatcher begins no more than its limits allow. An attempt that a
//! store that works does not take holds up no other: its delivery is owed still, and tried again after the next start.

use std::time::Duration;

use callboard_core::DeliveryId;
use callboard_ledger::{EngineError, Ledger, LedgerError, Settlement};
use tokio::sync::mpsc;

use crate::limits::OutboxLimits;

/// What came of a batch of attempts.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// The deliveries of those that are on record.
    pub(crate) durable: Vec<DeliveryId>,
    /// The deliveries of those that the store does not take.
    pub(crate) refused: Vec<DeliveryId>,
}

pub(crate) struct Scribe {
    ledger: Ledger,
    queue: mpsc::Receiver<Settlement>,
    written: mpsc::Sender<Written>,
    batch: usize,
    pause: Duration,
}

impl Scribe {
    /// Takes settlements from `queue` and says in `written` what came of them.
    pub(crate) fn new(
        ledger: Ledger,
        queue: mpsc::Receiver<Settlement>,
        written: mpsc::Sender<Written>,
        limits: &OutboxLimits,
    ) -> Self {
        Self { ledger, queue, written, batch: limits.settle_batch, pause: limits.store_pause }
    }

    /// Writes until the queue is closed and empty, or the ledger is closed.
    pub(crate) async fn run(mut self) {
        let mut batch = Vec::with_capacity(self.batch);
        while self.queue.recv_many(&mut batch, self.batch).await > 0 {
            // What has been written of a batch is not offered again because the rest was not.
            batch.sort_by_key(|settlement| !settlement.decides_nothing());
            let (plain, deciding) = batch.split_at(batch.partition_point(Settlement::decides_nothing));
            let Ok(written) = self.write([plain, deciding]).await else {
                let unwritten = batch.len() + self.queue.len();
                tracing::error!(unwritten, "the ledger closed first; these attempts may be made again");
                return;
            };
            batch.clear();
            // Nobody listens any more once the dispatcher has stopped; what is left is written all the same.
            let _ = self.written.send(written).await;
        }
    }

    async fn write(&self, [first, then]: [&[Settlement]; 2]) -> Result<Written, LedgerError> {
        let (mut written, mut parts) = (Written::default(), vec![then, first]);
        while let Some(part) = parts.pop() {
            if part.is_empty() {
                continue;
            }
            match (self.ledger.settle(part.to_vec()).await, part) {
                (Ok(()), _) => written.durable.extend(part.iter().map(|settlement| settlement.delivery)),
                (Err(LedgerError::Closed), _) => return Err(LedgerError::Closed),
                (Err(error), [one]) if is_for_good(&error) => {
                    let (delivery, endpoint) =
                        (one.delivery, one.news.as_ref().map(|news| news.endpoint.to_string()));
                    tracing::error!(%error, %delivery, endpoint, "an attempt cannot be written down; restart the hub to have it made again");
                    written.refused.push(delivery);
                }
                (Err(error), _) if is_for_good(&error) => {
                    let (first, later) = part.split_at(part.len() / 2);
                    parts.extend([later, first]);
                }
                (Err(error), _) => {
                    tracing::warn!(%error, attempts = part.len(), "attempts could not be written down yet");
                    tokio::time::sleep(self.pause).await;
                    parts.push(part);
                }
            }
        }
        Ok(written)
    }
}

/// Will what is offered as it is never be taken, at least not together?
fn is_for_good(error: &LedgerError) -> bool {
    match error {
        LedgerError::Broke => true,
        LedgerError::Store(error) => matches!(**error, EngineError::Refused(_)),
        _ => false,
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
        let ((settle, queue), (write, mut written)) =
            (mpsc::channel(2 * SETTLE_BATCH), mpsc::channel(SETTLE_BATCH));
        for raw in 0..=SETTLE_BATCH {
            settle.try_send(settlement(raw)).unwrap();
        }
        drop(settle);

        Scribe::new(ledger, queue, write, &OutboxLimits::default()).run().await;

        assert_eq!(written.recv().await.map(|written| written.durable.len()), Some(SETTLE_BATCH));
        assert_eq!(written.recv().await.map(|written| written.durable.len()), Some(1));
    }
}
