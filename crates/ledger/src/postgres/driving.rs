//! What drives connections: a runtime of their own, since whoever asks waits on a thread of any kind.

use tokio::runtime::{Builder, Handle, Runtime};

use crate::engine::EngineError;

/// It goes with the last connection.
pub(super) struct Driving(Option<Runtime>);

impl Driving {
    pub(super) fn begin() -> Result<Self, EngineError> {
        let runtime =
            Builder::new_multi_thread().worker_threads(1).thread_name("ledger-net").enable_all().build();
        runtime.map(|runtime| Self(Some(runtime))).map_err(|error| EngineError::Failed(error.to_string()))
    }

    pub(super) fn runtime(&self) -> &Handle {
        self.0.as_ref().expect("it is taken by `drop` alone").handle()
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
