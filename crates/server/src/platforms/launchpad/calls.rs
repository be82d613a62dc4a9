//! Who calls: HTTP Basic with an API key as the user name (platforms.md 4.1). The password is left empty, and not looked at.

use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use callboard_ledger::Scope;

use super::PLATFORM;
use crate::api::body::said_once;
use crate::hub::Hub;
use crate::inbox::read_limited;
use crate::keys::known;
use crate::platforms::error_object::ErrorObject;
use crate::platforms::partner::Partner;
use crate::problem::codes;

/// How to say who one is.
const CHALLENGE: &str = "Basic realm=\"Callboard\", charset=\"UTF-8\"";

/// A call of someone who may change what happens.
pub(super) struct Call {
    pub(super) partner: Partner,
    pub(super) body: Bytes,
}

impl FromRequest<Arc<Hub>> for Call {
    type Rejection = ErrorObject;

    async fn from_request(request: Request, hub: &Arc<Hub>) -> Result<Self, ErrorObject> {
        let (parts, body) = request.into_parts();
        let refused = |message: &str| ErrorObject::unauthorized(CHALLENGE, message);
        let key = key(&parts.headers)
            .ok_or_else(|| refused("send the API key as the user name of HTTP Basic: `curl -u KEY:`"))?;
        let key = known(&hub.ledger.directory(), &key).cloned();
        let key = key.ok_or_else(|| refused("no such key"))?;
        if key.scope < Scope::Write {
            return Err(ErrorObject::new(
                codes::SCOPE_TOO_SMALL,
                "this key may only read; one that may write is needed",
            ));
        }
        let partner = Partner { hub: Arc::clone(hub), company: key.company, platform: PLATFORM };
        let body = read_limited(body).await?;
        said_once(&body)?;
        Ok(Self { partner, body })
    }
}

/// The user name of HTTP Basic.
fn key(headers: &HeaderMap) -> Option<String> {
    let (scheme, login) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let login = String::from_utf8(STANDARD.decode(login.trim()).ok()?).ok()?;
    let (key, _password) = login.split_once(':')?;
    Some(key.to_owned()).filter(|key| !key.is_empty())
}
