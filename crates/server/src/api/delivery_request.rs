//! `/v1/deliveries/{id}/request`: what exactly are they told?

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use bytes::Bytes;
use callboard_core::{DeliveryId, Event, RefusalCode};
use callboard_dialects::{Recipient, dialect};
use callboard_ledger::{EventRow, Scope};
use callboard_outbox::render;
use schemars::JsonSchema;
use serde::Deserialize;

use super::body::{Asked, Id};
use super::deliveries::find;
use super::endpoint_form::DialectName;
use super::request_view::{HostLinks, RequestView, in_dialect};
use crate::auth::Caller;
use crate::hub::Hub;
use crate::openapi::{refused_with, says};
use crate::problem::{Problem, codes};

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    let showing = says("getDeliveryRequest", "Show the request that a delivery makes", SHOWING);
    ApiRouter::new().api_route(
        "/deliveries/{id}/request",
        get_with(show, |it| refused_with(showing(it).tag("Deliveries"), &[403, 409])),
    )
}

const SHOWING: &str = "As an attempt made now would send it; the body is the same at every attempt. With `dialect`, as the same \
    event reads in another one. Credentials and signatures are masked. Host links are hidden, unless a key that may write \
    asks for them, which is logged.";

/// How the request is shown.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestQuery {
    /// In whose words. If nothing is said, in those in which it is sent.
    #[schemars(with = "Option<DialectName>")]
    dialect: Option<String>,
    /// `shown` shows the links by which meetings are hosted.
    #[serde(default)]
    host_links: HostLinks,
}

async fn show(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<DeliveryId>,
    Asked(query): Asked<RequestQuery>,
) -> Result<Json<RequestView>, Problem> {
    if query.host_links == HostLinks::Shown {
        caller.require(Scope::Write)?;
    }
    let delivery = find(&hub, caller, id).await?;
    if delivery.erased {
        let detail = "what it said has been erased, with everything personal about someone";
        return Err(Problem::new(RefusalCode::ERASED.into(), detail));
    }
    let endpoint = hub.ledger.directory().endpoint(delivery.endpoint).cloned().ok_or_else(|| {
        Problem::new(codes::ENDPOINT_GONE, "its endpoint has been removed; there is nowhere to send it")
    })?;
    let stored =
        hub.ledger.read(move |reader| Ok(reader.body(id)?.zip(reader.event(delivery.event)?))).await?;
    // It may have been let go a moment ago, for its age.
    let (body, event) = stored.ok_or_else(|| Problem::not_found("delivery"))?;
    let (at, links) = (hub.now(), query.host_links);
    let endpoint = endpoint.told(id);
    let view = match query.dialect.filter(|dialect| *dialect != endpoint.dialect) {
        None => RequestView::of(&endpoint, event.id, &[body], at, links)?,
        Some(other) => {
            let endpoint = in_dialect(&endpoint, &other)?;
            let to = Recipient { url: &endpoint.url, public_url: &hub.public_url };
            RequestView::of(&endpoint, event.id, &in_words_of(&other, &event, &to)?, at, links)?
        }
    };
    if links == HostLinks::Shown {
        tracing::info!(key = %caller.key, delivery = %id, "someone looks at a delivery with its host links");
    }
    Ok(Json(view))
}

/// A stored event as this dialect tells it today.
fn in_words_of(name: &str, stored: &EventRow, to: &Recipient<'_>) -> Result<Vec<Bytes>, Problem> {
    let event: Event = serde_json::from_slice(&stored.body)
        .map_err(|error| Problem::new(codes::DAMAGED, format!("{}: {error}", stored.id)))?;
    let bodies = dialect(name).map(|dialect| render(dialect, &event, to)).unwrap_or_default();
    Ok(bodies.into_iter().map(Bytes::from).collect())
}
