//! Since when an endpoint fails, and when that is hopeless. Pure: the time is handed in.
//!
//! It is hopeless when an attempt has just failed and all of this holds:
//! - nothing has gone well for [`FAILING_LIMIT`];
//! - this run of the hub has seen it fail for [`FAILING_WATCHED`] of that, so a hub that was down itself gives it its
//!   chance first;
//! - it has had [`FAILING_CHANCES`] of them in this run, failures an hour or more apart, so that one burst is one chance;
//! - the one before was within the last day, so that it was not simply never called.
//!
//! What is written down is when it began, and that it is over; each once, and only if it lasted for [`FAILING_NOTED`], so
//! that an endpoint that flaps is not written about with each attempt.

use std::time::Duration;

use callboard_core::Timestamp;

use crate::limits::{
    FAILING_CHANCE_EVERY, FAILING_CHANCES, FAILING_LIMIT, FAILING_NOTED, FAILING_RECENT, FAILING_WATCHED,
};

/// What one endpoint's failures come to.
#[derive(Debug, Default)]
pub(crate) struct Failing {
    since: Option<Timestamp>,
    is_noted: bool,
    /// The first failure that this run has seen.
    seen_since: Option<Timestamp>,
    chances: u32,
    last_chance: Option<Timestamp>,
}

/// What a failure comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finding {
    Nothing,
    /// It is to be written down that it has been failing since then.
    Lasting(Timestamp),
    Hopeless,
}

impl Failing {
    /// As it was written down by the last run.
    pub(crate) fn noted(since: Option<Timestamp>) -> Self {
        Self { since, is_noted: since.is_some(), ..Self::default() }
    }

    /// What stands in the store by now. What was said may not have been taken: then it is said again.
    pub(crate) fn stands(&mut self, since: Option<Timestamp>) {
        self.is_noted = since.is_some();
    }

    /// Since when nothing has gone well.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        self.since
    }

    /// An attempt has gone well. Answers whether that is to be written down.
    pub(crate) fn succeeded(&mut self) -> bool {
        std::mem::take(self).is_noted
    }

    /// An attempt has failed.
    pub(crate) fn failed(&mut self, now: Timestamp) -> Finding {
        let since = *self.since.get_or_insert(now);
        let seen_since = *self.seen_since.get_or_insert(now);
        let before = self.last_chance;
        if before.is_none_or(|before| passed(before, now) >= FAILING_CHANCE_EVERY) {
            self.chances += 1;
            self.last_chance = Some(now);
        }
        let had_one_lately = before
            .is_some_and(|before| (FAILING_CHANCE_EVERY..=FAILING_RECENT).contains(&passed(before, now)));
        if had_one_lately
            && self.chances >= FAILING_CHANCES
            && passed(seen_since, now) >= FAILING_WATCHED
            && passed(since, now) >= FAILING_LIMIT
        {
            return Finding::Hopeless;
        }
        if !self.is_noted && passed(since, now) >= FAILING_NOTED {
            self.is_noted = true;
            return Finding::Lasting(since);
        }
        Finding::Nothing
    }
}

fn passed(since: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(since)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_772_355_600 + second).unwrap()
    }

    /// The second at which it is found to be hopeless, if its attempts fail at these.
    fn hopeless_at(mut failing: Failing, seconds: impl IntoIterator<Item = i64>) -> Option<i64> {
        seconds.into_iter().find(|second| failing.failed(at(*second)) == Finding::Hopeless)
    }

    #[test]
    fn after_five_days_of_probes_it_is_hopeless_and_not_before() {
        assert_eq!(hopeless_at(Failing::default(), (0..).step_by(300)), Some(5 * DAY));
    }

    #[test]
    fn one_success_in_between_and_the_five_days_begin_anew() {
        let mut failing = Failing::default();
        assert_eq!((0..4 * DAY).step_by(300).find(|it| failing.failed(at(*it)) == Finding::Hopeless), None);
        assert!(failing.succeeded());
        assert_eq!(failing.since(), None);
        assert_eq!(hopeless_at(failing, (4 * DAY..).step_by(300)), Some(9 * DAY));
    }

    #[test]
    fn a_failure_five_days_ago_and_one_now_are_not_five_days_of_failing() {
        assert_eq!(hopeless_at(Failing::default(), [0, 6 * DAY, 6 * DAY + 5, 6 * DAY + 2 * HOUR]), None);
    }

    #[test]
    fn a_delivery_that_went_through_its_schedule_and_another_days_later_are_enough() {
        // The default schedule: the first delivery is given up after three days, the next one comes after six.
        let waits =
            [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
        let schedule = |from: i64| {
            [0].into_iter().chain(waits).scan(from, |at, wait| {
                *at += wait;
                Some(*at)
            })
        };
        let found = hopeless_at(Failing::default(), schedule(0).chain(schedule(6 * DAY)));
        assert_eq!(
            found,
            Some(6 * DAY + 5 + 35 * MINUTE + 2 * HOUR),
            "not before it has had its chance that day"
        );
    }

    #[test]
    fn a_hub_that_was_down_for_six_days_watches_for_a_day_before_it_gives_up() {
        let noted = || Failing::noted(Some(at(-6 * DAY)));
        assert_eq!(hopeless_at(noted(), [0]), None);
        assert_eq!(hopeless_at(noted(), (0..).step_by(300)), Some(DAY));
    }

    #[test]
    fn that_it_fails_is_written_down_once_and_not_while_it_flaps() {
        let mut failing = Failing::default();
        for minute in 0..1_000 {
            assert_eq!(failing.failed(at(minute * MINUTE)), Finding::Nothing);
            assert!(!failing.succeeded(), "what was not written down need not be taken back");
        }
        let findings = (0..100).map(|minute| failing.failed(at(minute * MINUTE)));
        let noted: Vec<_> = findings.enumerate().filter(|(_, it)| *it != Finding::Nothing).collect();
        assert_eq!(noted, [(10, Finding::Lasting(at(0)))]);
        assert!(failing.succeeded() && !failing.succeeded());
    }
}
