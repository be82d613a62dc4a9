//! How an endpoint is doing, in words and numbers that one takes in at a glance.

use callboard_core::Timestamp;
use serde::Deserialize;

/// What the API says of it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Health {
    pub(super) state: String,
    pub(super) failing_since: Option<Timestamp>,
    breaker: String,
    pub(super) next_probe_at: Option<Timestamp>,
    owed: usize,
    behind: bool,
    pub(super) oldest_owed_at: Option<Timestamp>,
    pub(super) held_lanes: usize,
    pub(super) in_flight: usize,
    pub(super) last_success_at: Option<Timestamp>,
    pub(super) last_failure: Option<Failure>,
    last_hour: Vec<Minute>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Failure {
    pub(super) at: Timestamp,
    status: Option<u16>,
    error: Option<String>,
}

/// What the attempts that ended in one minute came to.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Minute {
    pub(super) at: Timestamp,
    pub(super) attempts: u64,
    pub(super) failed: u64,
    pub(super) took_ms: u64,
    pub(super) slowest_ms: u64,
}

impl Health {
    /// How much it is owed. More may wait in the store than is counted.
    pub(super) fn owed_words(&self) -> String {
        match (self.owed, self.behind, self.oldest_owed_at) {
            // What is owed to one that is switched off waits in the store, and is not counted.
            (0, true, _) | (0, false, Some(_)) => "some".to_owned(),
            (owed, true, _) => format!("more than {owed}"),
            (0, false, None) => "nothing".to_owned(),
            (owed, false, _) => owed.to_string(),
        }
    }

    /// Whether it is called; nothing if that goes as usual.
    pub(super) fn probing(&self) -> Option<&'static str> {
        match self.breaker.as_str() {
            "open" => Some("only probed"),
            "half_open" => Some("a probe is under way"),
            _ => None,
        }
    }

    /// The minutes of the last hour in which anything ended.
    pub(super) fn minutes(&self) -> &[Minute] {
        &self.last_hour
    }

    fn attempts(&self) -> u64 {
        self.last_hour.iter().map(|minute| minute.attempts).sum()
    }

    /// What the last hour came to.
    pub(super) fn attempts_words(&self) -> String {
        let failed: u64 = self.last_hour.iter().map(|minute| minute.failed).sum();
        match (self.attempts(), failed) {
            (0, _) => "no attempt".to_owned(),
            (1, 0) => "1 attempt, none failed".to_owned(),
            (1, _) => "1 attempt, which failed".to_owned(),
            (attempts, 0) => format!("{attempts} attempts, none failed"),
            (attempts, failed) => format!("{attempts} attempts, {failed} failed"),
        }
    }

    /// How long they took.
    pub(super) fn latency_words(&self) -> String {
        let attempts = self.attempts();
        let took: u64 = self.last_hour.iter().map(|minute| minute.took_ms * minute.attempts).sum();
        let slowest = self.last_hour.iter().map(|minute| minute.slowest_ms).max();
        match (took.checked_div(attempts), slowest) {
            (Some(mean), Some(slowest)) => {
                format!("{} on the average, {} the slowest", in_words(mean), in_words(slowest))
            }
            _ => "nothing to measure".to_owned(),
        }
    }
}

impl Failure {
    /// What went wrong.
    pub(super) fn says(&self) -> String {
        cause(self.status, self.error.as_deref())
    }
}

/// Why an attempt did not go well.
pub(super) fn cause(status: Option<u16>, error: Option<&str>) -> String {
    match (status, error) {
        (Some(status), Some(error)) => format!("answered {status}: {error}"),
        (Some(status), None) => format!("answered {status}"),
        (None, Some(error)) => error.to_owned(),
        (None, None) => "no answer".to_owned(),
    }
}

fn in_words(millis: u64) -> String {
    match millis {
        0 => "under 1 ms".to_owned(),
        1..10_000 => format!("{millis} ms"),
        _ => format!("{} s", millis / 1_000),
    }
}

#[cfg(test)]
pub(super) fn minute(at: &str, attempts: u64, failed: u64, took_ms: u64, slowest_ms: u64) -> Minute {
    Minute { at: at.parse().unwrap(), attempts, failed, took_ms, slowest_ms }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn health(owed: usize, behind: bool, oldest: Option<&str>) -> Health {
        serde_json::from_value(json!({
            "state": "well", "breaker": "closed", "owed": owed, "behind": behind, "oldest_owed_at": oldest,
            "held_lanes": 0, "in_flight": 0,
            "last_hour": [
                {"at": "2026-03-02T08:00:00Z", "attempts": 3, "failed": 1, "took_ms": 10, "slowest_ms": 15},
                {"at": "2026-03-02T08:02:00Z", "attempts": 1, "failed": 0, "took_ms": 50, "slowest_ms": 50},
            ],
        }))
        .unwrap()
    }

    #[test]
    fn what_waits_where_nobody_counts_is_not_called_nothing() {
        let since = Some("2026-03-02T07:00:00Z");
        assert_eq!(health(0, false, None).owed_words(), "nothing");
        assert_eq!(health(0, false, since).owed_words(), "some");
        assert_eq!(health(0, true, since).owed_words(), "some");
        assert_eq!(health(3, false, since).owed_words(), "3");
        assert_eq!(health(3, true, since).owed_words(), "more than 3");
    }

    #[test]
    fn an_average_counts_every_attempt_once() {
        let health = health(0, false, None);
        assert_eq!(health.attempts_words(), "4 attempts, 1 failed");
        assert_eq!(health.latency_words(), "20 ms on the average, 50 ms the slowest");
    }
}
