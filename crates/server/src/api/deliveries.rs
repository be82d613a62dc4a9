//! `/v1/deliveries`: did they get it, and if not, why?

use std::borrow::Cow;
use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use callboard_core::{DeliveryId, EndpointId, EventId, EventType, Timestamp};
use callboard_ledger::{Attempt, Change, Delivery, DeliveryFilter, DeliveryState, EngineError, Page, Reader};
use schemars::JsonSchema;
use serde::Deserialize;

use super::asking::Posted;
use super::body::{Asked, Id, Nothing};
use super::configuring;
use crate::auth::{Caller, Writer};
use crate::host_links;
use crate::hub::Hub;
use crate::listing::{List, Paging, between};
use crate::openapi::{Accepted, Now, says};
use crate::problem::{Problem, codes};

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route("/deliveries", get_with(list, says("listDeliveries", "List deliveries", LISTING)))
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

const LISTING: &str = "Deliveries to an endpoint that has been removed are listed with that `endpoint`, or with the `event`; \
    otherwise they are left out. With a `type`, or an `endpoint` that has been removed, a page may be short and have a next \
    one.";

/// Which deliveries. What is left out matches all.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeliveryQuery {
    /// The most items on the page; 50 if nothing else is said.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<usize>,
    /// `next` of the page before.
    #[schemars(length(max = 100))]
    cursor: Option<String>,
    /// To which endpoint, which may have been removed.
    endpoint: Option<EndpointId>,
    /// Of which event.
    event: Option<EventId>,
    /// What happened, such as `interview.created`.
    r#type: Option<String>,
    /// Where it stands.
    state: Option<DeliveryState>,
    /// Owed since this time or later.
    since: Option<Timestamp>,
    /// Owed since before this time.
    until: Option<Timestamp>,
}

/// The delivery, if the event it tells belongs to the caller's company.
pub(super) async fn find(hub: &Hub, caller: Caller, id: DeliveryId) -> Result<Delivery, Problem> {
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

async fn list(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Asked(query): Asked<DeliveryQuery>,
) -> Result<Json<List<Delivery>>, Problem> {
    let page = Paging::new(query.limit, query.cursor).page::<DeliveryId>()?;
    let within = between(page, query.since, query.until);
    let directory = hub.ledger.directory();
    let mine = |id: &EndpointId| directory.endpoint(*id).map(|it| it.company == caller.company);
    let is_there = query.endpoint.is_none_or(|id| mine(&id).is_some());
    if query.endpoint.is_some_and(|id| mine(&id) == Some(false)) {
        return Err(Problem::not_found("endpoint"));
    }
    let endpoints = match (query.endpoint, query.event) {
        (Some(endpoint), _) => Some(vec![endpoint]),
        (None, Some(_)) => None,
        (None, None) => {
            Some(directory.endpoints().map(|it| it.id).filter(|id| mine(id) == Some(true)).collect())
        }
    };
    // What an endpoint of theirs was told is theirs.
    let company = (!is_there || query.event.is_some()).then_some(caller.company);
    let kind = query.r#type.as_deref().map(EventType::from);
    let filter = DeliveryFilter { endpoints, event: query.event, state: query.state, company, kind };
    let may_be_unknown = !is_there && page.before.is_none();
    let found = hub.ledger.read(move |reader| {
        if may_be_unknown && !was_told(reader, &filter)? {
            return Ok(None);
        }
        reader.deliveries(&filter, within).map(Some)
    });
    let deliveries = found.await?.ok_or_else(|| Problem::not_found("endpoint"))?;
    Ok(List::going_on::<DeliveryId>(deliveries.items, deliveries.next))
}

/// Was an endpoint that is not there told of anything that happened at the company, or may it have been? Then it was there
/// once, and was the company's.
fn was_told(reader: &mut dyn Reader, asked: &DeliveryFilter) -> Result<bool, EngineError> {
    let DeliveryFilter { endpoints, company, .. } = asked.clone();
    let anything = DeliveryFilter { endpoints, company, ..DeliveryFilter::default() };
    let found = reader.deliveries(&anything, Page::newest(1))?;
    Ok(!found.items.is_empty() || found.next.is_some())
}

async fn show(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<DeliveryId>,
) -> Result<Json<Delivery>, Problem> {
    Ok(Json(find(&hub, caller, id).await?))
}

async fn attempts(
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

async fn retry(
    State(hub): State<Arc<Hub>>,
    Writer(caller): Writer,
    Id(id): Id<DeliveryId>,
    Posted { once, .. }: Posted<Nothing>,
) -> Result<Accepted<Delivery>, Problem> {
    let delivery = find(&hub, caller, id).await?;
    let mut replayed = configuring::done_before(&hub, once.as_ref()).await?;
    if !replayed {
        if hub.ledger.directory().endpoint(delivery.endpoint).is_none() {
            let detail = "its endpoint has been removed; there is no one to tell";
            return Err(Problem::new(codes::ENDPOINT_GONE, detail));
        }
        replayed = configuring::change(&hub, vec![Change::Retry(id)], once).await?;
    }
    Ok(Accepted::of(&find(&hub, caller, id).await?).replayed(replayed))
}

async fn cancel(
    State(hub): State<Arc<Hub>>,
    Writer(caller): Writer,
    Id(id): Id<DeliveryId>,
    Posted { once, .. }: Posted<Nothing>,
) -> Result<Now<Delivery>, Problem> {
    let delivery = find(&hub, caller, id).await?;
    let mut replayed = configuring::done_before(&hub, once.as_ref()).await?;
    if !replayed {
        if delivery.state != DeliveryState::Pending {
            let detail = "only a delivery that is still owed can be called off";
            return Err(Problem::new(codes::NOT_PENDING, detail));
        }
        replayed = configuring::change(&hub, vec![Change::Cancel(id)], once).await?;
    }
    Ok(Now::of(&find(&hub, caller, id).await?).replayed(replayed))
}
