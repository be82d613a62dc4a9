//! How an endpoint is doing, for whoever asks. The dispatcher is asked, so that attempts pay nothing for it.

use callboard_core::{EndpointId, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

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
