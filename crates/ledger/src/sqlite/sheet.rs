//! Entries taken together, so that what they come to is written once: a delivery that was owed and told within the same
//! sheet is written as told, and a thing that changed several times as it is in the end.

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};

use super::entry::{
    AnswerRow, AttemptRow, DeliveryRow, EntityRow, Entry, EventLine, PointerRow, ReceiptRow, SeenRow,
    SettlementRow, is_owed,
};

/// What several entries come to, one after another.
#[derive(Default)]
pub(super) struct Sheet<'b> {
    pub(super) receipts: Vec<ReceiptRow<'b>>,
    pub(super) seen: Vec<SeenRow>,
    /// Each once.
    pub(super) entities: Vec<EntityRow<'b>>,
    /// These go before the others come.
    pub(super) dropped_names: Vec<Cow<'b, str>>,
    pub(super) names: Vec<(Cow<'b, str>, i64)>,
    pub(super) events: Vec<EventLine<'b>>,
    pub(super) deliveries: Vec<Standing<'b>>,
    /// The first attempts at those deliveries.
    pub(super) attempts: Vec<AttemptRow<'b>>,
    pub(super) pointers: Vec<PointerRow<'b>>,
    /// What came of other attempts, to be taken into what is stored, in this order.
    pub(super) settlements: Vec<SettlementRow<'b>>,
    pub(super) answers: Vec<AnswerRow<'b>>,
    pub(super) endpoints: Vec<(i64, Cow<'b, str>)>,
    entity_at: FxHashMap<i64, usize>,
    delivery_at: FxHashMap<i64, usize>,
    /// Deliveries of this sheet of which some attempt is taken in only after they are stored: so are all later ones.
    apart: FxHashSet<i64>,
}

/// A new delivery, and where it stands.
pub(super) struct Standing<'b> {
    pub(super) delivery: DeliveryRow<'b>,
    pub(super) state: i64,
    pub(super) attempts: u32,
    pub(super) next_at: Option<i64>,
    pub(super) overtook: Option<Cow<'b, [u8]>>,
}

impl<'b> Sheet<'b> {
    /// Takes in the entry that comes next.
    pub(super) fn add(&mut self, entry: Entry<'b>) {
        self.receipts.extend(entry.receipts);
        self.seen.extend(entry.seen);
        for entity in entry.entities {
            self.put(entity);
        }
        for name in entry.dropped_names {
            self.names.retain(|(other, _)| *other != name);
            self.dropped_names.push(name);
        }
        self.names.extend(entry.names);
        self.events.extend(entry.events);
        for delivery in entry.deliveries {
            self.delivery_at.insert(delivery.id, self.deliveries.len());
            self.deliveries.push(Standing { delivery, state: 0, attempts: 0, next_at: None, overtook: None });
        }
        self.pointers.extend(entry.pointers);
        for settlement in entry.settlements {
            self.settle(settlement);
        }
        self.answers.extend(entry.answers);
        self.endpoints.extend(entry.endpoints);
    }

    /// A thing is compared with the version that the first entry was decided on, and becomes what the last one says.
    fn put(&mut self, mut entity: EntityRow<'b>) {
        if let Some(at) = self.entity_at.get(&entity.id) {
            let earlier = &mut self.entities[*at];
            entity.base_version = earlier.base_version;
            entity.moved |= earlier.moved;
            *earlier = entity;
        } else {
            self.entity_at.insert(entity.id, self.entities.len());
            self.entities.push(entity);
        }
    }

    /// Only what comes in its turn is simple enough to be taken in here; the rest is for the rules of the stored.
    fn settle(&mut self, settlement: SettlementRow<'b>) {
        let id = settlement.attempt.delivery;
        let Some(owed) = self.delivery_at.get(&id).map(|at| &mut self.deliveries[*at]) else {
            return self.settlements.push(settlement);
        };
        let in_turn = settlement.attempt.number == owed.attempts + 1 && is_owed(owed.state);
        let overtook_once = owed.overtook.is_none() || settlement.overtook.is_none();
        if !in_turn || !overtook_once || self.apart.contains(&id) {
            self.apart.insert(id);
            return self.settlements.push(settlement);
        }
        let SettlementRow { attempt, state, next_at, overtook } = settlement;
        (owed.state, owed.attempts, owed.next_at) = (state, attempt.number, next_at);
        owed.overtook = overtook.or(owed.overtook.take());
        self.attempts.push(attempt);
    }
}
