//! What comes of one attempt to fetch something.

use std::time::Duration;

use bytes::Bytes;
use callboard_core::Timestamp;
use callboard_outbox::{Answer, RetrySchedule};
use jiff::SignedDuration;

use crate::limits::{LONGEST_WAIT, RETRY};

/// Why there is nothing to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It may be there another time.
    Later {
        /// What went wrong, in a sentence without a secret.
        error: String,
        /// How long the platform asks to wait.
        wait: Option<Duration>,
    },
    /// It will not be there.
    Never {
        /// What went wrong, in a sentence without a secret.
        error: String,
        /// What the platform answered.
        answer: Bytes,
    },
}

impl Trouble {
    /// One that may be over the next time.
    pub fn later(error: impl Into<String>) -> Self {
        Self::Later { error: error.into(), wait: None }
    }

    /// One that will not be over.
    pub fn never(error: impl Into<String>) -> Self {
        Self::Never { error: error.into(), answer: Bytes::new() }
    }
}

/// Is this an answer to be read? Redirects are not followed, and what was cut off is not read.
pub(crate) fn readable(answer: Answer, now: Timestamp, most_bytes: usize) -> Result<Answer, Trouble> {
    match answer.status {
        200..=299 if answer.body_truncated => {
            let error = format!("the answer is larger than {most_bytes} bytes");
            Err(Trouble::Never { error, answer: answer.body })
        }
        200..=299 => Ok(answer),
        404 | 410 => {
            let error = format!("the platform says that it is not there ({})", answer.status);
            Err(Trouble::Never { error, answer: answer.body })
        }
        300..=399 => Err(Trouble::later(format!(
            "the platform answered with a redirect ({}), which is not followed",
            answer.status
        ))),
        status => Err(Trouble::Later {
            error: format!("the platform answered {status}"),
            wait: answer.retry_after.map(|asked| asked.wait(now).min(LONGEST_WAIT)),
        }),
    }
}

/// When to try again after so many attempts, if at all. `jitter` is a random number in [-1, 1).
pub(crate) fn next_try(
    attempts_made: u32,
    wait: Option<Duration>,
    jitter: f64,
    now: Timestamp,
) -> Option<Timestamp> {
    let wait = schedule().next(attempts_made, wait, jitter)?;
    now.checked_add(signed(wait)).ok()
}

/// The longest wait that [`next_try`] ever comes to.
pub(crate) fn longest_wait() -> SignedDuration {
    let schedule = schedule();
    let waits = (1..).map_while(|made| schedule.next(made, Some(LONGEST_WAIT), 1.0));
    signed(waits.max().unwrap_or(LONGEST_WAIT))
}

fn schedule() -> RetrySchedule {
    RetrySchedule::parse(&RETRY).expect("the table of waits is written as a schedule")
}

fn signed(wait: Duration) -> SignedDuration {
    SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use callboard_outbox::RetryAfter;

    use super::*;

    fn answer(status: u16) -> Answer {
        Answer {
            status,
            retry_after: None,
            body: Bytes::from_static(b"{}"),
            body_truncated: false,
            took: Duration::ZERO,
        }
    }

    fn now() -> Timestamp {
        "2026-03-01T09:00:00Z".parse().expect("a time")
    }

    #[test]
    fn what_is_not_there_is_given_up_and_what_is_not_well_is_tried_again() {
        for (status, is_given_up) in [(404, true), (410, true), (302, false), (401, false), (500, false)] {
            let trouble = readable(answer(status), now(), 10).expect_err("no answer to read");
            assert_eq!(matches!(trouble, Trouble::Never { .. }), is_given_up, "{status}");
        }
        let cut_off = Answer { body_truncated: true, ..answer(200) };
        assert!(matches!(readable(cut_off, now(), 10), Err(Trouble::Never { .. })));
    }

    #[test]
    fn retry_after_is_honoured_within_six_hours() {
        for (asked, granted) in [(90, 90), (10 * 60 * 60, 6 * 60 * 60)] {
            let retry_after = Some(RetryAfter::In(Duration::from_secs(asked)));
            let trouble = readable(Answer { retry_after, ..answer(503) }, now(), 10);
            let expected = Some(Duration::from_secs(granted));
            assert!(matches!(trouble, Err(Trouble::Later { wait, .. }) if wait == expected));
        }
    }

    #[test]
    fn the_waits_are_those_of_the_table_and_then_it_is_over() {
        let waits: Vec<i64> = (1..)
            .map_while(|made| next_try(made, None, 0.0, now()))
            .map(|at| at.duration_since(now()).as_secs())
            .collect();
        assert_eq!(waits, [5, 30, 120, 600, 3_600, 21_600]);
        assert_eq!(longest_wait().as_secs(), 23_760, "with its jitter");
        let asked = Some(Duration::from_secs(45));
        assert_eq!(next_try(1, asked, 0.0, now()).map(|at| at.duration_since(now()).as_secs()), Some(45));
    }
}
