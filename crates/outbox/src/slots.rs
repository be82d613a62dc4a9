//! How many attempts one endpoint may have under way, so that slow ones leave room for the others.
//!
//! An attempt at an endpoint that drips, or never answers, takes up its slot for as long as an attempt may take, and
//! there are only so many slots. So the fewer are free, the fewer an endpoint may have; and those that do not answer
//! promptly, or of which nobody knows yet, may together never have all of them. Each may always have one.

use callboard_core::Timestamp;
use jiff::SignedDuration;

use crate::limits::{OutboxLimits, PROMPT};

/// An endpoint has no more slots than this part of the free ones.
const PART_OF_FREE: usize = 8;
/// Out of four slots, endpoints that are not prompt may have so many.
const SLOW_OF_FOUR: usize = 3;

/// The slots of all endpoints, as they stand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slots {
    total: usize,
    each: usize,
    taken: usize,
    taken_by_slow: usize,
}

impl Slots {
    pub(crate) fn new(limits: &OutboxLimits, taken: usize, taken_by_slow: usize) -> Self {
        Self { total: limits.in_flight_total, each: limits.in_flight_per_endpoint, taken, taken_by_slow }
    }

    /// Is there a slot for endpoints that are not prompt?
    pub(crate) fn has_one_for_slow(&self) -> bool {
        self.taken < self.total && self.taken_by_slow < self.for_slow()
    }

    /// How many slots an endpoint may have at this time.
    pub(crate) fn share(&self, is_prompt: bool) -> usize {
        let free = self.total.saturating_sub(self.taken);
        if is_prompt {
            return (free / PART_OF_FREE).clamp(1, self.each.max(1)).min(free);
        }
        if !self.has_one_for_slow() {
            return 0;
        }
        // Falls off with the square, so that a single slow one has nearly what it may have, and hundreds have few.
        let (all, left) = (self.for_slow(), self.for_slow() - self.taken_by_slow);
        (self.each * left * left / (all * all)).max(1)
    }

    fn for_slow(&self) -> usize {
        (self.total * SLOW_OF_FOUR / 4).max(1)
    }
}

/// Whether an endpoint answers promptly, as far as is known.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Promptness {
    /// Did the last attempt end soon? Nobody knows before the first.
    was_prompt: bool,
    /// Since when nothing has ended although something is under way.
    silent_since: Option<Timestamp>,
}

impl Promptness {
    /// An attempt has begun.
    pub(crate) fn began(&mut self, now: Timestamp) {
        self.silent_since.get_or_insert(now);
    }

    /// An attempt that began then has ended, and so many are still under way.
    pub(crate) fn ended(&mut self, began_at: Timestamp, still_under_way: usize, now: Timestamp) {
        self.was_prompt = now.duration_since(began_at) < prompt();
        self.silent_since = (still_under_way > 0).then_some(now);
    }

    pub(crate) fn is_prompt(&self, now: Timestamp) -> bool {
        self.was_prompt && self.silent_since.is_none_or(|since| now.duration_since(since) < prompt())
    }
}

fn prompt() -> SignedDuration {
    SignedDuration::try_from(PROMPT).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// How many slots each of so many endpoints has in the end if all take what they may and give nothing back.
    fn hoarded_by(endpoints: usize, is_prompt: bool) -> (usize, Slots) {
        let limits = OutboxLimits::default();
        let mut slots = Slots::new(&limits, 0, 0);
        let mut has = vec![0; endpoints];
        while let Some(next) = has.iter_mut().find(|has| **has < slots.share(is_prompt)) {
            *next += 1;
            slots.taken += 1;
            slots.taken_by_slow += usize::from(!is_prompt);
            has.sort_unstable();
        }
        (*has.last().unwrap(), slots)
    }

    #[test]
    fn a_single_endpoint_has_nearly_all_that_one_may_have_also_if_it_is_slow() {
        assert_eq!(hoarded_by(1, true).0, 64);
        assert!(hoarded_by(1, false).0 > 50);
    }

    #[test]
    fn however_many_are_slow_a_prompt_one_finds_slots() {
        for endpoints in [16, 200, 2_000] {
            let (_, slots) = hoarded_by(endpoints, false);
            assert!(slots.share(true) >= 32, "{endpoints}: {slots:?}");
        }
    }

    #[test]
    fn sixteen_that_fall_silent_all_at_once_leave_slots_for_others() {
        let (most, slots) = hoarded_by(16, true);
        assert!(most < 64 && slots.share(true) >= 32, "{slots:?}");
    }

    #[test]
    fn all_slots_are_used_when_the_prompt_have_that_much_to_do() {
        let (_, slots) = hoarded_by(2_000, true);
        assert_eq!(slots.taken, slots.total);
    }

    #[test]
    fn one_that_drips_is_slow_while_it_does_so_and_until_it_has_answered_soon() {
        let start: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
        let later = |wait: Duration| start + SignedDuration::try_from(wait).unwrap();
        let mut promptness = Promptness::default();
        assert!(!promptness.is_prompt(start), "nobody knows yet");

        promptness.began(start);
        promptness.ended(start, 0, start);
        assert!(promptness.is_prompt(later(PROMPT * 100)), "nothing is under way");

        promptness.began(start);
        assert!(!promptness.is_prompt(later(PROMPT)));
        promptness.ended(start, 1, later(PROMPT));
        assert!(!promptness.is_prompt(later(PROMPT)));
        promptness.ended(later(PROMPT), 0, later(PROMPT));
        assert!(promptness.is_prompt(later(PROMPT)));
    }
}
