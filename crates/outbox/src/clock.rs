//! The one place that reads the time.
//!
//! Everything that depends on "now" is handed a [`Clock`], so a run can be replayed and a test decides what time it is.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment, UTC.
    fn now(&self) -> Timestamp;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands still until it is moved, for tests and simulations.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<Timestamp>,
}

impl ManualClock {
    /// A clock that shows `now`.
    pub fn new(now: Timestamp) -> Self {
        Self { now: Mutex::new(now) }
    }

    /// Shows `now` from here on; the past is allowed.
    pub fn set(&self, now: Timestamp) {
        *self.hand() = now;
    }

    /// Moves by `step` and returns the new time; it stops at the ends of jiff's range.
    pub fn advance(&self, step: SignedDuration) -> Timestamp {
        let mut now = self.hand();
        let end = if step.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
        *now = now.checked_add(step).unwrap_or(end);
        *now
    }

    /// A thread that panicked while it held the clock left a whole timestamp behind, so it can be read on.
    fn hand(&self) -> MutexGuard<'_, Timestamp> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.hand()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let start: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
        let clock = ManualClock::new(start);
        assert_eq!(clock.now(), start);

        let later = clock.advance(SignedDuration::from_mins(5));
        assert_eq!(later, "2026-03-01T09:05:00Z".parse().unwrap());
        assert_eq!(clock.now(), later);

        clock.set(start);
        assert_eq!(clock.now(), start);
    }

    #[test]
    fn a_manual_clock_stops_at_the_end_of_time() {
        let clock = ManualClock::new(Timestamp::MAX);
        assert_eq!(clock.advance(SignedDuration::from_secs(1)), Timestamp::MAX);
        clock.set(Timestamp::MIN);
        assert_eq!(clock.advance(-SignedDuration::from_secs(1)), Timestamp::MIN);
    }

    #[test]
    fn the_system_clock_shows_the_present() {
        let written: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        assert!(SystemClock.now() > written);
    }
}
