//! An interview looked at as a whole: its assessment, and everything that happened.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use callboard_core::{
    AssessmentSoFar, DeliveryId, EndpointId, Entity, EventId, Identifier, Interview, InterviewId, ReceiptId,
    Timestamp, assessment, time_of,
};
use callboard_ledger::{
    Delivery, DeliveryFilter, DeliveryState, EngineError, EventFilter, EventRow, Listed, Page, Reader,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::api::body::{Asked, Id};
use crate::api::things::noun::held;
use crate::auth::Caller;
use crate::host_links;
use crate::hub::Hub;
use crate::limits::TIMELINE_DELIVERIES;
use crate::listing::{List, Paging};
use crate::problem::{Problem, codes};

/// What all reviewers have given up to now.
pub(super) async fn assess(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<InterviewId>,
) -> Result<Json<AssessmentSoFar>, Problem> {
    let Entity::Interview(interview) = held::<Interview>(&hub, caller, id).await?.entity else {
        return Err(Problem::not_found(&id.to_string()));
    };
    let world = hub.ledger.world(vec![id.raw()], Vec::new()).await?;
    Ok(Json(assessment(&world, &interview)))
}

/// Something that happened, and who was told of it.
#[derive(Serialize, JsonSchema)]
pub(super) struct Moment {
    id: EventId,
    recorded_at: Timestamp,
    receipt: Option<ReceiptId>,
    #[schemars(with = "Value")]
    event: Box<RawValue>,
    /// The latest of its deliveries.
    deliveries: Vec<TimelineDelivery>,
    /// Are there more of them than these? `/v1/events/{id}/deliveries` has them all.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schemars(default)]
    more_deliveries: bool,
}

/// How far the telling is.
#[derive(Serialize, JsonSchema)]
struct TimelineDelivery {
    id: DeliveryId,
    endpoint: EndpointId,
    state: DeliveryState,
    attempts: u32,
}

impl From<Delivery> for TimelineDelivery {
    fn from(delivery: Delivery) -> Self {
        let Delivery { id, endpoint, state, attempts, .. } = delivery;
        Self { id, endpoint, state, attempts }
    }
}

/// Oldest first. The cursor is the id of the last event of the page before.
pub(super) async fn timeline(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<InterviewId>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<Moment>>, Problem> {
    let asked = paging.page::<EventId>()?;
    let page = Page { after: Some(asked.before.unwrap_or(0)), before: None, ..asked };
    held::<Interview>(&hub, caller, id).await?;
    let filter = EventFilter {
        company: Some(caller.company),
        subjects: Some(vec![id.raw()]),
        ..EventFilter::default()
    };
    let told = hub.ledger.read(move |reader| with_deliveries(reader, &filter, page)).await?;
    let moments = told.items.into_iter().map(moment).collect::<Result<Vec<_>, _>>()?;
    Ok(List::going_on::<EventId>(moments, told.next))
}

/// A page says whom each of its events was told to. One on which that comes to very much ends early.
fn with_deliveries(
    reader: &mut dyn Reader,
    filter: &EventFilter,
    page: Page,
) -> Result<Listed<(EventRow, Listed<Delivery>)>, EngineError> {
    let events = reader.events(filter, page)?;
    let mut told = Listed { items: Vec::new(), next: events.next };
    let (mut deliveries, last) = (0, events.items.last().map(|event| event.id));
    for event in events.items {
        let id = event.id;
        let of_event = DeliveryFilter { event: Some(id), ..DeliveryFilter::default() };
        let of_it = reader.deliveries(&of_event, Page::newest(TIMELINE_DELIVERIES))?;
        deliveries += of_it.items.len();
        told.items.push((event, of_it));
        if deliveries >= TIMELINE_DELIVERIES && Some(id) != last {
            told.next = Some(id.raw());
            break;
        }
    }
    Ok(told)
}

fn moment((row, told): (EventRow, Listed<Delivery>)) -> Result<Moment, Problem> {
    let text = String::from_utf8_lossy(&row.body);
    let event = RawValue::from_string(host_links::hide(&text).into_owned())
        .map_err(|error| Problem::new(codes::DAMAGED, format!("{}: {error}", row.id)))?;
    Ok(Moment {
        id: row.id,
        recorded_at: time_of(row.id),
        receipt: row.receipt,
        event,
        deliveries: told.items.into_iter().map(TimelineDelivery::from).collect(),
        more_deliveries: told.next.is_some(),
    })
}
