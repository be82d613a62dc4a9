//! Readers beside the writer: a few, kept open, each used by one question at a time.

use std::sync::{Arc, Mutex};

use tokio::sync::Semaphore;

use crate::engine::{EngineError, Reader, Store};
use crate::steps::Steps;

pub(crate) struct Readers {
    store: Box<dyn Store>,
    idle: Mutex<Vec<Box<dyn Reader>>>,
    places: Arc<Semaphore>,
    /// Who says when a question is answered, where that is not left to threads.
    steps: Option<Arc<dyn Steps>>,
}

impl Readers {
    pub(crate) fn new(store: Box<dyn Store>, most: usize, steps: Option<Arc<dyn Steps>>) -> Self {
        Self { store, idle: Mutex::new(Vec::new()), places: Arc::new(Semaphore::new(most)), steps }
    }

    pub(crate) async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(&mut dyn Reader) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let place = Arc::clone(&self.places).acquire_owned().await.expect("the semaphore is never closed");
        if let Some(steps) = &self.steps {
            steps.ask().await?;
            let answer = self.answer(question);
            steps.answered().await;
            return answer;
        }
        let readers = Arc::clone(self);
        let asked = tokio::task::spawn_blocking(move || {
            let answer = readers.answer(question);
            // Kept until here, even if nobody waits for the answer any more.
            drop(place);
            answer
        });
        asked
            .await
            .map_err(|error| EngineError::Failed(format!("a question to the store broke off: {error}")))?
    }

    /// A reader goes back to the others only if it answered: whatever broke it may not be over.
    fn answer<T>(
        &self,
        question: impl FnOnce(&mut dyn Reader) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let idle = self.idle.lock().expect("nothing panics while it holds this lock").pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => self.store.reader()?,
        };
        let answer = question(reader.as_mut())?;
        self.idle.lock().expect("nothing panics while it holds this lock").push(reader);
        Ok(answer)
    }
}
