//! What deciding a batch needs to know, asked of the store in a few questions for all of its jobs together.

use std::iter;

use callboard_core::{CompanyId, Held, Name, ReceiptId, World};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::asking::{Answer, Kept, RequestKey};
use crate::batch::{DedupKey, Outcome};
use crate::engine::{Engine, EngineError, Reader, Recognised};
use crate::job::Job;
use crate::ledger::LedgerError;

/// What the store knows of the requests of a batch, and what the batch has added to that so far.
#[derive(Default)]
pub(crate) struct Known {
    seen: FxHashMap<(u64, [u8; 16]), ReceiptId>,
    outcomes: FxHashMap<ReceiptId, Outcome>,
    /// By company and key.
    answers: FxHashMap<(CompanyId, String), Kept>,
}

impl Known {
    /// Asks the store about these jobs, and brings everything that they speak of into the world.
    pub(crate) fn fetch(
        engine: &mut dyn Engine,
        world: &mut World,
        jobs: &[Job],
    ) -> Result<Self, EngineError> {
        let keys: Vec<DedupKey> = jobs.iter().filter_map(Job::recorded).map(|request| request.key).collect();
        let names = unknown_names(world, jobs);
        let mut walk = Walk::default();
        let forgotten = walk.missing(world, spoken_of(world, jobs));
        let Recognised { receipts, ids, things } = engine.recognise(&keys, &names, &forgotten)?;
        let mut known = Self::default();
        for (key, receipt) in keys.iter().zip(receipts) {
            if let Some(receipt) = receipt {
                known.seen.insert(key.identity(), receipt);
            }
        }
        let mut wanted = put(world, things);
        for (name, id) in names.into_iter().zip(ids) {
            if let Some(id) = id {
                world.name(name, id);
                wanted.push(id);
            }
        }
        known.fetch_outcomes(engine, jobs)?;
        known.fetch_answers(engine, jobs)?;
        walk.load(engine, world, wanted)?;
        Ok(known)
    }

    fn fetch_outcomes(&mut self, engine: &mut dyn Engine, jobs: &[Job]) -> Result<(), EngineError> {
        let reprocessed = jobs.iter().filter_map(|job| match job {
            Job::Reprocess(receipt, ..) => Some(*receipt),
            _ => None,
        });
        let receipts: Vec<ReceiptId> = reprocessed.collect();
        if !receipts.is_empty() {
            let outcomes = receipts.iter().copied().zip(engine.outcomes(&receipts)?);
            self.outcomes = outcomes.filter_map(|(receipt, outcome)| Some((receipt, outcome?))).collect();
        }
        Ok(())
    }

    fn fetch_answers(&mut self, engine: &mut dyn Engine, jobs: &[Job]) -> Result<(), EngineError> {
        let keys: Vec<RequestKey> = jobs.iter().filter_map(Job::request_key).cloned().collect();
        if !keys.is_empty() {
            engine.answers(&keys)?.into_iter().flatten().for_each(|kept| self.note_answered(kept));
        }
        Ok(())
    }

    /// How the same request was answered before, if it was made before.
    pub(crate) fn answered(&self, key: &RequestKey) -> Result<Option<Answer>, LedgerError> {
        let kept = self.answers.get(&(key.company, key.key.clone()));
        kept.and_then(|kept| key.answered_with(kept)).transpose()
    }

    /// From now on, the same request is answered so.
    pub(crate) fn note_answered(&mut self, kept: Kept) {
        self.answers.insert((kept.key.company, kept.key.key.clone()), kept);
    }

    /// The receipt under which the same message came in before.
    pub(crate) fn first(&self, key: &DedupKey) -> Option<ReceiptId> {
        self.seen.get(&key.identity()).copied().filter(|receipt| key.counts(*receipt))
    }

    /// From now on, the same message is a duplicate.
    pub(crate) fn note_seen(&mut self, key: &DedupKey, receipt: ReceiptId) {
        self.seen.insert(key.identity(), receipt);
    }

    /// What became of a receipt that is to be processed again.
    pub(crate) fn outcome(&self, receipt: ReceiptId) -> Option<Outcome> {
        self.outcomes.get(&receipt).copied()
    }

    /// From now on, a receipt has been understood.
    pub(crate) fn note_understood(&mut self, receipt: ReceiptId) {
        self.outcomes.insert(receipt, Outcome::Understood);
    }
}

/// What things are looked up in: either side of a store.
pub(crate) trait Shelf {
    /// The ids that names lead to, in the order of the names.
    fn resolve(&mut self, names: &[Name]) -> Result<Vec<Option<u64>>, EngineError>;
    /// The things with these ids, those that there are.
    fn load(&mut self, raw_ids: &[u64]) -> Result<Vec<Held>, EngineError>;
}

impl Shelf for dyn Engine + '_ {
    fn resolve(&mut self, names: &[Name]) -> Result<Vec<Option<u64>>, EngineError> {
        Engine::resolve(self, names)
    }

    fn load(&mut self, raw_ids: &[u64]) -> Result<Vec<Held>, EngineError> {
        Engine::load(self, raw_ids)
    }
}

impl Shelf for dyn Reader + '_ {
    fn resolve(&mut self, names: &[Name]) -> Result<Vec<Option<u64>>, EngineError> {
        self.named(names)
    }

    fn load(&mut self, raw_ids: &[u64]) -> Result<Vec<Held>, EngineError> {
        let found = raw_ids.iter().map(|raw_id| self.entity(*raw_id));
        found.filter_map(Result::transpose).collect()
    }
}

/// The things with these ids and names, and everything that those lead to.
pub(crate) fn around(
    reader: &mut (dyn Reader + '_),
    mut raw_ids: Vec<u64>,
    names: &[Name],
) -> Result<World, EngineError> {
    let mut world = World::default();
    raw_ids.extend(resolve(reader, &mut world, names)?);
    load(reader, &mut world, raw_ids)?;
    Ok(world)
}

/// The names in these jobs of which the world does not know where they lead, each once.
fn unknown_names(world: &World, jobs: &[Job]) -> Vec<Name> {
    let told = jobs.iter().filter_map(Job::request).flat_map(|request| &request.names);
    let unknown = told.filter(|sought| world.named(&sought.name).is_none());
    let told = unknown.flat_map(|sought| iter::once(&sought.name).chain(&sought.otherwise));
    let asked = jobs.iter().filter_map(Job::order).flat_map(|order| &order.names);
    let names: FxHashSet<&Name> = told.chain(asked).filter(|name| world.named(name).is_none()).collect();
    names.into_iter().cloned().collect()
}

/// The things that these jobs speak of, as far as the world knows where their names lead.
fn spoken_of(world: &World, jobs: &[Job]) -> Vec<u64> {
    let told = jobs.iter().filter_map(Job::request).flat_map(|request| &request.names);
    let told = told.filter_map(|sought| {
        world.named(&sought.name).or_else(|| sought.otherwise.as_ref().and_then(|name| world.named(name)))
    });
    let orders = || jobs.iter().filter_map(Job::order);
    let asked = orders().flat_map(|order| &order.names).filter_map(|name| world.named(name));
    told.chain(asked).chain(orders().flat_map(|order| order.ids.iter().copied())).collect()
}

/// Brings these names into the world, those that lead somewhere. Answers where to.
fn resolve<'n>(
    shelf: &mut (impl Shelf + ?Sized),
    world: &mut World,
    names: impl IntoIterator<Item = &'n Name>,
) -> Result<Vec<u64>, EngineError> {
    let unknown: FxHashSet<&Name> = names.into_iter().filter(|name| world.named(name).is_none()).collect();
    if unknown.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<Name> = unknown.into_iter().cloned().collect();
    let ids = shelf.resolve(&names)?;
    let found: Vec<(Name, u64)> =
        names.into_iter().zip(ids).filter_map(|(name, id)| Some((name, id?))).collect();
    let wanted = found.iter().map(|(_, id)| *id).collect();
    for (name, id) in found {
        world.name(name, id);
    }
    Ok(wanted)
}

/// Loads things, the things that those lead to, and so on; see [`callboard_core::Entity::links`]. What is in the world
/// already has had everything that it leads to loaded with it, unless some of that has been forgotten since.
pub(crate) fn load(
    shelf: &mut (impl Shelf + ?Sized),
    world: &mut World,
    wanted: Vec<u64>,
) -> Result<(), EngineError> {
    Walk::default().load(shelf, world, wanted)
}

/// Puts things into the world. Answers what they lead to.
fn put(world: &mut World, things: Vec<Held>) -> Vec<u64> {
    let links = things.iter().flat_map(|held| held.entity.links()).collect();
    for held in things {
        world.put(held);
    }
    links
}

/// A walk along what leads where, which passes each thing once.
#[derive(Default)]
struct Walk {
    passed: FxHashSet<u64>,
}

impl Walk {
    /// Which of these things, and of those that they lead to where something may have been forgotten, are not in the world, in
    /// order.
    fn missing(&mut self, world: &World, mut wanted: Vec<u64>) -> Vec<u64> {
        let mut missing = Vec::new();
        while let Some(raw_id) = wanted.pop() {
            if self.passed.insert(raw_id) {
                match world.entity(raw_id) {
                    Some(held) if world.has_gaps() => wanted.extend(held.entity.links()),
                    Some(_) => {}
                    None => missing.push(raw_id),
                }
            }
        }
        missing.sort_unstable();
        missing
    }

    /// Loads what is missing of these things, and all that it leads to.
    fn load(
        &mut self,
        kept_in: &mut (impl Shelf + ?Sized),
        world: &mut World,
        mut wanted: Vec<u64>,
    ) -> Result<(), EngineError> {
        loop {
            let missing = self.missing(world, wanted);
            if missing.is_empty() {
                return Ok(());
            }
            wanted = put(world, kept_in.load(&missing)?);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use callboard_core::{Application, Candidate, Entity, Identifier, Record};

    use super::*;

    /// A shelf with a candidate, number 1, and their applications; it notes what it is asked for.
    #[derive(Default)]
    struct Noted {
        applications: Vec<u64>,
        asked: Vec<Vec<u64>>,
    }

    impl Shelf for Noted {
        fn resolve(&mut self, names: &[Name]) -> Result<Vec<Option<u64>>, EngineError> {
            Ok(vec![None; names.len()])
        }

        fn load(&mut self, raw_ids: &[u64]) -> Result<Vec<Held>, EngineError> {
            self.asked.push(raw_ids.to_vec());
            let entity = |raw_id: u64| {
                if raw_id == 1 {
                    let mut candidate = Candidate::new(Identifier::from_raw(1));
                    candidate.applications =
                        self.applications.iter().map(|raw_id| Identifier::from_raw(*raw_id)).collect();
                    Some(Entity::Candidate(Arc::new(candidate)))
                } else {
                    let known = self.applications.contains(&raw_id);
                    known.then(|| {
                        Entity::Application(Arc::new(Application::new(Identifier::from_raw(raw_id))))
                    })
                }
            };
            let held = |entity| Held {
                company: CompanyId::from_raw(1),
                entity,
                record: Arc::new(Record::default()),
            };
            Ok(raw_ids.iter().filter_map(|raw_id| entity(*raw_id).map(held)).collect())
        }
    }

    #[test]
    fn what_was_forgotten_is_read_anew_when_something_leads_to_it_and_nothing_else_is() {
        let mut shelf = Noted { applications: vec![2, 3, 4], ..Noted::default() };
        let mut world = World::default();
        load(&mut shelf, &mut world, vec![1, 1]).unwrap();
        load(&mut shelf, &mut world, vec![1, 3]).unwrap();
        assert_eq!(std::mem::take(&mut shelf.asked), [vec![1], vec![2, 3, 4]]);

        world.forget(3);
        world.forget(99);
        load(&mut shelf, &mut world, vec![4]).unwrap();
        assert!(shelf.asked.is_empty(), "nobody asked for anything that leads there");
        load(&mut shelf, &mut world, vec![1]).unwrap();
        assert_eq!(shelf.asked, [[3]]);
        assert!(world.entity(3).is_some());
    }
}
