//! Readers beside the writer: a few, kept open, each used by one question at a time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::engine::{EngineError, Reader, Store};
use crate::folding::Folded;
use crate::steps::Steps;

/// How long a question waits for its turn.
pub const ASKED_WITHIN: Duration = Duration::from_secs(30);

pub(crate) struct Readers {
    store: Box<dyn Store>,
    idle: Mutex<Vec<Box<dyn Reader>>>,
    places: Arc<Semaphore>,
    /// For questions that do not wait behind those of others.
    reserved: Arc<Semaphore>,
    folded: Folded,
    /// Who says when a question is answered, where that is not left to threads.
    steps: Option<Arc<dyn Steps>>,
}

impl Readers {
    pub(crate) fn new(
        store: Box<dyn Store>,
        most: usize,
        reserved: usize,
        folded: Folded,
        steps: Option<Arc<dyn Steps>>,
    ) -> Self {
        let [places, reserved] = [most, reserved].map(|places| Arc::new(Semaphore::new(places)));
        Self { store, idle: Mutex::new(Vec::new()), places, reserved, folded, steps }
    }

    /// What the store is, in a word.
    pub(crate) fn store(&self) -> &'static str {
        self.store.name()
    }

    /// Does the writer wait until it is known what became of a commit?
    pub(crate) fn is_in_doubt(&self) -> bool {
        self.store.is_in_doubt()
    }

    /// Who says when the store is asked, where that is not left to threads.
    pub(crate) fn steps(&self) -> Option<&Arc<dyn Steps>> {
        self.steps.as_ref()
    }

    /// Asks when everything that has been answered by now is there to be read.
    pub(crate) async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(&mut dyn Reader) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        self.ask_at(&self.places, question).await
    }

    /// The same at a reserved place.
    pub(crate) async fn ask_first<T: Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(&mut dyn Reader) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        self.ask_at(&self.reserved, question).await
    }

    async fn ask_at<T: Send + 'static>(
        self: &Arc<Self>,
        places: &Arc<Semaphore>,
        question: impl FnOnce(&mut dyn Reader) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let place = timeout(ASKED_WITHIN, Arc::clone(places).acquire_owned()).await;
        let place = place
            .map_err(|_| EngineError::Failed("others ask the store, and are not answered".to_owned()))?
            .expect("the semaphore is never closed");
        if let Some(steps) = &self.steps {
            self.folded.catch_up().await?;
            steps.ask().await?;
            let answer = self.answer(question);
            steps.answered().await;
            return answer;
        }
        let readers = Arc::clone(self);
        let asked = tokio::task::spawn_blocking(move || {
            let caught_up = Handle::current().block_on(readers.folded.catch_up());
            let answer = caught_up.and_then(|()| readers.answer(question));
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
