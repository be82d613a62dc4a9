//! `/v1/endpoints/{id}/test`: does what is sent to an endpoint arrive?

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use axum::extract::State;
use callboard_core::{Asker, Command, Endpoint, EndpointId, EndpointState, EventId};
use callboard_ledger::{Answer, Asking, Carried, Delivery, DeliveryFilter, Done, Page, Remember, RequestKey};
use serde::{Deserialize, Serialize};

use super::asking::Posted;
use super::body::{Id, Nothing};
use super::configuring;
use super::endpoints::find;
use crate::auth::Admin;
use crate::hub::Hub;
use crate::openapi::{Accepted, refused_with, says};
use crate::problem::{Problem, codes};

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    let testing = says("testEndpoint", "Tell an endpoint something made up", TESTING);
    ApiRouter::new().api_route(
        "/endpoints/{id}/test",
        post_with(test, |it| refused_with(testing(it).tag("Endpoints"), &[409])),
    )
}

const TESTING: &str = "An event of the type `endpoint.test` goes to this endpoint and to nobody else, in its dialect, as any \
    other would: in a dialect that has no word for it as one of the platform's own, about an interview named `Callboard \
    Test`. The answer is its delivery, which tells how it went. The interview and whatever else it speaks of are not there.";

async fn test(
    State(hub): State<Arc<Hub>>,
    Admin(caller): Admin,
    Id(id): Id<EndpointId>,
    Posted { once, .. }: Posted<Nothing>,
) -> Result<Accepted<Delivery>, Problem> {
    let endpoint = find(&hub, caller, id)?;
    let (event, replayed) = match configuring::answered_before(&hub, once.as_ref()).await? {
        Some(before) => (Told::of(&before)?, true),
        None => tell(&hub, endpoint, once).await?,
    };
    let filter =
        DeliveryFilter { endpoints: Some(vec![id]), event: Some(event), ..DeliveryFilter::default() };
    let owed = hub.ledger.read(move |reader| reader.deliveries(&filter, Page::newest(1))).await?.items.pop();
    let owed = owed.ok_or_else(|| {
        Problem::new(codes::ENDPOINT_GONE, "the endpoint was removed in between; there is no one to tell")
    })?;
    let location = format!("/v1/deliveries/{}", owed.id);
    Ok(Accepted::of(&owed).at(Some(location)).replayed(replayed))
}

/// Makes the event; answers whether the same request has done so before.
async fn tell(
    hub: &Hub,
    endpoint: Arc<Endpoint>,
    once: Option<RequestKey>,
) -> Result<(EventId, bool), Problem> {
    if endpoint.state != EndpointState::Enabled {
        let detail = "the endpoint is switched off, so that nothing is sent to it; switch it on first";
        return Err(Problem::new(codes::ENDPOINT_DISABLED, detail));
    }
    let asking = Asking {
        asker: Asker { company: endpoint.company, at: hub.now(), expected: None },
        commands: vec![Command::Test(endpoint)],
        blobs: Vec::new(),
        remember: once.map(|key| Remember { key, answer: Arc::new(Told::answer) }),
    };
    Ok(match hub.ledger.command(asking).await? {
        Carried::Out(done) => (Told::from(&done).event, false),
        Carried::Before(before) => (Told::of(&before)?, true),
    })
}

/// What is kept of a request, so that the same one again leads to the same delivery.
#[derive(Serialize, Deserialize)]
struct Told {
    event: EventId,
}

impl From<&Done> for Told {
    fn from(done: &Done) -> Self {
        let event = *done.events.first().expect("what is made up is one event");
        Self { event }
    }
}

impl Told {
    fn answer(done: &Done) -> Answer {
        let body = serde_json::to_vec(&Self::from(done)).expect("an id is JSON").into();
        Answer { status: 202, etag: None, body }
    }

    fn of(before: &Answer) -> Result<EventId, Problem> {
        let told: Result<Self, _> = serde_json::from_slice(&before.body);
        told.map(|told| told.event)
            .map_err(|error| Problem::new(codes::DAMAGED, format!("a kept answer cannot be read: {error}")))
    }
}
