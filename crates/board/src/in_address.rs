//! What an address asks for beyond its path.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::listing::encoded;

/// What is asked for behind the `?`. What cannot be read asks for nothing: an address may have been cut off, or written by hand.
pub(crate) struct InAddress<T>(pub(crate) T);

impl<T: DeserializeOwned + Default, S: Sync> FromRequestParts<S> for InAddress<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Query::try_from_uri(&parts.uri).map(|Query(asked)| asked).unwrap_or_default()))
    }
}

/// An address that asks for everything that is not empty.
pub(crate) fn asking(path: &str, named: &[(&str, &str)]) -> String {
    let asked = named.iter().filter(|(_, value)| !value.is_empty());
    let asked: Vec<String> = asked.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    if asked.is_empty() { path.to_owned() } else { format!("{path}?{}", asked.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_is_asked_for_and_nothing_in_it_asks_for_more() {
        assert_eq!(asking("/v1/events", &[("type", ""), ("cursor", "")]), "/v1/events");
        assert_eq!(asking("/x", &[("a", "1&b=2"), ("c", ""), ("d", "ä")]), "/x?a=1%26b%3D2&d=%C3%A4");
    }
}
