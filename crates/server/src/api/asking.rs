//! Requests that change something: asked once however often they are sent, and only of the version that was seen.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use bytes::Bytes;
use callboard_core::{CompanyId, Expected, RefusalCode, Timestamp};
use callboard_ledger::RequestKey;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::body::read_json;
use crate::auth::Caller;
use crate::hub::Hub;
use crate::limits::{IDEMPOTENCY_KEY_BYTES, IF_MATCH_TAGS};
use crate::problem::{Problem, codes};

/// A JSON body that may carry an `Idempotency-Key`.
pub(crate) struct Posted<T> {
    pub(crate) body: T,
    /// How the request is known again, if its sender wants it to be.
    pub(crate) once: Option<RequestKey>,
}

impl<T> Posted<T> {
    pub(crate) const MEANING: &str = "Makes the request one that can be sent again: within 24 hours, the same key with the \
        same request is answered as the first time, with `Idempotent-Replayed: true`, and comes to nothing new. Secrets \
        that are shown once are left out then.";
}

impl<T: DeserializeOwned> FromRequest<Arc<Hub>> for Posted<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, hub: &Arc<Hub>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, hub).await?;
        let key = idempotency_key(&parts.headers)?;
        let (bytes, body) = read_json(&parts.headers, body).await?;
        // What was asked for, not what is left of it for whoever answers: the same path may be there under several others.
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
        let once = key.map(|key| known_again(caller.company, key, &parts.method, uri, &bytes, hub.now()));
        Ok(Self { body, once })
    }
}

fn known_again(
    company: CompanyId,
    key: String,
    method: &Method,
    uri: &Uri,
    body: &Bytes,
    at: Timestamp,
) -> RequestKey {
    let mut hasher = Sha256::new();
    let target = uri.path_and_query().map_or(uri.path(), |it| it.as_str());
    for part in [method.as_str().as_bytes(), target.as_bytes(), body] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    RequestKey { company, key, fingerprint: hasher.finalize().into(), at }
}

/// The key without the quotes that may stand around it.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut given = headers.get_all("idempotency-key").iter();
    let Some(value) = given.next() else { return Ok(None) };
    let bad = || {
        let detail =
            format!("`Idempotency-Key` is 1 to {IDEMPOTENCY_KEY_BYTES} visible ASCII characters, once");
        Problem::new(codes::BAD_IDEMPOTENCY_KEY, detail)
    };
    let text = value.to_str().map_err(|_| bad())?;
    let key = text.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(text);
    let fits =
        (1..=IDEMPOTENCY_KEY_BYTES).contains(&key.len()) && key.bytes().all(|it| it.is_ascii_graphic());
    if !fits || given.next().is_some() {
        return Err(bad());
    }
    Ok(Some(key.to_owned()))
}

/// The versions that a change will do with; `None`: any.
pub(crate) struct IfMatch(pub(crate) Option<Vec<u64>>);

impl IfMatch {
    pub(crate) const MEANING: &str = "Only if what is changed still has this `ETag` (or one of these, separated by commas; \
        `*`: any). Else the change is refused with 412.";

    /// What a command on this thing is told about it.
    pub(crate) fn of(self, raw_id: u64) -> Option<Expected> {
        self.0.map(|versions| Expected { raw_id, versions })
    }

    /// Does this version do? For what has none of its own, see [`Hub::version_of`].
    pub(crate) fn check(&self, version: u64) -> Result<(), Problem> {
        if self.0.as_ref().is_none_or(|versions| versions.contains(&version)) {
            return Ok(());
        }
        let detail = format!("it has changed in between: its ETag is {} now", etag(version));
        Err(Problem::new(RefusalCode::OUTDATED.into(), detail))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut versions = None;
        for value in parts.headers.get_all(header::IF_MATCH) {
            let Some(listed) = tags(value)? else { return Ok(Self(None)) };
            versions.get_or_insert_with(Vec::new).extend(listed);
        }
        Ok(Self(versions))
    }
}

/// The versions among the tags of a list. A tag that is none of ours is the tag of no version. `None` for a `*`.
fn tags(value: &HeaderValue) -> Result<Option<Vec<u64>>, Problem> {
    let bad = || Problem::new(codes::BAD_IF_MATCH, "`If-Match` is `*`, or entity tags in quotes: `\"3\"`");
    let mut rest = value.to_str().map_err(|_| bad())?.trim();
    match rest {
        "*" => return Ok(None),
        // A list of nothing: there is no version that would do.
        "" => return Ok(Some(Vec::new())),
        _ => {}
    }
    let mut versions = Vec::new();
    for _ in 0..IF_MATCH_TAGS {
        // A weak tag is never the same as a strong one.
        let (weak, quoted) = rest.strip_prefix("W/").map_or((false, rest), |it| (true, it));
        let (opaque, after) = quoted.strip_prefix('"').and_then(|it| it.split_once('"')).ok_or_else(bad)?;
        versions.extend(opaque.parse::<u64>().ok().filter(|version| !weak && version.to_string() == opaque));
        rest = after.trim_start();
        match rest.strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None if rest.is_empty() => return Ok(Some(versions)),
            None => return Err(bad()),
        }
    }
    Err(bad())
}

/// The `ETag` of a version.
pub(crate) fn etag(version: u64) -> String {
    format!("\"{version}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(text: &str) -> Result<Option<Vec<u64>>, Problem> {
        tags(&HeaderValue::from_str(text).unwrap())
    }

    #[test]
    fn if_match_is_any_or_a_list_of_strong_tags() {
        assert_eq!(versions("*").unwrap(), None);
        assert_eq!(versions("\"3\", \"7\"").unwrap(), Some(vec![3, 7]));
        assert_eq!(versions("W/\"3\"").unwrap(), Some(vec![]), "a weak tag never matches");
        assert_eq!(versions("\"03\", \"a,b\"").unwrap(), Some(vec![]), "nor does one that we never gave");
        for bad in ["3", "\"3", "\"3\" \"4\"", "\"3\","] {
            assert!(versions(bad).is_err(), "{bad}");
        }
        let many = |count: usize| vec!["\"3\""; count].join(", ");
        assert_eq!(versions(&many(IF_MATCH_TAGS)).unwrap().map(|tags| tags.len()), Some(IF_MATCH_TAGS));
        assert_eq!(versions(&many(IF_MATCH_TAGS + 1)).unwrap_err().status().as_u16(), 400);
    }

    #[test]
    fn an_idempotency_key_is_visible_ascii_once_with_or_without_quotes() {
        let read = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append("idempotency-key", HeaderValue::from_bytes(value.as_bytes()).unwrap());
            }
            idempotency_key(&headers)
        };
        assert_eq!(read(&[]).unwrap(), None);
        assert_eq!(read(&["\"a-1\""]).unwrap(), read(&["a-1"]).unwrap());
        let long = "x".repeat(IDEMPOTENCY_KEY_BYTES);
        assert_eq!(read(&[&long]).unwrap(), Some(long.clone()));
        for bad in [&["a", "b"] as &[&str], &[""], &["\"\""], &["a b"], &["ä"], &[&format!("{long}x")]] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }
}
