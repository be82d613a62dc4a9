//! The one writer: takes whatever has queued up, decides it, commits it as one transaction, then answers everyone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use callboard_core::{IdMint, World};
use rustc_hash::FxHashMap;
use tokio::sync::mpsc;

use crate::crew::Berth;
use crate::deciding::{Decided, Deciding};
use crate::directory::Directory;
use crate::engine::{Engine, EngineError};
use crate::fetching::Known;
use crate::folding::Folding;
use crate::job::Job;
use crate::ledger::{LedgerError, NOTICE_QUEUE};
use crate::plan::Planner;
use crate::publish::{Notice, Publisher};
use crate::sharing::{Touched, Word};
use crate::steps::Steps;

/// The most jobs in one transaction.
pub const BATCH_JOBS: usize = 1_024;
/// Once a transaction owes so many deliveries, it takes no more jobs: what one request comes to goes with how many endpoints
/// there are, and whoever waits behind it would wait for too long.
pub const BATCH_OWED: usize = 16_384;
/// Once it has so many bytes of bodies, likewise.
pub const BATCH_BYTES: usize = 16 * 1024 * 1024;
/// Once it has so much else to say to the outbox, likewise: half of what may wait to be heard there. What does not find room is
/// found by reading everything that is owed, and a body may go with each.
pub const BATCH_NOTICES: usize = NOTICE_QUEUE / 2;
/// Of so many jobs in a batch the writer is busy: it gathers for the next one for a moment, since a sync costs the same for
/// few and for many.
const MANY_JOBS: usize = 16;
/// How long that is.
const GATHER: Duration = Duration::from_millis(1);
/// The most things kept in memory between transactions; beyond it the memory is emptied and fills up again.
const WORLD_ENTITIES: usize = 50_000;
/// How often a batch that others were faster than is decided anew.
const CONFLICTS: usize = 3;

pub(crate) struct Writer {
    engine: Box<dyn Engine>,
    planner: Box<dyn Planner>,
    mint: IdMint,
    /// What is stored of what has been spoken of lately.
    world: World,
    directory: Arc<ArcSwap<Directory>>,
    generation: u64,
    /// The last generation that another hub's changes led to.
    elsewhere: u64,
    publisher: Publisher,
    folding: Folding,
    berth: Berth,
    /// How often this hub had taken shards when that was last said to the outbox.
    taken: u64,
    /// Others may write as well.
    is_shared: bool,
    /// They do not before the next batch, and what they have written is known; or why that could not be brought about.
    taken_up: Option<Result<(), EngineError>>,
}

impl Writer {
    pub(crate) fn new(
        engine: Box<dyn Engine>,
        planner: Box<dyn Planner>,
        mint: IdMint,
        directory: Arc<ArcSwap<Directory>>,
        publisher: Publisher,
        folding: Folding,
        berth: Berth,
    ) -> Self {
        let generation = directory.load().generation();
        Self {
            engine,
            planner,
            mint,
            world: World::default(),
            directory,
            generation,
            elsewhere: 0,
            publisher,
            folding,
            berth,
            taken: 0,
            is_shared: false,
            taken_up: None,
        }
    }

    /// From now on, what is promised is folded by a thread of its own, where the store has one.
    pub(crate) fn fold_beside(&mut self) -> std::io::Result<()> {
        self.engine.folder().map_or(Ok(()), |folder| self.folding.begin(folder))
    }

    /// Works until the ledger is closed and everything that was taken is written.
    pub(crate) fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        let mut jobs = Vec::with_capacity(BATCH_JOBS);
        let mut before = 0;
        while queue.blocking_recv_many(&mut jobs, BATCH_JOBS) > 0 {
            if before >= MANY_JOBS {
                std::thread::sleep(GATHER);
                take_what_has_come(&mut queue, &mut jobs);
            }
            if self.waits_for_its_turn() {
                take_what_has_come(&mut queue, &mut jobs);
            }
            before = jobs.len();
            let taken = std::mem::replace(&mut jobs, Vec::with_capacity(BATCH_JOBS));
            self.turn(taken, &mut queue);
            if self.taken_up.take().is_some() {
                // There was nothing to write.
                self.engine.put_down();
            }
        }
        self.fold();
        self.folding.end();
    }

    /// The same without a thread of its own, when it is told to.
    pub(crate) async fn run_in_steps(mut self, mut queue: mpsc::Receiver<Job>, steps: Arc<dyn Steps>) {
        let mut jobs = Vec::with_capacity(BATCH_JOBS);
        while queue.recv_many(&mut jobs, BATCH_JOBS).await > 0 {
            steps.write().await;
            self.turn(std::mem::take(&mut jobs), &mut queue);
            steps.fold().await;
            // As beside a busy writer, several batches may have been promised by now.
            if queue.is_empty() {
                self.fold();
            }
        }
    }

    /// Where several hubs write in turn: waits for this one's. What comes in meanwhile goes with it.
    fn waits_for_its_turn(&mut self) -> bool {
        if self.is_shared {
            let taken_up = self.take_up();
            if taken_up.is_err() {
                self.engine.put_down();
            }
            self.taken_up = Some(taken_up);
        }
        self.is_shared
    }

    /// Writes what has queued up.
    fn turn(&mut self, mut jobs: Vec<Job>, queue: &mut mpsc::Receiver<Job>) {
        // Whoever asks from here on wants something seen that these jobs may not see.
        self.berth.looks();
        if jobs.iter().any(|job| matches!(job, Job::Close)) {
            queue.close();
        }
        while let Some(alone) = jobs.iter().position(Job::stands_alone) {
            let mut rest = jobs.split_off(alone);
            let later = rest.split_off(1);
            self.write(jobs);
            self.write_alone(rest);
            jobs = later;
        }
        self.write(jobs);
    }

    /// Lets readers see what was promised.
    fn fold(&mut self) {
        let folded = self.engine.fold();
        self.folding.folded(folded);
    }

    fn write_alone(&mut self, mut job: Vec<Job>) {
        match job.pop() {
            Some(Job::Compact(reply)) => {
                let compacted = self.engine.compact();
                let _ = reply.send(compacted.map_err(|error| LedgerError::Store(Arc::new(error))));
            }
            alone => self.write(alone.into_iter().collect()),
        }
    }

    /// Writes jobs together, as many at once as a transaction takes; if that fails for what may be the fault of one, in
    /// halves, so that it takes no other down.
    fn write(&mut self, mut jobs: Vec<Job>) {
        let mut conflicts = 0;
        while !jobs.is_empty() {
            match self.commit(&mut jobs) {
                Ok(decided) => {
                    let later = jobs.split_off(decided.jobs);
                    self.announce(jobs, decided);
                    (jobs, conflicts) = (later, 0);
                }
                Err(EngineError::Conflict) if conflicts < CONFLICTS => conflicts += 1,
                Err(error) => return self.not_taken(jobs, error),
            }
        }
    }

    fn not_taken(&mut self, mut jobs: Vec<Job>, error: EngineError) {
        if jobs.len() > 1 && matches!(error, EngineError::Conflict | EngineError::Refused(_)) {
            tracing::warn!(%error, jobs = jobs.len(), "a batch was not taken; it goes in two halves now");
            let later = jobs.split_off(jobs.len() / 2);
            self.write(jobs);
            self.write(later);
        } else {
            if jobs.iter().any(|job| !matches!(job, Job::Look)) {
                tracing::error!(%error, jobs = jobs.len(), "nothing could be written");
            }
            let error = LedgerError::Store(Arc::new(error));
            for job in jobs {
                job.refuse(error.clone());
            }
        }
    }

    fn commit(&mut self, jobs: &mut Vec<Job>) -> Result<Decided, EngineError> {
        if self.world.len() > WORLD_ENTITIES {
            self.world.clear();
        }
        let taken_up = self.taken_up.take().unwrap_or_else(|| self.take_up());
        let decided = taken_up.and_then(|()| self.decide(jobs)).and_then(|decided| {
            if jobs.iter().all(|job| matches!(job, Job::Look)) {
                self.engine.put_down();
                return Ok(decided);
            }
            self.engine.promise(&decided.batch)?;
            if !self.engine.is_folded() {
                self.folding.promised(self.engine.has_much_to_fold());
            }
            Ok(decided)
        });
        if decided.is_err() {
            // What was decided did not come to pass.
            self.engine.put_down();
            self.world.clear();
        }
        decided
    }

    /// Takes in what others have written, where there are any: what is decided from here on follows on that.
    fn take_up(&mut self) -> Result<(), EngineError> {
        self.say_what_is_held();
        let Some(news) = self.engine.take_up()? else { return Ok(()) };
        self.is_shared = true;
        self.mint.go_on_after(news.last_id);
        match news.touched {
            Touched::Nothing => {}
            Touched::These(things) => things.into_iter().for_each(|raw_id| self.world.forget(raw_id)),
            Touched::Anything => self.world.clear(),
        }
        if let Some(directory) = news.directory {
            self.reconfigured(directory);
        }
        if news.missed {
            self.publisher.notice(Notice::Missed);
        }
        if !news.owed.is_empty() {
            self.publisher.notice(Notice::More(news.owed));
        }
        for notice in news.said {
            self.publisher.notice(notice);
        }
        if news.happened {
            self.publisher.elsewhere();
        }
        Ok(())
    }

    /// Tells the outbox, before anything that is written from now on, if this hub has taken more shards by now.
    fn say_what_is_held(&mut self) {
        let taken = {
            let holding = self.berth.holding();
            // Alone, it holds what it holds for ever.
            holding.until.map(|_| holding.times())
        };
        if let Some(taken) = taken.filter(|taken| *taken != self.taken)
            && self.publisher.notice(Notice::Taken(taken))
        {
            self.taken = taken;
        }
    }

    /// Another hub has changed what is configured.
    fn reconfigured(&mut self, directory: Directory) {
        self.generation += 1;
        self.elsewhere = self.generation;
        let before = self.directory.load_full();
        let changed = directory.endpoints_unlike(&before);
        self.directory.store(Arc::new(directory.after(&before, self.generation)));
        for id in changed {
            self.publisher.notice(Notice::Endpoint(id));
        }
    }

    /// Decides jobs, from the first on, until they come to as much as one transaction takes. What breaks on one that nobody
    /// foresaw must not take the writer down: the message is put aside; if even that breaks, or if it is none, whoever asked is
    /// told so. Everything else is decided anew without it.
    fn decide(&mut self, jobs: &mut Vec<Job>) -> Result<Decided, EngineError> {
        loop {
            let broken = match self.try_to_decide(jobs)? {
                Tried::Decided(decided) => return Ok(*decided),
                Tried::BrokeOn(index) => index,
            };
            self.world.clear();
            if !jobs[broken].quarantine(&LedgerError::Broke.to_string()) {
                jobs.remove(broken).refuse(LedgerError::Broke);
            }
        }
    }

    fn try_to_decide(&mut self, jobs: &[Job]) -> Result<Tried, EngineError> {
        let engine = self.engine.as_mut();
        let mut deciding = Deciding {
            known: Known::fetch(engine, &mut self.world, jobs)?,
            world: &mut self.world,
            mint: &mut self.mint,
            planner: self.planner.as_mut(),
            directory: self.directory.load_full(),
            berth: &self.berth,
            generation: &mut self.generation,
            elsewhere: self.elsewhere,
            written: FxHashMap::default(),
            paper: Vec::new(),
            decided: Decided::default(),
        };
        for (index, job) in jobs.iter().enumerate() {
            match catch_unwind(AssertUnwindSafe(|| deciding.job(engine, job))) {
                Ok(done) => done?,
                Err(_) => return Ok(Tried::BrokeOn(index)),
            }
            deciding.decided.jobs += 1;
            if deciding.decided.is_full() {
                break;
            }
        }
        let mut decided = deciding.decided;
        decided.batch.last_id = self.mint.last();
        decided.batch.words = decided.notices.iter().flat_map(Word::of).collect();
        Ok(Tried::Decided(Box::new(decided)))
    }

    /// Says what has become durable: first to those who go on with it, so that whoever is answered finds that they know.
    fn announce(&mut self, jobs: Vec<Job>, decided: Decided) {
        if let Some(directory) = decided.directory {
            self.directory.store(directory);
        }
        if !decided.owed.is_empty() {
            self.publisher.notice(Notice::Owed(decided.owed));
        }
        for notice in decided.notices {
            self.publisher.notice(notice);
        }
        self.publisher.events(decided.batch.events);
        let (mut recorded, mut carried) = (decided.recorded.into_iter(), decided.carried.into_iter());
        let mut changed = decided.changed.into_iter();
        let mut replayed = decided.replayed;
        // Whoever no longer waits for an answer does not mind.
        for job in jobs {
            match job {
                Job::Record(request, reply) | Job::Reprocess(_, request, reply) => {
                    // Whoever is answered finds that there is room again where it waited.
                    drop(request);
                    let recorded = recorded.next().expect("each request that is recorded has an outcome");
                    let _ = reply.send(recorded);
                }
                Job::Command(_, reply) => {
                    let _ = reply.send(carried.next().expect("each command is carried out, or refused"));
                }
                Job::Change(_, _, reply) => {
                    let _ = reply.send(changed.next().expect("each change is made, or was made before"));
                }
                Job::Replay(_, reply) => {
                    let stands = replayed.take().expect("a page of a replay is alone in its batch");
                    let _ = reply.send(Ok(stands));
                }
                Job::Settle(_, reply) | Job::Compact(reply) => {
                    let _ = reply.send(Ok(()));
                }
                Job::Look | Job::Close => {}
            }
        }
    }
}

fn take_what_has_come(queue: &mut mpsc::Receiver<Job>, jobs: &mut Vec<Job>) {
    while jobs.len() < BATCH_JOBS
        && let Ok(job) = queue.try_recv()
    {
        jobs.push(job);
    }
}

enum Tried {
    Decided(Box<Decided>),
    BrokeOn(usize),
}
