//! `POST /viasto/api-token-auth/`: a token for an API key (platforms.md 3.2).
//!
//! The password is an API key of the company, and the user name may be anything: Callboard's users have no passwords. The
//! token's hash is kept with the key since it was made.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header;
use callboard_core::CompanyId;
use callboard_ledger::{Change, Key};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::auth::is_named;
use super::refused::Refused;
use crate::api::body::said_once;
use crate::hub::Hub;
use crate::inbox::read_limited;
use crate::keys::{hash_token_of, known, token_of};

/// The longest that a token may be asked to live, in days. It is not held to less than the key's own life.
const MOST_DAYS: u64 = 30;
const NEEDED: [&str; 3] = ["username", "password", "company"];

/// Who logs in.
struct Credentials {
    password: String,
    company: String,
}

pub(super) async fn login(State(hub): State<Arc<Hub>>, request: Request) -> Result<Json<Value>, Refused> {
    let credentials = Credentials::read(&fields(request).await?)?;
    let key = key(&hub, &credentials)?;
    if key.token_hash.is_none() {
        note_token(&hub, key.company, &credentials).await?;
    }
    Ok(Json(json!({ "token": token_of(&credentials.password) })))
}

/// A key of an older store has no token yet. Whoever withdraws a key does so in turn with this: one that has gone meanwhile
/// does not come back.
async fn note_token(hub: &Hub, company: CompanyId, credentials: &Credentials) -> Result<(), Refused> {
    let configuring = hub.configuring(company).await?;
    let key = key(hub, credentials)?;
    let token_hash = Some(hash_token_of(&credentials.password));
    configuring.change(vec![Change::PutKey(Key { token_hash, ..Key::clone(&key) })]).await?;
    Ok(())
}

/// What is sent, as JSON or as a form.
async fn fields(request: Request) -> Result<Map<String, Value>, Refused> {
    let (parts, body) = request.into_parts();
    let body = read_limited(body).await?;
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if content_type.is_some_and(|it| it.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded"))
    {
        let pairs = form_urlencoded::parse(&body);
        return Ok(pairs.map(|(name, value)| (name.into_owned(), value.into_owned().into())).collect());
    }
    said_once(&body)?;
    serde_json::from_slice(&body).map_err(|error| Refused::malformed(&format!("JSON parse error - {error}")))
}

impl Credentials {
    fn read(fields: &Map<String, Value>) -> Result<Self, Refused> {
        let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut wrong: Map<String, Value> = NEEDED
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), trouble(fields.get(*name))?)))
            .collect();
        if fields.get("extended_expiration_period").is_some_and(|days| !is_period(days)) {
            let says = format!("A whole number of days from 1 to {MOST_DAYS} is required.");
            wrong.insert("extended_expiration_period".to_owned(), json!([says]));
        }
        if wrong.is_empty() {
            return Ok(Self { password: text("password"), company: text("company") });
        }
        Err(Refused::fields(wrong))
    }
}

fn trouble(field: Option<&Value>) -> Option<Value> {
    match field {
        None | Some(Value::Null) => Some(json!(["This field is required."])),
        Some(Value::String(text)) if text.trim().is_empty() => Some(json!(["This field may not be blank."])),
        Some(Value::String(_)) => None,
        Some(_) => Some(json!(["Not a valid string."])),
    }
}

/// A form has it as text.
fn is_period(days: &Value) -> bool {
    let number = days.as_u64().or_else(|| days.as_str()?.trim().parse().ok());
    days.is_null() || number.is_some_and(|days| (1..=MOST_DAYS).contains(&days))
}

fn key(hub: &Hub, credentials: &Credentials) -> Result<Arc<Key>, Refused> {
    let directory = hub.ledger.directory();
    let key = known(&directory, &credentials.password);
    let key = key.filter(|key| {
        directory.company(key.company).is_some_and(|company| is_named(company, &credentials.company))
    });
    key.cloned().ok_or_else(|| Refused::unauthorized("Unable to log in with provided credentials."))
}
