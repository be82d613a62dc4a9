//! How much of anything there may be at once (invariant I7), in one table.

use std::time::Duration;

pub use callboard_ledger::OVERTOOK_NAMED;

/// Attempts under way at once, over all endpoints.
pub const IN_FLIGHT_TOTAL: usize = 1_024;
/// Attempts under way at once at one endpoint, if there are slots enough; the fewer are free, the fewer it may have.
pub const IN_FLIGHT_PER_ENDPOINT: usize = 64;
/// An endpoint whose attempts take longer than this leaves room for the others: see `slots.rs`. So does a name whose look-up
/// does: see `together/places.rs`.
pub const PROMPT: Duration = Duration::from_secs(1);
/// Deliveries whose bodies are in memory for one endpoint; the rest waits in the store.
pub const OWED_IN_MEMORY_PER_ENDPOINT: usize = 10_000;
/// What all bodies in memory may come to, over all endpoints, in bytes. Of what is free of it, one endpoint takes no more
/// than it has already; each may have a 4,096th of it, 16 KiB, whatever is free.
pub const BODIES_IN_MEMORY_BYTES: usize = 64 * 1024 * 1024;
/// What a delivery in memory is counted for beside its body, in bytes.
pub const DELIVERY_BYTES: usize = 256;
/// Deliveries that one endpoint is owed and that are known in memory, with their bodies or without: those that wait for
/// their retry, or behind one that does, are known without. Beyond it, later ones are first tried as these come to an end:
/// nobody's but that endpoint's.
pub const KNOWN_PER_ENDPOINT: usize = 50_000;
/// The same over all endpoints, shared like the bytes; each may know a 10,000th of it, 20, whatever is free.
pub const KNOWN_TOTAL: usize = 200_000;
/// Deliveries of one interview, to one endpoint, that have their bodies in memory; those behind them are known without.
pub const LANE_AHEAD: usize = 16;
/// Deliveries read from the store at once.
pub const PAGE: usize = 1_000;
/// Bytes of bodies read from the store at once, unless a single one has more.
pub const PAGE_BYTES: usize = 4 * 1024 * 1024;
/// Attempts that are under way or not yet durable; when there are so many, no more is begun.
pub const UNSETTLED: usize = 16_384;
/// Attempts that became durable while a page is read, and are remembered until it has come; when there are so many, no more
/// is begun until then.
pub const SETTLED_MEANWHILE: usize = 131_072;
/// Attempts made durable together.
pub const SETTLE_BATCH: usize = 1_024;
/// How long to wait before the store is asked again for what it failed to do.
pub const STORE_PAUSE: Duration = Duration::from_secs(1);
/// How long no look is taken at the clock. A machine that slept, or whose clock was set, is noticed after this time.
pub const CLOCK_CHECK: Duration = Duration::from_secs(1);
/// How long a stop waits for attempts under way; the sender's own limit, and a little.
pub const LANDING: Duration = Duration::from_secs(35);
/// How long a stop waits, after that, for the last attempts to be durable.
pub const LAST_WORDS: Duration = Duration::from_secs(10);

/// Failures in a row that speak of the endpoint itself, after which only probes are begun.
pub const FAILURES_IN_A_ROW: u32 = 5;
/// Failures in a row of any kind, after which only probes are begun: what every delivery is answered is not about one.
pub const REFUSALS_IN_A_ROW: u32 = 20;
/// When the first probe may begin; each one that fails doubles the wait for the next.
pub const FIRST_PROBE_AFTER: Duration = Duration::from_secs(1);
/// The longest wait for a probe, unless the endpoint asks for more.
pub const LONGEST_PROBE_WAIT: Duration = Duration::from_secs(5 * 60);
/// A wait for a probe up to which bodies of what is owed stay in memory, if no probe has failed.
pub const MOMENT: Duration = Duration::from_secs(10);
/// The longest that a `Retry-After` holds a whole endpoint. The delivery that was answered so may wait for longer.
pub const LONGEST_HOLD: Duration = Duration::from_secs(60 * 60);
/// After failing for so long, an endpoint is disabled: see `failing.rs`.
pub const FAILING_LIMIT: Duration = Duration::from_secs(5 * 24 * 60 * 60);
/// For how much of that this run of the hub must have seen it fail.
pub const FAILING_WATCHED: Duration = Duration::from_secs(24 * 60 * 60);
/// Failures in this run that an endpoint must have had as chances.
pub const FAILING_CHANCES: u32 = 5;
/// Failures less than this apart are one chance.
pub const FAILING_CHANCE_EVERY: Duration = Duration::from_secs(60 * 60);
/// How long ago the chance before the last may be at the most.
pub const FAILING_RECENT: Duration = Duration::from_secs(24 * 60 * 60);
/// It is written down that an endpoint fails when it has done so for this long.
pub const FAILING_NOTED: Duration = Duration::from_secs(10 * 60);

/// The limits of an outbox; the defaults are the constants of the same names.
#[derive(Debug, Clone, Copy)]
pub struct OutboxLimits {
    /// See [`IN_FLIGHT_TOTAL`].
    pub in_flight_total: usize,
    /// See [`IN_FLIGHT_PER_ENDPOINT`].
    pub in_flight_per_endpoint: usize,
    /// See [`OWED_IN_MEMORY_PER_ENDPOINT`].
    pub owed_in_memory_per_endpoint: usize,
    /// See [`BODIES_IN_MEMORY_BYTES`].
    pub bodies_in_memory_bytes: usize,
    /// See [`KNOWN_PER_ENDPOINT`].
    pub known_per_endpoint: usize,
    /// See [`KNOWN_TOTAL`].
    pub known_total: usize,
    /// See [`LANE_AHEAD`].
    pub lane_ahead: usize,
    /// See [`PAGE`].
    pub page: usize,
    /// See [`PAGE_BYTES`].
    pub page_bytes: usize,
    /// See [`UNSETTLED`].
    pub unsettled: usize,
    /// See [`SETTLED_MEANWHILE`].
    pub settled_meanwhile: usize,
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

impl OutboxLimits {
    /// How many bytes of bodies an endpoint may have in memory, however much the others have.
    pub const fn floor_bytes(&self) -> usize {
        self.bodies_in_memory_bytes / 4_096
    }

    /// Of how many deliveries an endpoint may know, however many the others know of.
    pub const fn floor_known(&self) -> usize {
        self.known_total / 10_000
    }
}

impl Default for OutboxLimits {
    fn default() -> Self {
        Self {
            in_flight_total: IN_FLIGHT_TOTAL,
            in_flight_per_endpoint: IN_FLIGHT_PER_ENDPOINT,
            owed_in_memory_per_endpoint: OWED_IN_MEMORY_PER_ENDPOINT,
            bodies_in_memory_bytes: BODIES_IN_MEMORY_BYTES,
            known_per_endpoint: KNOWN_PER_ENDPOINT,
            known_total: KNOWN_TOTAL,
            lane_ahead: LANE_AHEAD,
            page: PAGE,
            page_bytes: PAGE_BYTES,
            unsettled: UNSETTLED,
            settled_meanwhile: SETTLED_MEANWHILE,
            settle_batch: SETTLE_BATCH,
            store_pause: STORE_PAUSE,
            clock_check: CLOCK_CHECK,
            landing: LANDING,
            last_words: LAST_WORDS,
        }
    }
}
