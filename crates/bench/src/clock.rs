//! The times that a measurement needs: the date for signatures, and moments on one scale for both ends of a path.

use std::sync::LazyLock;
use std::time::Duration;

use callboard_core::Timestamp;
use tokio::time::Instant;

/// The date and time, for signatures and for what webhooks say about themselves. It never goes back, though the machine's
/// clock may: news that is older than what was told before is none.
#[expect(clippy::disallowed_methods, reason = "a measurement is of the machine's own time")]
pub(crate) fn date() -> Timestamp {
    static BEGAN: LazyLock<(Timestamp, Instant)> = LazyLock::new(|| (Timestamp::now(), Instant::now()));
    let (date, began) = *BEGAN;
    date + began.elapsed()
}

/// Counts from the moment it was made, so that a moment fits into a webhook's text and can be read at the sink.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// A moment as nanoseconds on this watch.
    pub(crate) fn nanos_at(self, moment: Instant) -> u64 {
        u64::try_from(moment.saturating_duration_since(self.0).as_nanos()).unwrap_or(u64::MAX)
    }

    /// The moment at which so many nanoseconds were on this watch.
    pub(crate) fn moment(self, nanos: u64) -> Instant {
        self.0 + Duration::from_nanos(nanos)
    }
}
