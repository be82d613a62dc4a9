//! How much of anything there may be at once (invariant I7), in one table.

use std::time::Duration;

/// Attempts under way at once, over all endpoints.
pub const IN_FLIGHT_TOTAL: usize = 1_024;
/// Attempts under way at once at one endpoint, if there are slots enough; the fewer are free, the fewer it may have.
pub const IN_FLIGHT_PER_ENDPOINT: usize = 64;
/// An endpoint whose attempts take longer than this leaves room for the others: see `slots.rs`.
pub const PROMPT: Duration = Duration::from_secs(1);
/// Deliveries that one endpoint is owed and that are held in memory, the oldest; the rest waits in the store. When all of
/// these keep failing, later ones are first tried as these come to an end: nobody's but that endpoint's.
pub const OWED_IN_MEMORY_PER_ENDPOINT: usize = 10_000;
/// Deliveries read from the store at once.
pub const PAGE: usize = 1_000;
/// Attempts that are under way or not yet durable; when there are so many, no more is begun.
pub const UNSETTLED: usize = 16_384;
/// Attempts made durable together.
pub const SETTLE_BATCH: usize = 1_024;
/// Overtaken deliveries that are named on the record of one that went ahead, the oldest first.
pub const OVERTOOK_NAMED: usize = 64;
/// How long to wait before the store is asked again for what it failed to do.
pub const STORE_PAUSE: Duration = Duration::from_secs(1);
/// How long no look is taken at the clock. A machine that slept, or whose clock was set, is noticed after this time.
pub const CLOCK_CHECK: Duration = Duration::from_secs(1);
/// How long a stop waits for attempts under way; the sender's own limit, and a little.
pub const LANDING: Duration = Duration::from_secs(35);
/// How long a stop waits, after that, for the last attempts to be durable.
pub const LAST_WORDS: Duration = Duration::from_secs(10);

/// The limits of an outbox; the defaults are the constants of the same names.
#[derive(Debug, Clone, Copy)]
pub struct OutboxLimits {
    /// See [`IN_FLIGHT_TOTAL`].
    pub in_flight_total: usize,
    /// See [`IN_FLIGHT_PER_ENDPOINT`].
    pub in_flight_per_endpoint: usize,
    /// See [`OWED_IN_MEMORY_PER_ENDPOINT`].
    pub owed_in_memory_per_endpoint: usize,
    /// See [`PAGE`].
    pub page: usize,
    /// See [`UNSETTLED`].
    pub unsettled: usize,
    /// See [`SETTLE_BATCH`].
    pub settle_batch: usize,
    /// See [`STORE_PAUSE`].
    pub store_pause: Duration,
    /// See [`CLOCK_CHECK`].
    pub clock_check: Duration,
    /// See [`LANDING`].
    pub landing: Duration,
    /// See [`LAST_WORDS`].
    pub last_words: Duration,
}

impl Default for OutboxLimits {
    fn default() -> Self {
        Self {
            in_flight_total: IN_FLIGHT_TOTAL,
            in_flight_per_endpoint: IN_FLIGHT_PER_ENDPOINT,
            owed_in_memory_per_endpoint: OWED_IN_MEMORY_PER_ENDPOINT,
            page: PAGE,
            unsettled: UNSETTLED,
            settle_batch: SETTLE_BATCH,
            store_pause: STORE_PAUSE,
            clock_check: CLOCK_CHECK,
            landing: LANDING,
            last_words: LAST_WORDS,
        }
    }
}
