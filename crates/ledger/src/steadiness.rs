//! Whether the clock can be trusted with what cannot be undone. One that is wrong, or was set, may be years ahead, and then
//! everything that is kept for a while seems to have been kept for longer.

use std::time::Duration;

use callboard_core::Timestamp;
use jiff::SignedDuration;
use tokio::time::Instant;

/// How much further than time has passed the clock may go, and how much later than the last thing that is known it may be at the
/// start. A machine may have slept for so long, and a hub been off; and of what is kept for a month or more, a day's worth is little.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);
/// How long one that went further has to go on evenly until it is trusted again: for a person to see that it is wrong.
const EVEN_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// A clock that is looked at now and then.
pub(crate) struct Steadiness {
    seen: (Instant, Timestamp),
    doubted_until: Option<Instant>,
}

impl Steadiness {
    /// One that says `now`, where the last thing that is known is from `known_at`.
    pub(crate) fn new(known_at: Option<Timestamp>, now: Timestamp) -> Self {
        let mut steadiness = Self { seen: (Instant::now(), now), doubted_until: None };
        if let Some(known_at) = known_at.filter(|known_at| known_at.duration_since(now) > AHEAD) {
            tracing::warn!(
                %now, last_known = %known_at,
                "there are things from after now: the clock is behind, or was ahead once; ids go on after those, and what is made \
                 until then is kept, and listed, as if it had been made then"
            );
        }
        if let Some(known_at) = known_at.filter(|known_at| now.duration_since(*known_at) > AHEAD) {
            tracing::warn!(
                %now, last_known = %known_at,
                "nothing is known of a whole day before now; if the clock is wrong, set it right: in a day it is believed, \
                 and what has been kept for long enough by it goes"
            );
            steadiness.doubted_until = Some(steadiness.seen.0 + EVEN_FOR);
        }
        steadiness
    }

    /// Is the clock, which says `now`, to be trusted?
    pub(crate) fn is_trusted(&mut self, now: Timestamp) -> bool {
        let at = Instant::now();
        let (seen_at, seen) = std::mem::replace(&mut self.seen, (at, now));
        let passed = SignedDuration::try_from(at - seen_at).unwrap_or(SignedDuration::MAX);
        if now.duration_since(seen).saturating_sub(passed) > AHEAD {
            tracing::error!(
                before = %seen, %now,
                "the clock has gone ahead by itself; what has been kept for long enough stays for a day, so that it can be set right"
            );
            self.doubted_until = Some(at + EVEN_FOR);
        }
        self.doubted_until.is_none_or(|until| until <= at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(60 * 60);

    fn noon() -> Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_goes_evenly_is_trusted_and_one_that_went_ahead_is_after_a_day() {
        let mut clock = noon();
        let mut steadiness = Steadiness::new(Some(clock), clock);
        let mut later = async |real: Duration, shown: Duration| {
            tokio::time::advance(real).await;
            clock = clock.checked_add(shown).unwrap();
            steadiness.is_trusted(clock)
        };
        assert!(later(HOUR, HOUR).await);
        assert!(later(HOUR, 25 * HOUR).await, "it may have slept for a day");
        assert!(!later(HOUR, 100 * 24 * HOUR).await);
        assert!(!later(23 * HOUR, 23 * HOUR).await);
        assert!(later(HOUR, HOUR).await);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_set_back_takes_nothing_and_is_trusted() {
        let mut steadiness = Steadiness::new(Some(noon()), noon());
        assert!(steadiness.is_trusted(noon().checked_sub(HOUR * 1_000).unwrap()));
    }

    #[tokio::test(start_paused = true)]
    async fn at_the_start_it_is_measured_by_what_is_known() {
        let after = |known_at: Option<Timestamp>, hours: u32| {
            let now = noon().checked_add(HOUR * hours).unwrap();
            Steadiness::new(known_at, now).is_trusted(now)
        };
        assert!(after(Some(noon()), 24));
        assert!(!after(Some(noon()), 25));
        assert!(after(None, 25), "nothing is known yet");
        assert!(after(Some(noon().checked_add(HOUR * 500).unwrap()), 0), "what is known is ahead of it");
    }
}
