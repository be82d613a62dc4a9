//! Which names may be looked up now, so that those whose servers are silent leave room for the others.
//!
//! A look-up that is not answered takes up its place for as long as the system waits, though nobody else does any more. So
//! names that were not answered soon the last time, or of which nobody knows yet, never have all places together. A name
//! gets its place whether or not an attempt still waits for it: so one that is answered soon is known to be before long.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashSet;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::limits::PROMPT;

/// Names that are remembered at the most: if there are more, each is known again after its next look-up.
const REMEMBERED: usize = 65_536;

#[derive(Debug)]
pub(super) struct Places {
    all: Arc<Semaphore>,
    /// Those for names that are not known to be answered soon.
    for_unknown: Arc<Semaphore>,
    answered_soon: Mutex<FxHashSet<String>>,
}

/// A place that a name has; it goes with this.
pub(super) struct Place {
    since: Instant,
    _of_all: Option<OwnedSemaphorePermit>,
    _of_unknown: Option<OwnedSemaphorePermit>,
}

impl Places {
    pub(super) fn new(all: usize, for_unknown: usize) -> Self {
        let places = |count: usize| Arc::new(Semaphore::new(count.max(1)));
        Self { all: places(all), for_unknown: places(for_unknown), answered_soon: Mutex::default() }
    }

    /// Waits until there is a place for this name.
    pub(super) async fn take(&self, host: &str) -> Place {
        let is_known = self.answered_soon().contains(host);
        // Nobody closes them.
        let of_unknown =
            if is_known { None } else { Arc::clone(&self.for_unknown).acquire_owned().await.ok() };
        let of_all = Arc::clone(&self.all).acquire_owned().await.ok();
        Place { since: Instant::now(), _of_all: of_all, _of_unknown: of_unknown }
    }

    /// A name that has this place has been answered.
    pub(super) fn was_answered(&self, host: &str, place: &Place) {
        let mut answered_soon = self.answered_soon();
        if place.since.elapsed() >= PROMPT {
            answered_soon.remove(host);
        } else if !answered_soon.contains(host) {
            if answered_soon.len() >= REMEMBERED {
                answered_soon.clear();
            }
            answered_soon.insert(host.to_owned());
        }
    }

    /// Nothing panics while it holds this lock.
    fn answered_soon(&self) -> MutexGuard<'_, FxHashSet<String>> {
        self.answered_soon.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
