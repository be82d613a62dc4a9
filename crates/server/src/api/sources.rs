//! `/v1/sources`: accounts at platforms whose webhooks come in.

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use callboard_core::{Sealed, Source, SourceId, Timestamp};
use callboard_dialects::{Role, dialect};
use callboard_ledger::{Change, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::body::{Asked, Body, Id};
use super::text::{check_credentials, check_text};
use crate::auth::Caller;
use crate::hub::Hub;
use crate::keys::new_secret_bytes;
use crate::listing::{List, Paging};
use crate::openapi::says;
use crate::problem::{Problem, codes};
use crate::rejections::Refusals;

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/sources",
            get_with(list, says("listSources", "List sources", ""))
                .post_with(create, says("createSource", "Make a source", "")),
        )
        .api_route(
            "/sources/{id}",
            get_with(show, says("getSource", "Show a source", ""))
                .delete_with(remove, says("deleteSource", "Remove a source", "")),
        )
        .api_route(
            "/sources/{id}/rejections",
            get_with(rejections, says("listRejections", "Show why requests were refused", "")),
        )
        .with_path_items(|item| item.tag("Sources"))
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct SourceView {
    id: SourceId,
    platform: String,
    name: String,
    /// Where the platform sends its webhooks. A token that is part of it is told once, when the source is made.
    url: String,
    /// What the platform signs with: told once, when the source is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<Value>,
    /// Requests refused since the hub started.
    rejected: u64,
    created_at: Timestamp,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSource {
    platform: String,
    #[serde(default)]
    name: String,
    credentials: Option<Value>,
}

fn view(hub: &Hub, source: &Source, just_made: bool) -> SourceView {
    let mut url = format!("{}/in/{}", hub.public_url, source.id);
    if let Some(token) = source.credentials.0.get("token").and_then(Value::as_str) {
        url.push('/');
        url.push_str(if just_made { token } else { "{token}" });
    }
    SourceView {
        id: source.id,
        platform: source.platform.clone(),
        name: source.name.clone(),
        url,
        credentials: just_made.then(|| source.credentials.0.clone()),
        rejected: hub.rejections.of(source.id).total,
        created_at: source.created_at,
    }
}

fn find(hub: &Hub, caller: Caller, id: SourceId) -> Result<Arc<Source>, Problem> {
    let directory = hub.ledger.directory();
    let source = directory.source(id).filter(|source| source.company == caller.company);
    source.cloned().ok_or_else(|| Problem::not_found("source"))
}

pub(crate) async fn list(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<SourceView>>, Problem> {
    let page = paging.page::<SourceId>()?;
    let directory = hub.ledger.directory();
    let mine = directory.sources().filter(|source| source.company == caller.company);
    let views = mine.map(|source| view(&hub, source, false)).collect();
    Ok(List::cut(views, page, |source: &SourceView| source.id))
}

pub(crate) async fn create(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Body(new): Body<NewSource>,
) -> Result<(StatusCode, Json<SourceView>), Problem> {
    let caller = caller.require(Scope::Admin)?;
    check_text("name", &new.name)?;
    check_credentials(new.credentials.as_ref())?;
    let dialect = dialect(&new.platform).ok_or_else(|| {
        let known: Vec<&str> = callboard_dialects::DIALECTS.iter().map(|dialect| dialect.name()).collect();
        Problem::new(codes::UNKNOWN_PLATFORM, format!("`platform` is one of {}", known.join(", ")))
    })?;
    let credentials = dialect
        .credentials(new.credentials.as_ref(), Role::Source, &mut new_secret_bytes)
        .and_then(|credentials| dialect.verifier(&credentials).map(|_| credentials))
        .map_err(|error| Problem::new(codes::BAD_CREDENTIALS, error.to_string()))?;
    let source = Source {
        id: hub.mint(),
        company: caller.company,
        platform: new.platform,
        name: new.name,
        credentials: Sealed(credentials),
        created_at: hub.now(),
        fetch: None,
    };
    let view = view(&hub, &source, true);
    hub.ledger.change(vec![Change::PutSource(source)]).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

pub(crate) async fn show(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<SourceId>,
) -> Result<Json<SourceView>, Problem> {
    Ok(Json(view(&hub, &*find(&hub, caller, id)?, false)))
}

pub(crate) async fn remove(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<SourceId>,
) -> Result<StatusCode, Problem> {
    find(&hub, caller.require(Scope::Admin)?, id)?;
    hub.ledger.change(vec![Change::DeleteSource(id)]).await?;
    hub.rejections.forget(id);
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn rejections(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<SourceId>,
) -> Result<Json<Refusals>, Problem> {
    find(&hub, caller, id)?;
    Ok(Json(hub.rejections.of(id)))
}
