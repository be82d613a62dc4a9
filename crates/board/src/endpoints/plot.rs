//! Small plots of the last hour, a bar a minute. They are drawn here, so that they are there without a script; what they show
//! is said in words beside them.

use askama::Template;
use callboard_core::Timestamp;

use super::health::Minute;

/// How many minutes there are.
const MINUTES: i64 = 60;
const MINUTE_S: i64 = 60;
/// The height of a plot, in units of its own; a minute is four wide.
const HEIGHT: u64 = 40;
const MINUTE_WIDTH: i64 = 4;
/// What is there is seen, however little it is beside the rest.
const LEAST: u64 = 2;

/// A plot of one thing that has two parts, one upon the other.
#[derive(Debug, Clone, Template)]
#[template(path = "endpoint_plot.html")]
pub(super) struct Plot {
    /// What it shows, in words.
    says: String,
    /// The classes of the lower and the upper part.
    parts: (&'static str, &'static str),
    bars: Vec<Bar>,
    /// The highest of both parts together.
    pub(super) most: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bar {
    x: i64,
    lower: u64,
    upper: u64,
}

impl Plot {
    /// How many attempts there were, and how many of them failed.
    pub(super) fn attempts(minutes: &[Minute], now: Timestamp, says: String) -> Self {
        Self::of(minutes, now, says, ("well", "failed"), |it| {
            (it.attempts.saturating_sub(it.failed), it.failed)
        })
    }

    /// How long they took on the average, and how long the slowest took.
    pub(super) fn latency(minutes: &[Minute], now: Timestamp, says: String) -> Self {
        Self::of(minutes, now, says, ("mean", "slowest"), |it| {
            (it.took_ms, it.slowest_ms.saturating_sub(it.took_ms))
        })
    }

    fn of(
        minutes: &[Minute],
        now: Timestamp,
        says: String,
        parts: (&'static str, &'static str),
        both: impl Fn(&Minute) -> (u64, u64),
    ) -> Self {
        let most = minutes.iter().map(&both).map(|(lower, upper)| lower + upper).max().unwrap_or(0);
        let bars = minutes.iter().filter_map(|minute| {
            let (lower, upper) = both(minute);
            let ago = now.as_second().div_euclid(MINUTE_S) - minute.at.as_second().div_euclid(MINUTE_S);
            let x = (0..MINUTES).contains(&ago).then_some((MINUTES - 1 - ago) * MINUTE_WIDTH)?;
            let upper = height(upper, most);
            Some(Bar { x, lower: height(lower, most).min(HEIGHT - upper), upper })
        });
        Self { says, parts, bars: bars.collect(), most }
    }
}

fn height(value: u64, most: u64) -> u64 {
    match value.saturating_mul(HEIGHT).checked_div(most) {
        Some(height) if value > 0 => height.max(LEAST),
        _ => 0,
    }
}

impl Bar {
    fn lower_y(self) -> u64 {
        HEIGHT - self.lower
    }

    fn upper_y(self) -> u64 {
        HEIGHT - self.lower - self.upper
    }
}

#[cfg(test)]
mod tests {
    use super::super::health::minute;
    use super::*;

    fn plot(minutes: &[Minute]) -> Plot {
        Plot::attempts(minutes, "2026-03-02T08:59:30Z".parse().unwrap(), String::new())
    }

    #[test]
    fn this_minute_stands_at_the_right_and_what_is_over_an_hour_old_nowhere() {
        let bars = plot(&[
            minute("2026-03-02T07:59:00Z", 1, 0, 1, 1),
            minute("2026-03-02T08:00:00Z", 1, 0, 1, 1),
            minute("2026-03-02T08:59:00Z", 1, 0, 1, 1),
        ])
        .bars;
        assert_eq!(bars.iter().map(|bar| bar.x).collect::<Vec<_>>(), [0, 236]);
    }

    #[test]
    fn one_failure_among_thousands_is_seen_and_no_bar_leaves_the_plot() {
        let bars = plot(&[minute("2026-03-02T08:59:00Z", 10_000, 1, 1, 1)]).bars;
        assert_eq!(bars, [Bar { x: 236, lower: 38, upper: 2 }]);
        assert_eq!(bars[0].upper_y(), 0);
    }

    #[test]
    fn nothing_at_all_makes_an_empty_plot() {
        assert!(plot(&[]).bars.is_empty());
        assert_eq!(plot(&[]).most, 0);
    }
}
