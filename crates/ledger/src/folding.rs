//! When readers see what the writer has promised: whoever was answered finds what they were told.
//!
//! A thread beside the writer folds a moment after something was promised, later if there is much to do, and at once when
//! someone wants to read what has not been folded. So a store is never far behind, and nobody waits for longer than two
//! folds.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::engine::{EngineError, Folder};

/// How long what is promised waits at least, unless someone wants to read it.
const SOON: Duration = Duration::from_millis(2);
/// How long at most, however long folds take; and after one that failed.
const LATE: Duration = Duration::from_secs(1);
/// After a fold there is a rest, so many times as long as it took: the busier the writer is, the more is folded together,
/// and what many batches touch is written once.
const REST: u32 = 3;

/// What readers know of how far folds have come. Clones share it.
#[derive(Clone)]
pub(crate) struct Folded(Arc<Shared>);

/// What the writer says about what it has promised.
pub(crate) struct Folding {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    /// How many batches have been promised.
    promised: AtomicU64,
    reached: watch::Sender<Reached>,
    wishes: Mutex<Wishes>,
    woken: Condvar,
}

/// What the thread that folds is to do.
#[derive(Default)]
struct Wishes {
    /// Fold, and do not rest before.
    now: bool,
    /// Nothing more is promised.
    end: bool,
}

/// How many of those batches have been folded, how often that failed, and why it did the last time.
#[derive(Default)]
struct Reached {
    folded: u64,
    failed: u64,
    error: Option<EngineError>,
    /// Nothing is folded any more.
    ended: bool,
}

/// The two ends.
pub(crate) fn folding() -> (Folding, Folded) {
    let shared = Arc::new(Shared {
        promised: AtomicU64::new(0),
        reached: watch::Sender::default(),
        wishes: Mutex::default(),
        woken: Condvar::new(),
    });
    (Folding { shared: Arc::clone(&shared), thread: None }, Folded(shared))
}

impl Folded {
    /// Waits until everything that has been answered by now is there to be read.
    pub(crate) async fn catch_up(&self) -> Result<(), EngineError> {
        let promised = self.0.promised.load(Ordering::Acquire);
        let mut reached = self.0.reached.subscribe();
        let failed = {
            let reached = reached.borrow_and_update();
            if reached.folded >= promised {
                return Ok(());
            }
            reached.failed
        };
        self.0.wish(|wishes| wishes.now = true);
        let over = |reached: &Reached| reached.folded >= promised || reached.failed > failed || reached.ended;
        match reached.wait_for(over).await.as_deref() {
            Ok(reached) if reached.folded < promised => reached.error.clone().map_or(Ok(()), Err),
            _ => Ok(()),
        }
    }
}

impl Folding {
    /// From now on, a thread folds what is promised.
    pub(crate) fn begin(&mut self, folder: Box<dyn Folder>) -> std::io::Result<()> {
        let shared = Arc::clone(&self.shared);
        let thread = std::thread::Builder::new().name("ledger-fold".to_owned());
        self.thread = Some(thread.spawn(move || shared.run(folder))?);
        Ok(())
    }

    /// A batch has been promised that readers do not see yet. To be said before anyone is answered.
    pub(crate) fn promised(&self, is_much: bool) {
        let before = self.shared.promised.fetch_add(1, Ordering::AcqRel);
        let (was_folded, has_failed) = {
            let reached = self.shared.reached.borrow();
            (before == reached.folded, reached.error.is_some())
        };
        // What failed is tried again in its own time, however much there is.
        let is_urgent = is_much && !has_failed;
        if is_urgent || was_folded {
            self.shared.wish(|wishes| wishes.now |= is_urgent);
        }
    }

    /// The writer itself has folded, or tried to.
    pub(crate) fn folded(&self, result: Result<(), EngineError>) {
        self.shared.folded(self.shared.promised.load(Ordering::Acquire), result);
    }

    /// Nothing more is promised, and everything that was has been folded, or will be when the store is next opened.
    pub(crate) fn end(&mut self) {
        self.shared.wish(|wishes| wishes.end = true);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that folds ended badly");
        }
        self.shared.reached.send_modify(|reached| reached.ended = true);
    }
}

impl Drop for Folding {
    /// Nobody waits for a fold that does not come any more.
    fn drop(&mut self) {
        self.end();
    }
}

impl Shared {
    fn run(&self, mut folder: Box<dyn Folder>) {
        let mut pause = SOON;
        while self.wait(pause) {
            let began = Instant::now();
            let promised = self.promised.load(Ordering::Acquire);
            let result = catch_unwind(AssertUnwindSafe(|| folder.fold()));
            let broke =
                |_| Err(EngineError::Failed("Callboard itself broke on it; please report it".to_owned()));
            let result = result.unwrap_or_else(broke);
            pause = rest(result.as_ref().map(|()| began.elapsed()).ok());
            self.folded(promised, result);
        }
    }

    /// Waits until there is something to fold, and then for so long, unless someone wishes it now. Answers false if that is
    /// over.
    fn wait(&self, pause: Duration) -> bool {
        let mut wishes = self.wishes();
        while !wishes.end && !self.is_behind() {
            wishes.now = false;
            wishes = self.woken.wait(wishes).unwrap_or_else(PoisonError::into_inner);
        }
        let waited = self.woken.wait_timeout_while(wishes, pause, |wishes| !wishes.now && !wishes.end);
        let (mut wishes, _) = waited.unwrap_or_else(PoisonError::into_inner);
        wishes.now = false;
        !wishes.end
    }

    fn is_behind(&self) -> bool {
        self.reached.borrow().folded < self.promised.load(Ordering::Acquire)
    }

    fn wish(&self, wish: impl FnOnce(&mut Wishes)) {
        wish(&mut self.wishes());
        self.woken.notify_one();
    }

    /// Nothing panics while it holds this lock.
    fn wishes(&self) -> MutexGuard<'_, Wishes> {
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A fold of the first so many batches has been tried.
    fn folded(&self, promised: u64, result: Result<(), EngineError>) {
        self.reached.send_modify(|reached| match result {
            Ok(()) => (reached.folded, reached.error) = (promised.max(reached.folded), None),
            Err(error) => {
                tracing::error!(%error, "what was promised could not be folded into the store; it is safe in the journal");
                reached.failed += 1;
                reached.error = Some(error);
            }
        });
    }
}

/// How long nothing is folded after a fold that took so long; nothing if it failed.
fn rest(took: Option<Duration>) -> Duration {
    took.map_or(LATE, |took| (took * REST).clamp(SOON, LATE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_folds_take_the_more_is_folded_together_within_bounds() {
        let after = |took_ms| rest(Some(Duration::from_millis(took_ms))).as_millis();
        assert_eq!([after(0), after(1), after(40), after(333), after(60_000)], [2, 3, 120, 999, 1_000]);
        assert_eq!(rest(None), LATE, "a disk that takes nothing is left alone for a while");
    }
}
