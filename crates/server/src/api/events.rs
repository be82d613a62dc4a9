//! `/v1/events`: what happened, and who was told.

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use callboard_core::{
    EndpointId, EventId, EventType, Identifier, InterviewId, ReceiptId, SourceId, Timestamp,
};
use callboard_ledger::{Delivery, DeliveryFilter, EventFilter, EventRow, Page};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::body::{Asked, Id};
use crate::auth::Caller;
use crate::host_links;
use crate::hub::Hub;
use crate::limits::PAGE_ITEMS;
use crate::listing::{List, Paging};
use crate::openapi::says;
use crate::problem::{Problem, codes};

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route("/events", get_with(list, says("listEvents", "List events", "")))
        .api_route("/events/{id}", get_with(show, says("getEvent", "Show an event", "")))
        .api_route(
            "/events/{id}/deliveries",
            get_with(deliveries, says("listEventDeliveries", "Show who was told of an event", "")),
        )
        .with_path_items(|item| item.tag("Events"))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventQuery {
    limit: Option<usize>,
    cursor: Option<String>,
    r#type: Option<String>,
    source: Option<SourceId>,
    interview: Option<InterviewId>,
    receipt: Option<ReceiptId>,
}

/// The native form, and beside it what the hub notes about it.
#[derive(Serialize, JsonSchema)]
pub(crate) struct EventView {
    id: EventId,
    recorded_at: Timestamp,
    receipt: Option<ReceiptId>,
    #[schemars(with = "Value")]
    event: Box<RawValue>,
}

/// A delivery, or the word that there is none.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "told")]
pub(crate) enum Told {
    /// It is owed, or was.
    Delivery {
        /// How it stands.
        delivery: Delivery,
    },
    /// The endpoint asked for it, but its dialect has no word for it.
    Skipped {
        /// Who was not told.
        endpoint: EndpointId,
        /// Why not.
        reason: &'static str,
    },
}

fn view(row: &EventRow) -> Result<EventView, Problem> {
    let text = String::from_utf8_lossy(&row.body);
    let event = RawValue::from_string(host_links::hide(&text).into_owned())
        .map_err(|error| Problem::new(codes::DAMAGED, format!("{}: {error}", row.id)))?;
    Ok(EventView { id: row.id, recorded_at: callboard_core::time_of(row.id), receipt: row.receipt, event })
}

async fn find(hub: &Hub, caller: Caller, id: EventId) -> Result<EventRow, Problem> {
    let event = hub.ledger.read(move |reader| reader.event(id)).await?;
    event.filter(|event| event.company == caller.company).ok_or_else(|| Problem::not_found("event"))
}

pub(crate) async fn list(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Asked(query): Asked<EventQuery>,
) -> Result<Json<List<EventView>>, Problem> {
    let page = Paging::new(query.limit, query.cursor).page::<EventId>()?;
    let filter = EventFilter {
        company: Some(caller.company),
        kind: query.r#type.as_deref().map(EventType::from),
        source: query.source,
        subject: query.interview.map(InterviewId::raw),
        receipt: query.receipt,
    };
    let rows = hub.ledger.read(move |reader| reader.events(&filter, page)).await?;
    let events = rows.iter().map(view).collect::<Result<Vec<_>, _>>()?;
    Ok(List::new(events, page, |event| event.id.to_string()))
}

pub(crate) async fn show(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<EventId>,
) -> Result<Json<EventView>, Problem> {
    Ok(Json(view(&find(&hub, caller, id).await?)?))
}

pub(crate) async fn deliveries(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<EventId>,
) -> Result<Json<List<Told>>, Problem> {
    let event = find(&hub, caller, id).await?;
    let filter = DeliveryFilter { event: Some(id), ..DeliveryFilter::default() };
    let page = Page::newest(PAGE_ITEMS);
    let deliveries = hub.ledger.read(move |reader| reader.deliveries(&filter, page)).await?;
    let skipped =
        event.skipped.into_iter().map(|endpoint| Told::Skipped { endpoint, reason: "no word for it" });
    let told = deliveries.into_iter().map(|delivery| Told::Delivery { delivery }).chain(skipped).collect();
    Ok(List::whole(told))
}
