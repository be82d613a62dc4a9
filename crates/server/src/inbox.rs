//! `POST /in/…`: platforms' webhooks come in. The answer leaves when everything that came of one is durable.

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, HttpBody};
use axum::extract::rejection::PathRejection;
use axum::extract::{self, Path, State};
use axum::http::{HeaderMap, HeaderName, Method, header};
use bytes::Bytes;
use callboard_core::{Source, SourceId, Timestamp};
use callboard_dialects::{Authentic, Dialect, Headers, Rejection, Request};
use callboard_ledger::{Intake, Outcome};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Serialize;

use crate::arriving::is_for_want_of_room;
use crate::hub::Hub;
use crate::kept_headers::kept_headers;
use crate::limits::{BODY_BYTES, BODY_TIME, FETCH_CLOCK_AHEAD, REJECTED_HEADERS_BYTES};
use crate::problem::{Problem, codes};
use crate::rejections::Rejected;
use crate::verifiers::Ear;

/// Up to this many bytes a body is copied rather than that it keeps the buffer that it arrived in.
const SNUG_BYTES: usize = 16 * 1024;

/// What the sender is told.
#[derive(Serialize)]
pub(crate) struct Taken {
    receipt: callboard_core::ReceiptId,
    outcome: Outcome,
    events: usize,
}

/// Where webhooks are sent to: this, a source's id, and for some the token that is their secret.
const INBOX: &str = "/in/";

/// Which source a webhook was sent to.
pub(crate) struct Address {
    /// None, if what stands there is no source's id.
    source: Option<SourceId>,
    token: Option<String>,
}

impl Address {
    fn new(source: &str, token: Option<String>) -> Self {
        Self { source: source.parse().ok(), token }
    }

    /// Where this request is sent to, if it is a webhook; unless its path holds escapes, which are for the router to read.
    pub(crate) fn of(request: &extract::Request) -> Option<Self> {
        let parts = request.uri().path().strip_prefix(INBOX).filter(|_| request.method() == Method::POST)?;
        let (source, token) = parts.split_once('/').map_or((parts, None), |(it, token)| (it, Some(token)));
        let is_part = |part: &str| !part.is_empty() && !part.contains(['/', '%']);
        let is_plain = is_part(source) && token.is_none_or(is_part);
        is_plain.then(|| Self::new(source, token.map(str::to_owned)))
    }
}

/// The changing parts of an address, if they are text.
type Parts<T> = Result<Path<T>, PathRejection>;

pub(crate) async fn receive(
    State(hub): State<Arc<Hub>>,
    source: Parts<String>,
    request: extract::Request,
) -> Result<Json<Taken>, Problem> {
    take(&hub, Address::new(&text(source), None), request).await
}

pub(crate) async fn receive_with_token(
    State(hub): State<Arc<Hub>>,
    address: Parts<(String, String)>,
    request: extract::Request,
) -> Result<Json<Taken>, Problem> {
    let (source, token) = text(address);
    take(&hub, Address::new(&source, Some(token)), request).await
}

/// What is no text is as good as nothing: it names no source.
fn text<T: Default>(parts: Parts<T>) -> T {
    parts.map(|Path(parts)| parts).unwrap_or_default()
}

/// Takes a webhook in. When this returns `Ok`, all that came of it is durable.
pub(crate) async fn take(
    hub: &Hub,
    address: Address,
    request: extract::Request,
) -> Result<Json<Taken>, Problem> {
    let intake = hear(hub, address, request).await?;
    let recorded = hub.ledger.record(intake).await?;
    hub.received.count(recorded.outcome);
    Ok(Json(Taken { receipt: recorded.receipt, outcome: recorded.outcome, events: recorded.events }))
}

/// Verifies and reads a request. Nothing of it is held after this but what is to be written down: the buffer that it
/// arrived in is free for the next one while this one waits for the disk.
async fn hear(hub: &Hub, address: Address, request: extract::Request) -> Result<Intake, Problem> {
    let (head, body) = request.into_parts();
    let headers = &head.headers;
    // First what is asked of everyone, so that these answers do not tell which sources there are.
    let body = snug(read(headers, body).await?);
    let source = find(hub, &address)?;
    let ear = hub.verifiers.ear(&source).map_err(|error| {
        tracing::error!(source = %source.id, %error, "a source cannot be listened to");
        not_authentic()
    })?;
    let now = hub.now();
    let authentic = verify(&ear, headers, address.token.as_deref(), &body, now)
        .map_err(|rejection| refuse(hub, &source, headers, &body, rejection))?;
    let (label, told) = match ear.dialect.parse(&body) {
        Ok(reading) => (reading.label, Ok(reading.observations)),
        Err(unreadable) => (String::new(), Err(unreadable.0)),
    };
    let pointed_at = pointed_at(ear.dialect, &source, &body);
    let told_of = told.iter().flatten().filter_map(|told| told.at).max();
    Ok(Intake {
        source,
        received_at: now,
        unique: authentic.unique,
        told_of,
        headers: kept_headers(headers),
        body,
        label,
        told,
        points_at: pointed_at,
        fetch_at: Some(fetch_at(now, told_of)),
    })
}

/// A short body in memory of its own, since as a part of the connection's buffer it would keep all of that.
fn snug(body: Bytes) -> Bytes {
    if body.len() <= SNUG_BYTES { Bytes::copy_from_slice(&body) } else { body }
}

/// What the webhook is about, if it only points at that and the source can fetch it. What that refers to is fetched with it.
pub(crate) fn pointed_at(dialect: &dyn Dialect, source: &Source, body: &[u8]) -> Vec<String> {
    let fetching = source.fetch.as_ref().and_then(|_| dialect.fetching());
    fetching.and_then(|fetching| fetching.points_at(body).pop()).into_iter().collect()
}

/// When it is to be fetched: at once, but not before the time that the webhook tells. What is fetched counts as of then,
/// and must not seem older than the webhook because the platform's clock is a little ahead.
fn fetch_at(now: Timestamp, told_of: Option<Timestamp>) -> Timestamp {
    let latest = now.checked_add(FETCH_CLOCK_AHEAD).unwrap_or(now);
    told_of.filter(|at| *at > now).map_or(now, |at| at.min(latest))
}

fn verify(
    ear: &Ear,
    headers: &HeaderMap,
    token: Option<&str>,
    body: &[u8],
    now: Timestamp,
) -> Result<Authentic, Rejection> {
    ear.verifier.verify(&Request { headers: &Text(headers), token, body }, now)
}

fn find(hub: &Hub, address: &Address) -> Result<Arc<Source>, Problem> {
    let source = address.source.and_then(|id| hub.ledger.directory().source(id).cloned());
    source.ok_or_else(not_authentic)
}

/// The same for a source that is not there and for a signature that is wrong: a stranger learns nothing from it.
fn not_authentic() -> Problem {
    Problem::new(
        codes::NOT_AUTHENTIC,
        "the request could not be verified; the source's rejections say why, to those who may see them",
    )
}

fn refuse(hub: &Hub, source: &Source, headers: &HeaderMap, body: &[u8], rejection: Rejection) -> Problem {
    tracing::debug!(source = %source.id, code = rejection.code, "refused: {rejection}");
    let mut left = REJECTED_HEADERS_BYTES;
    let names = headers.keys().map(HeaderName::as_str).filter(|name| {
        let after = left.checked_sub(name.len());
        left = after.unwrap_or(left);
        after.is_some()
    });
    let names = names.map(str::to_owned).collect();
    hub.rejections.note(
        source.id,
        Rejected {
            at: hub.now(),
            code: rejection.code,
            explanation: rejection.explanation,
            headers: names,
            body_bytes: body.len(),
        },
    );
    not_authentic()
}

async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !is_json(content_type) {
        let detail = format!("webhooks are JSON; this one says it is `{content_type}`");
        return Err(Problem::new(codes::NOT_JSON, detail));
    }
    read_limited(body).await
}

pub(crate) fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// The whole body, unless it is too large or takes too long.
pub(crate) async fn read_limited(body: Body) -> Result<Bytes, Problem> {
    read_up_to(body, BODY_BYTES).await
}

/// The whole body, unless it has more bytes than this or takes too long.
pub(crate) async fn read_up_to(body: Body, most: usize) -> Result<Bytes, Problem> {
    let too_large = || Problem::new(codes::TOO_LARGE, format!("a body has at most {most} bytes"));
    // The length that it claims is known before anything of it is read.
    if body.size_hint().lower() > most as u64 {
        return Err(too_large());
    }
    let collecting = Limited::new(body, most).collect();
    match tokio::time::timeout(BODY_TIME, collecting).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(error)) if is_for_want_of_room(error.as_ref()) => {
            Err(Problem::new(codes::BUSY, "too many large bodies are arriving at once"))
        }
        Ok(Err(_)) => Err(Problem::new(codes::BROKEN_OFF, "the body broke off")),
        Err(_) => Err(Problem::new(codes::TOO_SLOW, "the body took too long to arrive")),
    }
}

/// Headers as a dialect looks at them.
pub(crate) struct Text<'a>(pub(crate) &'a HeaderMap);

impl Headers for Text<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(|value| value.to_str().ok())
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use callboard_core::Identifier;
    use jiff::SignedDuration;
    use tokio::time::Instant;
    use tokio_stream::StreamExt;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_to_its_end_in_time_is_not_waited_for() {
        let begun = Instant::now();
        let a_part = tokio_stream::iter([Ok::<_, io::Error>(Bytes::from_static(b"{"))]);
        let body = Body::from_stream(a_part.chain(tokio_stream::pending()));
        let problem = read_limited(body).await.unwrap_err();
        assert_eq!(problem.status().as_u16(), 408);
        assert_eq!(begun.elapsed().as_secs(), BODY_TIME.as_secs());
    }

    #[test]
    fn a_webhook_is_known_by_its_address_and_what_the_router_has_to_look_at_is_left_to_it() {
        let address = |method: Method, path: &str| {
            let request = extract::Request::builder().method(method).uri(path);
            Address::of(&request.body(Body::empty()).unwrap())
        };
        let source = SourceId::from_raw(7);

        let plain = address(Method::POST, &format!("/in/{source}?a=/b%2F")).unwrap();
        assert_eq!((plain.source, plain.token), (Some(source), None));
        let with_token = address(Method::POST, &format!("/in/{source}/secret")).unwrap();
        assert_eq!((with_token.source, with_token.token.as_deref()), (Some(source), Some("secret")));
        assert_eq!(address(Method::POST, "/in/nobody").unwrap().source, None);

        assert!(address(Method::PUT, &format!("/in/{source}")).is_none());
        for path in
            ["/", "/in", "/in/", "/in//a", "/in/a/", "/in/a/b/c", "/in/a%62", "/in/a/b%2F", "/v1/in/a"]
        {
            assert!(address(Method::POST, path).is_none(), "{path}");
        }
    }

    #[test]
    fn what_a_webhook_points_at_is_not_fetched_before_the_time_that_it_tells() {
        let now: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
        let told = |seconds| {
            let at = Some(now + SignedDuration::from_secs(seconds));
            fetch_at(now, at).duration_since(now).as_secs()
        };
        assert_eq!(told(-5), 0);
        assert_eq!(told(3), 3, "the platform's clock is ahead");
        assert_eq!(told(3_600), 60, "it is wrong");
        assert_eq!(fetch_at(now, None), now);
    }
}
