//! Several hubs on one store: which of them tells which endpoints, and what each has to hear of the others.
//!
//! Every hub takes requests, and writes in turn. Endpoints are spread over shards, and each shard is held by one hub at a
//! time, on a lease: what is in order for an endpoint, how fast it is called and whether it is called at all is known in one
//! place. A hub that is not heard of for as long as its lease lasts has lost its shards to the others. It begins no attempt
//! after that, even if it slept and knows nothing of it, because it looks at its own clock before each.

use std::fmt;
use std::time::Duration;

use callboard_core::{DeliveryId, EndpointId};
use tokio::time::Instant;

use crate::directory::Directory;
use crate::engine::EngineError;
use crate::publish::Notice;

/// How many shards there are: a prime number, so that ids spread over them whatever they have in common.
pub const SHARDS: u32 = 61;
/// How long a hub holds its shards after it was last heard of.
pub const LEASE: Duration = Duration::from_secs(3);
/// How much earlier it lets go of them itself: an attempt that has begun has to be on its way.
pub const LEASE_MARGIN: Duration = Duration::from_millis(500);
/// How often a hub says that it is there.
pub const BEAT: Duration = Duration::from_millis(800);

/// Some of the shards.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Shards(u64);

impl Shards {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// All of them.
    pub const ALL: Self = Self((1 << SHARDS) - 1);

    /// Is what has an id with this number on one of these?
    pub fn have(self, raw_id: u64) -> bool {
        self.contains(shard_of(raw_id))
    }

    /// Is this shard among them?
    pub fn contains(self, shard: u32) -> bool {
        self.0 & (1 << shard) != 0
    }

    /// These and this one.
    #[must_use]
    pub fn with(self, shard: u32) -> Self {
        Self(self.0 | 1 << shard)
    }

    /// Those that are among both.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    /// These but for the others.
    #[must_use]
    pub fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Are there none?
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many there are.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// One after the other.
    pub fn iter(self) -> impl Iterator<Item = u32> {
        (0..SHARDS).filter(move |shard| self.contains(*shard))
    }
}

impl FromIterator<u32> for Shards {
    fn from_iter<I: IntoIterator<Item = u32>>(shards: I) -> Self {
        shards.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Debug for Shards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// On which shard something is. The part of an id that says which hub minted it says nothing here.
pub fn shard_of(raw_id: u64) -> u32 {
    u32::try_from((raw_id >> 10) % u64::from(SHARDS)).expect("it is less than the number of shards")
}

/// What a hub holds.
#[derive(Debug, Clone)]
pub struct Holding {
    /// Which time it is that this hub took each shard: 0 if it does not hold it. Between two times somebody else may have
    /// held it.
    pub taken: [u64; SHARDS as usize],
    /// Those of them that others are to have: nothing more is begun, and they pass on when everything that was is on record.
    pub leaving: Shards,
    /// Until when that counts, unless it is said again; for ever if nobody else works on the store.
    pub until: Option<Instant>,
}

impl Holding {
    /// Everything, for ever: nobody else works on the store.
    pub fn alone() -> Self {
        Self { taken: [1; SHARDS as usize], leaving: Shards::NONE, until: None }
    }

    /// Whose endpoints it tells.
    pub fn held(&self) -> Shards {
        (0..).zip(self.taken).filter(|(_, time)| *time > 0).map(|(shard, _)| shard).collect()
    }

    /// The last time that this hub took any of the shards that it holds.
    pub fn times(&self) -> u64 {
        self.taken.iter().copied().max().unwrap_or(0)
    }

    /// Does it still count?
    pub fn counts_at(&self, now: Instant) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// What a hub says of itself to those with whom it shares a store.
#[derive(Debug, Clone, Copy)]
pub struct Beat {
    /// Of the shards that it is to leave, those on which nothing is under way any more.
    pub vacated: Shards,
    /// Does it want to hold any? Otherwise it is about to stop.
    pub stays: bool,
}

/// A hub's place among those that share a store.
pub trait Crew: Send {
    /// Says that this hub is there. Answers what it holds from now on. One that was found gone begins anew.
    fn beat(&mut self, beat: Beat) -> Result<Holding, EngineError>;
    /// Leaves how endpoints are doing that this hub tells, for others to read.
    fn report(&mut self, reports: &[(EndpointId, String)]) -> Result<(), EngineError>;
    /// Says that it goes: what it holds is for others at once.
    fn leave(&mut self) -> Result<(), EngineError>;
}

/// What may have happened elsewhere. It is a hint: what is missed is found a moment later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hint {
    /// Someone may have written.
    pub written: bool,
    /// Someone may have come, gone, or let go of shards.
    pub crew: bool,
}

/// Hears of what happens elsewhere.
pub trait Ear: Send {
    /// Waits for a hint, for so long at the most.
    fn listen(&mut self, at_most: Duration) -> Result<Hint, EngineError>;
}

/// What others have written since this hub last wrote, or looked.
#[derive(Debug, Default)]
pub struct News {
    /// The highest id that anyone has given out.
    pub last_id: u64,
    /// What was read of things before that may not be what is stored.
    pub touched: Touched,
    /// What is configured, if that has changed.
    pub directory: Option<Directory>,
    /// Endpoints that are owed more, each with the last of it.
    pub owed: Vec<(EndpointId, DeliveryId)>,
    /// What was said there to the outbox, beside that.
    pub said: Vec<Notice>,
    /// Events have happened there.
    pub happened: bool,
    /// So much that it was not looked at one by one.
    pub missed: bool,
}

/// Which things others have changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum Touched {
    /// None.
    #[default]
    Nothing,
    /// None but these, by the numbers of their ids.
    These(Vec<u64>),
    /// It is not known which.
    Anything,
}

/// What the outbox that holds an endpoint has to hear, whichever hub it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// A person wants this to be tried now.
    Retry(DeliveryId),
    /// This was called off.
    Cancelled(DeliveryId, EndpointId),
    /// This is owed again.
    Anew(DeliveryId),
}

impl Word {
    /// What there is to say of a notice.
    pub(crate) fn of(notice: &Notice) -> Vec<Self> {
        match notice {
            Notice::Retry(owed) => vec![Self::Retry(owed.delivery)],
            Notice::Cancelled(delivery, endpoint) => vec![Self::Cancelled(*delivery, *endpoint)],
            Notice::Anew(owed) => owed.iter().map(|owed| Self::Anew(owed.delivery)).collect(),
            // Everyone reads new deliveries, and what is configured, from the store.
            Notice::Owed(_) | Notice::More(_) | Notice::Endpoint(_) | Notice::Taken(_) | Notice::Missed => {
                Vec::new()
            }
        }
    }
}

/// How shards are to be spread: what one hub takes now, and what it is to leave. `hubs` are those that stay, in order; `held`
/// says who holds each shard.
pub fn share(hubs: &[i64], me: i64, held: &[Option<i64>]) -> (Shards, Shards) {
    let numbered = || (0..).zip(held);
    let mine: Shards = numbered().filter(|(_, hub)| **hub == Some(me)).map(|(shard, _)| shard).collect();
    let Some(place) = hubs.iter().position(|hub| *hub == me) else { return (Shards::NONE, mine) };
    // The first ones have one more where it does not come out even.
    let share = held.len() / hubs.len() + usize::from(place < held.len() % hubs.len());
    let free = numbered().filter(|(_, hub)| hub.is_none()).map(|(shard, _)| shard);
    let take = free.take(share.saturating_sub(mine.len())).collect();
    let leave = mine.iter().skip(share).collect();
    (take, leave)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Everyone takes and leaves in turn, as often as there are hubs, and once more.
    fn settle(hubs: &[i64], held: &mut [Option<i64>]) {
        for _ in 0..=hubs.len() {
            for me in hubs {
                let (take, leave) = share(hubs, *me, held);
                take.iter().for_each(|shard| held[shard as usize] = Some(*me));
                leave.iter().for_each(|shard| held[shard as usize] = None);
            }
        }
    }

    proptest! {
        #[test]
        fn whoever_held_what_before_everything_is_spread_evenly_in_the_end(
            hubs in prop::collection::btree_set(1_i64..50, 1..9),
            before in prop::collection::vec(prop::option::of(0_usize..9), SHARDS as usize),
        ) {
            let hubs: Vec<i64> = hubs.into_iter().collect();
            let mut held: Vec<Option<i64>> = before.iter().map(|place| hubs.get((*place)?).copied()).collect();
            settle(&hubs, &mut held);
            for hub in &hubs {
                let many = held.iter().filter(|holder| **holder == Some(*hub)).count();
                prop_assert!((many.abs_diff(held.len() / hubs.len())) <= 1, "{hub} has {many}");
            }
            prop_assert!(held.iter().all(Option::is_some));
        }
    }

    #[test]
    fn one_that_goes_takes_nothing_and_leaves_everything() {
        let held: Vec<Option<i64>> = (0..SHARDS).map(|shard| (shard % 2 == 0).then_some(7)).collect();
        let (take, leave) = share(&[8], 7, &held);
        assert!(take.is_empty());
        assert_eq!(leave.len(), 31);
        assert!(leave.contains(60));
    }

    #[test]
    fn ids_minted_one_after_the_other_by_one_hub_are_on_different_shards() {
        let spread: Shards = (0..u64::from(SHARDS)).map(|count| shard_of(count << 10 | 1)).collect();
        assert_eq!(spread, Shards::ALL);
    }

    #[test]
    fn what_a_hub_held_that_is_not_heard_of_is_taken_over_within_five_seconds() {
        // It is found out by the first beat of another one after the lease.
        assert!(LEASE + BEAT < Duration::from_secs(5));
        assert!(BEAT * 3 + LEASE_MARGIN <= LEASE, "a beat or two may fail");
    }

    #[test]
    fn a_lease_counts_until_it_has_run_out() {
        let now = Instant::now();
        let holding = Holding { until: Some(now + LEASE), ..Holding::alone() };
        assert!(holding.counts_at(now));
        assert!(!holding.counts_at(now + LEASE));
        assert!(Holding::alone().counts_at(now + LEASE));
    }
}
