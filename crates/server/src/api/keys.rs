//! `/v1/keys`: who may ask.

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with};
use axum::Json;
use axum::extract::State;
use callboard_core::{CompanyId, KeyId, Sealed, Timestamp};
use callboard_ledger::{Change, Key, Scope, SigningPair};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::asking::Posted;
use super::body::{Asked, Id};
use super::configuring::{self, New};
use super::text::{TEXT, check_text};
use crate::auth::{Admin, Caller};
use crate::hub::Hub;
use crate::keys::{hash_key, hash_token_of, new_guid, new_key, new_secret_text};
use crate::limits::KEYS_PER_COMPANY;
use crate::listing::{List, Paging};
use crate::openapi::{Gone, Made, refused_with, says};
use crate::problem::{Problem, codes};

const COLLECTION: &str = "keys";

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/keys",
            get_with(list, says("listKeys", "List keys", ""))
                .post_with(create, says("createKey", "Make a key", MAKING)),
        )
        .api_route(
            "/keys/{id}",
            delete_with(remove, |it| refused_with(says("deleteKey", "Withdraw a key", REMOVING)(it), &[409])),
        )
        .with_path_items(|item| item.tag("Keys"))
}

const MAKING: &str = "The answer shows the key, this once. Of the kind `skype` it is a pair, `api_key` and `api_secret`, which \
    signs the JSON Web Tokens that the API in Skype's shape takes; it opens nothing else.";
const REMOVING: &str = "It opens nothing from then on. A company's last key that may make keys stays.";

/// What a key is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyKind {
    /// It is sent with each request.
    #[default]
    Bearer,
    /// It signs Skype's JSON Web Tokens.
    Skype,
}

/// A key, as it is shown.
#[derive(Clone, Serialize, JsonSchema)]
#[schemars(rename = "Key")]
pub(crate) struct KeyView {
    id: KeyId,
    name: String,
    scope: Scope,
    kind: KeyKind,
    created_at: Timestamp,
    /// The key itself: told once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// What a signing key is called: the `iss` of a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<String>,
    /// What a signing key signs with: told once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    api_secret: Option<String>,
}

impl From<&Key> for KeyView {
    fn from(key: &Key) -> Self {
        Self {
            id: key.id,
            name: key.name.clone(),
            scope: key.scope,
            kind: if key.signing.is_some() { KeyKind::Skype } else { KeyKind::Bearer },
            created_at: key.created_at,
            key: None,
            api_key: key.signing.as_ref().map(|pair| pair.api_key.clone()),
            api_secret: None,
        }
    }
}

/// A key to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewKey {
    /// What people call it.
    #[schemars(length(max = 1000), regex(pattern = TEXT))]
    name: String,
    /// What it may do.
    scope: Scope,
    /// What it is for; `bearer` if nothing else is said.
    #[serde(default)]
    kind: KeyKind,
}

/// A new key of a company, and how it is shown this once.
pub(super) fn new(
    hub: &Hub,
    company: CompanyId,
    name: String,
    scope: Scope,
    kind: KeyKind,
) -> (Key, KeyView) {
    let (id, created_at) = (hub.mint(), hub.now());
    let mut key =
        Key { id, company, name, scope, hash: String::new(), token_hash: None, signing: None, created_at };
    let shown = match kind {
        KeyKind::Bearer => {
            let secret = new_key();
            key.hash = hash_key(&secret);
            key.token_hash = Some(hash_token_of(&secret));
            KeyView { key: Some(secret), ..KeyView::from(&key) }
        }
        KeyKind::Skype => {
            let secret = new_secret_text();
            let api_secret = Sealed(secret.clone().into());
            key.signing = Some(SigningPair { api_key: new_guid(), api_secret });
            KeyView { api_secret: Some(secret), ..KeyView::from(&key) }
        }
    };
    (key, shown)
}

async fn list(
    State(hub): State<Arc<Hub>>,
    Admin(caller): Admin,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<KeyView>>, Problem> {
    let page = paging.page::<KeyId>()?;
    let directory = hub.ledger.directory();
    let keys = directory
        .keys()
        .filter(|key| key.company == caller.company)
        .map(|key| KeyView::from(&**key))
        .collect();
    Ok(List::cut(keys, page, |key: &KeyView| key.id))
}

async fn create(
    State(hub): State<Arc<Hub>>,
    Admin(caller): Admin,
    Posted { body, once }: Posted<NewKey>,
) -> Result<Made<KeyView>, Problem> {
    check_text("name", &body.name)?;
    let _configuring = hub.configuring(caller.company).await?;
    // Whoever waited here for the same request finds that it has been carried out.
    if let Some(before) = configuring::made_before(&hub, COLLECTION, once.as_ref()).await? {
        return Ok(before);
    }
    check_room(&hub, caller)?;
    let (key, shown) = new(&hub, caller.company, body.name, body.scope, body.kind);
    let new = New { collection: COLLECTION, shown, kept: KeyView::from(&key), version: None };
    configuring::make(&hub, vec![Change::PutKey(key)], once, new).await
}

/// May the company have one more? That is so only as long as nobody else configures anything.
fn check_room(hub: &Hub, caller: Caller) -> Result<(), Problem> {
    let directory = hub.ledger.directory();
    if directory.keys().filter(|key| key.company == caller.company).count() < KEYS_PER_COMPANY {
        return Ok(());
    }
    Err(Problem::new(codes::TOO_MANY_KEYS, format!("a company may have {KEYS_PER_COMPANY} keys")))
}

async fn remove(
    State(hub): State<Arc<Hub>>,
    Admin(caller): Admin,
    Id(id): Id<KeyId>,
) -> Result<Gone, Problem> {
    let configuring = hub.configuring(caller.company).await?;
    let directory = hub.ledger.directory();
    let known = directory.keys().any(|key| key.id == id && key.company == caller.company);
    if !known {
        return Err(Problem::not_found("key"));
    }
    // A key that signs cannot be used here: it makes no keys.
    let makes_keys =
        |key: &&Arc<Key>| key.company == caller.company && key.scope == Scope::Admin && key.signing.is_none();
    if directory.keys().filter(makes_keys).all(|key| key.id == id) {
        return Err(Problem::new(
            codes::LAST_ADMIN_KEY,
            "this is the last key that may make keys; make another first",
        ));
    }
    configuring.change(vec![Change::DeleteKey(id)]).await?;
    Ok(Gone::nothing())
}
