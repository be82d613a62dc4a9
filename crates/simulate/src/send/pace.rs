//! An even pace that does not wait for answers: the n-th request is due at its time, however the ones before it went.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Times after more than this many seconds are all the same to us.
const FOREVER_SECONDS: f64 = 1e9;

/// Hands out the times at which requests are due.
pub(super) struct Pace {
    started: Instant,
    seconds_between: f64,
    given_out: AtomicU64,
}

impl Pace {
    /// So many a second from now on.
    pub fn of(per_second: f64) -> Self {
        Self { started: Instant::now(), seconds_between: per_second.recip(), given_out: AtomicU64::new(0) }
    }

    /// Waits until the next request is due; not at all if it is overdue.
    pub async fn turn(&self) {
        let number = self.given_out.fetch_add(1, Ordering::Relaxed);
        #[expect(
            clippy::cast_precision_loss,
            reason = "after 2^52 requests a little unevenness does no harm"
        )]
        let seconds = (self.seconds_between * number as f64).min(FOREVER_SECONDS);
        sleep_until(self.started + Duration::from_secs_f64(seconds)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn requests_are_due_at_even_distances() {
        let pace = Pace::of(10.0);
        for _ in 0..3 {
            pace.turn().await;
        }
        assert_eq!(pace.started.elapsed().as_millis(), 200);
    }

    #[tokio::test(start_paused = true)]
    async fn time_lost_over_one_request_is_made_up_for() {
        // given a request that takes as long as three
        let pace = Pace::of(10.0);
        pace.turn().await;
        sleep_until(pace.started + Duration::from_millis(350)).await;
        // when
        for _ in 0..3 {
            pace.turn().await;
        }
        // then the ones that were overdue did not wait, and the next is on time again
        assert_eq!(pace.started.elapsed().as_millis(), 350);
        pace.turn().await;
        assert_eq!(pace.started.elapsed().as_millis(), 400);
    }
}
