//! How many fetches one source may have under way, so that platforms that hang leave room for the others.
//!
//! A fetch from a platform that does not answer takes up its slot for as long as an answer may take, and there are only so many
//! slots. So a source whose platform was silent has one at a time until it answers again, and those that are not prompt may
//! together never have all of them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use callboard_core::SourceId;
use rustc_hash::FxHashMap;

use crate::limits::FetchLimits;

/// Out of four slots, sources that are not prompt may have so many.
const SLOW_OF_FOUR: usize = 3;

/// What came of the last call that was made for a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Pace {
    /// It was over soon, or there was none yet.
    #[default]
    Prompt,
    /// The answer took its time.
    Slow,
    /// No answer came in time.
    Silent,
}

/// The paces of all sources.
#[derive(Default)]
pub(crate) struct Paces(Mutex<FxHashMap<SourceId, Pace>>);

impl Paces {
    pub fn note(&self, source: SourceId, pace: Pace) {
        self.open().insert(source, pace);
    }

    pub fn of(&self, source: SourceId) -> Pace {
        self.open().get(&source).copied().unwrap_or_default()
    }

    /// Forgets sources that are gone.
    pub fn forget(&self, is_there: impl Fn(SourceId) -> bool) {
        self.open().retain(|source, _| is_there(*source));
    }

    fn open(&self) -> MutexGuard<'_, FxHashMap<SourceId, Pace>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The slots of all sources, as they stand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slots {
    total: usize,
    each: usize,
    taken: usize,
    taken_by_slow: usize,
}

impl Slots {
    pub fn new(limits: &FetchLimits, taken: usize, taken_by_slow: usize) -> Self {
        Self { total: limits.in_flight_total, each: limits.in_flight_per_source, taken, taken_by_slow }
    }

    /// Is there a slot at all?
    pub fn has_one(&self) -> bool {
        self.taken < self.total
    }

    /// Is there a slot for sources that are not prompt?
    pub fn has_one_for_slow(&self) -> bool {
        self.has_one() && self.taken_by_slow < slow_of(self.total)
    }

    /// How many slots a source may have at this time.
    pub fn share(&self, pace: Pace) -> usize {
        match pace {
            Pace::Prompt if self.has_one() => self.each,
            Pace::Slow if self.has_one_for_slow() => self.each,
            Pace::Silent if self.has_one_for_slow() => 1,
            _ => 0,
        }
    }
}

/// How many of so many slots sources that are not prompt may have.
pub(crate) const fn slow_of(total: usize) -> usize {
    let slow = total * SLOW_OF_FOUR / 4;
    if slow == 0 { 1 } else { slow }
}

#[cfg(test)]
mod tests {
    use callboard_core::Identifier;

    use super::*;

    /// How many slots each of so many sources has in the end if all take what they may and give nothing back.
    fn hoarded_by(sources: usize, pace: Pace) -> (Vec<usize>, Slots) {
        let mut slots = Slots::new(&FetchLimits::default(), 0, 0);
        let mut has = vec![0; sources];
        while let Some(next) = has.iter_mut().find(|has| **has < slots.share(pace)) {
            *next += 1;
            slots.taken += 1;
            slots.taken_by_slow += usize::from(pace != Pace::Prompt);
        }
        (has, slots)
    }

    #[test]
    fn a_source_that_is_silent_has_one_slot_and_others_have_what_one_may_have() {
        assert_eq!(hoarded_by(1, Pace::Prompt).0, [4]);
        assert_eq!(hoarded_by(1, Pace::Slow).0, [4]);
        assert_eq!(hoarded_by(8, Pace::Silent).0, [1; 8]);
    }

    #[test]
    fn however_many_are_silent_or_slow_a_prompt_one_finds_slots() {
        for pace in [Pace::Silent, Pace::Slow] {
            let (_, slots) = hoarded_by(100, pace);
            assert_eq!((slots.taken, slots.share(pace)), (24, 0), "{pace:?}");
            assert_eq!(slots.share(Pace::Prompt), 4, "{pace:?}");
        }
    }

    #[test]
    fn all_slots_are_used_when_the_prompt_have_that_much_to_do() {
        let (_, slots) = hoarded_by(100, Pace::Prompt);
        assert_eq!((slots.taken, slots.share(Pace::Prompt)), (32, 0));
    }

    #[test]
    fn a_pace_is_that_of_the_last_call_and_prompt_before_the_first() {
        let (paces, source) = (Paces::default(), SourceId::from_raw(1));
        assert_eq!(paces.of(source), Pace::Prompt);
        for pace in [Pace::Silent, Pace::Slow, Pace::Prompt, Pace::Silent] {
            paces.note(source, pace);
            assert_eq!(paces.of(source), pace);
        }
        paces.forget(|_| false);
        assert_eq!(paces.of(source), Pace::Prompt);
    }
}
