//! Who may ask: keys, each shown once.

use askama::Template;
use axum::extract::{Form, Path};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use callboard_core::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::{Api, Fault, IDEMPOTENCY_KEY};
use crate::listing::{self, encoded};
use crate::page;
use crate::session::Visitor;

/// What a key may do.
pub(super) const SCOPES: [(&str, &str); 3] = [
    ("read", "look"),
    ("write", "look, and change interviews and deliveries"),
    ("admin", "everything: sources, endpoints, keys, settings too"),
];
/// What a key is for.
pub(super) const KINDS: [(&str, &str); 2] =
    [("bearer", "this board and the API"), ("skype", "signing tokens for the API in Skype's shape")];

/// A key as the API shows it; the secrets only to whoever makes it.
#[derive(Debug, Deserialize)]
pub(super) struct Key {
    pub(super) id: String,
    name: String,
    pub(super) scope: String,
    kind: String,
    pub(super) created_at: Timestamp,
    /// What is sent with each request.
    #[serde(rename = "key")]
    bearer: Option<String>,
    /// What a key that signs is called.
    #[serde(rename = "api_key")]
    issuer: Option<String>,
    api_secret: Option<String>,
}

#[derive(Template)]
#[template(path = "settings_key.html")]
struct Once {
    key: Key,
}

#[derive(Template)]
#[template(path = "settings_key_remove.html")]
struct Asking {
    key: Key,
}

impl Once {
    const SECTION: &str = "Settings";
}

impl Asking {
    const SECTION: &str = "Settings";
}

impl Key {
    /// What to call it.
    pub(super) fn name(&self) -> &str {
        if self.name.is_empty() { "without a name" } else { &self.name }
    }

    pub(super) fn kind_words(&self) -> &str {
        KINDS.iter().find(|(kind, _)| *kind == self.kind).map_or(&self.kind, |(_, words)| *words)
    }

    /// What is told this once, each by what it is called.
    fn secrets(&self) -> Vec<(&'static str, &str)> {
        let told = [
            ("key", self.bearer.as_ref()),
            ("api_key", self.issuer.as_ref()),
            ("api_secret", self.api_secret.as_ref()),
        ];
        told.into_iter().filter_map(|(name, value)| Some((name, value?.as_str()))).collect()
    }

    fn is_told(&self) -> bool {
        self.bearer.is_some() || self.api_secret.is_some()
    }
}

/// All keys, if the visitor's may see them.
pub(super) async fn all(api: &Api) -> Result<Option<Vec<Key>>, Fault> {
    match listing::all(api, "/v1/keys").await {
        Ok(keys) => Ok(Some(keys)),
        Err(fault) if fault.is_forbidden() => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// A key to be made.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    name: String,
    scope: String,
    kind: String,
    #[serde(default)]
    once: String,
}

/// The key is shown in the answer: it is told once, and stands in no address.
pub(super) async fn make(visitor: Visitor, Form(wanted): Form<Wanted>) -> Result<Response, Fault> {
    let Wanted { name, scope, kind, once } = wanted;
    let once = (IDEMPOTENCY_KEY, once.as_str());
    let body = json!({ "name": name.trim(), "scope": scope, "kind": kind });
    let key: Key = visitor.api.send_if(once, Method::POST, "/v1/keys", &body).await?;
    Ok((StatusCode::CREATED, page::draw(&Once { key })).into_response())
}

pub(super) async fn ask_to_remove(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Fault> {
    let keys: Vec<Key> = listing::all(&visitor.api, "/v1/keys").await?;
    Ok(match keys.into_iter().find(|key| key.id == id) {
        Some(key) => page::draw(&Asking { key }).into_response(),
        None => page::not_found().await.into_response(),
    })
}

pub(super) async fn remove(visitor: Visitor, Path(id): Path<String>) -> Result<Redirect, Fault> {
    let path = format!("/v1/keys/{}", encoded(&id));
    let _: Value = visitor.api.send(Method::DELETE, &path, &json!({})).await?;
    Ok(Redirect::to("/board/settings?done=key#keys-made"))
}
