//! What drives connections, since whoever asks waits on a thread of any kind.

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::yield_now;

use crate::engine::EngineError;

/// It goes with what it drives.
pub(super) struct Driving(Option<Runtime>);

impl Driving {
    /// A thread of its own, for connections on which something may come at any time.
    pub(super) fn beside() -> Result<Self, EngineError> {
        Self::begin(Builder::new_multi_thread().worker_threads(1).thread_name("ledger-net"))
    }

    /// Whoever waits for an answer, and only while they wait: no other thread has to be woken for a question, and none again for
    /// its answer.
    pub(super) fn by_who_waits() -> Result<Self, EngineError> {
        Self::begin(&mut Builder::new_current_thread())
    }

    fn begin(builder: &mut Builder) -> Result<Self, EngineError> {
        let runtime = builder.enable_all().build();
        runtime.map(|runtime| Self(Some(runtime))).map_err(|error| EngineError::Failed(error.to_string()))
    }

    /// Waits for something, and drives what whoever waits has to drive.
    pub(super) fn until<T>(&self, done: impl Future<Output = T>) -> T {
        self.runtime().block_on(done)
    }

    /// Lets what whoever waits has to drive see what has come in the meantime, such as the end of a connection.
    pub(super) fn look(&self) {
        self.until(async {
            // What has come is looked for when there is nothing else to do, and is then read before the second.
            yield_now().await;
            yield_now().await;
        });
    }

    pub(super) fn handle(&self) -> &Handle {
        self.runtime().handle()
    }

    fn runtime(&self) -> &Runtime {
        self.0.as_ref().expect("it is taken by `drop` alone")
    }
}

impl Drop for Driving {
    fn drop(&mut self) {
        // The last one to go may be on a thread that must not wait.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
