//! Who calls: a JWT by a key of kind `skype`, as Microsoft's own API wants it (platforms.md 2.2).

use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use callboard_core::{KeyId, Timestamp};
use callboard_dialects::rest::skype::Token;
use callboard_dialects::{Rejection, Request as Verified, dialect};
use callboard_ledger::{Key, Scope, SigningPair};
use serde_json::json;

use super::PLATFORM;
use super::memory::{Memory, NotTaken};
use crate::api::body::said_once;
use crate::hub::Hub;
use crate::inbox::{Text, read_limited};
use crate::limits::{SKYPE_SKEW, SKYPE_TOKEN_TIME};
use crate::platforms::error_object::ErrorObject;
use crate::platforms::partner::Partner;
use crate::problem::codes;

/// An authentic call.
pub(super) struct Call {
    pub(super) partner: Partner,
    pub(super) body: Bytes,
    scope: Scope,
}

impl Call {
    /// The call, if its key may do this.
    pub(super) fn require(self, scope: Scope) -> Result<Self, ErrorObject> {
        if self.scope >= scope {
            return Ok(self);
        }
        let message = format!("this key may {:?}; a key with scope {scope:?} is needed", self.scope);
        Err(ErrorObject::new(codes::SCOPE_TOO_SMALL, message.to_lowercase()))
    }
}

impl FromRequest<Arc<Hub>> for Call {
    type Rejection = ErrorObject;

    async fn from_request(request: Request, hub: &Arc<Hub>) -> Result<Self, ErrorObject> {
        let memory = request.extensions().get::<Arc<Memory>>().cloned();
        let memory = memory.expect("every route of this API has a memory of its tokens");
        let (parts, body) = request.into_parts();
        let body = read_limited(body).await?;
        let headers = Text(&parts.headers);
        let token = Token::read(&headers).map_err(ErrorObject::not_authentic)?;
        let key = hub.ledger.directory().key_by_api_key(&token.issuer).cloned();
        let (key, pair) = key
            .as_ref()
            .and_then(|key| Some((key, key.signing.as_ref()?)))
            .ok_or_else(|| ErrorObject::not_authentic(unknown()))?;
        let now = hub.now();
        let request = Verified { headers: &headers, token: None, body: &body };
        verify(pair, &request, now).map_err(ErrorObject::not_authentic)?;
        take(&memory, key, &token, now)?;
        said_once(&body)?;
        let partner = Partner { hub: Arc::clone(hub), company: key.company, platform: PLATFORM };
        Ok(Self { partner, body, scope: key.scope })
    }
}

/// The same for a key that is not there and for a signature that is wrong.
fn unknown() -> Rejection {
    Rejection::new("signature", "the token is not signed with the secret of an API key that is known here")
}

fn verify(pair: &SigningPair, request: &Verified<'_>, now: Timestamp) -> Result<(), Rejection> {
    let credentials = json!({"api_key": pair.api_key, "api_secret": pair.api_secret.0});
    let skype = dialect(PLATFORM).expect("the dialect is in the table");
    let verifier = skype.verifier(&credentials).map_err(|_| unknown())?;
    match verifier.verify(request, now) {
        Ok(_) => Ok(()),
        Err(rejection) if rejection.code == "signature" => Err(unknown()),
        Err(rejection) => Err(rejection),
    }
}

/// A token is good for one call, and not for longer than can be remembered.
fn take(memory: &Memory, key: &Key, token: &Token, now: Timestamp) -> Result<(), ErrorObject> {
    let id: KeyId = key.id;
    if token.ends.duration_since(now) > SKYPE_TOKEN_TIME {
        let message =
            "the token's `exp` is too far away: a token holds for ten seconds, and an hour at the most";
        return Err(ErrorObject::not_authentic(Rejection::new("clock", message)));
    }
    let ends = token.ends.saturating_add(SKYPE_SKEW).unwrap_or(Timestamp::MAX);
    memory.take(id, &token.unique, ends, now).map_err(|reason| match reason {
        NotTaken::Before => {
            let message = "a token with this `jti` has been used; make a new one for each call";
            ErrorObject::not_authentic(Rejection::new("replayed", message))
        }
        NotTaken::TooMany => ErrorObject::new(codes::BUSY, "too many tokens are in use at once"),
    })
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;
    use callboard_core::Identifier;
    use jiff::SignedDuration;

    use super::*;
    use crate::limits::SKYPE_TOKENS;
    use crate::testing::{company, now};

    fn key() -> Key {
        Key {
            id: KeyId::from_raw(2),
            company: company(),
            name: String::new(),
            scope: Scope::Write,
            hash: String::new(),
            created_at: now(),
            signing: None,
            token_hash: None,
        }
    }

    fn token(unique: &str, holds_for: SignedDuration) -> Token {
        Token { issuer: String::new(), unique: unique.to_owned(), ends: now() + holds_for }
    }

    #[test]
    fn a_token_that_holds_for_more_than_an_hour_is_not_taken() {
        let memory = Memory::default();
        assert!(take(&memory, &key(), &token("1", SKYPE_TOKEN_TIME), now()).is_ok());
        let longer = token("2", SKYPE_TOKEN_TIME + SignedDuration::from_nanos(1));
        let refused = take(&memory, &key(), &longer, now()).unwrap_err().into_response();
        assert_eq!(refused.status(), 401);
    }

    #[test]
    fn who_calls_when_no_token_can_be_remembered_is_told_to_come_again() {
        let memory = Memory::default();
        for number in 0..SKYPE_TOKENS {
            assert!(take(&memory, &key(), &token(&number.to_string(), SKYPE_TOKEN_TIME), now()).is_ok());
        }
        let refused = take(&memory, &key(), &token("one more", SKYPE_TOKEN_TIME), now()).unwrap_err();
        let refused = refused.into_response();
        assert_eq!((refused.status().as_u16(), refused.headers().contains_key("retry-after")), (503, true));
    }
}
