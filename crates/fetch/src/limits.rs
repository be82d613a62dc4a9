//! How much of anything there may be at once (invariant I7), in one table.

use std::time::Duration;

use callboard_outbox::SenderLimits;

use crate::slots::slow_of;

/// Fetches under way at once, over all sources.
pub const IN_FLIGHT_TOTAL: usize = 32;
/// Fetches under way at once at one source.
pub const IN_FLIGHT_PER_SOURCE: usize = 4;
/// Of [`IN_FLIGHT_TOTAL`], those at sources that do not answer promptly; the rest is left to the others.
pub const IN_FLIGHT_SLOW: usize = slow_of(IN_FLIGHT_TOTAL);
/// How soon a platform answers to count as prompt.
pub const PROMPT: Duration = Duration::from_secs(5);
/// The largest answer that is read, in bytes.
pub const ANSWER_BYTES: usize = 1024 * 1024;
/// The time that a platform has for one answer.
pub const ANSWER_TIME: Duration = Duration::from_secs(30);
/// The longest wait that a platform's `Retry-After` is granted.
pub const LONGEST_WAIT: Duration = Duration::from_secs(6 * 60 * 60);
/// For how long what a thing refers to need not be fetched again.
pub const FRESH_FOR: Duration = Duration::from_secs(60);
/// How many other resources are fetched along with one.
pub const REFERENCES: usize = 8;
/// Of how many resources the last answer is remembered, by a hash of it.
pub const REMEMBERED: usize = 10_000;
/// Pointers read from the store at once.
pub const DUE_PAGE: usize = 256;
/// How often the store is asked what is due.
pub const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long to wait before the store is asked again for what it failed to do.
pub const STORE_PAUSE: Duration = Duration::from_secs(1);
/// How long a stop waits for fetches under way; what is cut off is fetched after the next start.
pub const STOP_TIME: Duration = Duration::from_secs(10);
/// The waits between attempts; then it is given up.
pub const RETRY: [&str; 6] = ["5s", "30s", "2m", "10m", "1h", "6h"];

/// The limits of a fetch service; the defaults are the constants of the same names.
#[derive(Debug, Clone, Copy)]
pub struct FetchLimits {
    /// See [`IN_FLIGHT_TOTAL`].
    pub in_flight_total: usize,
    /// See [`IN_FLIGHT_PER_SOURCE`].
    pub in_flight_per_source: usize,
    /// See [`ANSWER_BYTES`].
    pub answer_bytes: usize,
    /// See [`ANSWER_TIME`].
    pub answer_time: Duration,
    /// See [`PROMPT`].
    pub prompt: Duration,
    /// See [`LOOK_EVERY`].
    pub look_every: Duration,
    /// See [`STORE_PAUSE`].
    pub store_pause: Duration,
    /// See [`STOP_TIME`].
    pub stop_time: Duration,
}

impl FetchLimits {
    /// What they come to for a sender.
    pub fn of_sender(&self) -> SenderLimits {
        SenderLimits {
            answer: self.answer_time,
            kept_body_bytes: self.answer_bytes,
            idle_connections_per_host: self.in_flight_per_source,
            ..SenderLimits::default()
        }
    }
}

impl Default for FetchLimits {
    fn default() -> Self {
        Self {
            in_flight_total: IN_FLIGHT_TOTAL,
            in_flight_per_source: IN_FLIGHT_PER_SOURCE,
            answer_bytes: ANSWER_BYTES,
            answer_time: ANSWER_TIME,
            prompt: PROMPT,
            look_every: LOOK_EVERY,
            store_pause: STORE_PAUSE,
            stop_time: STOP_TIME,
        }
    }
}
