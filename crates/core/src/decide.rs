//! From an observation to events: the rules of the house.

use jiff::Timestamp;

use crate::event::Event;
use crate::external::Name;
use crate::id::{CompanyId, IdMint, SourceId};
use crate::observation::Observation;
use crate::world::{Held, World};

/// Who tells, and when it came in. Everything a decision needs that is neither known nor told.
pub struct Teller<'a> {
    /// The company whose world this is.
    pub company: CompanyId,
    /// The account that tells.
    pub source: SourceId,
    /// The platform it is at, as in [`crate::ExternalIds`].
    pub platform: &'a str,
    /// When the message came in.
    pub received_at: Timestamp,
}

/// What could not simply be taken as news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// Everything it says was known.
    Known,
    /// It is older than what is known, and tells nothing that was missing.
    Late,
    /// It contradicts what is known; the sentence says how, and which was kept.
    Unreconciled(String),
}

/// What comes of an observation.
#[derive(Debug, Default)]
pub struct Decision {
    /// What happened, in order.
    pub events: Vec<Event>,
    /// The things that are new or changed, each with its version raised by one.
    pub entities: Vec<Held>,
    /// Names that lead to them.
    pub names: Vec<(Name, u64)>,
    /// What could not simply be taken as news.
    pub remarks: Vec<Remark>,
}

impl Observation {
    /// The names under which the things it speaks of may already be known: what to load before deciding, together with
    /// everything that [`crate::Entity::links`] leads to from there.
    pub fn names(&self, teller: &Teller<'_>) -> Vec<Name> {
        let _ = teller;
        Vec::new()
    }
}

/// Decides what an observation comes to. Pure: the same world, observation, teller and mint give the same decision.
pub fn decide(world: &World, told: &Observation, teller: &Teller<'_>, mint: &mut IdMint) -> Decision {
    let _ = (world, told, teller, mint);
    Decision::default()
}

impl World {
    /// Takes a decision in, so that the next one sees it.
    pub fn apply(&mut self, decision: &Decision) {
        for held in &decision.entities {
            self.put(held.clone());
        }
        for (name, raw_id) in &decision.names {
            self.name(name.clone(), *raw_id);
        }
    }
}
