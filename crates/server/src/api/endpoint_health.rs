//! How an endpoint is doing, as it is shown.

use callboard_core::{Endpoint, EndpointState, Timestamp};
use callboard_outbox::{BreakerState, Health, LastFailure};
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
    /// Attempts under way.
    in_flight: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_success_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_failure: Option<FailureView>,
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
    let Health { breaker, next_probe_at, owed, is_behind, in_flight, last_success_at, last_failure, .. } =
        health;
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
        in_flight,
        last_success_at,
        last_failure,
    })
}
