//! Among those that share a store: a thread that says again and again that this hub is there, and one that listens for
//! what the others do.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use callboard_core::EndpointId;
use rustc_hash::FxHashMap;
use tokio::sync::mpsc::{Sender, WeakSender};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::engine::EngineError;
use crate::job::Job;
use crate::sharing::{BEAT, Beat, Crew, Ear, Hint, Holding, Shards, shard_of};

/// How long after one that failed it is said again that this hub is there.
const AGAIN_AFTER: Duration = Duration::from_millis(200);
/// How often others' work is looked for without a hint.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// This hub's place among them: what it holds, and what it wants to hold. Clones share it.
#[derive(Clone)]
pub(crate) struct Berth(Arc<Shared>);

struct Shared {
    holding: watch::Sender<Holding>,
    wishes: Mutex<Wishes>,
    woken: Condvar,
    /// The writer has been asked to look at what others have written, and has not been given that to do.
    is_to_look: AtomicBool,
}

struct Wishes {
    beat: Beat,
    /// What is to be left for others to read with it.
    reports: FxHashMap<EndpointId, String>,
    /// Say so now.
    now: bool,
}

impl Berth {
    /// Alone on the store, or about to find out.
    pub(crate) fn new(holding: Holding) -> Self {
        let beat = Beat { vacated: Shards::NONE, stays: true };
        Self(Arc::new(Shared {
            holding: watch::Sender::new(holding),
            wishes: Mutex::new(Wishes { beat, reports: FxHashMap::default(), now: false }),
            woken: Condvar::new(),
            is_to_look: AtomicBool::new(false),
        }))
    }

    /// What this hub holds, told with each change.
    pub(crate) fn watch(&self) -> watch::Receiver<Holding> {
        self.0.holding.subscribe()
    }

    /// What it holds now.
    pub(crate) fn holding(&self) -> watch::Ref<'_, Holding> {
        self.0.holding.borrow()
    }

    /// Is it for this hub to see to what has an id with this number?
    pub(crate) fn holds(&self, raw_id: u64) -> bool {
        let holding = self.holding();
        holding.taken[shard_of(raw_id) as usize] > 0 && holding.counts_at(Instant::now())
    }

    /// Nothing is under way any more on these of the shards that it is to leave. To be said until they have passed on.
    pub(crate) fn vacated(&self, vacated: Shards) {
        let mut wishes = self.wishes();
        let vacated = vacated.and(self.holding().leaving);
        if wishes.beat.vacated != vacated {
            wishes.beat.vacated = vacated;
            self.wake(wishes);
        }
    }

    /// How endpoints are doing that this hub tells.
    pub(crate) fn report(&self, reports: Vec<(EndpointId, String)>) {
        self.wishes().reports.extend(reports);
    }

    /// It wants to hold nothing more.
    pub(crate) fn step_back(&self) {
        self.wish(|beat| beat.stays = false);
    }

    /// Something has changed in the crew.
    pub(crate) fn look_up(&self) {
        self.wish(|_| {});
    }

    /// Has the writer look at what others have written, unless it is about to.
    fn have_looked(&self, writer: &Sender<Job>) {
        // Where there is no room in its queue, it looks with what is there.
        if !self.0.is_to_look.swap(true, Ordering::AcqRel) && writer.try_send(Job::Look).is_err() {
            self.looks();
        }
    }

    /// The writer has been given all that it was asked to do so far.
    pub(crate) fn looks(&self) {
        self.0.is_to_look.store(false, Ordering::Release);
    }

    fn wish(&self, wish: impl FnOnce(&mut Beat)) {
        let mut wishes = self.wishes();
        wish(&mut wishes.beat);
        self.wake(wishes);
    }

    fn wake(&self, mut wishes: MutexGuard<'_, Wishes>) {
        wishes.now = true;
        self.0.woken.notify_one();
    }

    /// Waits for as long as this, or until there is something to say.
    fn pause(&self, pause: Duration) {
        let waited = self.0.woken.wait_timeout_while(self.wishes(), pause, |wishes| !wishes.now);
        waited.unwrap_or_else(PoisonError::into_inner).0.now = false;
    }

    /// Nothing panics while it holds this lock.
    fn wishes(&self) -> MutexGuard<'_, Wishes> {
        self.0.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn beat(&self, crew: &mut dyn Crew) -> Result<(), EngineError> {
        let beat = {
            let wishes = &mut self.wishes().beat;
            // It is said once: what has passed on may come back, and is not vacant then.
            Beat { vacated: std::mem::take(&mut wishes.vacated), ..*wishes }
        };
        let holding = crew.beat(beat)?;
        let leaving = holding.leaving;
        self.0.holding.send_replace(holding);
        {
            // What was said until then may be about shards that are to stay by now.
            let vacated = &mut self.wishes().beat.vacated;
            *vacated = vacated.and(leaving);
        }
        let reports: Vec<_> = self.wishes().reports.drain().collect();
        if reports.is_empty() {
            return Ok(());
        }
        crew.report(&reports).inspect_err(|_| {
            let mut wishes = self.wishes();
            for (endpoint, report) in reports {
                wishes.reports.entry(endpoint).or_insert(report);
            }
        })
    }

    /// Takes this hub's place in the crew, and keeps it for as long as the writer works.
    pub(crate) fn keep(
        &self,
        mut crew: Box<dyn Crew>,
        writer: WeakSender<Job>,
    ) -> Result<std::thread::JoinHandle<()>, EngineError> {
        self.beat(crew.as_mut())?;
        let berth = self.clone();
        let thread = std::thread::Builder::new().name("ledger-crew".to_owned());
        let keeps = move || {
            let _ending = Ending(writer.clone());
            let mut pause = BEAT;
            while !has_ended(&writer) {
                berth.pause(pause);
                pause = match berth.beat(crew.as_mut()) {
                    Ok(()) => BEAT,
                    Err(error) => {
                        tracing::warn!(%error, "the other hubs do not hear of this one");
                        AGAIN_AFTER
                    }
                };
            }
            if let Err(error) = crew.leave() {
                tracing::warn!(%error, "the other hubs find out by themselves that this one has gone");
            }
        };
        thread.spawn(keeps).map_err(|error| EngineError::Failed(error.to_string()))
    }

    /// Has the writer look at what others have written, when there is a hint of it and now and then.
    pub(crate) fn listen(&self, mut ear: Box<dyn Ear>, writer: WeakSender<Job>) -> Result<(), EngineError> {
        let berth = self.clone();
        let thread = std::thread::Builder::new().name("ledger-ear".to_owned());
        let listens = move || {
            let _ending = Ending(writer.clone());
            while !has_ended(&writer) {
                let hint = ear.listen(LOOK_EVERY).unwrap_or_else(|error| {
                    tracing::debug!(%error, "others are not heard");
                    std::thread::sleep(LOOK_EVERY);
                    Hint { written: true, crew: true }
                });
                if hint.crew {
                    berth.look_up();
                }
                if let Some(writer) = writer.upgrade().filter(|_| hint.written) {
                    berth.have_looked(&writer);
                }
            }
        };
        thread.spawn(listens).map(drop).map_err(|error| EngineError::Failed(error.to_string()))
    }
}

/// Ends the writer, and the hub with it, if one of these threads breaks: a hub that others find gone, or that does not hear
/// of them, is not to look as if it were well.
struct Ending(WeakSender<Job>);

impl Drop for Ending {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some(writer) = self.0.upgrade()
        {
            let _ = writer.blocking_send(Job::Close);
        }
    }
}

fn has_ended(writer: &WeakSender<Job>) -> bool {
    writer.upgrade().is_none_or(|writer| writer.is_closed())
}
