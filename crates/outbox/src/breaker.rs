//! Whether an endpoint is called at all: after some failures in a row that speak of the endpoint itself, only now and
//! then one attempt is begun, until one goes well. Pure: the time is handed in, and so is the jitter.
//!
//! It begins attempts later, never more of them, so it takes nothing away from anybody: a delivery that waits here uses
//! up nothing of its schedule. A probe is a normal attempt, of the delivery that has been due the longest. A single
//! delivery is not even late: the waits between probes are shorter than those of the default schedule.
//!
//! `Retry-After` on 429 or 503 holds the whole endpoint at once, since platforms mean the account by it.

use std::time::Duration;

use callboard_core::{DeliveryId, Timestamp};

use crate::limits::{
    FAILURES_IN_A_ROW, FIRST_PROBE_AFTER, IN_FLIGHT_PER_ENDPOINT, LONGEST_HOLD, LONGEST_PROBE_WAIT, MOMENT,
    REFUSALS_IN_A_ROW,
};
use crate::retry::JITTER;

/// What went wrong with an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failure {
    /// It speaks of the endpoint: no connection, no answer, 5xx or 429. What is left may be about the one delivery.
    pub(crate) is_the_endpoint_s: bool,
    /// How long the endpoint wants to be left alone.
    pub(crate) asked_for: Option<Duration>,
}

/// One endpoint's breaker.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    /// Failures in a row that speak of the endpoint.
    failures: u32,
    /// Failures of any kind in a row.
    refusals: u32,
    /// Set while it is open.
    open: Option<Open>,
    /// How many attempts may be under way, for a while after it was closed: what has just come up is not run over.
    ramp: Option<usize>,
}

#[derive(Debug)]
struct Open {
    /// When the next probe may begin.
    probe_at: Timestamp,
    /// The probe that is under way.
    probe: Option<DeliveryId>,
    /// Probes in a row that failed.
    failed_probes: u32,
    /// When the endpoint asked for time. Attempts from before may still go well; they do not end it.
    asked_at: Option<Timestamp>,
    /// A person wants something to be tried now.
    is_wished: bool,
}

impl Breaker {
    /// May an attempt begin, so many being under way?
    pub(crate) fn lets(&self, in_flight: usize, now: Timestamp) -> bool {
        match &self.open {
            None => self.ramp.is_none_or(|most| in_flight < most),
            Some(open) => open.probe.is_none() && (open.is_wished || open.probe_at <= now),
        }
    }

    /// When a probe may begin, if it is open and none is under way.
    pub(crate) fn probe_at(&self) -> Option<Timestamp> {
        let open = self.open.as_ref().filter(|open| open.probe.is_none())?;
        Some(open.probe_at)
    }

    /// When something may be begun, if it is open and no probe is under way.
    pub(crate) fn opens_at(&self) -> Option<Timestamp> {
        let is_wished = self.open.as_ref().is_some_and(|open| open.is_wished);
        self.probe_at().filter(|_| !is_wished)
    }

    /// The clock has been set back: the next probe is no further away than it ever is.
    pub(crate) fn clock_went_back(&mut self, now: Timestamp) {
        if let Some(open) = &mut self.open {
            let most = if open.asked_at.is_some() { LONGEST_HOLD } else { LONGEST_PROBE_WAIT };
            open.probe_at = open.probe_at.min(after(now, most.mul_f64(1.0 + JITTER)));
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Is it open for longer than a moment: has a probe failed, or is the next one further away?
    pub(crate) fn lasts(&self, now: Timestamp) -> bool {
        self.open.as_ref().is_some_and(|open| open.failed_probes > 0 || open.probe_at > after(now, MOMENT))
    }

    pub(crate) fn is_probing(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.probe.is_some())
    }

    /// An attempt at a delivery has begun.
    pub(crate) fn began(&mut self, delivery: DeliveryId) {
        if let Some(open) = &mut self.open {
            open.probe = Some(delivery);
            open.is_wished = false;
        }
    }

    /// A person wants something to be tried now: it is the next probe, at once. Answers whether it goes ahead of others
    /// that wait.
    pub(crate) fn wish(&mut self) -> bool {
        self.open.as_mut().is_some_and(|open| !std::mem::replace(&mut open.is_wished, true))
    }

    /// An attempt at a delivery that began then has gone well.
    pub(crate) fn succeeded(&mut self, delivery: DeliveryId, began_at: Timestamp) {
        (self.failures, self.refusals) = (0, 0);
        if let Some(open) = &self.open {
            let is_from_before = open.asked_at.is_some_and(|asked_at| began_at <= asked_at);
            if is_from_before && open.probe != Some(delivery) {
                return;
            }
            self.open = None;
            self.ramp = Some(1);
        }
        self.ramp = self.ramp.map(|most| most + 1).filter(|most| *most < IN_FLIGHT_PER_ENDPOINT);
    }

    /// An attempt at a delivery has failed; `jitter` is a random number in [-1, 1).
    pub(crate) fn failed(&mut self, delivery: DeliveryId, failure: Failure, now: Timestamp, jitter: f64) {
        self.failures = if failure.is_the_endpoint_s { self.failures.saturating_add(1) } else { 0 };
        self.refusals = self.refusals.saturating_add(1);
        let asked_for =
            failure.asked_for.filter(|wait| !wait.is_zero()).map(|wait| after(now, wait.min(LONGEST_HOLD)));
        let Some(open) = &mut self.open else {
            if asked_for.is_some() || self.failures >= FAILURES_IN_A_ROW || self.refusals >= REFUSALS_IN_A_ROW
            {
                self.open = Some(Open {
                    probe_at: asked_for.unwrap_or_else(|| after(now, probe_wait(0, jitter))),
                    probe: None,
                    failed_probes: 0,
                    asked_at: asked_for.map(|_| now),
                    is_wished: false,
                });
            }
            return;
        };
        if open.probe == Some(delivery) {
            open.probe = None;
            open.failed_probes = open.failed_probes.saturating_add(1);
            open.probe_at = after(now, probe_wait(open.failed_probes, jitter));
        }
        if let Some(until) = asked_for {
            open.probe_at = open.probe_at.max(until);
            open.asked_at = Some(now);
        }
    }
}

/// How long to wait for the next probe after so many that failed.
fn probe_wait(failed_probes: u32, jitter: f64) -> Duration {
    let doubled = 2_u32.saturating_pow(failed_probes);
    FIRST_PROBE_AFTER.saturating_mul(doubled).min(LONGEST_PROBE_WAIT).mul_f64(1.0 + JITTER * jitter)
}

fn after(now: Timestamp, wait: Duration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use callboard_core::Identifier;
    use jiff::SignedDuration;

    use super::*;

    const DOWN: Failure = Failure { is_the_endpoint_s: true, asked_for: None };
    const REFUSED: Failure = Failure { is_the_endpoint_s: false, asked_for: None };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_772_355_600 + second).unwrap()
    }

    fn id(raw: u64) -> DeliveryId {
        DeliveryId::from_raw(raw)
    }

    fn asking(seconds: u64) -> Failure {
        Failure { is_the_endpoint_s: true, asked_for: Some(Duration::from_secs(seconds)) }
    }

    /// A breaker that has seen so many attempts fail like this, all at the start.
    fn after_failures(count: u32, failure: Failure) -> Breaker {
        let mut breaker = Breaker::default();
        (0..count).for_each(|raw| breaker.failed(id(raw.into()), failure, at(0), 0.0));
        breaker
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_a_success_in_between_keeps_it_closed() {
        assert!(!after_failures(FAILURES_IN_A_ROW - 1, DOWN).is_open());
        assert!(after_failures(FAILURES_IN_A_ROW, DOWN).is_open());

        let mut flapping = Breaker::default();
        for raw in 0..100 {
            (1..FAILURES_IN_A_ROW).for_each(|_| flapping.failed(id(raw), DOWN, at(0), 0.0));
            flapping.succeeded(id(raw), at(0));
            assert!(flapping.lets(1_000, at(0)), "an endpoint that works is never held up");
        }
    }

    #[test]
    fn refusals_of_single_deliveries_open_it_only_if_all_are_refused() {
        assert!(!after_failures(REFUSALS_IN_A_ROW - 1, REFUSED).is_open());
        assert!(after_failures(REFUSALS_IN_A_ROW, REFUSED).is_open());
    }

    #[test]
    fn while_it_is_open_one_probe_at_a_time_begins_and_the_waits_between_them_grow() {
        let mut breaker = after_failures(FAILURES_IN_A_ROW, DOWN);
        let (mut now, mut waits) = (at(0), Vec::new());
        for raw in 100..112 {
            let probe_at = breaker.probe_at().unwrap();
            assert!(!breaker.lets(0, probe_at - SignedDuration::from_nanos(1)));
            assert!(breaker.lets(0, probe_at));
            breaker.began(id(raw));
            assert!(!breaker.lets(0, probe_at + SignedDuration::from_hours(1)), "one at a time");
            waits.push(probe_at.duration_since(now).as_secs());
            now = probe_at;
            breaker.failed(id(raw), DOWN, now, 0.0);
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    }

    #[test]
    fn attempts_from_before_it_opened_that_fail_now_put_nothing_off() {
        let mut breaker = after_failures(FAILURES_IN_A_ROW + 59, DOWN);
        assert_eq!(breaker.probe_at(), Some(at(1)));
        breaker.began(id(100));
        breaker.failed(id(3), DOWN, at(2), 0.0);
        assert!(breaker.is_probing());
    }

    #[test]
    fn it_lasts_once_a_probe_has_failed_or_if_the_next_is_far_away() {
        assert!(!Breaker::default().lasts(at(0)));
        let mut breaker = after_failures(FAILURES_IN_A_ROW, DOWN);
        assert!(!breaker.lasts(at(0)), "the first probe is to come");
        breaker.began(id(100));
        breaker.failed(id(100), DOWN, at(1), 0.0);
        assert!(breaker.lasts(at(1)));
        assert!(
            !after_failures(1, asking(10)).lasts(at(0)),
            "an endpoint that slows us down goes on in a moment"
        );
        assert!(after_failures(1, asking(11)).lasts(at(0)));
    }

    #[test]
    fn any_success_closes_it_and_everything_goes_on_in_doubling_steps() {
        let mut breaker = after_failures(FAILURES_IN_A_ROW, DOWN);
        breaker.began(id(100));
        breaker.succeeded(id(3), at(-9));
        assert!(!breaker.is_open() && breaker.lets(1, at(0)) && !breaker.lets(2, at(0)));
        breaker.succeeded(id(100), at(0));
        breaker.succeeded(id(101), at(0));
        assert!(breaker.lets(3, at(0)) && !breaker.lets(4, at(0)));
        (102..162).for_each(|raw| breaker.succeeded(id(raw), at(0)));
        assert!(breaker.lets(1_000_000, at(0)));
    }

    #[test]
    fn an_endpoint_that_asks_for_time_gets_it_also_from_attempts_that_began_before() {
        let mut breaker = after_failures(1, asking(60));
        assert_eq!(breaker.probe_at(), Some(at(60)));
        breaker.succeeded(id(7), at(-1));
        assert!(breaker.is_open(), "that it took one before it asked says nothing");
        breaker.failed(id(8), asking(90), at(10), 0.0);
        assert_eq!(breaker.probe_at(), Some(at(100)));
        breaker.failed(id(9), asking(5), at(10), 0.0);
        assert_eq!(breaker.probe_at(), Some(at(100)), "the longest counts");
        breaker.began(id(10));
        breaker.succeeded(id(10), at(100));
        assert!(!breaker.is_open());
    }

    #[test]
    fn nobody_holds_everything_for_longer_than_an_hour_and_none_means_none() {
        let breaker = after_failures(1, asking(86_400));
        assert_eq!(breaker.probe_at(), Some(at(3_600)));
        assert!(!after_failures(1, asking(0)).is_open());
    }

    #[test]
    fn what_a_person_wants_goes_at_once_but_not_beside_another_probe() {
        let mut breaker = after_failures(1, asking(600));
        assert!(breaker.wish() && !breaker.wish(), "the first of them goes ahead");
        assert!(breaker.lets(0, at(0)));
        breaker.began(id(5));
        assert!(breaker.wish());
        assert!(!breaker.lets(0, at(0)));
        breaker.failed(id(5), DOWN, at(1), 0.0);
        assert!(breaker.lets(0, at(1)), "it was asked for while the other was under way");
        breaker.began(id(6));
        breaker.failed(id(6), DOWN, at(1), 0.0);
        assert!(!breaker.lets(0, at(1)));
        assert!(!Breaker::default().wish(), "one that is closed holds up nobody");
    }
}
