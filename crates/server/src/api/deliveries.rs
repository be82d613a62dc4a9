//! `/v1/deliveries`: did they get it, and if not, why?

use std::borrow::Cow;
use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use callboard_core::{DeliveryId, EndpointId, EventId};
use callboard_ledger::{Attempt, Change, Delivery, DeliveryFilter, DeliveryState, Scope};
use schemars::JsonSchema;
use serde::Deserialize;

use super::body::{Asked, Id};
use crate::auth::Caller;
use crate::host_links;
use crate::hub::Hub;
use crate::listing::{List, Paging};
use crate::openapi::says;
use crate::problem::{Problem, codes};

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route("/deliveries", get_with(list, says("listDeliveries", "List deliveries", "")))
        .api_route("/deliveries/{id}", get_with(show, says("getDelivery", "Show a delivery", "")))
        .api_route(
            "/deliveries/{id}/attempts",
            get_with(attempts, says("listAttempts", "List a delivery's attempts", "")),
        )
        .api_route("/deliveries/{id}/retry", post_with(retry, says("retryDelivery", "Deliver again", "")))
        .api_route(
            "/deliveries/{id}/cancel",
            post_with(cancel, says("cancelDelivery", "Call a delivery off", "")),
        )
        .with_path_items(|item| item.tag("Deliveries"))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeliveryQuery {
    limit: Option<usize>,
    cursor: Option<String>,
    endpoint: Option<EndpointId>,
    event: Option<EventId>,
    state: Option<DeliveryState>,
}

/// The delivery, if the event it tells belongs to the caller's company.
async fn find(hub: &Hub, caller: Caller, id: DeliveryId) -> Result<Delivery, Problem> {
    let found = hub
        .ledger
        .read(move |reader| {
            let Some(delivery) = reader.delivery(id)? else { return Ok(None) };
            let event = reader.event(delivery.event)?;
            Ok(event.filter(|event| event.company == caller.company).map(|_| delivery))
        })
        .await?;
    found.ok_or_else(|| Problem::not_found("delivery"))
}

pub(crate) async fn list(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Asked(query): Asked<DeliveryQuery>,
) -> Result<Json<List<Delivery>>, Problem> {
    let page = Paging::new(query.limit, query.cursor).page::<DeliveryId>()?;
    let directory = hub.ledger.directory();
    let mine = |id: &EndpointId| directory.endpoint(*id).is_some_and(|it| it.company == caller.company);
    let endpoints = match query.endpoint {
        Some(endpoint) if mine(&endpoint) => vec![endpoint],
        Some(_) => return Err(Problem::not_found("endpoint")),
        None => directory.endpoints().map(|endpoint| endpoint.id).filter(mine).collect(),
    };
    let filter = DeliveryFilter { endpoints: Some(endpoints), event: query.event, state: query.state };
    let deliveries = hub.ledger.read(move |reader| reader.deliveries(&filter, page)).await?;
    Ok(List::new(deliveries, page, |delivery| delivery.id.to_string()))
}

pub(crate) async fn show(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<DeliveryId>,
) -> Result<Json<Delivery>, Problem> {
    Ok(Json(find(&hub, caller, id).await?))
}

pub(crate) async fn attempts(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<DeliveryId>,
) -> Result<Json<List<Attempt>>, Problem> {
    find(&hub, caller, id).await?;
    let attempts = hub.ledger.read(move |reader| reader.attempts(id)).await?;
    Ok(List::whole(attempts.into_iter().map(without_host_links).collect()))
}

/// An endpoint may answer with what it was told.
fn without_host_links(attempt: Attempt) -> Attempt {
    let response = match host_links::hide(&String::from_utf8_lossy(&attempt.response)) {
        Cow::Owned(hidden) => hidden.into(),
        Cow::Borrowed(_) => return attempt,
    };
    Attempt { response, ..attempt }
}

pub(crate) async fn retry(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<DeliveryId>,
) -> Result<(StatusCode, Json<Delivery>), Problem> {
    let delivery = find(&hub, caller.require(Scope::Write)?, id).await?;
    if hub.ledger.directory().endpoint(delivery.endpoint).is_none() {
        return Err(Problem::new(
            codes::ENDPOINT_GONE,
            "its endpoint has been removed; there is no one to tell",
        ));
    }
    hub.ledger.change(vec![Change::Retry(id)]).await?;
    Ok((StatusCode::ACCEPTED, Json(find(&hub, caller, id).await?)))
}

pub(crate) async fn cancel(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<DeliveryId>,
) -> Result<Json<Delivery>, Problem> {
    let delivery = find(&hub, caller.require(Scope::Write)?, id).await?;
    if delivery.state != DeliveryState::Pending {
        return Err(Problem::new(codes::NOT_PENDING, "only a delivery that is still owed can be called off"));
    }
    hub.ledger.change(vec![Change::Cancel(id)]).await?;
    Ok(Json(find(&hub, caller, id).await?))
}
