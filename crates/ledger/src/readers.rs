//! Readers beside the writer: a few, kept open, each used by one question at a time.

use std::sync::Mutex;

use tokio::sync::Semaphore;

use crate::engine::{EngineError, Reader, Store};

pub(crate) struct Readers {
    store: Box<dyn Store>,
    idle: Mutex<Vec<Box<dyn Reader>>>,
    permits: Semaphore,
}

impl Readers {
    pub(crate) fn new(store: Box<dyn Store>, most: usize) -> Self {
        Self { store, idle: Mutex::new(Vec::new()), permits: Semaphore::new(most) }
    }

    pub(crate) async fn ask<T: Send + 'static>(
        self: &std::sync::Arc<Self>,
        question: impl FnOnce(&mut dyn Reader) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let _permit = self.permits.acquire().await.expect("the semaphore is never closed");
        let readers = std::sync::Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            let idle = readers.idle.lock().expect("nothing panics while it holds this lock").pop();
            let mut reader = match idle {
                Some(reader) => reader,
                None => readers.store.reader()?,
            };
            let answer = question(reader.as_mut());
            readers.idle.lock().expect("nothing panics while it holds this lock").push(reader);
            answer
        })
        .await
        .map_err(|error| EngineError::Failed(format!("a question to the store broke off: {error}")))?
    }
}
