//! What a request to the API says, checked on the way in.

use std::str::FromStr;

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use callboard_core::{IdError, Identifier, RefusalCode};
use schemars::JsonSchema;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};

use super::strict::{Strict, doubled_member};
use crate::inbox::{is_json, read_limited};
use crate::problem::{Problem, codes};

/// A JSON body. An empty one reads as `{}`.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let (_, body) = read_json(&parts.headers, body).await?;
        Ok(Self(body))
    }
}

/// A body's bytes, and what they say. One that says nothing of its type is taken for JSON.
pub(crate) async fn read_json<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: axum::body::Body,
) -> Result<(Bytes, T), Problem> {
    let bytes = read_limited(body).await?;
    if let Some(given) = headers.get(header::CONTENT_TYPE).filter(|_| !bytes.is_empty())
        && !given.to_str().is_ok_and(is_json)
    {
        return Err(Problem::new(
            codes::NOT_JSON,
            "the body is not said to be JSON: send `application/json`",
        ));
    }
    let json: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
    let said =
        serde_json::from_slice(json).map_err(|error| Problem::new(codes::BAD_BODY, error.to_string()))?;
    check_object::<T>(json)?;
    Ok((bytes, said))
}

/// Every body is one object, in which each member is there once, and no list stands for an object.
fn check_object<T: DeserializeOwned>(json: &[u8]) -> Result<(), Problem> {
    let bad = |detail: String| Problem::new(codes::BAD_BODY, detail);
    if !json.trim_ascii_start().starts_with(b"{") {
        return Err(bad("the body is no JSON object".to_owned()));
    }
    said_once(json)?;
    let value = serde_json::from_slice(json).map_err(|error| bad(error.to_string()))?;
    serde_path_to_error::deserialize::<_, T>(Strict(value)).map_err(|error| bad(error.to_string()))?;
    Ok(())
}

/// Says of JSON in which a member is there twice that it is.
pub(crate) fn said_once(json: &[u8]) -> Result<(), Problem> {
    match doubled_member(json) {
        None => Ok(()),
        Some(name) => Err(Problem::new(codes::BAD_BODY, format!("`{name}` is there twice"))),
    }
}

/// A member that may be given as null, which takes away what was there; left out, it stays.
#[expect(clippy::option_option, reason = "left out, null and given are three things")]
pub(crate) fn taken_away<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A member that may be given as null, which makes it what it is when nobody has said anything; left out, it stays.
pub(crate) fn as_usual<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer).map(|given: Option<T>| Some(given.unwrap_or_default()))
}

/// A whole number, which JSON may also write as `5.0`.
pub(crate) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let number = serde_json::Number::deserialize(deserializer)?;
    let exact = |it: &f64| it.fract() == 0.0 && it.abs() < MOST_EXACT;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole, and far from the ends of an i64")]
    let written_otherwise = || number.as_f64().filter(exact).map(|it| it as i64);
    let read = number.as_i64().or_else(written_otherwise);
    read.ok_or_else(|| D::Error::custom(format!("`{number}` is no whole number")))
}

/// Up to here, a float is exactly the number that was written: 2 to the power of 53.
const MOST_EXACT: f64 = 9_007_199_254_740_992.0;

/// The body of a request that says everything by its address.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// An id in the path. One that cannot be read names nothing.
pub(crate) struct Id<I>(pub(crate) I);

impl<I: Identifier, S: Send + Sync> FromRequestParts<S> for Id<I> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let error = |detail: String| Problem::new(RefusalCode::NOT_FOUND.into(), detail);
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| error(rejection.to_string()))?;
        text.parse().map(Self).map_err(|reason: IdError| error(reason.to_string()))
    }
}

/// An id in the path, and a part below it.
pub(crate) struct Within<I, P>(pub(crate) I, pub(crate) P);

impl<I: Identifier, P: FromStr, S: Send + Sync> FromRequestParts<S> for Within<I, P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let error = |detail: String| Problem::new(RefusalCode::NOT_FOUND.into(), detail);
        let Path((id, part)) = Path::<(String, String)>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| error(rejection.to_string()))?;
        let id = id.parse().map_err(|reason: IdError| error(reason.to_string()))?;
        let part = part.parse().map_err(|_| error(format!("there is no `{part}`")))?;
        Ok(Self(id, part))
    }
}

/// What stands behind the `?`.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(query) = Query::<T>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| Problem::new(codes::BAD_QUERY, rejection.body_text()))?;
        Ok(Self(query))
    }
}
