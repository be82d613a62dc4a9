//! The service: one task that looks what is due and begins errands, within limits; the errands do the rest.

use std::sync::Arc;

use callboard_core::{Identifier, SourceId, Timestamp};
use callboard_ledger::{Ledger, Pointer};
use callboard_outbox::{Clock, Sender};
use jiff::SignedDuration;
use rustc_hash::{FxHashMap, FxHashSet};
use tokio::sync::oneshot;
use tokio::task::{Id, JoinHandle, JoinSet};
use tokio::time::{Instant, timeout_at};

use crate::access::Access;
use crate::errand::Errands;
use crate::limits::{DUE_PAGE, FetchLimits};
use crate::memory::Memory;
use crate::slots::{Pace, Slots};
use crate::verdict::longest_wait;

/// What a service is started with.
#[derive(Debug, Clone, Copy, Default)]
pub struct FetchOptions {
    /// How much of anything there may be at once.
    pub limits: FetchLimits,
    /// What the jitter of retries, and what makes each call unlike the others, come from.
    pub seed: u64,
}

/// Fetches what thin webhooks point at.
pub struct Fetch {
    errands: Arc<Errands>,
    limits: FetchLimits,
    under_way: JoinSet<()>,
    pointers: FxHashMap<Id, Pointer>,
    /// Sources that are not prompt and had their turn: others of them come first, however long the queues of these are.
    had_turn: FxHashSet<SourceId>,
}

/// A running service. It stops when this is dropped, but only [`FetchHandle::stop`] waits for it.
pub struct FetchHandle {
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl FetchHandle {
    /// Begins no more errands and waits for those under way, for so long and no longer: what is cut off is fetched after
    /// the next start.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        if let Err(error) = self.running.await {
            tracing::error!(%error, "the fetch service ended badly");
        }
    }
}

impl Fetch {
    /// Starts a service on the current runtime. `sender` connects only where its guard lets it; its limits are those of
    /// [`FetchLimits`].
    pub fn start(
        ledger: Ledger,
        clock: Arc<dyn Clock>,
        sender: Sender,
        options: FetchOptions,
    ) -> FetchHandle {
        let FetchOptions { limits, seed } = options;
        let access = Access::new(sender, Arc::clone(&clock), &limits, seed);
        let errands =
            Errands { ledger, clock, access, memory: Memory::new(), store_pause: limits.store_pause };
        let service = Self {
            errands: Arc::new(errands),
            limits,
            under_way: JoinSet::new(),
            pointers: FxHashMap::default(),
            had_turn: FxHashSet::default(),
        };
        let (stop, stopped) = oneshot::channel();
        FetchHandle { stop, running: tokio::spawn(service.run(stopped)) }
    }

    async fn run(mut self, mut stopped: oneshot::Receiver<()>) {
        loop {
            self.begin().await;
            let next_look = tokio::time::sleep(self.limits.look_every);
            tokio::select! {
                biased;
                _ = &mut stopped => break,
                Some(landed) = self.under_way.join_next_with_id() => self.landed(landed.map(|(id, ())| id)),
                () = next_look => {}
            }
        }
        self.land().await;
    }

    /// Begins whatever is due and may be begun.
    async fn begin(&mut self) {
        let directory = self.errands.ledger.directory();
        self.errands.access.forget(|source| directory.source(source).is_some());
        let is_idle = directory.sources().all(|source| source.fetch.is_none());
        drop(directory);
        if is_idle {
            return;
        }
        // A page may be full of one source's, which is busy then: so another is read, for the others.
        while self.begin_some().await > 0 || self.next_round() {}
    }

    async fn begin_some(&mut self) -> usize {
        let before = self.pointers.len();
        for pointer in self.due().await {
            if self.has_room_for(&pointer) {
                if self.pace(pointer.source) != Pace::Prompt {
                    self.had_turn.insert(pointer.source);
                }
                let id = self.under_way.spawn(Arc::clone(&self.errands).run(pointer.clone())).id();
                self.pointers.insert(id, pointer);
            }
        }
        self.pointers.len() - before
    }

    /// If a slot is left when all that are not prompt had their turn, it is the first one's again.
    fn next_round(&mut self) -> bool {
        let begins = !self.had_turn.is_empty() && self.slots().has_one_for_slow();
        if begins {
            self.had_turn.clear();
        }
        begins
    }

    async fn due(&self) -> Vec<Pointer> {
        if !self.slots().has_one() {
            return Vec::new();
        }
        let now = self.errands.clock.now();
        let until = now.checked_add(SignedDuration::from_nanos(1)).unwrap_or(now);
        let latest = now.checked_add(longest_wait()).unwrap_or(Timestamp::MAX);
        let without_room = self.without_room();
        let due = self
            .errands
            .ledger
            .read(move |store| store.pointers_due(until, latest, &without_room, DUE_PAGE))
            .await;
        due.unwrap_or_else(|error| {
            tracing::warn!(%error, "what is to be fetched could not be read yet");
            Vec::new()
        })
    }

    /// The sources at which no more is begun for now. Nothing of theirs is read, so that it hides nothing of others.
    fn without_room(&self) -> Vec<SourceId> {
        let slots = self.slots();
        let directory = self.errands.ledger.directory();
        let sources = directory.sources().map(|source| source.id);
        sources.filter(|source| !self.has_room_at(*source, slots)).collect()
    }

    /// One thing is fetched once at a time: whoever points at it meanwhile waits for its turn.
    fn has_room_for(&self, pointer: &Pointer) -> bool {
        let mut under_way = self.pointers.values();
        !under_way.any(|known| known.source == pointer.source && known.resource == pointer.resource)
            && self.has_room_at(pointer.source, self.slots())
    }

    /// May more be begun at a source? Not where another hub on the same store fetches.
    fn has_room_at(&self, source: SourceId, slots: Slots) -> bool {
        let pace = self.pace(source);
        let under_way = self.pointers.values().filter(|pointer| pointer.source == source).count();
        under_way < slots.share(pace)
            && (pace == Pace::Prompt || !self.had_turn.contains(&source))
            && self.errands.ledger.holds(source.raw())
    }

    fn slots(&self) -> Slots {
        let under_way = self.pointers.values().map(|pointer| pointer.source);
        let by_slow = under_way.filter(|source| self.pace(*source) != Pace::Prompt).count();
        Slots::new(&self.limits, self.pointers.len(), by_slow)
    }

    fn pace(&self, source: SourceId) -> Pace {
        self.errands.access.pace(source)
    }

    fn landed(&mut self, landed: Result<Id, tokio::task::JoinError>) {
        let id = landed.unwrap_or_else(|error| {
            tracing::error!(%error, "an errand broke off; it will be run once more");
            error.id()
        });
        self.pointers.remove(&id);
    }

    async fn land(&mut self) {
        let deadline = Instant::now() + self.limits.stop_time;
        while let Ok(Some(_)) = timeout_at(deadline, self.under_way.join_next()).await {}
        if !self.under_way.is_empty() {
            tracing::warn!(cut_off = self.under_way.len(), "fetches were cut off; they will be made again");
        }
    }
}
