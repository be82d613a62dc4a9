//! `GET /metrics`: how the hub is doing, in the text form that Prometheus reads (OpenMetrics). The numbers are of the whole
//! hub, so they are for whoever operates it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use callboard_ledger::Outcome;
use callboard_outbox::Stats;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tokio::sync::watch;

use crate::auth::Caller;
use crate::hub::Hub;
use crate::problem::{Problem, codes};

/// What OpenMetrics is called.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Webhooks taken in since the start, by what became of them.
#[derive(Debug, Default)]
pub(crate) struct Received {
    understood: AtomicU64,
    duplicate: AtomicU64,
    quarantined: AtomicU64,
}

impl Received {
    pub(crate) fn count(&self, outcome: Outcome) {
        let counted = match outcome {
            Outcome::Understood => &self.understood,
            Outcome::Duplicate => &self.duplicate,
            Outcome::Quarantined => &self.quarantined,
        };
        counted.fetch_add(1, Ordering::Relaxed);
    }
}

/// The door for it. `deliveries` is how the outbox is doing.
pub fn metrics(hub: Arc<Hub>, deliveries: watch::Receiver<Stats>) -> Router {
    Router::new().route("/metrics", get(show)).layer(Extension(deliveries)).with_state(hub)
}

async fn show(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Extension(deliveries): Extension<watch::Receiver<Stats>>,
) -> Result<Response, Problem> {
    if hub.ledger.directory().operator().is_none_or(|operator| operator.id != caller.company) {
        let detail = "the numbers of the whole hub are for the company that operates it";
        return Err(Problem::new(codes::OPERATOR_ONLY, detail));
    }
    let stats = *deliveries.borrow();
    let mut text = String::new();
    encode(&mut text, &registry(&hub, &stats)).expect("writing to a string does not fail");
    Ok(([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response())
}

/// The numbers as they stand, put together for one reading.
fn registry(hub: &Hub, stats: &Stats) -> Registry {
    let mut registry = Registry::with_prefix("callboard");
    let received = &hub.received;
    let webhooks = [
        ("understood", received.understood.load(Ordering::Relaxed)),
        ("duplicate", received.duplicate.load(Ordering::Relaxed)),
        ("quarantined", received.quarantined.load(Ordering::Relaxed)),
        ("refused", hub.rejections.total()),
    ];
    registry.register(
        "webhooks",
        "Webhooks since the start, by what became of them",
        counted("outcome", webhooks),
    );
    let ended = [("delivered", stats.delivered), ("failed", stats.failed)];
    registry.register("deliveries", "Deliveries that ended since the start", counted("state", ended));
    registry.register("attempts", "Attempts at deliveries since the start", counter(stats.attempts));
    let gauges = [
        ("deliveries_in_memory", "Deliveries owed that are in memory", stats.held),
        ("attempts_in_flight", "Attempts under way", stats.in_flight),
        ("attempts_unsettled", "Attempts that ended and are not durable yet", stats.unsettled),
        ("endpoints", "Endpoints that there are", stats.endpoints),
        ("endpoints_behind", "Endpoints that are owed more than is in memory", stats.behind),
        ("endpoints_disabled", "Endpoints that are told nothing", stats.disabled),
        (
            "endpoints_probed",
            "Endpoints that fail or asked for time, and are only probed",
            stats.open_breakers,
        ),
    ];
    for (name, help, value) in gauges {
        let gauge: Gauge = Gauge::default();
        gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        registry.register(name, help, gauge);
    }
    registry
}

fn counter(value: u64) -> Counter {
    let counter = Counter::default();
    counter.inc_by(value);
    counter
}

fn counted<const N: usize>(
    label: &'static str,
    values: [(&'static str, u64); N],
) -> Family<[(&'static str, &'static str); 1], Counter> {
    let family: Family<[(&str, &str); 1], Counter> = Family::default();
    for (word, value) in values {
        family.get_or_create(&[(label, word)]).inc_by(value);
    }
    family
}
