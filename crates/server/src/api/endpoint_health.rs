//! How an endpoint is doing, as it is shown.

use callboard_core::{Endpoint, EndpointId, EndpointState, Timestamp, time_of};
use callboard_outbox::{BreakerState, Health, LastFailure, Minute};
use schemars::JsonSchema;
use serde::Serialize;

use crate::hub::Hub;

/// How an endpoint is doing. What is not durable is since the hub was last started.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "EndpointHealth")]
pub(super) struct HealthView {
    /// In a word.
    state: Condition,
    /// Since when no attempt has gone well, if the last ones did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since: Option<Timestamp>,
    /// Whether it is called: `closed` if it is, `open` if not, `half_open` while one attempt finds out.
    breaker: Breaker,
    /// When the next attempt may begin, if the breaker is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_probe_at: Option<Timestamp>,
    /// Deliveries that it is owed and that are in memory, those under way included.
    owed: usize,
    /// It is owed more than that: the rest waits in the store.
    behind: bool,
    /// When the oldest delivery that it is owed was made, wherever it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest_owed_at: Option<Timestamp>,
    /// Interviews of which the first delivery waits for another try, and holds back those after it.
    held_lanes: usize,
    /// Attempts under way.
    in_flight: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_success_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_failure: Option<FailureView>,
    /// What attempts came to in each of the last sixty minutes in which one ended, oldest first. It begins anew when the hub
    /// starts, and when another hub takes the endpoint over.
    last_hour: Vec<MinuteView>,
}

/// What the attempts that ended in one minute came to.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "EndpointMinute")]
struct MinuteView {
    /// When the minute began.
    at: Timestamp,
    attempts: u64,
    /// Those of them that did not go well.
    failed: u64,
    /// How long one took on the average, in milliseconds.
    took_ms: u64,
    /// How long the slowest took, in milliseconds.
    slowest_ms: u64,
}

impl From<&Minute> for MinuteView {
    fn from(minute: &Minute) -> Self {
        let Minute { attempts, failed, slowest_ms, .. } = *minute;
        Self { at: minute.at(), attempts, failed, took_ms: minute.took_ms(), slowest_ms }
    }
}

/// `well`, `failing`, or `disabled`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "EndpointCondition")]
enum Condition {
    Well,
    Failing,
    Disabled,
}

/// `closed`, `open`, or `half_open`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "BreakerState")]
enum Breaker {
    Closed,
    Open,
    HalfOpen,
}

/// An attempt that did not go well.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LastFailure")]
struct FailureView {
    at: Timestamp,
    /// What was answered, if there was an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// What went wrong, in a sentence, if there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// How an endpoint is doing; nothing if there is nobody to ask.
pub(super) async fn health(hub: &Hub, endpoint: &Endpoint) -> Option<HealthView> {
    let health = hub.health_of(endpoint.id).await?;
    let oldest_owed_at = oldest_owed_at(hub, endpoint.id).await;
    let last_hour = health.in_last_hour(hub.now()).map(MinuteView::from).collect();
    let Health { breaker, next_probe_at, owed, is_behind, in_flight, last_success_at, last_failure, .. } =
        health;
    let held_lanes = health.held_lanes;
    let failing_since = health.failing_since;
    let state = match (&endpoint.state, failing_since) {
        (EndpointState::Disabled { .. }, _) => Condition::Disabled,
        (EndpointState::Enabled, Some(_)) => Condition::Failing,
        (EndpointState::Enabled, None) => Condition::Well,
    };
    let breaker = match breaker {
        BreakerState::Closed => Breaker::Closed,
        BreakerState::Open => Breaker::Open,
        BreakerState::HalfOpen => Breaker::HalfOpen,
    };
    let last_failure =
        last_failure.map(|LastFailure { at, status, error }| FailureView { at, status, error });
    let behind = is_behind;
    Some(HealthView {
        state,
        failing_since,
        breaker,
        next_probe_at,
        owed,
        behind,
        oldest_owed_at,
        held_lanes,
        in_flight,
        last_success_at,
        last_failure,
        last_hour,
    })
}

/// It is asked of the store: memory may hold a part, of an endpoint that is switched off nothing, and of another hub's none.
async fn oldest_owed_at(hub: &Hub, endpoint: EndpointId) -> Option<Timestamp> {
    let page = hub.ledger.read(move |reader| reader.owed(endpoint, None, 1, 1)).await.ok()?;
    page.rows.first().map(|owed| time_of(owed.delivery))
}
