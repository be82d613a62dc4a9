//! `/v1/endpoints`: URLs that are told.

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use callboard_core::{Endpoint, EndpointId, EndpointState, Ordering, RateLimit, Sealed, SourceId, Timestamp};
use callboard_ledger::{Change, Scope};
use callboard_outbox::{ResolveError, write_delay};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::body::{Asked, Body, Id};
use super::endpoint_form::{EndpointForm, HOLD_FOR};
use crate::auth::Caller;
use crate::hub::Hub;
use crate::limits::LOOK_UP_TIME;
use crate::listing::{List, Paging};
use crate::openapi::says;
use crate::problem::{Problem, codes};

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/endpoints",
            get_with(list, says("listEndpoints", "List endpoints", ""))
                .post_with(create, says("createEndpoint", "Make an endpoint", "")),
        )
        .api_route(
            "/endpoints/{id}",
            get_with(show, says("getEndpoint", "Show an endpoint", ""))
                .patch_with(update, says("updateEndpoint", "Change an endpoint", ""))
                .delete_with(remove, says("deleteEndpoint", "Remove an endpoint", "")),
        )
        .api_route(
            "/endpoints/{id}/enable",
            post_with(enable, says("enableEndpoint", "Switch an endpoint on", "")),
        )
        .api_route(
            "/endpoints/{id}/disable",
            post_with(disable, says("disableEndpoint", "Switch an endpoint off", "")),
        )
        .with_path_items(|item| item.tag("Endpoints"))
}

#[derive(Serialize, JsonSchema)]
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
}

/// Why an endpoint is not told, and since when.
#[derive(Serialize, JsonSchema)]
struct Disabled {
    reason: String,
    since: Timestamp,
}

fn view(endpoint: &Endpoint, with_credentials: bool) -> EndpointView {
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
    }
}

fn find(hub: &Hub, caller: Caller, id: EndpointId) -> Result<Arc<Endpoint>, Problem> {
    let directory = hub.ledger.directory();
    let endpoint = directory.endpoint(id).filter(|endpoint| endpoint.company == caller.company);
    endpoint.cloned().ok_or_else(|| Problem::not_found("endpoint"))
}

pub(crate) async fn list(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<EndpointView>>, Problem> {
    let page = paging.page::<EndpointId>()?;
    let directory = hub.ledger.directory();
    let mine = directory.endpoints().filter(|endpoint| endpoint.company == caller.company);
    Ok(List::cut(mine.map(|endpoint| view(endpoint, false)).collect(), page, |it: &EndpointView| it.id))
}

pub(crate) async fn create(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Body(form): Body<EndpointForm>,
) -> Result<(StatusCode, Json<EndpointView>), Problem> {
    let caller = caller.require(Scope::Admin)?;
    form.address()?;
    let mut endpoint = Endpoint {
        id: hub.mint(),
        company: caller.company,
        url: String::new(),
        dialect: String::new(),
        events: Vec::new(),
        sources: Vec::new(),
        credentials: Sealed::default(),
        ordering: Ordering::default(),
        hold_for: HOLD_FOR,
        retry: Vec::new(),
        rate_limit: None,
        description: String::new(),
        state: EndpointState::Enabled,
        created_at: hub.now(),
    };
    form.fill(&mut endpoint, &hub.guard, &hub.ledger.directory())?;
    vet(&hub, &endpoint.url).await?;
    let view = view(&endpoint, true);
    hub.ledger.change(vec![Change::PutEndpoint(endpoint)]).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// A name that leads inside is refused as the address would be. One that leads nowhere is let through: it may lead
/// somewhere by the time of an attempt, which looks again.
async fn vet(hub: &Hub, url: &str) -> Result<(), Problem> {
    let url: Uri = url.parse().map_err(|_| Problem::new(codes::BAD_URL, "`url` is no URL"))?;
    let looking_up = hub.resolver.resolve(url.host().unwrap_or_default());
    match tokio::time::timeout(LOOK_UP_TIME, looking_up).await {
        Ok(Err(ResolveError::Refused(refusal))) => Err(Problem::new(codes::BAD_URL, refusal.to_string())),
        _ => Ok(()),
    }
}

pub(crate) async fn show(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<EndpointId>,
) -> Result<Json<EndpointView>, Problem> {
    Ok(Json(view(&*find(&hub, caller, id)?, false)))
}

pub(crate) async fn update(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<EndpointId>,
    Body(form): Body<EndpointForm>,
) -> Result<Json<EndpointView>, Problem> {
    let mut endpoint = Endpoint::clone(&*find(&hub, caller.require(Scope::Admin)?, id)?);
    let old = endpoint.credentials.clone();
    form.fill(&mut endpoint, &hub.guard, &hub.ledger.directory())?;
    vet(&hub, &endpoint.url).await?;
    put(&hub, endpoint, |endpoint| view(endpoint, endpoint.credentials != old)).await
}

pub(crate) async fn remove(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<EndpointId>,
) -> Result<StatusCode, Problem> {
    find(&hub, caller.require(Scope::Admin)?, id)?;
    hub.ledger.change(vec![Change::DeleteEndpoint(id)]).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn enable(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<EndpointId>,
) -> Result<Json<EndpointView>, Problem> {
    let endpoint = find(&hub, caller.require(Scope::Admin)?, id)?;
    let enabled = Endpoint { state: EndpointState::Enabled, ..Endpoint::clone(&endpoint) };
    put(&hub, enabled, |endpoint| view(endpoint, false)).await
}

pub(crate) async fn disable(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<EndpointId>,
) -> Result<Json<EndpointView>, Problem> {
    let endpoint = find(&hub, caller.require(Scope::Admin)?, id)?;
    let state = EndpointState::Disabled { reason: "person".to_owned(), since: hub.now() };
    put(&hub, Endpoint { state, ..Endpoint::clone(&endpoint) }, |endpoint| view(endpoint, false)).await
}

async fn put(
    hub: &Hub,
    endpoint: Endpoint,
    view: impl FnOnce(&Endpoint) -> EndpointView,
) -> Result<Json<EndpointView>, Problem> {
    let view = view(&endpoint);
    hub.ledger.change(vec![Change::PutEndpoint(endpoint)]).await?;
    Ok(Json(view))
}
