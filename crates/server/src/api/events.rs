//! `/v1/events`: what happened, and who was told.

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use callboard_core::{
    ApplicationId, CandidateId, DeliveryId, EndpointId, Entity, EventId, EventType, Identifier, InterviewId,
    ReceiptId, SourceId, Timestamp,
};
use callboard_ledger::{Delivery, DeliveryFilter, EngineError, EventFilter, EventRow, Listed, Page, Reader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::body::{Asked, Id};
use super::request_view::NO_WORD;
use crate::auth::Caller;
use crate::host_links;
use crate::hub::Hub;
use crate::listing::{List, Paging, between};
use crate::openapi::says;
use crate::problem::{Problem, codes};

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route("/events", get_with(list, says("listEvents", "List events", "")))
        .api_route("/events/{id}", get_with(show, says("getEvent", "Show an event", "")))
        .api_route(
            "/events/{id}/deliveries",
            get_with(deliveries, says("listEventDeliveries", "Show who was told of an event", TOLD)),
        )
        .with_path_items(|item| item.tag("Events"))
}

const TOLD: &str = "The deliveries, newest first, and behind them those endpoints that asked for it but whose dialect has no word for it.";

/// Which events. What is left out matches all.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventQuery {
    /// The most items on the page; 50 if nothing else is said.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<usize>,
    /// `next` of the page before.
    #[schemars(length(max = 100))]
    cursor: Option<String>,
    /// What happened, such as `interview.created`.
    r#type: Option<String>,
    /// From which source.
    source: Option<SourceId>,
    /// Of which interview.
    interview: Option<InterviewId>,
    /// Of which application, or of an interview held for it.
    application: Option<ApplicationId>,
    /// Of which candidate, or of one of their applications and interviews.
    candidate: Option<CandidateId>,
    /// What came of which incoming request.
    receipt: Option<ReceiptId>,
    /// Recorded at this time or later.
    since: Option<Timestamp>,
    /// Recorded before this time.
    until: Option<Timestamp>,
    /// In what order.
    #[serde(default)]
    order: Order,
}

/// In what order events are listed.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "EventOrder")]
enum Order {
    /// The last one first.
    #[default]
    NewestFirst,
    /// As they happened.
    OldestFirst,
}

/// The native form, and beside it what the hub notes about it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Event")]
pub(crate) struct EventView {
    id: EventId,
    recorded_at: Timestamp,
    /// The incoming request that it came of. What was asked for through the API has none.
    receipt: Option<ReceiptId>,
    /// As an endpoint with the dialect `standard` is told of it.
    #[schemars(with = "Native")]
    event: Box<RawValue>,
}

/// An event's native form.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is written down as bytes, once; this is what they look like")]
pub(super) struct Native {
    id: EventId,
    r#type: EventType,
    timestamp: Timestamp,
    company: callboard_core::CompanyId,
    /// The things that it is about as they stood then, and under `previous` what changed in them.
    data: serde_json::Map<String, Value>,
}

/// A delivery, or the word that there is none.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "told")]
pub(crate) enum Telling {
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

async fn list(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Asked(query): Asked<EventQuery>,
) -> Result<Json<List<EventView>>, Problem> {
    let page = Paging::new(query.limit, query.cursor).page::<EventId>()?;
    let within = match query.order {
        Order::NewestFirst => between(page, query.since, query.until),
        Order::OldestFirst => between(oldest_first(page), query.since, query.until),
    };
    let about =
        About { interview: query.interview, application: query.application, candidate: query.candidate };
    let filter = EventFilter {
        company: Some(caller.company),
        kind: query.r#type.as_deref().map(EventType::from),
        source: query.source,
        subjects: None,
        receipt: query.receipt,
    };
    let listed = hub.ledger.read(move |reader| {
        let filter = EventFilter { subjects: about.subjects(reader)?, ..filter };
        reader.events(&filter, within)
    });
    let listed = listed.await?;
    let events = listed.items.iter().map(view).collect::<Result<Vec<_>, _>>()?;
    Ok(List::going_on::<EventId>(events, listed.next))
}

/// The cursor is the last of the page before, in either order.
fn oldest_first(page: Page) -> Page {
    Page { before: None, after: Some(page.before.unwrap_or_default()), ..page }
}

/// What events are asked for about. An event is kept with its interview, else with its application, else with its
/// candidate: so those of a candidate are theirs, their applications', and the interviews' held for those.
struct About {
    interview: Option<InterviewId>,
    application: Option<ApplicationId>,
    candidate: Option<CandidateId>,
}

impl About {
    fn subjects(&self, reader: &mut dyn Reader) -> Result<Option<Vec<u64>>, EngineError> {
        let mut all: Option<Vec<u64>> = None;
        let asked = [
            self.interview.map(|id| Ok(vec![id.raw()])),
            self.application.map(|id| of_application(reader, id)),
            self.candidate.map(|id| of_candidate(reader, id)),
        ];
        for subjects in asked.into_iter().flatten() {
            let subjects = subjects?;
            all = Some(match all {
                Some(all) => all.into_iter().filter(|it| subjects.contains(it)).collect(),
                None => subjects,
            });
        }
        Ok(all)
    }
}

fn of_application(reader: &mut dyn Reader, id: ApplicationId) -> Result<Vec<u64>, EngineError> {
    let mut subjects = vec![id.raw()];
    if let Some(Entity::Application(application)) = reader.entity(id.raw())?.map(|held| held.entity) {
        subjects.extend(application.interviews.iter().map(|id| id.raw()));
    }
    Ok(subjects)
}

fn of_candidate(reader: &mut dyn Reader, id: CandidateId) -> Result<Vec<u64>, EngineError> {
    let mut subjects = vec![id.raw()];
    if let Some(Entity::Candidate(candidate)) = reader.entity(id.raw())?.map(|held| held.entity) {
        for application in &candidate.applications {
            subjects.extend(of_application(reader, *application)?);
        }
    }
    Ok(subjects)
}

async fn show(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<EventId>,
) -> Result<Json<EventView>, Problem> {
    Ok(Json(view(&find(&hub, caller, id).await?)?))
}

async fn deliveries(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<EventId>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<Telling>>, Problem> {
    // Behind the deliveries, the cursor is that of an endpoint.
    let (page, skipped_up_to) = match paging.page::<EndpointId>() {
        Ok(Page { before: Some(endpoint), .. }) => (paging.first()?, Some(endpoint)),
        _ => (paging.page::<DeliveryId>()?, None),
    };
    let event = find(&hub, caller, id).await?;
    let mut told = Listed::default();
    if skipped_up_to.is_none() {
        let filter = DeliveryFilter { event: Some(id), ..DeliveryFilter::default() };
        told = hub.ledger.read(move |reader| reader.deliveries(&filter, page)).await?;
    }
    let mut tellings: Vec<_> =
        told.items.into_iter().map(|delivery| Telling::Delivery { delivery }).collect();
    if told.next.is_some() {
        return Ok(List::going_on::<DeliveryId>(tellings, told.next));
    }
    let after = skipped_up_to.unwrap_or(0);
    let mut skipped = event.skipped;
    skipped.retain(|endpoint| endpoint.raw() > after);
    skipped.sort_unstable();
    let room = page.limit - tellings.len();
    let goes_on = skipped.len() > room;
    skipped.truncate(room);
    let reached = skipped.last().map_or(after, |endpoint| endpoint.raw());
    tellings.extend(skipped.into_iter().map(|endpoint| Telling::Skipped { endpoint, reason: NO_WORD }));
    Ok(List::going_on::<EndpointId>(tellings, goes_on.then_some(reached)))
}
