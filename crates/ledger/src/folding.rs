//! When readers see what the writer has promised: whoever was answered finds what they were told.
//!
//! A thread beside the writer folds when nothing has been promised for a moment, after a while, when much has been
//! promised, and at once when someone wants to read what has not been folded. So a store is never far behind, and nobody
//! waits for longer than two folds.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::engine::{EngineError, Folder};

/// How long nothing must have been promised for a fold to begin of its own accord.
const IDLE: Duration = Duration::from_millis(2);
/// How often that is waited for before the fold begins all the same.
const PATIENCE: u32 = 150;
/// How long is waited before what failed is tried once more, unless someone wants to read.
const AGAIN: Duration = Duration::from_secs(1);

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
    /// Fold, and do not wait for silence.
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
    /// Waits, on a thread that may, until everything that has been answered by now is there to be read.
    pub(crate) fn catch_up(&self) -> Result<(), EngineError> {
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
        match Handle::current().block_on(reached.wait_for(over)).as_deref() {
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
        if is_much || before == self.shared.reached.borrow().folded {
            self.shared.wish(|wishes| wishes.now |= is_much);
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
        while self.wait() {
            let promised = self.promised.load(Ordering::Acquire);
            let result = catch_unwind(AssertUnwindSafe(|| folder.fold()));
            let broke =
                |_| Err(EngineError::Failed("Callboard itself broke on it; please report it".to_owned()));
            self.folded(promised, result.unwrap_or_else(broke));
        }
    }

    /// Waits until it is time to fold; answers false if that is over.
    fn wait(&self) -> bool {
        let mut wishes = self.wishes();
        let (mut seen, mut waited) = (None, 0);
        loop {
            let promised = self.promised.load(Ordering::Acquire);
            let (is_behind, has_failed) = {
                let reached = self.reached.borrow();
                (reached.folded < promised, reached.error.is_some())
            };
            if wishes.end {
                return false;
            }
            let is_silent = seen == Some(promised) || waited == PATIENCE;
            if is_behind && (wishes.now || is_silent) {
                wishes.now = false;
                return true;
            }
            if !is_behind {
                wishes.now = false;
                (seen, waited) = (None, 0);
                wishes = self.woken.wait(wishes).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let patience = if has_failed { AGAIN } else { IDLE };
            let (woken, timeout) =
                self.woken.wait_timeout(wishes, patience).unwrap_or_else(PoisonError::into_inner);
            wishes = woken;
            if timeout.timed_out() {
                (seen, waited) = (Some(promised), waited + 1);
            }
        }
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
