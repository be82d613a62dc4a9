//! The stretch of time that counts: after the warm-up, before the end.

use std::time::Duration;

use tokio::time::Instant;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) warm_up_from: Instant,
    pub(crate) from: Instant,
    pub(crate) to: Instant,
}

impl Window {
    /// Opens after the warm-up and lasts for this long.
    pub(crate) fn after(warm_up: Duration, length: Duration) -> Self {
        let warm_up_from = Instant::now();
        let from = warm_up_from + warm_up;
        Self { warm_up_from, from, to: from + length }
    }

    pub(crate) fn holds(&self, moment: Instant) -> bool {
        self.from <= moment && moment < self.to
    }

    pub(crate) fn seconds(&self) -> f64 {
        (self.to - self.from).as_secs_f64()
    }
}
