//! How often an endpoint may be called: attempts evenly spaced, with no credit for quiet times.
//!
//! Waiting for one's turn here is not an attempt.

use callboard_core::{RateLimit, Timestamp};
use jiff::SignedDuration;

const SECOND_NS: f64 = 1e9;
/// One attempt a day: what a rate that is not positive comes to.
const SLOWEST_PER_SECOND: f64 = 1.0 / 86_400.0;
/// Above this a cap is none.
const FASTEST_PER_SECOND: f64 = 1e6;
/// Attempts whose turns fall this close together may go together: timers are no finer than a millisecond.
const GRAIN: SignedDuration = SignedDuration::from_millis(5);

/// A rate limit in action.
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    interval: SignedDuration,
    free_at: Timestamp,
}

impl Pace {
    /// The first attempt may be made at once.
    pub(crate) fn new(limit: RateLimit) -> Self {
        let per_second = limit.per_second.clamp(SLOWEST_PER_SECOND, FASTEST_PER_SECOND);
        #[expect(clippy::cast_possible_truncation, reason = "between a microsecond and a day, so it fits")]
        let interval = SignedDuration::from_nanos((SECOND_NS / per_second) as i64);
        Self { interval, free_at: Timestamp::MIN }
    }

    /// When the next attempt may be made.
    pub(crate) fn free_at(&self) -> Timestamp {
        self.free_at
    }

    /// The clock has been set back: the next turn is no further away than it ever is.
    pub(crate) fn clock_went_back(&mut self, now: Timestamp) {
        self.free_at = self.free_at.min(now.checked_add(self.interval).unwrap_or(Timestamp::MAX));
    }

    /// Makes an attempt if one may be made now.
    pub(crate) fn take(&mut self, now: Timestamp) -> bool {
        if self.free_at > now {
            return false;
        }
        // Being woken a little late costs nothing: the next turn is counted from when this one was due.
        let late = now.duration_since(self.free_at);
        let from = if late <= GRAIN { self.free_at } else { now };
        self.free_at = from.checked_add(self.interval).unwrap_or(Timestamp::MAX);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempts_in(span: SignedDuration, per_second: f64, step: SignedDuration) -> usize {
        let mut pace = Pace::new(RateLimit { per_second });
        let mut made = 0;
        let mut passed = SignedDuration::ZERO;
        while passed < span {
            let now = "2026-03-01T09:00:00Z".parse::<Timestamp>().unwrap() + passed;
            while pace.take(now) {
                made += 1;
            }
            passed += step;
        }
        made
    }

    #[test]
    fn ten_a_second_are_ten_a_second_also_after_a_quiet_time() {
        let fine = SignedDuration::from_millis(1);
        assert_eq!(attempts_in(SignedDuration::from_secs(3), 10.0, fine), 30);

        let mut pace = Pace::new(RateLimit { per_second: 10.0 });
        let start: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
        assert!(pace.take(start));
        let later = start + SignedDuration::from_hours(1);
        assert!(pace.take(later));
        assert!(!pace.take(later), "an hour of silence buys nothing");
        assert_eq!(pace.free_at(), later + SignedDuration::from_millis(100));
    }

    #[test]
    fn a_timer_of_a_millisecond_does_not_slow_down_five_thousand_a_second() {
        let coarse = SignedDuration::from_millis(1);
        assert_eq!(attempts_in(SignedDuration::from_secs(1), 5_000.0, coarse), 4_996);
    }

    #[test]
    fn after_the_clock_was_set_back_the_next_turn_is_as_far_away_as_ever() {
        let mut pace = Pace::new(RateLimit { per_second: 10.0 });
        let ahead: Timestamp = "2026-03-01T17:00:00Z".parse().unwrap();
        assert!(pace.take(ahead));
        let back = ahead - SignedDuration::from_hours(8);
        pace.clock_went_back(back);
        assert!(!pace.take(back));
        assert!(pace.take(back + SignedDuration::from_millis(100)));
    }

    #[test]
    fn a_rate_that_makes_no_sense_lets_something_through() {
        for per_second in [0.0, -1.0, f64::INFINITY] {
            let mut pace = Pace::new(RateLimit { per_second });
            assert!(pace.take(Timestamp::UNIX_EPOCH), "{per_second}");
        }
    }
}
