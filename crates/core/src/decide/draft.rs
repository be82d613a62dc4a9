//! A decision in the making: the world as it is, with what has been changed so far laid over it.

use std::sync::Arc;

use jiff::Timestamp;

use super::decision::{Decision, Remark, Teller};
use super::thing::Thing;
use crate::erasure::Erasure;
use crate::event::{Event, EventType, Snapshot};
use crate::external::Name;
use crate::id::{FileId, IdMint, Identifier};
use crate::world::{Entity, Held, Record, World};

/// Only ids that [`Draft::get`] or [`Draft::find`] led to, or that were made in the draft, are ever changed.
const HELD: &str = "what is changed was found or made before";

/// The working copy. Reading goes through to the world; the first change to a thing copies it, one thing at a time.
pub(super) struct Draft<'a> {
    /// Who tells.
    pub teller: &'a Teller<'a>,
    /// When it happened.
    pub at: Timestamp,
    /// Something in the message was older than what is known.
    pub late: bool,
    /// Something was taken that is no event.
    pub taken_quietly: bool,
    world: &'a World,
    mint: &'a mut IdMint,
    decision: Decision,
}

impl<'a> Draft<'a> {
    /// A draft in which nothing has been changed.
    pub fn new(world: &'a World, teller: &'a Teller<'a>, at: Timestamp, mint: &'a mut IdMint) -> Self {
        Self { teller, at, late: false, taken_quietly: false, world, mint, decision: Decision::default() }
    }

    /// The decision: versions go up, and a message that came to nothing gets a remark that says why.
    pub fn finish(mut self) -> Decision {
        for held in &mut self.decision.entities {
            Arc::make_mut(&mut held.record).version += 1;
        }
        if self.decision.events.is_empty() && self.decision.remarks.is_empty() && !self.taken_quietly {
            self.decision.remarks.push(if self.late { Remark::Late } else { Remark::Known });
        }
        self.decision
    }

    /// The thing with this id, as it stands now.
    pub fn get<T: Thing>(&self, id: T::Id) -> Option<&Arc<T>> {
        T::of(&self.held(id.raw())?.entity)
    }

    /// What is noted about a thing.
    pub fn record<I: Identifier>(&self, id: I) -> Option<&Record> {
        Some(&self.held(id.raw())?.record)
    }

    /// A thing that is held, to be changed.
    pub fn change<T: Thing>(&mut self, id: T::Id) -> &mut T {
        Arc::make_mut(T::of_mut(&mut self.held_mut(id.raw()).entity).expect(HELD))
    }

    /// What is noted about a thing that is held, to be changed.
    pub fn change_record<I: Identifier>(&mut self, id: I) -> &mut Record {
        self.record_mut(id.raw())
    }

    /// Whatever has this number, as it stands now.
    pub fn held(&self, raw_id: u64) -> Option<&Held> {
        let drafted = self.decision.entities.iter().find(|held| held.entity.raw_id() == raw_id);
        drafted.or_else(|| self.world.entity(raw_id))
    }

    /// Adds a thing that is not there yet.
    pub fn add(&mut self, entity: Entity, record: Record) {
        self.decision.entities.push(Held { company: self.teller.company, entity, record: Arc::new(record) });
    }

    /// An id for something that is no thing of its own.
    pub fn mint<I: Identifier>(&mut self) -> I {
        self.mint.mint(self.teller.received_at)
    }

    /// Where ids come from.
    pub fn id_mint(&mut self) -> &mut IdMint {
        self.mint
    }

    /// The thing that a name leads to.
    pub fn find<T: Thing>(&self, name: &Name) -> Option<T::Id> {
        let raw_id = self.named(name)?;
        T::of(&self.held(raw_id)?.entity).map(|_| T::Id::from_raw(raw_id))
    }

    /// The thing that the teller calls by this name.
    pub fn find_external<T: Thing>(&self, external_id: Option<&String>) -> Option<T::Id> {
        let (teller, external_id) = (self.teller, external_id?);
        let told = teller.source.map(|source| Name::external(T::KIND, source, external_id));
        told.and_then(|name| self.find::<T>(&name))
            .or_else(|| self.find::<T>(&Name::given(T::KIND, teller.company, teller.platform, external_id)))
    }

    /// Makes a thing of which nothing is known but what the teller calls it.
    pub fn make<T: Thing>(&mut self, external_id: Option<&String>) -> T::Id {
        let id: T::Id = self.mint.mint(self.teller.received_at);
        self.add(T::new(id).into_entity(), Record::default());
        self.call::<T>(id, external_id);
        id
    }

    /// Notes what the teller calls a thing, unless that name leads somewhere already.
    pub fn call<T: Thing>(&mut self, id: T::Id, external_id: Option<&String>) {
        let (Some(external_id), Some(source)) = (external_id, self.teller.source) else { return };
        let platform = self.teller.platform;
        let name = Name::external(T::KIND, source, external_id);
        if self.named(&name).is_none() {
            let external_ids = self.change::<T>(id).external_ids_mut();
            external_ids.note(platform, source, external_id);
            let is_first = external_ids.get(platform) == Some(external_id);
            let member = if is_first { platform.to_owned() } else { format!("{platform}/{source}") };
            self.lead(name, id.raw(), member);
        }
    }

    /// Makes a name lead to a thing, unless it leads to another already. Answers whether it leads there now.
    pub fn name<I: Identifier>(&mut self, name: Name, id: I) -> bool {
        if let Some(raw_id) = self.named(&name) {
            return raw_id == id.raw();
        }
        self.lead(name, id.raw(), String::new());
        true
    }

    /// Makes a name that leads nowhere lead to a thing. `member` is the one of its external ids that goes with it.
    pub fn lead(&mut self, name: Name, raw_id: u64, member: String) {
        self.record_mut(raw_id).names.insert(name.clone(), member);
        self.decision.names.push((name, raw_id));
    }

    /// Makes a name that leads to a thing lead nowhere any more.
    pub fn release(&mut self, name: &Name, raw_id: u64) {
        self.record_mut(raw_id).names.remove(name);
        let drafted = self.decision.names.len();
        self.decision.names.retain(|(drafted, _)| drafted != name);
        let is_stored = self.decision.names.len() == drafted || self.world.named(name).is_some();
        if is_stored && !self.decision.dropped_names.contains(name) {
            self.decision.dropped_names.push(name.clone());
        }
    }

    /// Whose bytes are not kept any more.
    pub fn drop_file(&mut self, id: FileId) {
        self.decision.dropped_files.push(id);
    }

    /// Someone is to be forgotten, wherever a store has written of them.
    pub fn erase(&mut self, erasure: Erasure) {
        self.decision.erasures.push(erasure);
    }

    /// Writes down that something happened.
    pub fn emit(&mut self, kind: EventType, mut data: Snapshot) {
        data.source = self.teller.source;
        self.decision.events.push(Event {
            id: self.mint.mint(self.teller.received_at),
            kind,
            timestamp: self.at,
            company: self.teller.company,
            data,
        });
    }

    /// Remarks on a contradiction: how it contradicts, and which was kept.
    pub fn unreconciled(&mut self, sentence: String) {
        self.decision.remarks.push(Remark::Unreconciled(sentence));
    }

    /// The number of the thing that a name leads to.
    pub fn named(&self, name: &Name) -> Option<u64> {
        let drafted = self.decision.names.iter().find(|(drafted, _)| drafted == name);
        let known = || self.world.named(name).filter(|_| !self.decision.dropped_names.contains(name));
        drafted.map(|(_, raw_id)| *raw_id).or_else(known)
    }

    fn record_mut(&mut self, raw_id: u64) -> &mut Record {
        Arc::make_mut(&mut self.held_mut(raw_id).record)
    }

    fn held_mut(&mut self, raw_id: u64) -> &mut Held {
        let entities = &mut self.decision.entities;
        let drafted = entities.iter().position(|held| held.entity.raw_id() == raw_id).unwrap_or_else(|| {
            entities.push(self.world.entity(raw_id).expect(HELD).clone());
            entities.len() - 1
        });
        &mut entities[drafted]
    }
}
