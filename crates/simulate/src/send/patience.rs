//! How often and how long a letter is tried again.

use std::time::Duration;

use callboard_core::Timestamp;

use crate::post::{Reply, Unanswered};

/// How often a letter is tried when the other side asks to come again.
const MAX_TRIES_WHEN_ASKED: u32 = 10;
/// How often when the other side is not reached.
const MAX_TRIES_WHEN_NOT_REACHED: u32 = 4;
/// The wait after the first try that did not reach the other side; it doubles each time.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// The wait when the other side asks to come again and does not say when.
const DEFAULT_WAIT: Duration = Duration::from_secs(1);
/// No wait is longer, whatever is asked for.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// How long to wait before the next try; `None` if this outcome is final.
pub(super) fn wait_after(
    outcome: &Result<Reply, Unanswered>,
    tries: u32,
    now: Timestamp,
) -> Option<Duration> {
    match outcome {
        Ok(Reply { status: 429 | 503, retry_after }) => (tries < MAX_TRIES_WHEN_ASKED).then(|| {
            retry_after.as_deref().and_then(|it| asked_wait(it, now)).unwrap_or(DEFAULT_WAIT).min(MAX_WAIT)
        }),
        Ok(_) => None,
        Err(_) => (tries < MAX_TRIES_WHEN_NOT_REACHED)
            .then(|| FIRST_WAIT.saturating_mul(1 << tries.saturating_sub(1)).min(MAX_WAIT)),
    }
}

/// What `Retry-After` asks for: seconds, or a date.
fn asked_wait(retry_after: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = retry_after.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = Timestamp::try_from(httpdate::parse_http_date(retry_after).ok()?).ok()?;
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-03-02T08:00:00Z".parse().unwrap()
    }

    fn wait_when(status: u16, retry_after: Option<&str>, tries: u32) -> Option<Duration> {
        let reply = Reply { status, retry_after: retry_after.map(str::to_owned) };
        wait_after(&Ok(reply), tries, now())
    }

    #[test]
    fn retry_after_is_honoured_in_seconds_and_as_a_date() {
        let wait = |retry_after| wait_when(503, Some(retry_after), 1);
        assert_eq!(wait("7"), Some(Duration::from_secs(7)));
        assert_eq!(wait("Mon, 02 Mar 2026 08:00:09 GMT"), Some(Duration::from_secs(9)));
        assert_eq!(wait("Mon, 02 Mar 2026 07:00:00 GMT"), Some(Duration::ZERO));
    }

    #[test]
    fn a_wait_has_a_default_and_a_limit() {
        assert_eq!(wait_when(429, None, 1), Some(DEFAULT_WAIT));
        assert_eq!(wait_when(429, Some("soon"), 1), Some(DEFAULT_WAIT));
        assert_eq!(wait_when(429, Some("86400"), 1), Some(MAX_WAIT));
        assert_eq!(wait_when(429, None, MAX_TRIES_WHEN_ASKED), None);
    }

    #[test]
    fn any_other_answer_is_final() {
        for status in [200, 202, 301, 400, 401, 404, 410, 413, 415, 500, 502] {
            assert_eq!(wait_when(status, Some("1"), 1), None, "{status}");
        }
    }

    #[test]
    fn whoever_is_not_reached_is_tried_a_few_times_at_growing_distances() {
        let waits: Vec<_> = (1..=MAX_TRIES_WHEN_NOT_REACHED)
            .map(|tries| wait_after(&Err(Unanswered::TimedOut), tries, now()))
            .collect();
        let ms = |ms| Some(Duration::from_millis(ms));
        assert_eq!(waits, [ms(100), ms(200), ms(400), None]);
    }
}
