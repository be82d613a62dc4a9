//! `/v1/sources`: accounts at platforms whose webhooks come in.

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use callboard_core::{Sealed, Source, SourceId, Timestamp};
use callboard_dialects::{Dialect, Role, dialect};
use callboard_ledger::{Change, ReceiptCount};
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::asking::{IfMatch, Posted};
use super::body::{Asked, Body, Id, as_usual, taken_away};
use super::configuring::{self, New};
use super::endpoint_form::DialectName;
use super::fetch_form::{FetchForm, FetchView};
use super::text::{TEXT, check_credentials, check_text};
use crate::auth::{Admin, Caller};
use crate::hub::Hub;
use crate::keys::new_secret_bytes;
use crate::limits::SOURCES_PER_COMPANY;
use crate::listing::{List, Paging, raw_at};
use crate::openapi::{Gone, Made, Now, says};
use crate::problem::{Problem, codes};
use crate::rejections::Refusals;

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/sources",
            get_with(list, says("listSources", "List sources", ""))
                .post_with(create, says("createSource", "Make a source", MAKING)),
        )
        .api_route(
            "/sources/{id}",
            get_with(show, says("getSource", "Show a source", ""))
                .patch_with(update, says("updateSource", "Change a source", CHANGING))
                .delete_with(remove, says("deleteSource", "Remove a source", REMOVING)),
        )
        .api_route(
            "/sources/{id}/rejections",
            get_with(rejections, says("showRejections", "Show why requests were refused", REJECTIONS)),
        )
        .with_path_items(|item| item.tag("Sources"))
}

const COLLECTION: &str = "sources";

const MAKING: &str = "Give the `url` of the answer to the platform. The answer shows the credentials, and the token that may \
    be part of the URL, this once.";
const CHANGING: &str = "What is left out stays as it is. Credentials are replaced as a whole and at once, and shown in the \
    answer, this once. `rotate` replaces them with an overlap.";
const REMOVING: &str = "Its URL leads nowhere from then on. What was received stays.";
const REJECTIONS: &str = "Counted since the hub started; the last few with the reason, and no secret.";

/// A source, as it is shown.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Source")]
pub(crate) struct SourceView {
    id: SourceId,
    platform: String,
    name: String,
    /// Where the platform sends its webhooks. A token that is part of it is told once, when the source is made.
    url: String,
    /// What the platform signs with: told once, when it is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<Value>,
    /// Until when webhooks are accepted with the credentials before these as well. Left out if they are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    old_credentials_until: Option<Timestamp>,
    /// Where what its webhooks only point at is fetched, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    fetch: Option<FetchView>,
    /// Requests refused since the hub started.
    rejected: u64,
    /// What came in the last 24 hours, by what became of it: only where a single source is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_24_hours: Option<ReceiptCount>,
    created_at: Timestamp,
}

/// A source to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSource {
    /// Which platform it is.
    #[schemars(with = "DialectName")]
    platform: String,
    /// What people call it.
    #[serde(default)]
    #[schemars(length(max = 1000), regex(pattern = TEXT))]
    name: String,
    /// What the platform's webhooks are verified with, in the shape that the platform wants. What is not given is made.
    credentials: Option<Value>,
    /// Where what its webhooks only point at is fetched. Without it they are told as thinly as they come.
    fetch: Option<FetchForm>,
}

/// What is to be another with a source.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceChange {
    /// What people call it.
    #[serde(default, deserialize_with = "as_usual")]
    #[schemars(length(max = 1000), regex(pattern = TEXT))]
    name: Option<String>,
    /// What the platform's webhooks are verified with from now on.
    credentials: Option<Value>,
    /// Where what its webhooks only point at is fetched from now on, replaced as a whole; null: nowhere.
    #[serde(default, deserialize_with = "taken_away")]
    #[schemars(with = "Option<FetchForm>")]
    #[expect(clippy::option_option, reason = "left out, null and given are three things")]
    fetch: Option<Option<FetchForm>>,
}

pub(super) fn view(hub: &Hub, source: &Source, with_secrets: bool) -> SourceView {
    let mut url = format!("{}/in/{}", hub.public_url, source.id);
    if let Some(token) = source.credentials.0.get("token").and_then(Value::as_str) {
        url.push('/');
        url.push_str(if with_secrets { token } else { "{token}" });
    }
    SourceView {
        id: source.id,
        platform: source.platform.clone(),
        name: source.name.clone(),
        url,
        credentials: with_secrets.then(|| source.credentials.0.clone()),
        old_credentials_until: source.rotated.as_ref().map(|it| it.until).filter(|until| hub.now() < *until),
        fetch: FetchView::of(source),
        rejected: hub.rejections.total_of(source.id),
        last_24_hours: None,
        created_at: source.created_at,
    }
}

pub(super) fn find(hub: &Hub, caller: Caller, id: SourceId) -> Result<Arc<Source>, Problem> {
    let directory = hub.ledger.directory();
    let source = directory.source(id).filter(|source| source.company == caller.company);
    source.cloned().ok_or_else(|| Problem::not_found("source"))
}

async fn list(
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

async fn create(
    State(hub): State<Arc<Hub>>,
    Admin(caller): Admin,
    Posted { body: new, once }: Posted<NewSource>,
) -> Result<Made<SourceView>, Problem> {
    if let Some(before) = configuring::made_before(&hub, COLLECTION, once.as_ref()).await? {
        return Ok(before);
    }
    check_text("name", &new.name)?;
    let dialect = dialect(&new.platform).ok_or_else(|| {
        let known: Vec<&str> = callboard_dialects::DIALECTS.iter().map(|dialect| dialect.name()).collect();
        Problem::new(codes::UNKNOWN_PLATFORM, format!("`platform` is one of {}", known.join(", ")))
    })?;
    let credentials = credentials(dialect, new.credentials.as_ref())?;
    let fetch = match new.fetch {
        Some(form) => Some(form.check(&hub, &new.platform, &credentials.0).await?),
        None => None,
    };
    let _configuring = hub.configuring(caller.company).await?;
    // Whoever waited here for the same request finds that it has been carried out.
    if let Some(before) = configuring::made_before(&hub, COLLECTION, once.as_ref()).await? {
        return Ok(before);
    }
    check_room(&hub, caller)?;
    let source = Source {
        id: hub.mint(),
        company: caller.company,
        rotated: None,
        credentials,
        platform: new.platform,
        name: new.name,
        created_at: hub.now(),
        fetch,
    };
    let new = New {
        collection: COLLECTION,
        shown: view(&hub, &source, true),
        kept: view(&hub, &source, false),
        version: Some(hub.version_of(&source)),
    };
    configuring::make(&hub, vec![Change::PutSource(source)], once, new).await
}

/// May the company have one more? That is so only as long as nobody else configures anything.
fn check_room(hub: &Hub, caller: Caller) -> Result<(), Problem> {
    let directory = hub.ledger.directory();
    let mine = directory.sources().filter(|source| source.company == caller.company);
    if mine.count() < SOURCES_PER_COMPANY {
        return Ok(());
    }
    let detail = format!("a company may have {SOURCES_PER_COMPANY} sources");
    Err(Problem::new(codes::TOO_MANY_SOURCES, detail))
}

fn credentials(dialect: &dyn Dialect, given: Option<&Value>) -> Result<Sealed, Problem> {
    check_credentials(given)?;
    dialect
        .credentials(given, Role::Source, &mut new_secret_bytes)
        .and_then(|credentials| dialect.verifier(&credentials).map(|_| Sealed(credentials)))
        .map_err(|error| Problem::new(codes::BAD_CREDENTIALS, error.to_string()))
}

async fn show(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<SourceId>,
) -> Result<Now<SourceView>, Problem> {
    let source = find(&hub, caller, id)?;
    let from = raw_at(hub.now() - SignedDuration::from_hours(24));
    let mut shown = view(&hub, &source, false);
    shown.last_24_hours = Some(hub.ledger.read(move |reader| reader.receipt_count(id, from)).await?);
    Ok(configuring::now(&shown, hub.version_of(&source)))
}

async fn update(
    State(hub): State<Arc<Hub>>,
    Admin(caller): Admin,
    Id(id): Id<SourceId>,
    if_match: IfMatch,
    Body(change): Body<SourceChange>,
) -> Result<Now<SourceView>, Problem> {
    let fetch = match change.fetch {
        Some(Some(form)) => {
            let known = find(&hub, caller, id)?;
            let of_source = change.credentials.as_ref().unwrap_or(&known.credentials.0);
            Some(Some(form.check(&hub, &known.platform, of_source).await?))
        }
        Some(None) => Some(None),
        None => None,
    };
    let configuring = hub.configuring(caller.company).await?;
    let mut source = Source::clone(&*find(&hub, caller, id)?);
    if_match.check(hub.version_of(&source))?;
    if let Some(name) = change.name {
        check_text("name", &name)?;
        source.name = name;
    }
    let new_credentials = change.credentials.is_some();
    if new_credentials {
        let dialect = dialect(&source.platform).ok_or_else(|| Problem::not_found("platform"))?;
        source.credentials = credentials(dialect, change.credentials.as_ref())?;
        source.rotated = None;
    }
    if let Some(fetch) = fetch {
        source.fetch = fetch;
    }
    let now = configuring::now(&view(&hub, &source, new_credentials), hub.version_of(&source));
    configuring.change(vec![Change::PutSource(source)]).await?;
    Ok(now)
}

async fn remove(
    State(hub): State<Arc<Hub>>,
    Admin(caller): Admin,
    Id(id): Id<SourceId>,
    if_match: IfMatch,
) -> Result<Gone, Problem> {
    let configuring = hub.configuring(caller.company).await?;
    if_match.check(hub.version_of(&find(&hub, caller, id)?))?;
    configuring.change(vec![Change::DeleteSource(id)]).await?;
    hub.rejections.forget(id);
    Ok(Gone::nothing())
}

async fn rejections(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<SourceId>,
) -> Result<Json<Refusals>, Problem> {
    find(&hub, caller, id)?;
    Ok(Json(hub.rejections.of(id)))
}
