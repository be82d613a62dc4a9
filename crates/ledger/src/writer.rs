//! The one writer: takes whatever has queued up, decides it, commits it as one transaction, then answers everyone.

use std::sync::Arc;

use arc_swap::ArcSwap;
use callboard_core::{IdMint, World};
use tokio::sync::mpsc;

use crate::decision::{Decided, Deciding};
use crate::directory::Directory;
use crate::engine::{Engine, EngineError};
use crate::ledger::{Job, LedgerError, Notice};
use crate::plan::Planner;
use crate::publish::Publisher;

/// The most jobs in one transaction.
const BATCH_JOBS: usize = 1_024;
/// The most things kept in memory between transactions; beyond it the memory is emptied and fills up again.
const WORLD_ENTITIES: usize = 50_000;

pub(crate) struct Writer {
    engine: Box<dyn Engine>,
    planner: Box<dyn Planner>,
    mint: IdMint,
    world: World,
    directory: Arc<ArcSwap<Directory>>,
    publisher: Publisher,
}

impl Writer {
    pub(crate) fn new(
        engine: Box<dyn Engine>,
        planner: Box<dyn Planner>,
        mint: IdMint,
        directory: Arc<ArcSwap<Directory>>,
        publisher: Publisher,
    ) -> Self {
        Self { engine, planner, mint, world: World::default(), directory, publisher }
    }

    /// Works until the ledger is closed and everything that was taken is written.
    pub(crate) fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        while let Some(first) = queue.blocking_recv() {
            let mut jobs = vec![first];
            while jobs.len() < BATCH_JOBS
                && let Ok(job) = queue.try_recv()
            {
                jobs.push(job);
            }
            if jobs.iter().any(|job| matches!(job, Job::Close)) {
                queue.close();
            }
            self.write(jobs);
        }
    }

    /// Writes jobs together; if that fails, each by itself, so that one bad job takes no other down with it.
    fn write(&mut self, jobs: Vec<Job>) {
        match self.commit(&jobs) {
            Ok(decided) => self.announce(jobs, decided),
            Err(EngineError::Conflict) if jobs.len() == 1 => match self.commit(&jobs) {
                Ok(decided) => self.announce(jobs, decided),
                Err(error) => refuse(jobs, error),
            },
            Err(error @ EngineError::Full(_)) => refuse(jobs, error),
            Err(error) if jobs.len() > 1 => {
                tracing::warn!(%error, jobs = jobs.len(), "a batch was not taken; each job goes by itself now");
                for job in jobs {
                    self.write(vec![job]);
                }
            }
            Err(error) => refuse(jobs, error),
        }
    }

    fn commit(&mut self, jobs: &[Job]) -> Result<Decided, EngineError> {
        if self.world.len() > WORLD_ENTITIES {
            self.world.clear();
        }
        let decided = self.decide(jobs).and_then(|decided| {
            self.engine.commit(&decided.batch)?;
            Ok(decided)
        });
        if decided.is_err() {
            // What was decided did not come to pass: forget it.
            self.world.clear();
        }
        decided
    }

    fn decide(&mut self, jobs: &[Job]) -> Result<Decided, EngineError> {
        let mut deciding = Deciding::new(
            &mut self.world,
            &mut self.mint,
            self.planner.as_mut(),
            self.directory.load_full(),
            self.publisher.is_watched(),
        );
        deciding.fetch(self.engine.as_mut(), jobs)?;
        for job in jobs {
            deciding.job(self.engine.as_mut(), job)?;
        }
        Ok(deciding.finish())
    }

    fn announce(&mut self, jobs: Vec<Job>, decided: Decided) {
        if let Some(directory) = decided.directory {
            self.directory.store(directory);
        }
        let mut recorded = decided.recorded.into_iter();
        for job in jobs {
            match job {
                Job::Record(_, reply) | Job::Reprocess(_, _, reply) => {
                    let recorded = recorded.next().expect("each request that is recorded has an outcome");
                    let _ = reply.send(Ok(recorded));
                }
                Job::Settle(_, reply) | Job::Change(_, reply) => {
                    let _ = reply.send(Ok(()));
                }
                Job::Close => {}
            }
        }
        for event in decided.live {
            self.publisher.event(event);
        }
        if !decided.owed.is_empty() {
            self.publisher.notice(Notice::Owed(decided.owed));
        }
        for notice in decided.notices {
            self.publisher.notice(notice);
        }
        self.publisher.remind();
    }
}

fn refuse(jobs: Vec<Job>, error: EngineError) {
    tracing::error!(%error, jobs = jobs.len(), "nothing could be written");
    let error = LedgerError::Store(Arc::new(error));
    for job in jobs {
        match job {
            Job::Record(_, reply) | Job::Reprocess(_, _, reply) => drop(reply.send(Err(error.clone()))),
            Job::Settle(_, reply) | Job::Change(_, reply) => drop(reply.send(Err(error.clone()))),
            Job::Close => {}
        }
    }
}
