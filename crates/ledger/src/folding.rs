//! When readers see what the writer has promised: whoever was answered finds what they were told.
//!
//! The writer folds when nothing has come for a moment, after so many batches, and at once when someone wants to read what
//! has not been folded. So a store is never far behind, and nobody waits for longer than one fold.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};

use crate::engine::EngineError;

/// How long nothing must have come for the writer to fold of its own accord.
const IDLE: Duration = Duration::from_millis(2);
/// How long the writer waits before it tries once more what failed, if nothing comes.
const AGAIN: Duration = Duration::from_secs(1);
/// How many batches are promised before the writer folds, however busy it is.
const BATCHES: u64 = 256;

/// What readers know of how far the writer has come. Clones share it.
#[derive(Clone)]
pub(crate) struct Folded {
    shared: Arc<Shared>,
    reached: watch::Receiver<Reached>,
}

/// What the writer says about how far it has come.
pub(crate) struct Folding {
    shared: Arc<Shared>,
    reached: watch::Sender<Reached>,
    since: u64,
}

#[derive(Default)]
struct Shared {
    /// How many batches have been promised.
    promised: AtomicU64,
    /// Does someone wait for a fold?
    wanted: AtomicBool,
}

/// How many of those batches have been folded, how often that failed, and why it did the last time.
#[derive(Default)]
struct Reached {
    folded: u64,
    failed: u64,
    error: Option<EngineError>,
}

/// The two ends.
pub(crate) fn folding() -> (Folding, Folded) {
    let shared = Arc::<Shared>::default();
    let (told, reached) = watch::channel(Reached::default());
    (Folding { shared: Arc::clone(&shared), reached: told, since: 0 }, Folded { shared, reached })
}

impl Folded {
    /// Waits, on a thread that may, until everything that has been answered by now is there to be read. `nudge` wakes the
    /// writer, should it be at rest.
    pub(crate) fn catch_up(&self, nudge: impl FnOnce()) -> Result<(), EngineError> {
        let promised = self.shared.promised.load(Ordering::Acquire);
        let mut reached = self.reached.clone();
        let failed = {
            let reached = reached.borrow_and_update();
            if reached.folded >= promised {
                return Ok(());
            }
            reached.failed
        };
        self.shared.wanted.store(true, Ordering::Release);
        nudge();
        let over = |reached: &Reached| reached.folded >= promised || reached.failed > failed;
        match Handle::current().block_on(reached.wait_for(over)).as_deref() {
            Ok(reached) if reached.folded < promised => reached.error.clone().map_or(Ok(()), Err),
            // If the writer is gone, it has folded before that.
            _ => Ok(()),
        }
    }
}

impl Folding {
    /// A batch has been promised that readers do not see yet. To be said before anyone is answered.
    pub(crate) fn promised(&mut self) {
        self.since += 1;
        self.shared.promised.fetch_add(1, Ordering::Release);
    }

    /// Is it time to fold, however much waits?
    pub(crate) fn is_due(&self) -> bool {
        self.since >= BATCHES || self.shared.wanted.load(Ordering::Acquire)
    }

    /// How long the writer waits for something to come, if it has something to fold.
    pub(crate) fn patience(&self) -> Duration {
        if self.reached.borrow().error.is_some() { AGAIN } else { IDLE }
    }

    /// A fold has been tried.
    pub(crate) fn folded(&mut self, result: Result<(), EngineError>) {
        self.since = 0;
        self.shared.wanted.store(false, Ordering::Release);
        let promised = self.shared.promised.load(Ordering::Acquire);
        self.reached.send_modify(|reached| match result {
            Ok(()) => (reached.folded, reached.error) = (promised, None),
            Err(error) => {
                tracing::error!(%error, "what was promised could not be folded into the store; it is safe in the journal");
                reached.failed += 1;
                reached.error = Some(error);
            }
        });
    }
}

/// Waits for jobs as a thread, for a while or for as long as it takes.
pub(crate) struct Waiting(Waker);

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl Waiting {
    /// For this thread.
    pub(crate) fn here() -> Self {
        Self(Waker::from(Arc::new(Unpark(thread::current()))))
    }

    /// How many jobs came, 0 if none will come any more; nothing if none came for that long, or not quite.
    pub(crate) fn receive<T>(
        &self,
        queue: &mut mpsc::Receiver<T>,
        jobs: &mut Vec<T>,
        most: usize,
        patience: Option<Duration>,
    ) -> Option<usize> {
        let mut context = Context::from_waker(&self.0);
        let mut waited = false;
        loop {
            match queue.poll_recv_many(&mut context, jobs, most) {
                Poll::Ready(count) => return Some(count),
                Poll::Pending if waited => return None,
                Poll::Pending => match patience {
                    None => thread::park(),
                    Some(patience) => {
                        thread::park_timeout(patience);
                        waited = true;
                    }
                },
            }
        }
    }
}
