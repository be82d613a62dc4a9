//! Who is asking, and where: a token that stands for an API key, and the company that the path names.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{Uri, header};
use callboard_ledger::{Company, Directory};
use serde::Deserialize;

use super::refused::Refused;
use crate::hub::Hub;
use crate::keys::known_by_token;

/// A request of someone who may see what is in this company.
pub(super) struct Visit {
    pub(super) hub: Arc<Hub>,
    pub(super) company: Arc<Company>,
    pub(super) place: Place,
    pub(super) uri: Uri,
}

/// What the path names.
#[derive(Default, Deserialize)]
pub(super) struct Place {
    company: Option<String>,
    pub(super) project: Option<String>,
    pub(super) collection: Option<String>,
    pub(super) id: Option<String>,
}

impl FromRequestParts<Arc<Hub>> for Visit {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<Self, Refused> {
        let company = company(parts, &hub.ledger.directory())?;
        let place = Option::<Path<Place>>::from_request_parts(parts, hub).await;
        let place = place.map_err(|_| Refused::not_found())?.map(|Path(place)| place).unwrap_or_default();
        // A company of someone else's is refused in the same way as one that is not there.
        if place.company.as_deref().is_some_and(|name| !is_named(&company, name)) {
            return Err(Refused::forbidden());
        }
        Ok(Self { hub: Arc::clone(hub), company, place, uri: parts.uri.clone() })
    }
}

/// The company whose key the token stands for.
fn company(parts: &Parts, directory: &Directory) -> Result<Arc<Company>, Refused> {
    let refused = || Refused::unauthorized("Authentication credentials were not provided.");
    let authorization = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) = authorization.and_then(|it| it.split_once(' ')).ok_or_else(refused)?;
    if !scheme.eq_ignore_ascii_case("token") {
        return Err(refused());
    }
    let key = known_by_token(directory, token.trim());
    let company = key.and_then(|key| directory.company(key.company));
    company.cloned().ok_or_else(|| Refused::unauthorized("Invalid token."))
}

/// Is this what the company is called? By its id, or by its name in any case of letters.
pub(super) fn is_named(company: &Company, name: &str) -> bool {
    company.id.to_string() == name || company.name.eq_ignore_ascii_case(name.trim())
}
