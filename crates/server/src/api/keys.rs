//! `/v1/keys`: who may ask.

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use callboard_core::{KeyId, Timestamp};
use callboard_ledger::{Change, Key, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body::{Asked, Body, Id};
use super::text::check_text;
use crate::auth::Caller;
use crate::hub::Hub;
use crate::keys::{hash_key, new_key};
use crate::listing::{List, Paging};
use crate::openapi::says;
use crate::problem::{Problem, codes};

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/keys",
            get_with(list, says("listKeys", "List keys", ""))
                .post_with(create, says("createKey", "Make a key", "")),
        )
        .api_route("/keys/{id}", delete_with(remove, says("deleteKey", "Withdraw a key", "")))
        .with_path_items(|item| item.tag("Keys"))
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct KeyView {
    id: KeyId,
    name: String,
    scope: Scope,
    created_at: Timestamp,
    /// The key itself: told once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

impl From<&Key> for KeyView {
    fn from(key: &Key) -> Self {
        Self { id: key.id, name: key.name.clone(), scope: key.scope, created_at: key.created_at, key: None }
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewKey {
    name: String,
    scope: Scope,
}

pub(crate) async fn list(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<KeyView>>, Problem> {
    let caller = caller.require(Scope::Admin)?;
    let page = paging.page::<KeyId>()?;
    let directory = hub.ledger.directory();
    let keys = directory
        .keys()
        .filter(|key| key.company == caller.company)
        .map(|key| KeyView::from(&**key))
        .collect();
    Ok(List::cut(keys, page, |key: &KeyView| key.id))
}

pub(crate) async fn create(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Body(new): Body<NewKey>,
) -> Result<(StatusCode, Json<KeyView>), Problem> {
    let caller = caller.require(Scope::Admin)?;
    check_text("name", &new.name)?;
    let secret = new_key();
    let key = Key {
        id: hub.mint(),
        company: caller.company,
        name: new.name,
        scope: new.scope,
        hash: hash_key(&secret),
        created_at: hub.now(),
        signing: None,
        token_hash: None,
    };
    let view = KeyView { key: Some(secret), ..KeyView::from(&key) };
    hub.ledger.change(vec![Change::PutKey(key)]).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

pub(crate) async fn remove(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<KeyId>,
) -> Result<StatusCode, Problem> {
    let caller = caller.require(Scope::Admin)?;
    let directory = hub.ledger.directory();
    let known = directory.keys().any(|key| key.id == id && key.company == caller.company);
    if !known {
        return Err(Problem::not_found("key"));
    }
    let is_admin = |key: &&Arc<Key>| key.company == caller.company && key.scope == Scope::Admin;
    if directory.keys().filter(is_admin).all(|key| key.id == id) {
        return Err(Problem::new(
            codes::LAST_ADMIN_KEY,
            "this is the last key that may make keys; make another first",
        ));
    }
    hub.ledger.change(vec![Change::DeleteKey(id)]).await?;
    Ok(StatusCode::NO_CONTENT)
}
