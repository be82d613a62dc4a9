//! Latencies: recorded in microseconds with three digits, told as the percentiles that people ask for.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::report::float;

/// The longest latency that is told apart from longer ones.
const HIGHEST_US: u64 = 600_000_000;

/// Points of a curve for each nine, and up to how many nines it goes.
const STEPS_A_NINE: f64 = 20.0;
const STEPS: u32 = 100;

#[derive(Debug, Clone)]
pub(crate) struct Latencies(Histogram<u64>);

impl Latencies {
    pub(crate) fn new() -> Self {
        Self(Histogram::new_with_bounds(1, HIGHEST_US, 3).expect("the bounds and the digits are in range"))
    }

    pub(crate) fn record(&mut self, latency: Duration) {
        self.0.saturating_record(u64::try_from(latency.as_micros()).unwrap_or(HIGHEST_US).max(1));
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.0.add(&other.0).expect("both have the same bounds");
    }

    /// The whole distribution, as far as there are webhooks to tell it by.
    pub(crate) fn curve(&self) -> Curve {
        let mut curve = Curve { nines: Vec::new(), us: Vec::new() };
        for step in 0..=STEPS {
            let nines = f64::from(step) / STEPS_A_NINE;
            let beyond = 10_f64.powf(-nines);
            if beyond * float(self.0.len()) < 1.0 {
                break;
            }
            curve.nines.push(nines);
            curve.us.push(self.0.value_at_quantile(1.0 - beyond));
        }
        curve
    }

    pub(crate) fn percentiles(&self) -> Percentiles {
        let at = |quantile| self.0.value_at_quantile(quantile);
        Percentiles {
            count: self.0.len(),
            p50_us: at(0.50),
            p99_us: at(0.99),
            p99_9_us: at(0.999),
            max_us: self.0.max(),
        }
    }
}

/// Points of a distribution: how many nines of all webhooks took at most so long. 0.9 is one nine, 0.99 two.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Curve {
    pub(crate) nines: Vec<f64>,
    pub(crate) us: Vec<u64>,
}

/// A latency's distribution, in microseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Percentiles {
    pub(crate) count: u64,
    pub(crate) p50_us: u64,
    pub(crate) p99_us: u64,
    pub(crate) p99_9_us: u64,
    pub(crate) max_us: u64,
}
