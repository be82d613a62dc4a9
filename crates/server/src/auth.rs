//! Who is asking: a bearer key, which belongs to one company and has a scope.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use callboard_core::{CompanyId, KeyId};
use callboard_ledger::Scope;

use crate::hub::Hub;
use crate::keys::known;
use crate::problem::{Problem, codes};

/// The company on whose behalf a request is made, and how far the key reaches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller {
    pub(crate) company: CompanyId,
    pub(crate) key: KeyId,
    scope: Scope,
}

impl Caller {
    pub(crate) fn require(self, scope: Scope) -> Result<Self, Problem> {
        if self.scope >= scope {
            return Ok(self);
        }
        let detail = format!(
            "this key may {:?}, which is not enough: a key with scope {scope:?} is needed",
            self.scope
        );
        Err(Problem::new(codes::SCOPE_TOO_SMALL, detail.to_lowercase()))
    }
}

/// A caller who may change what happens.
pub(crate) struct Writer(pub(crate) Caller);

/// A caller who may change who may do what, and who is told.
pub(crate) struct Admin(pub(crate) Caller);

impl FromRequestParts<Arc<Hub>> for Writer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<Self, Problem> {
        Caller::from_request_parts(parts, hub).await?.require(Scope::Write).map(Self)
    }
}

impl FromRequestParts<Arc<Hub>> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<Self, Problem> {
        Caller::from_request_parts(parts, hub).await?.require(Scope::Admin).map(Self)
    }
}

impl FromRequestParts<Arc<Hub>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<Self, Problem> {
        let refused = |detail: &str| Problem::new(codes::UNAUTHORIZED, detail);
        let authorization = parts
            .headers
            .get(header::AUTHORIZATION)
            .ok_or_else(|| refused("send `Authorization: Bearer <key>`"))?;
        let key = authorization
            .to_str()
            .ok()
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, key)| key.trim())
            .ok_or_else(|| refused("the Authorization header is not of the form `Bearer <key>`"))?;
        let directory = hub.ledger.directory();
        let key = known(&directory, key).ok_or_else(|| refused("no such key"))?;
        Ok(Self { company: key.company, key: key.id, scope: key.scope })
    }
}
