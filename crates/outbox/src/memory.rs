//! How much of memory an endpoint may have, so that all together stay within what there is (invariant I7).
//!
//! Of what is left over all endpoints, one may have as much as is left: where all take at the same time, two have a third of the
//! whole each, three a quarter, and so on. Where one after the other takes and keeps it, each has half of what the one before
//! had; so there is a floor, which everyone may have whatever is left.

use crate::limits::OutboxLimits;

/// What is left, over all endpoints.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Left {
    pub(crate) bytes: usize,
    pub(crate) known: usize,
}

/// What one endpoint has.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Share {
    pub(crate) bodies: usize,
    pub(crate) bytes: usize,
    pub(crate) known: usize,
}

/// How much to read from the store at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReadSize {
    pub(crate) rows: usize,
    /// A single row may exceed it.
    pub(crate) bytes: usize,
}

impl Share {
    /// May an endpoint that has this know of one more delivery?
    pub(crate) fn may_know_another(&self, limits: &OutboxLimits, left: Left) -> bool {
        self.known < self.may_know(limits, left)
    }

    /// May it have one more body, that counts for so many bytes?
    pub(crate) fn may_hold_another(&self, bytes: usize, limits: &OutboxLimits, left: Left) -> bool {
        let most = left.bytes.max(limits.floor_bytes());
        self.bodies < limits.owed_in_memory_per_endpoint && self.bytes + bytes <= most
    }

    /// What it may read of what it is owed, if it has few enough for that to be worth while.
    pub(crate) fn page(&self, limits: &OutboxLimits, left: Left) -> Option<ReadSize> {
        let places = limits.owed_in_memory_per_endpoint.saturating_sub(self.bodies);
        let may_know = self.may_know(limits, left);
        let names = may_know.saturating_sub(self.known);
        let worth_while = limits.page.min(limits.owed_in_memory_per_endpoint / 2).max(1);
        let rows = places.min(names).min(limits.page);
        let bytes = self.may_read(limits, left)?;
        // Where others have taken most names, few are all that there will be for a long time.
        let is_enough = places >= worth_while && names >= worth_while.min(may_know.div_ceil(2));
        (rows > 0 && is_enough).then_some(ReadSize { rows, bytes })
    }

    /// What it may fetch of bodies that it waits for.
    pub(crate) fn fetch(&self, limits: &OutboxLimits, left: Left) -> Option<ReadSize> {
        let places = limits.owed_in_memory_per_endpoint.saturating_sub(self.bodies);
        let bytes = self.may_read(limits, left)?;
        (places > 0).then_some(ReadSize { rows: places.min(limits.page), bytes })
    }

    fn may_know(&self, limits: &OutboxLimits, left: Left) -> usize {
        limits.known_per_endpoint.min(left.known.midpoint(self.known).max(limits.floor_known()))
    }

    fn may_read(&self, limits: &OutboxLimits, left: Left) -> Option<usize> {
        let most = left.bytes.max(limits.floor_bytes());
        (self.bytes < most).then(|| (most - self.bytes).min(limits.page_bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1024 * 1024;

    fn free() -> Left {
        let limits = OutboxLimits::default();
        Left { bytes: limits.bodies_in_memory_bytes, known: limits.known_total }
    }

    /// Each takes in bodies of so many bytes while it may.
    fn filled_by(endpoints: usize, bytes: usize) -> (Vec<Share>, Left) {
        let (limits, mut left) = (OutboxLimits::default(), free());
        let mut shares = vec![Share::default(); endpoints];
        loop {
            let mut took = false;
            for share in &mut shares {
                if share.may_know_another(&limits, left) && share.may_hold_another(bytes, &limits, left) {
                    share.bodies += 1;
                    share.known += 1;
                    share.bytes += bytes;
                    left.known -= 1;
                    left.bytes -= bytes;
                    took = true;
                }
            }
            if !took {
                return (shares, left);
            }
        }
    }

    #[test]
    fn a_thousand_endpoints_with_bodies_of_a_mebibyte_stay_within_what_there_is_for_all() {
        let (shares, _) = filled_by(1_000, MIB);
        let bytes: usize = shares.iter().map(|share| share.bytes).sum();
        assert!(bytes <= free().bytes, "{bytes}");
    }

    #[test]
    fn whoever_comes_next_finds_something_left() {
        let limits = OutboxLimits::default();
        for endpoints in [1, 50, 1_000] {
            let (shares, left) = filled_by(endpoints, 1_500);
            assert!(shares.iter().all(|share| share.bodies > 0));
            assert!(Share::default().may_know_another(&limits, left), "{left:?}");
            assert!(Share::default().page(&limits, left).is_some(), "{left:?}");
        }
    }

    #[test]
    fn whoever_comes_after_many_that_took_all_they_may_one_after_the_other_has_something() {
        let (limits, mut left) = (OutboxLimits::default(), free());
        for bytes in [1_500, MIB] {
            for _ in 0..40 {
                let mut share = Share::default();
                while share.may_know_another(&limits, left) && share.may_hold_another(bytes, &limits, left) {
                    (share.bodies, share.known, share.bytes) =
                        (share.bodies + 1, share.known + 1, share.bytes + bytes);
                    left.known = left.known.saturating_sub(1);
                    left.bytes = left.bytes.saturating_sub(bytes);
                }
            }
        }
        assert!(left.bytes < 1_500, "{left:?}");

        let next = Share::default();
        assert!(next.may_know_another(&limits, left) && next.may_hold_another(1_500, &limits, left));
        let page = next.page(&limits, left).unwrap();
        assert!(page.rows >= 10 && page.bytes >= 10 * 1_500, "{page:?}");
        assert!(next.fetch(&limits, left).is_some());
    }

    #[test]
    fn one_alone_has_all_that_one_may_have() {
        let (shares, _) = filled_by(1, 1_500);
        assert_eq!(shares[0].bodies, OutboxLimits::default().owed_in_memory_per_endpoint);
    }

    #[test]
    fn names_without_bodies_have_limits_of_their_own_for_one_and_for_all() {
        let (limits, mut left) = (OutboxLimits::default(), free());
        let mut shares = vec![Share::default(); 100];
        for share in &mut shares {
            while share.may_know_another(&limits, left) {
                share.known += 1;
                left.known = left.known.saturating_sub(1);
            }
        }
        assert_eq!(shares[0].known, limits.known_per_endpoint);
        let known: usize = shares.iter().map(|share| share.known).sum();
        assert!(known <= limits.known_total + shares.len() * limits.floor_known(), "{known}");
        assert!(shares.iter().all(|share| share.known >= limits.floor_known()));
    }

    #[test]
    fn whoever_knows_of_a_few_that_wait_is_told_of_the_rest_however_little_others_have_left() {
        let limits = OutboxLimits::default();
        for known in [0, 100] {
            let left = Left { known, ..free() };
            for waiting in 0..=limits.floor_known() / 2 {
                let share = Share { known: waiting, ..Share::default() };
                assert!(share.page(&limits, left).is_some(), "{waiting} wait, {left:?}");
            }
            let full = Share { known: limits.floor_known().max(known), ..Share::default() };
            assert_eq!(full.page(&limits, left), None, "{left:?}");
        }
    }

    #[test]
    fn so_much_is_read_from_the_store_at_once() {
        let limits = OutboxLimits::default();
        let page = Some(ReadSize { rows: limits.page, bytes: limits.page_bytes });
        assert_eq!(Share::default().page(&limits, free()), page);
        assert_eq!(Share::default().fetch(&limits, free()), page);
    }
}
