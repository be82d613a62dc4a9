//! What is promised and may not be in the tables yet, of that which every batch asks for. Everything else is asked for so
//! seldom that it is folded first.

use std::collections::VecDeque;

use callboard_core::{CompanyId, Name, ReceiptId};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::asking::{Kept, RequestKey};
use crate::batch::{Batch, DedupKey};

/// Turn by turn of the journal, the newest last.
#[derive(Default)]
pub(super) struct Unfolded(VecDeque<(u64, Promised)>);

/// What was promised in one turn.
#[derive(Default)]
struct Promised {
    seen: FxHashMap<(u64, [u8; 16]), ReceiptId>,
    names: FxHashMap<Name, Leads>,
    things: FxHashSet<u64>,
    answers: FxHashMap<(CompanyId, String), Kept>,
}

/// Where a name leads.
#[derive(Clone, Copy)]
pub(super) enum Leads {
    To(u64),
    Nowhere,
}

impl Leads {
    pub(super) fn to(self) -> Option<u64> {
        match self {
            Self::To(raw_id) => Some(raw_id),
            Self::Nowhere => None,
        }
    }
}

impl Unfolded {
    /// A batch was promised in this turn.
    pub(super) fn note(&mut self, turn: u64, batch: &Batch) {
        if self.0.back().is_none_or(|(newest, _)| *newest < turn) {
            self.0.push_back((turn, Promised::default()));
        }
        let Some((_, promised)) = self.0.back_mut() else { return };
        promised.seen.extend(batch.seen.iter().map(|(seen, receipt)| (seen.identity(), *receipt)));
        promised.names.extend(batch.dropped_names.iter().map(|name| (name.clone(), Leads::Nowhere)));
        promised.names.extend(batch.names.iter().map(|(name, id)| (name.clone(), Leads::To(*id))));
        promised.things.extend(batch.entities.iter().map(|write| write.held.entity.raw_id()));
        for kept in &batch.answers {
            promised.answers.insert((kept.key.company, kept.key.key.clone()), kept.clone());
        }
    }

    /// What was promised up to this turn is in the tables.
    pub(super) fn forget(&mut self, folded: u64) {
        while self.0.front().is_some_and(|(turn, _)| *turn <= folded) {
            self.0.pop_front();
        }
    }

    /// The receipt under which a request came in.
    pub(super) fn receipt(&self, seen: &DedupKey) -> Option<ReceiptId> {
        self.newest(|promised| promised.seen.get(&seen.identity()).copied())
    }

    /// Where a name leads, if that is known here.
    pub(super) fn name(&self, name: &Name) -> Option<Leads> {
        self.newest(|promised| promised.names.get(name).copied())
    }

    /// Was a thing written?
    pub(super) fn has_thing(&self, raw_id: u64) -> bool {
        self.0.iter().any(|(_, promised)| promised.things.contains(&raw_id))
    }

    /// The answer that is kept for a key.
    pub(super) fn answer(&self, request: &RequestKey) -> Option<&Kept> {
        self.newest(|promised| promised.answers.get(&(request.company, request.key.clone())))
    }

    fn newest<'u, T>(&'u self, find: impl Fn(&'u Promised) -> Option<T>) -> Option<T> {
        self.0.iter().rev().find_map(|(_, promised)| find(promised))
    }
}
