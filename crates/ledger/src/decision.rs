//! From jobs to one batch: what each request comes to, on top of what the ones before it came to.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use callboard_core::{
    Decision, DeliveryId, Event, IdMint, Name, Observation, ReceiptId, Remark, Teller, Timestamp, World,
    decide,
};
use jiff::SignedDuration;
use rustc_hash::{FxHashMap, FxHashSet};
use sha2::{Digest, Sha256};

use crate::batch::{Batch, Change, DedupKey, EntityWrite, EventRow, NewDelivery, Outcome, Receipt};
use crate::directory::Directory;
use crate::engine::{Engine, EngineError, Owed};
use crate::ledger::{Committed, Intake, Job, Notice, Recorded};
use crate::plan::Planner;

/// How long the body of a request is remembered where its platform gives messages no id of their own.
const SAME_BODY_WINDOW: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A batch, and what to say once it is durable.
pub(crate) struct Decided {
    pub(crate) batch: Batch,
    pub(crate) recorded: Vec<Recorded>,
    pub(crate) owed: Vec<Owed>,
    pub(crate) live: Vec<Committed>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) directory: Option<Arc<Directory>>,
}

pub(crate) struct Deciding<'a> {
    world: &'a mut World,
    mint: &'a mut IdMint,
    planner: &'a mut dyn Planner,
    directory: Arc<Directory>,
    watched: bool,
    seen: FxHashMap<(u64, [u8; 16]), ReceiptId>,
    written: FxHashMap<u64, usize>,
    changed_directory: bool,
    decided: Decided,
}

impl<'a> Deciding<'a> {
    pub(crate) fn new(
        world: &'a mut World,
        mint: &'a mut IdMint,
        planner: &'a mut dyn Planner,
        directory: Arc<Directory>,
        watched: bool,
    ) -> Self {
        let decided = Decided {
            batch: Batch::default(),
            recorded: Vec::new(),
            owed: Vec::new(),
            live: Vec::new(),
            notices: Vec::new(),
            directory: None,
        };
        Self {
            world,
            mint,
            planner,
            directory,
            watched,
            seen: FxHashMap::default(),
            written: FxHashMap::default(),
            changed_directory: false,
            decided,
        }
    }

    /// Fetches what deciding all of these jobs needs, in a few questions for all of them together.
    pub(crate) fn fetch(&mut self, engine: &mut dyn Engine, jobs: &[Job]) -> Result<(), EngineError> {
        let intakes = || {
            jobs.iter().filter_map(|job| match job {
                Job::Record(intake, _) | Job::Reprocess(_, intake, _) => Some(intake),
                _ => None,
            })
        };
        let keys: Vec<DedupKey> = intakes().map(|intake| dedup_key(intake)).collect();
        for (key, receipt) in keys.iter().zip(engine.seen(&keys)?) {
            if let Some(receipt) = receipt {
                self.seen.insert(key.identity(), receipt);
            }
        }
        let mut names: FxHashSet<Name> = FxHashSet::default();
        for intake in intakes() {
            for observation in intake.told.iter().flatten() {
                names.extend(
                    observation
                        .names(&teller(intake))
                        .into_iter()
                        .filter(|name| self.world.named(name).is_none()),
                );
            }
        }
        let names: Vec<Name> = names.into_iter().collect();
        let ids = engine.resolve(&names)?;
        let mut wanted = Vec::new();
        for (name, id) in names.into_iter().zip(ids) {
            if let Some(id) = id {
                self.world.name(name, id);
                wanted.push(id);
            }
        }
        self.load(engine, wanted)
    }

    /// Loads things, the things that those lead to, and so on; see [`callboard_core::Entity::links`].
    fn load(&mut self, engine: &mut dyn Engine, mut wanted: Vec<u64>) -> Result<(), EngineError> {
        loop {
            wanted.sort_unstable();
            wanted.dedup();
            wanted.retain(|id| self.world.entity(*id).is_none());
            if wanted.is_empty() {
                return Ok(());
            }
            let loaded = engine.load(&wanted)?;
            wanted = loaded.iter().flat_map(|held| held.entity.links()).collect();
            for held in loaded {
                self.world.put(held);
            }
        }
    }

    pub(crate) fn job(&mut self, engine: &mut dyn Engine, job: &Job) -> Result<(), EngineError> {
        match job {
            Job::Record(intake, _) => self.record(intake),
            Job::Reprocess(receipt, intake, _) => self.reprocess(*receipt, intake),
            Job::Settle(settlements, _) => self.decided.batch.settlements.extend(settlements.iter().cloned()),
            Job::Change(changes, _) => {
                for change in changes {
                    self.change(engine, change)?;
                }
            }
            Job::Close => {}
        }
        Ok(())
    }

    fn record(&mut self, intake: &Intake) {
        let id: ReceiptId = self.mint.mint(intake.received_at);
        let key = dedup_key(intake);
        let receipt = |outcome, detail: String, remarks, body: Bytes| Receipt {
            id,
            source: intake.source.id,
            received_at: intake.received_at,
            outcome,
            detail,
            remarks,
            headers: intake.headers.clone(),
            body,
        };
        if let Some(first) = self.seen.get(&key.identity()) {
            let kept = receipt(Outcome::Duplicate, first.to_string(), Vec::new(), Bytes::new());
            self.keep(kept, 0);
            return;
        }
        self.seen.insert(key.identity(), id);
        self.decided.batch.seen.push((key, id));
        let kept = match self.understand(id, intake) {
            Ok((events, remarks)) => {
                let kept = receipt(Outcome::Understood, intake.label.clone(), remarks, intake.body.clone());
                (kept, events)
            }
            Err(reason) => {
                let event = callboard_core::quarantined(
                    intake.source.company,
                    intake.source.id,
                    id,
                    &reason,
                    intake.received_at,
                    self.mint,
                );
                self.happened(id, event);
                (receipt(Outcome::Quarantined, reason, Vec::new(), intake.body.clone()), 1)
            }
        };
        self.keep(kept.0, kept.1);
    }

    fn reprocess(&mut self, id: ReceiptId, intake: &Intake) {
        match self.understand(id, intake) {
            Ok((events, _)) => {
                self.decided.batch.changes.push(Change::Reprocessed(id, intake.label.clone()));
                self.decided.recorded.push(Recorded { receipt: id, outcome: Outcome::Understood, events });
            }
            Err(_) => {
                self.decided.recorded.push(Recorded {
                    receipt: id,
                    outcome: Outcome::Quarantined,
                    events: 0,
                });
            }
        }
    }

    fn keep(&mut self, receipt: Receipt, events: usize) {
        self.decided.recorded.push(Recorded { receipt: receipt.id, outcome: receipt.outcome, events });
        self.decided.batch.receipts.push(receipt);
    }

    /// Decides what a request says: how many events came of it, and what is to be remarked.
    fn understand(&mut self, receipt: ReceiptId, intake: &Intake) -> Result<(usize, Vec<String>), String> {
        let (mut events, mut remarks) = (0, Vec::new());
        for observation in intake.told.as_ref().map_err(Clone::clone)? {
            let decision = self.decide(observation, &teller(intake))?;
            self.world.apply(&decision);
            events += decision.events.len();
            remarks.extend(decision.remarks.iter().map(sentence));
            self.take(receipt, decision);
        }
        Ok((events, remarks))
    }

    /// A rule that breaks on a message no one foresaw must not take the writer down: the message is put aside instead.
    fn decide(&mut self, observation: &Observation, teller: &Teller<'_>) -> Result<Decision, String> {
        let mut mint = self.mint.clone();
        let decision = catch_unwind(AssertUnwindSafe(|| decide(self.world, observation, teller, &mut mint)))
            .map_err(|_| "the rules broke on this message; please report it".to_owned())?;
        *self.mint = mint;
        Ok(decision)
    }

    fn take(&mut self, receipt: ReceiptId, decision: Decision) {
        for held in decision.entities {
            let batch = &mut self.decided.batch.entities;
            match self.written.get(&held.entity.raw_id()) {
                Some(index) => batch[*index].held = held,
                None => {
                    self.written.insert(held.entity.raw_id(), batch.len());
                    let base_version = held.record.version - 1;
                    batch.push(EntityWrite { held, base_version });
                }
            }
        }
        self.decided.batch.names.extend(decision.names);
        for event in decision.events {
            self.happened(receipt, event);
        }
    }

    fn happened(&mut self, receipt: ReceiptId, event: Event) {
        let native =
            Bytes::from(serde_json::to_vec(&event).expect("an event has text keys only, as JSON asks for"));
        let plan = self.planner.plan(&event, &native, &self.directory);
        let lane = event.subject();
        for planned in plan.owed {
            // The mint only goes forward: the next id is the one after the event's own.
            let delivery: DeliveryId = self.mint.mint(Timestamp::UNIX_EPOCH);
            self.decided.owed.push(Owed {
                delivery,
                endpoint: planned.endpoint,
                event: event.id,
                lane,
                body: planned.body.clone().unwrap_or_else(|| native.clone()),
                attempts: 0,
                first_attempt_at: None,
                next_at: None,
            });
            self.decided.batch.deliveries.push(NewDelivery {
                id: delivery,
                endpoint: planned.endpoint,
                event: event.id,
                lane,
                body: planned.body,
            });
        }
        if self.watched {
            self.decided.live.push(Committed {
                id: event.id,
                company: event.company,
                kind: event.kind.clone(),
                body: native.clone(),
            });
        }
        self.decided.batch.events.push(EventRow {
            id: event.id,
            company: event.company,
            source: event.data.source,
            receipt: Some(receipt),
            subject: lane,
            kind: event.kind,
            body: native,
            skipped: plan.skipped,
        });
    }

    fn change(&mut self, engine: &mut dyn Engine, change: &Change) -> Result<(), EngineError> {
        Arc::make_mut(&mut self.directory).apply(change);
        self.changed_directory = true;
        match change {
            Change::PutEndpoint(endpoint) => self.decided.notices.push(Notice::Endpoint(endpoint.id)),
            Change::DeleteEndpoint(id) => self.decided.notices.push(Notice::Endpoint(*id)),
            Change::Retry(delivery) => {
                if let Some(owed) = engine.owed_one(*delivery)? {
                    self.decided.notices.push(Notice::Retry(Owed { next_at: None, ..owed }));
                }
            }
            Change::Cancel(delivery) => {
                if let Some(owed) = engine.owed_one(*delivery)? {
                    self.decided.notices.push(Notice::Cancelled(owed.delivery, owed.endpoint));
                }
            }
            _ => {}
        }
        self.decided.batch.changes.push(change.clone());
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Decided {
        self.decided.directory = self.changed_directory.then_some(self.directory);
        self.decided
    }
}

fn teller(intake: &Intake) -> Teller<'_> {
    Teller {
        company: intake.source.company,
        source: intake.source.id,
        platform: &intake.source.platform,
        received_at: intake.received_at,
    }
}

fn dedup_key(intake: &Intake) -> DedupKey {
    let mut hasher = Sha256::new();
    let not_before = match &intake.unique {
        Some(unique) => {
            hasher.update(b"id:");
            hasher.update(unique);
            Timestamp::UNIX_EPOCH
        }
        None => {
            hasher.update(b"body:");
            hasher.update(&intake.body);
            intake.received_at - SAME_BODY_WINDOW
        }
    };
    let digest = hasher.finalize();
    let mut hash = [0; 16];
    hash.copy_from_slice(&digest[..16]);
    DedupKey { source: intake.source.id, hash, not_before }
}

fn sentence(remark: &Remark) -> String {
    match remark {
        Remark::Known => "everything it says was known".to_owned(),
        Remark::Late => "older than what is known; only what was missing was taken".to_owned(),
        Remark::Unreconciled(sentence) => sentence.clone(),
    }
}
