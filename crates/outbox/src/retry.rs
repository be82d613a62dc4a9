//! When to try again.
//!
//! A schedule is pure: it is told how many attempts were made, what the endpoint asked for and a random number, and
//! answers how long to wait. The default is 10 attempts over about three days (contract.md, "Webhooks out").

use std::time::{Duration, SystemTime};

use http::HeaderValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

const SECOND_S: u64 = 1;
const MINUTE_S: u64 = 60 * SECOND_S;
const HOUR_S: u64 = 60 * MINUTE_S;
const DAY_S: u64 = 24 * HOUR_S;

/// The most delays that a schedule may list: the first attempt and 20 more.
pub const MAX_RETRIES: usize = 20;
/// The longest single delay: 7 days.
pub const MAX_DELAY: Duration = Duration::from_secs(7 * DAY_S);
/// The longest wait that an endpoint's `Retry-After` is granted: 24 hours.
pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(DAY_S);
/// How far a delay may stray from the schedule, as a part of it: ±10 %.
pub const JITTER: f64 = 0.1;

/// The delays after the first attempt of [`RetrySchedule::default`], in seconds.
const DEFAULT_DELAYS_S: [u64; 9] = [
    5 * SECOND_S,
    5 * MINUTE_S,
    30 * MINUTE_S,
    2 * HOUR_S,
    5 * HOUR_S,
    10 * HOUR_S,
    14 * HOUR_S,
    20 * HOUR_S,
    24 * HOUR_S,
];

/// The units of a written delay, the largest first.
const UNITS: [(char, u64); 4] = [('d', DAY_S), ('h', HOUR_S), ('m', MINUTE_S), ('s', SECOND_S)];

/// The delays between the attempts of one delivery; the first attempt is made at once.
///
/// Written as a list of whole numbers with a unit, `["5s", "5m", "2h", "1d"]`: at most [`MAX_RETRIES`] entries, each
/// from one second to [`MAX_DELAY`]. An empty list means one attempt and no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct RetrySchedule {
    delays: Vec<Duration>,
}

impl Default for RetrySchedule {
    /// At once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h.
    fn default() -> Self {
        Self { delays: DEFAULT_DELAYS_S.map(Duration::from_secs).to_vec() }
    }
}

impl RetrySchedule {
    /// Reads a schedule from its written delays.
    pub fn parse<S: AsRef<str>>(written: &[S]) -> Result<Self, InvalidSchedule> {
        if written.len() > MAX_RETRIES {
            return Err(InvalidSchedule::TooMany { given: written.len() });
        }
        let delays = written.iter().map(|delay| parse_delay(delay.as_ref())).collect::<Result<_, _>>()?;
        Ok(Self { delays })
    }

    /// How many attempts a delivery gets before it has failed, the first included.
    pub fn max_attempts(&self) -> usize {
        self.delays.len() + 1
    }

    /// The longest wait that it ever comes to, with what an endpoint may ask for.
    pub(crate) fn longest_wait(&self) -> Duration {
        let scheduled = self.delays.iter().max().map(|longest| longest.mul_f64(1.0 + JITTER));
        scheduled.unwrap_or_default().max(MAX_RETRY_AFTER)
    }

    /// How long to wait before the next attempt, `None` when the schedule is exhausted.
    ///
    /// `attempts_made` is 0 for a delivery that was never tried, which goes at once. `retry_after` is what the endpoint
    /// asked for: it can only lengthen the wait. `jitter` is a random number in [-1, 1).
    ///
    /// # Panics
    /// When `jitter` is outside of [-1, 1]: whoever draws it is at fault.
    pub fn next(&self, attempts_made: u32, retry_after: Option<Duration>, jitter: f64) -> Option<Duration> {
        assert!((-1.0..=1.0).contains(&jitter), "jitter is a number in [-1, 1), not {jitter}");
        let scheduled = match (attempts_made as usize).checked_sub(1) {
            None => Duration::ZERO,
            Some(retry) => self.delays.get(retry)?.mul_f64(1.0 + JITTER * jitter),
        };
        Some(scheduled.max(retry_after.unwrap_or_default()))
    }
}

impl TryFrom<Vec<String>> for RetrySchedule {
    type Error = InvalidSchedule;

    fn try_from(written: Vec<String>) -> Result<Self, InvalidSchedule> {
        Self::parse(&written)
    }
}

impl From<RetrySchedule> for Vec<String> {
    fn from(schedule: RetrySchedule) -> Self {
        schedule.delays.into_iter().map(write_delay).collect()
    }
}

/// Why a written schedule was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSchedule {
    /// More than [`MAX_RETRIES`] delays.
    #[error("a retry schedule has at most {MAX_RETRIES} delays, not {given}")]
    TooMany {
        /// How many there were.
        given: usize,
    },
    /// Not a whole number followed by one of the units.
    #[error("{0:?} is not a delay: write a whole number and s, m, h or d, as in \"5s\" or \"2h\"")]
    NotADelay(String),
    /// Zero, or longer than [`MAX_DELAY`].
    #[error("a retry delay is between 1s and 7d, not {0:?}")]
    OutOfRange(String),
}

/// Reads one delay, such as `30m`, of [`MAX_DELAY`] at the most.
pub fn parse_delay(written: &str) -> Result<Duration, InvalidSchedule> {
    parse_delay_up_to(written, MAX_DELAY)
}

/// Reads a stretch of time in the same form, of so much at the most.
pub fn parse_delay_up_to(written: &str, most: Duration) -> Result<Duration, InvalidSchedule> {
    let not_a_delay = || InvalidSchedule::NotADelay(written.to_owned());
    let out_of_range = || InvalidSchedule::OutOfRange(written.to_owned());

    let unit = written.chars().next_back().ok_or_else(not_a_delay)?;
    let (_, unit_s) = UNITS.into_iter().find(|(name, _)| *name == unit).ok_or_else(not_a_delay)?;
    let count = &written[..written.len() - unit.len_utf8()];
    if count.is_empty() || !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(not_a_delay());
    }
    // What is left to go wrong is a number too large to hold, and so too long to wait.
    let delay_s =
        count.parse::<u64>().ok().and_then(|count| count.checked_mul(unit_s)).ok_or_else(out_of_range)?;
    let delay = Duration::from_secs(delay_s);
    if delay.is_zero() || delay > most { Err(out_of_range()) } else { Ok(delay) }
}

/// Writes a delay in the largest unit that leaves nothing over.
pub fn write_delay(delay: Duration) -> String {
    let delay_s = delay.as_secs();
    let fitting = UNITS.into_iter().find(|(_, unit_s)| delay_s.is_multiple_of(*unit_s));
    let (unit, unit_s) = fitting.unwrap_or(('s', SECOND_S));
    format!("{}{unit}", delay_s / unit_s)
}

/// What an endpoint's `Retry-After` header asks for (RFC 9110, 10.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// Not before this much time has passed.
    In(Duration),
    /// Not before this moment.
    At(Timestamp),
}

impl RetryAfter {
    /// Reads the header's value, whole seconds or an HTTP date; anything else asks for nothing.
    pub fn parse(value: &HeaderValue) -> Option<Self> {
        let value = value.to_str().ok()?.trim();
        if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            let wait_s = value.parse().unwrap_or(u64::MAX);
            return Some(Self::In(Duration::from_secs(wait_s)));
        }
        let date: SystemTime = httpdate::parse_http_date(value).ok()?;
        Timestamp::try_from(date).ok().map(Self::At)
    }

    /// How long to wait, seen from `now`: nothing for a date that has passed, never more than [`MAX_RETRY_AFTER`].
    pub fn wait(self, now: Timestamp) -> Duration {
        let wait = match self {
            Self::In(wait) => wait,
            Self::At(date) => Duration::try_from(date.duration_since(now)).unwrap_or_default(),
        };
        wait.min(MAX_RETRY_AFTER)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn minutes(count: u64) -> Duration {
        Duration::from_secs(count * 60)
    }

    #[test]
    fn the_default_tries_ten_times_over_three_days() {
        let schedule = RetrySchedule::default();
        let waits: Vec<_> = (0..).map_while(|made| schedule.next(made, None, 0.0)).collect();

        let hours = |count: u64| minutes(count * 60);
        let mut expected = vec![Duration::ZERO, Duration::from_secs(5), minutes(5), minutes(30)];
        expected.extend([2, 5, 10, 14, 20, 24].map(hours));
        assert_eq!(waits, expected);
        assert_eq!(schedule.max_attempts(), 10);
    }

    #[test]
    fn a_schedule_is_written_and_read_in_its_largest_units() {
        let written = r#"["5s","90s","5m","2h","1d","7d"]"#;
        let schedule: RetrySchedule = serde_json::from_str(written).unwrap();
        assert_eq!(schedule.next(3, None, 0.0), Some(minutes(5)));
        assert_eq!(serde_json::to_string(&schedule).unwrap(), written);
    }

    #[test]
    fn an_empty_schedule_means_one_attempt() {
        let schedule = RetrySchedule::parse::<&str>(&[]).unwrap();
        assert_eq!(schedule.next(0, None, 0.0), Some(Duration::ZERO));
        assert_eq!(schedule.next(1, Some(minutes(1)), 0.0), None);
    }

    #[test]
    fn what_is_not_a_delay_is_named() {
        for written in
            ["", "5", "s", "5 s", " 5s", "+5s", "-5s", "1.5h", "5S", "5ms", "5sec", "1h30m", "٥s", "5秒"]
        {
            let refused = RetrySchedule::parse(&[written]);
            assert_eq!(refused, Err(InvalidSchedule::NotADelay(written.to_owned())));
        }
        for written in ["0s", "0d", "8d", "604801s", "99999999999999999999s", "18446744073709551615d"] {
            let refused = RetrySchedule::parse(&[written]);
            assert_eq!(refused, Err(InvalidSchedule::OutOfRange(written.to_owned())));
        }
    }

    #[test]
    fn a_schedule_has_twenty_delays_at_most() {
        assert_eq!(RetrySchedule::parse(&["5s"; 20]).unwrap().max_attempts(), 21);
        assert_eq!(RetrySchedule::parse(&["5s"; 21]), Err(InvalidSchedule::TooMany { given: 21 }));
    }

    #[test]
    fn retry_after_can_only_lengthen_the_wait() {
        let schedule = RetrySchedule::parse(&["5m"]).unwrap();
        assert_eq!(schedule.next(1, Some(minutes(9)), 0.0), Some(minutes(9)));
        assert_eq!(schedule.next(1, Some(minutes(1)), 0.0), Some(minutes(5)));
        assert_eq!(schedule.next(2, Some(minutes(9)), 0.0), None);
    }

    #[test]
    fn the_longest_wait_is_that_of_the_schedule_or_what_an_endpoint_may_ask_for() {
        let longest = |written: &[&str]| RetrySchedule::parse(written).unwrap().longest_wait();
        assert_eq!(longest(&["5s", "5d", "1h"]), minutes(5 * 24 * 60).mul_f64(1.1));
        assert_eq!((longest(&["5s"]), longest(&[])), (MAX_RETRY_AFTER, MAX_RETRY_AFTER));
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date() {
        let now: Timestamp = "2026-11-21T10:00:00Z".parse().unwrap();
        let wait = |value: &str| Some(RetryAfter::parse(&HeaderValue::from_str(value).unwrap())?.wait(now));

        assert_eq!(wait("120"), Some(minutes(2)));
        assert_eq!(wait(" 0 "), Some(Duration::ZERO));
        assert_eq!(wait("Sat, 21 Nov 2026 10:05:00 GMT"), Some(minutes(5)));
        assert_eq!(wait("Saturday, 21-Nov-26 10:05:00 GMT"), Some(minutes(5)));
        assert_eq!(wait("Sat, 21 Nov 2026 09:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("Mon, 21 Dec 2026 10:00:00 GMT"), Some(MAX_RETRY_AFTER));
        assert_eq!(wait("86401"), Some(MAX_RETRY_AFTER));
        assert_eq!(wait("99999999999999999999999"), Some(MAX_RETRY_AFTER));
        for nonsense in ["", "soon", "-5", "+5", "1.5", "5s"] {
            assert_eq!(wait(nonsense), None, "{nonsense:?}");
        }
    }

    proptest! {
        #[test]
        fn a_wait_stays_within_ten_percent_of_its_schedule(
            delays_s in prop::collection::vec(1u64..=7 * DAY_S, 0..=MAX_RETRIES),
            made in 0u32..30,
            jitter in -1.0f64..1.0,
        ) {
            let written: Vec<_> = delays_s.iter().map(|delay_s| format!("{delay_s}s")).collect();
            let wait = RetrySchedule::parse(&written).unwrap().next(made, None, jitter);
            match made.checked_sub(1).map(|retry| delays_s.get(retry as usize)) {
                None => prop_assert_eq!(wait, Some(Duration::ZERO)),
                Some(None) => prop_assert_eq!(wait, None),
                Some(Some(delay_s)) => {
                    let delay = Duration::from_secs(*delay_s);
                    let wait = wait.unwrap();
                    prop_assert!(wait >= delay.mul_f64(0.9) && wait <= delay.mul_f64(1.1));
                    prop_assert_eq!(wait > delay, jitter > 0.0 && wait != delay);
                }
            }
        }

        #[test]
        fn a_wait_is_never_shorter_than_what_was_asked_for(
            made in 0u32..10, asked_s in 0u64..=DAY_S, jitter in -1.0f64..1.0,
        ) {
            let schedule = RetrySchedule::default();
            let asked = Duration::from_secs(asked_s);
            let wait = schedule.next(made, Some(asked), jitter).unwrap();
            prop_assert_eq!(wait, asked.max(schedule.next(made, None, jitter).unwrap()));
        }

        #[test]
        fn what_is_written_is_read_back(delays_s in prop::collection::vec(1u64..=7 * DAY_S, 0..=MAX_RETRIES)) {
            let schedule = RetrySchedule { delays: delays_s.into_iter().map(Duration::from_secs).collect() };
            let written: Vec<String> = schedule.clone().into();
            prop_assert_eq!(RetrySchedule::try_from(written).unwrap(), schedule);
        }

        #[test]
        fn no_text_makes_the_parser_panic(written in ".{0,12}") {
            let _ = parse_delay(&written);
            let _ = HeaderValue::from_str(&written).map(|value| RetryAfter::parse(&value));
        }
    }
}
