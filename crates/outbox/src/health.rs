//! How an endpoint is doing, for whoever asks. The dispatcher is asked, so that attempts pay nothing for it.

use callboard_core::{EndpointId, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use crate::hour::Minute;
use crate::verdict::Outcome;

/// Questions that may wait for the dispatcher, which answers them between two looks at its news.
pub(crate) const QUESTIONS: usize = 64;

/// How an endpoint is doing. It is from memory: what was before the last start of the hub is not in it, except for
/// `failing_since`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Since when no attempt has gone well, if the last ones did not.
    pub failing_since: Option<Timestamp>,
    /// Whether it is called.
    pub breaker: BreakerState,
    /// When the next probe may begin, if the breaker is open.
    pub next_probe_at: Option<Timestamp>,
    /// Deliveries in memory that it is owed, those under way included.
    pub owed: usize,
    /// It is owed more than is in memory.
    pub is_behind: bool,
    /// Attempts under way.
    pub in_flight: usize,
    /// When an attempt last went well.
    pub last_success_at: Option<Timestamp>,
    /// The last attempt that did not go well.
    pub last_failure: Option<LastFailure>,
    /// Interviews of which the first delivery waits for another try, and holds back those after it. A hub of an older version
    /// does not say.
    #[serde(default)]
    pub held_lanes: usize,
    /// What attempts came to by the minute, as when the last one ended: see [`Health::in_last_hour`]. A hub of an older
    /// version does not say.
    #[serde(default)]
    pub(crate) minutes: Vec<Minute>,
}

impl Health {
    /// What attempts came to in each of the last sixty minutes in which one ended, oldest first.
    pub fn in_last_hour(&self, now: Timestamp) -> impl Iterator<Item = &Minute> {
        self.minutes.iter().filter(move |minute| minute.is_in_hour_of(now))
    }
}

/// Whether an endpoint is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    /// It is.
    Closed,
    /// It is not: it has failed too often in a row, or has asked for time.
    Open,
    /// One attempt is under way to find out whether it is well again.
    HalfOpen,
}

/// An attempt that did not go well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastFailure {
    /// When it ended.
    pub at: Timestamp,
    /// What was answered, if there was an answer.
    pub status: Option<u16>,
    /// What went wrong, in a sentence, if there was none.
    pub error: Option<String>,
}

impl LastFailure {
    pub(crate) fn of(outcome: &Outcome, at: Timestamp) -> Self {
        let status = outcome.as_ref().ok().map(|answer| answer.status);
        Self { at, status, error: outcome.as_ref().err().cloned() }
    }
}

pub(crate) type Question = (EndpointId, oneshot::Sender<Option<Health>>);

/// Where to ask how endpoints are doing.
#[derive(Debug, Clone)]
pub struct HealthDesk {
    questions: mpsc::Sender<Question>,
}

impl HealthDesk {
    pub(crate) fn open() -> (Self, mpsc::Receiver<Question>) {
        let (questions, asked) = mpsc::channel(QUESTIONS);
        (Self { questions }, asked)
    }

    /// How this endpoint is doing; nothing if this outbox does not tell it, or has stopped.
    pub async fn of(&self, endpoint: EndpointId) -> Option<Health> {
        let (reply, answer) = oneshot::channel();
        self.questions.send((endpoint, reply)).await.ok()?;
        answer.await.ok()?
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::SignedDuration;

    use super::*;
    use crate::hour::LastHour;

    /// As hubs before this wrote it.
    const OLDER: &str = r#"{"failing_since":null,"breaker":"closed","next_probe_at":null,"owed":3,"is_behind":false,
        "in_flight":1,"last_success_at":"2026-03-02T08:00:00Z","last_failure":null}"#;

    #[test]
    fn what_a_hub_says_is_read_by_others_also_if_it_is_older() {
        let mut health: Health = serde_json::from_str(OLDER).unwrap();
        assert_eq!((health.owed, health.held_lanes, health.minutes.len()), (3, 0, 0));

        let mut hour = LastHour::default();
        let noon: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
        for minute in 0..100 {
            let now = noon + SignedDuration::from_mins(minute);
            hour.count(minute % 2 == 0, Duration::from_millis(12_345), now);
        }
        health.minutes = hour.minutes().collect();
        let said = serde_json::to_string(&health).unwrap();
        assert!(said.len() < 3_000, "it is said every second: {} bytes", said.len());
        assert_eq!(serde_json::from_str::<Health>(&said).unwrap(), health);
    }
}
