//! What an endpoint was owed when it was removed is called off: some of it with the removal itself, the rest in small steps,
//! so that nobody who waits for the writer notices how much it was. A step that the store did not take is made when it answers
//! again; steps that were not made at all are made after the next start.

use std::time::Duration;

use crate::batch::Change;
use crate::ledger::{Ledger, LedgerError};

/// The most deliveries that are called off in one step: a few milliseconds of the writer's time.
pub const CALLED_OFF_AT_ONCE: usize = 500;
/// How long everyone else has the writer between two steps.
const BETWEEN_STEPS: Duration = Duration::from_millis(20);
/// How long after it could not go on it is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

impl Ledger {
    /// Calls off whatever is still owed to endpoints that have been removed.
    pub async fn resume_calling_off(&self) -> Result<(), LedgerError> {
        let _one_at_a_time = self.calling_off.lock().await;
        while let Some(endpoint) = self.read(|reader| reader.owed_to_nobody()).await? {
            tracing::info!(%endpoint, most = CALLED_OFF_AT_ONCE, "more of what a removed endpoint was owed is called off");
            self.insist_on(vec![Change::CallOff(endpoint)]).await?;
            tokio::time::sleep(BETWEEN_STEPS).await;
        }
        Ok(())
    }

    /// The same while others go on, until it is done or the ledger is closed. To be called at the start; [`Ledger::change`]
    /// does so after each removal.
    pub fn call_off_in_the_background(&self) {
        let ledger = self.clone();
        tokio::spawn(async move {
            loop {
                match ledger.resume_calling_off().await {
                    Ok(()) | Err(LedgerError::Closed) => return,
                    Err(error) => {
                        tracing::warn!(%error, "what a removed endpoint was owed is called off later");
                    }
                }
                tokio::select! {
                    () = ledger.jobs.closed() => return,
                    () = tokio::time::sleep(AGAIN_AFTER) => {}
                }
            }
        });
    }
}
