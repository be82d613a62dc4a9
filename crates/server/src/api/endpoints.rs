//! `/v1/endpoints`: URLs that are told.

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use callboard_core::{Endpoint, EndpointId, EndpointState, Ordering, RateLimit, Sealed, SourceId, Timestamp};
use callboard_ledger::{Change, RequestKey};
use callboard_outbox::{ResolveError, write_delay};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::asking::{IfMatch, Posted};
use super::body::{Asked, Body, Id, Nothing};
use super::configuring::{self, New};
use super::endpoint_form::{EndpointForm, HOLD_FOR, NewEndpoint};
use super::endpoint_health::{HealthView, health};
use crate::auth::{Admin, Caller};
use crate::hub::Hub;
use crate::limits::{ENDPOINTS_PER_COMPANY, LOOK_UP_TIME};
use crate::listing::{List, Paging};
use crate::openapi::{Gone, Made, Now, says};
use crate::problem::{Problem, codes};

/// Where endpoints are, below `/v1`.
const COLLECTION: &str = "endpoints";

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/endpoints",
            get_with(list, says("listEndpoints", "List endpoints", ""))
                .post_with(create, says("createEndpoint", "Make an endpoint", MAKING)),
        )
        .api_route(
            "/endpoints/{id}",
            get_with(show, says("getEndpoint", "Show an endpoint", ""))
                .patch_with(update, says("updateEndpoint", "Change an endpoint", CHANGING))
                .delete_with(remove, says("deleteEndpoint", "Remove an endpoint", REMOVING)),
        )
        .api_route(
            "/endpoints/{id}/enable",
            post_with(enable, says("enableEndpoint", "Switch an endpoint on", ENABLING)),
        )
        .api_route(
            "/endpoints/{id}/disable",
            post_with(disable, says("disableEndpoint", "Switch an endpoint off", DISABLING)),
        )
        .with_path_items(|item| item.tag("Endpoints"))
}

const MAKING: &str = "A secret that is not given is made. The answer shows the credentials, this once. URLs are `https` and do \
    not lead inside of a network.";
const CHANGING: &str = "What is left out stays as it is. New credentials count at once, and are shown in the answer, this \
    once. `rotate` replaces them with an overlap.";
const REMOVING: &str = "What it is still owed is called off.";
const ENABLING: &str = "What it is owed goes out from now on.";
const DISABLING: &str = "What it is owed waits until it is switched on again.";

/// An endpoint, as it is shown.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Endpoint")]
pub(crate) struct EndpointView {
    id: EndpointId,
    url: String,
    dialect: String,
    events: Vec<String>,
    sources: Vec<SourceId>,
    ordering: Ordering,
    hold_for: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit: Option<RateLimit>,
    description: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled: Option<Disabled>,
    created_at: Timestamp,
    /// What deliveries are signed with: told once, when it is made or changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<Value>,
    /// Until when deliveries are signed with the credentials before these as well. Left out if they are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    old_credentials_until: Option<Timestamp>,
    /// How it is doing: told where one endpoint is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    health: Option<HealthView>,
}

/// Why an endpoint is not told, and since when.
#[derive(Serialize, JsonSchema)]
struct Disabled {
    reason: String,
    since: Timestamp,
}

pub(super) fn view(hub: &Hub, endpoint: &Endpoint, with_credentials: bool) -> EndpointView {
    let disabled = match &endpoint.state {
        EndpointState::Enabled => None,
        EndpointState::Disabled { reason, since } => Some(Disabled { reason: reason.clone(), since: *since }),
    };
    EndpointView {
        id: endpoint.id,
        url: endpoint.url.clone(),
        dialect: endpoint.dialect.clone(),
        events: endpoint.events.clone(),
        sources: endpoint.sources.clone(),
        ordering: endpoint.ordering,
        hold_for: write_delay(endpoint.hold_for),
        retry: (!endpoint.retry.is_empty()).then(|| json!({"schedule": endpoint.retry})),
        rate_limit: endpoint.rate_limit,
        description: endpoint.description.clone(),
        state: if disabled.is_some() { "disabled" } else { "enabled" },
        disabled,
        created_at: endpoint.created_at,
        credentials: with_credentials.then(|| endpoint.credentials.0.clone()),
        old_credentials_until: endpoint
            .rotated
            .as_ref()
            .map(|it| it.until)
            .filter(|until| hub.now() < *until),
        health: None,
    }
}

pub(super) fn find(hub: &Hub, caller: Caller, id: EndpointId) -> Result<Arc<Endpoint>, Problem> {
    let directory = hub.ledger.directory();
    let endpoint = directory.endpoint(id).filter(|endpoint| endpoint.company == caller.company);
    endpoint.cloned().ok_or_else(|| Problem::not_found("endpoint"))
}

/// The version of what people configured: how an endpoint is doing makes no other one.
pub(super) fn version(hub: &Hub, endpoint: &Endpoint) -> u64 {
    hub.version_of(&Endpoint { failing_since: None, ..endpoint.clone() })
}

async fn list(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<EndpointView>>, Problem> {
    let page = paging.page::<EndpointId>()?;
    let directory = hub.ledger.directory();
    let mine = directory.endpoints().filter(|endpoint| endpoint.company == caller.company);
    Ok(List::cut(mine.map(|endpoint| view(&hub, endpoint, false)).collect(), page, |it: &EndpointView| it.id))
}

async fn create(
    State(hub): State<Arc<Hub>>,
    Admin(caller): Admin,
    Posted { body: NewEndpoint(form), once }: Posted<NewEndpoint>,
) -> Result<Made<EndpointView>, Problem> {
    if let Some(before) = configuring::made_before(&hub, COLLECTION, once.as_ref()).await? {
        return Ok(before);
    }
    let mut endpoint = blank(&hub, caller);
    form.fill(&mut endpoint, &hub.guard, &hub.ledger.directory(), hub.now())?;
    // Looking a name up takes its time; nobody else waits for it.
    vet(&hub, &endpoint.url).await?;
    let _configuring = hub.configuring(caller.company).await?;
    // Whoever waited here for the same request finds that it has been carried out.
    if let Some(before) = configuring::made_before(&hub, COLLECTION, once.as_ref()).await? {
        return Ok(before);
    }
    check_room(&hub, caller)?;
    let new = New {
        collection: COLLECTION,
        shown: view(&hub, &endpoint, true),
        kept: view(&hub, &endpoint, false),
        version: Some(version(&hub, &endpoint)),
    };
    configuring::make(&hub, vec![Change::PutEndpoint(endpoint)], once, new).await
}

/// May the company have one more? That is so only as long as nobody else configures anything.
fn check_room(hub: &Hub, caller: Caller) -> Result<(), Problem> {
    let directory = hub.ledger.directory();
    let mine = directory.endpoints().filter(|endpoint| endpoint.company == caller.company);
    if mine.count() < ENDPOINTS_PER_COMPANY {
        return Ok(());
    }
    let detail = format!("a company may have {ENDPOINTS_PER_COMPANY} endpoints");
    Err(Problem::new(codes::TOO_MANY_ENDPOINTS, detail))
}

/// One of which nothing has been said yet.
pub(super) fn blank(hub: &Hub, caller: Caller) -> Endpoint {
    Endpoint {
        id: hub.mint(),
        company: caller.company,
        url: String::new(),
        dialect: String::new(),
        events: Vec::new(),
        sources: Vec::new(),
        rotated: None,
        failing_since: None,
        told_since: None,
        formerly: Vec::new(),
        credentials: Sealed::default(),
        ordering: Ordering::default(),
        hold_for: HOLD_FOR,
        retry: Vec::new(),
        rate_limit: None,
        description: String::new(),
        state: EndpointState::Enabled,
        created_at: hub.now(),
    }
}

/// A name that leads inside is refused as the address would be. One that leads nowhere is let through: it may lead
/// somewhere by the time of an attempt, which looks again.
pub(crate) async fn vet(hub: &Hub, url: &str) -> Result<(), Problem> {
    let url: Uri = url.parse().map_err(|_| Problem::new(codes::BAD_URL, "`url` is no URL"))?;
    let looking_up = hub.resolver.resolve(url.host().unwrap_or_default());
    match tokio::time::timeout(LOOK_UP_TIME, looking_up).await {
        Ok(Err(ResolveError::Refused(refusal))) => Err(Problem::new(codes::BAD_URL, refusal.to_string())),
        _ => Ok(()),
    }
}

async fn show(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<EndpointId>,
) -> Result<Now<EndpointView>, Problem> {
    let endpoint = find(&hub, caller, id)?;
    let mut shown = view(&hub, &endpoint, false);
    shown.health = health(&hub, &endpoint).await;
    Ok(configuring::now(&shown, version(&hub, &endpoint)))
}

async fn update(
    State(hub): State<Arc<Hub>>,
    Admin(caller): Admin,
    Id(id): Id<EndpointId>,
    if_match: IfMatch,
    Body(form): Body<EndpointForm>,
) -> Result<Now<EndpointView>, Problem> {
    find(&hub, caller, id)?;
    // Looking a name up takes its time; nobody else waits for it.
    if let Some(url) = form.new_url(&hub.guard)? {
        vet(&hub, &url).await?;
    }
    let configuring = hub.configuring(caller.company).await?;
    let mut endpoint = Endpoint::clone(&*find(&hub, caller, id)?);
    if_match.check(version(&hub, &endpoint))?;
    let old = endpoint.credentials.clone();
    form.fill(&mut endpoint, &hub.guard, &hub.ledger.directory(), hub.now())?;
    let new_credentials = endpoint.credentials != old;
    configuring.change(vec![Change::PutEndpoint(endpoint)]).await?;
    // The hub itself may have had something to say about it meanwhile.
    let endpoint = find(&hub, caller, id)?;
    Ok(configuring::now(&view(&hub, &endpoint, new_credentials), version(&hub, &endpoint)))
}

async fn remove(
    State(hub): State<Arc<Hub>>,
    Admin(caller): Admin,
    Id(id): Id<EndpointId>,
    if_match: IfMatch,
) -> Result<Gone, Problem> {
    let configuring = hub.configuring(caller.company).await?;
    let endpoint = find(&hub, caller, id)?;
    if_match.check(version(&hub, &endpoint))?;
    configuring.change(vec![Change::DeleteEndpoint(id)]).await?;
    Ok(Gone::nothing())
}

async fn enable(
    State(hub): State<Arc<Hub>>,
    Admin(caller): Admin,
    Id(id): Id<EndpointId>,
    if_match: IfMatch,
    Posted { once, .. }: Posted<Nothing>,
) -> Result<Now<EndpointView>, Problem> {
    switch(&hub, caller, id, if_match, once, EndpointState::Enabled).await
}

async fn disable(
    State(hub): State<Arc<Hub>>,
    Admin(caller): Admin,
    Id(id): Id<EndpointId>,
    if_match: IfMatch,
    Posted { once, .. }: Posted<Nothing>,
) -> Result<Now<EndpointView>, Problem> {
    let disabled = EndpointState::Disabled { reason: "person".to_owned(), since: hub.now() };
    switch(&hub, caller, id, if_match, once, disabled).await
}

async fn switch(
    hub: &Hub,
    caller: Caller,
    id: EndpointId,
    if_match: IfMatch,
    once: Option<RequestKey>,
    state: EndpointState,
) -> Result<Now<EndpointView>, Problem> {
    let _configuring = hub.configuring(caller.company).await?;
    let mut endpoint = find(hub, caller, id)?;
    let mut replayed = configuring::done_before(hub, once.as_ref()).await?;
    if !replayed {
        if_match.check(version(hub, &endpoint))?;
        replayed = configuring::switch(hub, id, state, once).await?;
        endpoint = find(hub, caller, id)?;
    }
    Ok(configuring::now(&view(hub, &endpoint, false), version(hub, &endpoint)).replayed(replayed))
}
