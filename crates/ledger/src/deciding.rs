//! From jobs to one batch: what each comes to, on top of what the ones before it came to.

use std::sync::Arc;

use bytes::Bytes;
use callboard_core::{
    Decision, DeliveryId, Event, EventId, Held, IdMint, Name, ReceiptId, Refusal, RefusalCode, Timestamp,
    World, command,
};
use rustc_hash::FxHashMap;

use crate::asking::{Answer, Asking, Carried, Done, Kept, Remember};
use crate::batch::{Batch, Change, EntityWrite, EventRow, NewDelivery};
use crate::crew::Berth;
use crate::directory::Directory;
use crate::engine::{Engine, EngineError};
use crate::extent::{Extent, Telling};
use crate::fetching::Known;
use crate::job::{Job, Recorded, Wanted};
use crate::ledger::LedgerError;
use crate::pages::Owed;
use crate::plan::{Planned, Planner};
use crate::publish::Notice;
use crate::replay::Replay;
use crate::writer::{BATCH_BYTES, BATCH_NOTICES, BATCH_OWED};

/// A batch, and what to say once it is durable.
#[derive(Default)]
pub(crate) struct Decided {
    /// How many jobs it is about, from the first on.
    pub(crate) jobs: usize,
    pub(crate) batch: Batch,
    /// How many bytes of bodies are to be written.
    pub(crate) bytes: usize,
    /// One for each request, in the order of the jobs.
    pub(crate) recorded: Vec<Result<Recorded, LedgerError>>,
    /// One for each job that commands something, in their order.
    pub(crate) carried: Vec<Result<Carried, LedgerError>>,
    /// One for each job that changes something once, in their order.
    pub(crate) changed: Vec<Result<Option<Answer>, LedgerError>>,
    /// How a replay stands after the page that the batch consists of.
    pub(crate) replayed: Option<Replay>,
    pub(crate) owed: Vec<Owed>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) directory: Option<Arc<Directory>>,
}

impl Decided {
    /// Does it come to as much as one transaction takes?
    pub(crate) fn is_full(&self) -> bool {
        self.owed.len() >= BATCH_OWED || self.bytes >= BATCH_BYTES || self.notices.len() >= BATCH_NOTICES
    }
}

/// A batch in the making. It changes the world as it goes; if the batch is not taken, the world is to be forgotten.
pub(crate) struct Deciding<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) mint: &'a mut IdMint,
    pub(crate) planner: &'a mut dyn Planner,
    pub(crate) directory: Arc<Directory>,
    pub(crate) berth: &'a Berth,
    /// The highest generation of a directory that the planner has seen.
    pub(crate) generation: &'a mut u64,
    /// The last generation that another hub's changes led to.
    pub(crate) elsewhere: u64,
    pub(crate) known: Known,
    /// Where in the batch each thing is.
    pub(crate) written: FxHashMap<u64, usize>,
    /// Native forms are written on it before they are kept in a piece of their own length.
    pub(crate) paper: Vec<u8>,
    pub(crate) decided: Decided,
}

impl Deciding<'_> {
    pub(crate) fn job(&mut self, engine: &mut dyn Engine, job: &Job) -> Result<(), EngineError> {
        match job {
            Job::Record(request, _) => self.record(request),
            Job::Reprocess(receipt, request, _) => self.reprocess(*receipt, &request.intake),
            Job::Command(order, _) => {
                let carried = self.carry_out(engine, &order.asking)?;
                self.decided.carried.push(carried);
            }
            Job::Settle(settlements, _) => self.settle(engine, settlements)?,
            Job::Change(wanted, once, _) => {
                let made = self.change_once(engine, wanted, once.as_deref())?;
                self.decided.changed.push(made);
            }
            Job::Replay(page, _) => {
                let stands = self.replay(engine, page)?;
                self.decided.replayed = Some(stands);
            }
            Job::Compact(_) | Job::Look | Job::Close => {}
        }
        Ok(())
    }

    /// Carries out commands that belong together. A refusal changes nothing.
    fn carry_out(
        &mut self,
        engine: &mut dyn Engine,
        asking: &Asking,
    ) -> Result<Result<Carried, LedgerError>, EngineError> {
        if let Some(remember) = &asking.remember {
            match self.known.answered(&remember.key) {
                Ok(None) => {}
                Ok(Some(before)) => return Ok(Ok(Carried::Before(before))),
                Err(reused) => return Ok(Err(reused)),
            }
        }
        let commands = self.with_traces(engine, &asking.commands)?;
        let mut decision = match command(self.world, &commands, &asking.asker, self.mint) {
            Ok(decision) => decision,
            Err(refusal) => return Ok(Err(LedgerError::Refused(refusal))),
        };
        let done = Done {
            things: decision.entities.clone(),
            events: decision.events.iter().map(|event| event.id).collect(),
        };
        // Who is to be forgotten is forgotten, whoever has to be told.
        let mut extent = if decision.erasures.is_empty() { Extent::OF_A_REQUEST } else { Extent::BOUNDLESS };
        let told = match self.plan_all(std::mem::take(&mut decision.events), &mut extent) {
            Ok(told) => told,
            Err(reason) => {
                let refusal = Refusal::new(RefusalCode::TOO_MUCH_TO_TELL, reason);
                return Ok(Err(LedgerError::Refused(refusal)));
            }
        };
        if let Some(Remember { key, answer }) = &asking.remember {
            self.answered(Kept { key: key.clone(), answer: answer(&done) });
        }
        self.decided.bytes += asking.blobs.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
        self.decided.batch.blobs.extend_from_slice(&asking.blobs);
        if !decision.erasures.is_empty() {
            let ids: Vec<String> = decision.entities.iter().map(|held| held.entity.id()).collect();
            for erasure in &decision.erasures {
                self.erase(engine, asking.asker.company, erasure, &ids)?;
            }
        }
        let moved = self.apply(&decision);
        self.put(decision, moved);
        self.tell_all(None, told);
        Ok(Ok(Carried::Out(done)))
    }

    fn answered(&mut self, kept: Kept) {
        self.known.note_answered(kept.clone());
        self.decided.batch.answers.push(kept);
    }

    /// Takes a decision into the world. Answers of each thing whether it belongs to something else than before.
    pub(crate) fn apply(&mut self, decision: &Decision) -> Vec<bool> {
        let moved = decision.entities.iter().map(|held| self.moves(held)).collect();
        self.world.apply(decision);
        moved
    }

    /// Puts what a decision says of things into the batch.
    pub(crate) fn put(&mut self, decision: Decision, moved: Vec<bool>) {
        for (held, moved) in decision.entities.into_iter().zip(moved) {
            self.write(held, moved);
        }
        self.rename(&decision.dropped_names, decision.names);
        self.decided.batch.dropped_blobs.extend(decision.dropped_files);
    }

    /// Does a thing belong to something else than in the world so far?
    fn moves(&self, held: &Held) -> bool {
        let before = self.world.entity(held.entity.raw_id());
        before.is_none_or(|before| before.entity.parent() != held.entity.parent())
    }

    /// Each thing is in the batch once, as the last decision leaves it.
    fn write(&mut self, held: Held, moved: bool) {
        let raw_id = held.entity.raw_id();
        let entities = &mut self.decided.batch.entities;
        match self.written.get(&raw_id) {
            Some(index) => {
                let write = &mut entities[*index];
                write.held = held;
                write.moved |= moved;
            }
            None => {
                self.written.insert(raw_id, entities.len());
                let base_version = held.record.version - 1;
                entities.push(EntityWrite { held, base_version, moved });
            }
        }
    }

    /// Each name is in the batch as the last decision leaves it: one that this batch gave and took away again is not in
    /// it at all.
    fn rename(&mut self, dropped: &[Name], given: Vec<(Name, u64)>) {
        let batch = &mut self.decided.batch;
        for name in dropped {
            let before = batch.names.len();
            batch.names.retain(|(name_given, _)| name_given != name);
            if batch.names.len() == before {
                batch.dropped_names.push(name.clone());
            }
        }
        batch.names.extend(given);
    }

    pub(crate) fn happened(&mut self, receipt: Option<ReceiptId>, event: Event) {
        let telling = self.plan(event);
        self.tell(receipt, telling);
    }

    /// Works out an event's native form, and who is owed it.
    pub(crate) fn plan(&mut self, event: Event) -> Telling {
        self.paper.clear();
        serde_json::to_writer(&mut self.paper, &event)
            .expect("an event has text keys only, as JSON asks for");
        let native = Bytes::copy_from_slice(&self.paper);
        let plan = self.planner.plan(&event, &native, &self.directory);
        Telling { event, native, plan }
    }

    /// Puts an event into the batch, with what is owed of it.
    pub(crate) fn tell(&mut self, receipt: Option<ReceiptId>, telling: Telling) {
        let Telling { event, native, plan } = telling;
        self.decided.bytes += native.len();
        let lane = event.subject();
        let owed = u32::try_from(plan.owed.len()).expect("a company has 1,000 endpoints at the most");
        for planned in plan.owed {
            self.owe(event.id, lane, &native, planned);
        }
        self.decided.batch.events.push(EventRow {
            id: event.id,
            company: event.company,
            source: event.data.source,
            receipt,
            subject: lane,
            kind: event.kind,
            body: native,
            skipped: plan.skipped,
            owed,
            erased: false,
        });
    }

    /// Someone is owed an event with this native form from now on.
    pub(crate) fn owe(&mut self, event: EventId, lane: u64, native: &Bytes, planned: Planned) {
        // The mint only goes forward: the next id is the one after the last.
        let delivery: DeliveryId = self.mint.mint(Timestamp::UNIX_EPOCH);
        let Planned { endpoint, body } = planned;
        self.decided.bytes += body.as_ref().map_or(0, Bytes::len);
        self.decided.owed.push(Owed {
            delivery,
            endpoint,
            event,
            lane,
            body: body.clone().unwrap_or_else(|| native.clone()),
            attempts: 0,
            first_attempt_at: None,
            next_at: None,
            again_after: 0,
        });
        self.decided.batch.deliveries.push(NewDelivery { id: delivery, endpoint, event, lane, body });
    }

    /// Makes changes, all of them or none, unless the same request was made before.
    fn change_once(
        &mut self,
        engine: &mut dyn Engine,
        wanted: &Wanted,
        once: Option<&Kept>,
    ) -> Result<Result<Option<Answer>, LedgerError>, EngineError> {
        match once.map(|kept| self.known.answered(&kept.key)) {
            None | Some(Ok(None)) => {}
            Some(before) => return Ok(before),
        }
        let changes = match wanted {
            Wanted::First(_) if self.directory.operator().is_some() => &[],
            Wanted::These(changes, Some(seen)) if self.was_changed_elsewhere(changes, seen) => {
                return Ok(Err(LedgerError::ChangedMeanwhile));
            }
            Wanted::These(changes, _) | Wanted::First(changes) => changes.as_slice(),
            Wanted::Switched(id, state, at) => {
                self.switch(*id, state, *at);
                &[]
            }
        };
        for change in changes {
            if let Change::Retry(delivery) = change
                && engine.is_erased(*delivery)?
            {
                return Ok(Err(LedgerError::Erased));
            }
        }
        for change in changes {
            self.change(engine, change)?;
        }
        once.cloned().into_iter().for_each(|kept| self.answered(kept));
        Ok(Ok(None))
    }

    /// Is any of this not what it was, because another hub has changed it since?
    fn was_changed_elsewhere(&self, changes: &[Change], seen: &Directory) -> bool {
        seen.generation() < self.elsewhere
            && changes.iter().any(|change| !self.directory.is_alike(seen, change))
    }

    fn change(&mut self, engine: &mut dyn Engine, change: &Change) -> Result<(), EngineError> {
        match change {
            Change::Retry(delivery) => {
                let owed = engine.owed_one(*delivery)?;
                if let Some(owed) = owed.filter(|owed| self.directory.endpoint(owed.endpoint).is_some()) {
                    self.decided.notices.push(Notice::Retry(Owed { next_at: None, ..owed }));
                }
            }
            Change::Cancel(delivery) => {
                if let Some(owed) = engine.owed_one(*delivery)? {
                    self.decided.notices.push(Notice::Cancelled(owed.delivery, owed.endpoint));
                }
            }
            Change::EraseReceipts(company, receipts) => {
                let erased = self.erase_receipts(engine, *company, receipts)?;
                self.decided.batch.changes.push(Change::EraseReceipts(*company, erased));
                return Ok(());
            }
            Change::CallOff(_)
            | Change::Searched(_)
            | Change::PointerDone(_)
            | Change::PointerLater { .. }
            | Change::LetGo(_)
            | Change::StartReplay(_)
            | Change::ReplayCame(_)
            | Change::EndReplay { .. } => {}
            Change::PutEndpoint(endpoint) => {
                self.configure(Change::PutEndpoint(self.with_its_present_state(endpoint)));
                return Ok(());
            }
            configured => {
                self.configure(configured.clone());
                return Ok(());
            }
        }
        self.decided.batch.changes.push(change.clone());
        Ok(())
    }

    /// Takes a change of what is configured into the directory, and into the batch.
    pub(crate) fn configure(&mut self, change: Change) {
        *self.generation += 1;
        Arc::make_mut(&mut self.directory).apply_as(&change, *self.generation);
        self.decided.directory = Some(Arc::clone(&self.directory));
        match &change {
            Change::PutEndpoint(endpoint) => self.decided.notices.push(Notice::Endpoint(endpoint.id)),
            Change::DeleteEndpoint(id) => self.decided.notices.push(Notice::Endpoint(*id)),
            _ => {}
        }
        self.decided.batch.changes.push(change);
    }
}
