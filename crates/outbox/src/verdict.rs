//! What an answer means: told, to be tried again, given up, or nobody lives there any more.

use std::time::Duration;

use bytes::Bytes;
use callboard_core::Timestamp;
use callboard_ledger::{Attempt, DeliveryState};

use crate::retry::RetrySchedule;
use crate::sender::Answer;

/// The status with which an endpoint says that it is gone for good.
pub(crate) const GONE: u16 = 410;

/// What came of an attempt: an answer, or a sentence that says why there is none.
pub(crate) type Outcome = Result<Answer, String>;

/// What an outcome means for the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It was told.
    Delivered,
    /// It is tried again then.
    Again(Timestamp),
    /// The schedule is exhausted.
    Failed,
    /// The endpoint wants to be told nothing any more; the delivery waits for a person's word.
    Gone,
}

impl Verdict {
    /// How it leaves the delivery: in which state, and to be tried again when, if at a certain time.
    pub(crate) fn leaves(self) -> (DeliveryState, Option<Timestamp>) {
        match self {
            Self::Delivered => (DeliveryState::Delivered, None),
            Self::Again(at) => (DeliveryState::Pending, Some(at)),
            Self::Failed => (DeliveryState::Failed, None),
            Self::Gone => (DeliveryState::Pending, None),
        }
    }
}

/// Judges an outcome that is known `now`; `jitter` is a random number in [-1, 1).
pub(crate) fn judge(
    outcome: &Outcome,
    attempts_made: u32,
    schedule: &RetrySchedule,
    now: Timestamp,
    jitter: f64,
) -> Verdict {
    match outcome {
        Ok(answer) if answer.is_success() => return Verdict::Delivered,
        Ok(answer) if answer.status == GONE => return Verdict::Gone,
        Ok(_) | Err(_) => {}
    }
    let asked_for = outcome.as_ref().ok().and_then(|answer| answer.retry_after).map(|after| after.wait(now));
    match schedule.next(attempts_made, asked_for, jitter) {
        Some(wait) => Verdict::Again(now.checked_add(wait).unwrap_or(Timestamp::MAX)),
        None => Verdict::Failed,
    }
}

/// The record of an attempt.
pub(crate) fn record(number: u32, at: Timestamp, took: Duration, outcome: Outcome) -> Attempt {
    let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    match outcome {
        Ok(Answer { status, body, .. }) => {
            Attempt { number, at, took_us, status: Some(status), error: None, response: body }
        }
        Err(error) => {
            Attempt { number, at, took_us, status: None, error: Some(error), response: Bytes::new() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retry::RetryAfter;

    fn answer(status: u16, retry_after: Option<RetryAfter>) -> Answer {
        let body = Bytes::from_static(b"no");
        Answer { status, retry_after, body, body_truncated: false, took: Duration::ZERO }
    }

    fn after_one_attempt(outcome: &Outcome) -> Verdict {
        let schedule = RetrySchedule::parse(&["5m"]).unwrap();
        judge(outcome, 1, &schedule, Timestamp::UNIX_EPOCH, 0.0)
    }

    fn in_minutes(minutes: i64) -> Verdict {
        Verdict::Again(Timestamp::from_second(minutes * 60).unwrap())
    }

    #[test]
    fn every_2xx_is_told_and_nothing_else_is() {
        for status in [200, 201, 202, 204, 299] {
            assert_eq!(after_one_attempt(&Ok(answer(status, None))), Verdict::Delivered, "{status}");
        }
        for status in [301, 302, 307, 400, 401, 404, 429, 500, 503] {
            assert_eq!(after_one_attempt(&Ok(answer(status, None))), in_minutes(5), "{status}");
        }
        assert_eq!(after_one_attempt(&Err("no connection could be made".to_owned())), in_minutes(5));
    }

    #[test]
    fn an_endpoint_that_asks_for_time_gets_it_but_no_further_attempt() {
        let nine_minutes = Some(RetryAfter::In(Duration::from_secs(540)));
        assert_eq!(after_one_attempt(&Ok(answer(429, nine_minutes))), in_minutes(9));
        let exhausted = RetrySchedule::parse::<&str>(&[]).unwrap();
        let verdict = judge(&Ok(answer(503, nine_minutes)), 1, &exhausted, Timestamp::UNIX_EPOCH, 0.0);
        assert_eq!(verdict, Verdict::Failed);
    }

    #[test]
    fn gone_is_gone_also_at_the_last_attempt() {
        let exhausted = RetrySchedule::parse::<&str>(&[]).unwrap();
        let verdict = judge(&Ok(answer(410, None)), 1, &exhausted, Timestamp::UNIX_EPOCH, 0.0);
        assert_eq!(verdict, Verdict::Gone);
    }
}
