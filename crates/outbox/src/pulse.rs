//! What attempts show about an endpoint: whether to go on calling it, how it is doing, and what of that is news.

use std::time::Duration;

use callboard_core::{DeliveryId, Endpoint, Timestamp};
use callboard_ledger::Standing;

use crate::breaker::{Breaker, Failure};
use crate::failing::{Failing, Finding};
use crate::health::LastFailure;
use crate::hour::LastHour;
use crate::sender::Answer;
use crate::verdict::{GONE, Outcome};

/// Why an endpoint that answered 410 is disabled.
const REASON_GONE: &str = "gone";
/// Why an endpoint that has failed for days is disabled.
const REASON_FAILING: &str = "failing";
/// The status by which an endpoint, or whoever stands before it, says that it is called too often.
const TOO_MANY: u16 = 429;
/// The status by which an endpoint says that it is not available for a while.
const UNAVAILABLE: u16 = 503;

#[derive(Debug)]
pub(crate) struct Pulse {
    pub(crate) breaker: Breaker,
    pub(crate) failing: Failing,
    pub(crate) last_success_at: Option<Timestamp>,
    pub(crate) last_failure: Option<LastFailure>,
    pub(crate) hour: LastHour,
}

/// An attempt that has ended.
pub(crate) struct Ended<'a> {
    pub(crate) delivery: DeliveryId,
    /// Where it went.
    pub(crate) url: &'a str,
    pub(crate) began_at: Timestamp,
    pub(crate) outcome: &'a Outcome,
}

impl Pulse {
    pub(crate) fn of(endpoint: &Endpoint) -> Self {
        Self {
            breaker: Breaker::default(),
            failing: Failing::noted(endpoint.failing_since),
            last_success_at: None,
            last_failure: None,
            hour: LastHour::default(),
        }
    }

    /// A person says that all is well now, or that it is somewhere else.
    pub(crate) fn begin_anew(&mut self, endpoint: &Endpoint) {
        self.breaker = Breaker::default();
        self.failing = Failing::noted(endpoint.failing_since);
    }

    /// Takes in an attempt that has ended now; `jitter` is a random number in [-1, 1). Answers what of it is news.
    pub(crate) fn take_in(&mut self, ended: &Ended<'_>, now: Timestamp, jitter: f64) -> Option<Standing> {
        let Ended { delivery, began_at, outcome, .. } = *ended;
        if outcome.as_ref().is_ok_and(Answer::is_success) {
            self.breaker.succeeded(delivery, began_at);
            self.last_success_at = Some(now);
            return self.failing.succeeded().then_some(Standing::Well);
        }
        self.last_failure = Some(LastFailure::of(outcome, now));
        self.breaker.failed(delivery, failure(outcome, now), now, jitter);
        let finding = self.failing.failed(now);
        if outcome.as_ref().is_ok_and(|answer| answer.status == GONE) {
            return Some(Standing::Disabled { reason: REASON_GONE, since: now });
        }
        match finding {
            Finding::Nothing => None,
            Finding::Lasting(since) => Some(Standing::Failing(since)),
            Finding::Hopeless => Some(Standing::Disabled { reason: REASON_FAILING, since: now }),
        }
    }
}

fn failure(outcome: &Outcome, now: Timestamp) -> Failure {
    let Ok(answer) = outcome else { return Failure { is_the_endpoint_s: true, asked_for: None } };
    let is_asking = matches!(answer.status, TOO_MANY | UNAVAILABLE);
    let asked_for: Option<Duration> = answer.retry_after.filter(|_| is_asking).map(|after| after.wait(now));
    Failure { is_the_endpoint_s: answer.status >= 500 || answer.status == TOO_MANY, asked_for }
}
