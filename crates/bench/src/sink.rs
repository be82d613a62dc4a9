//! The other end: an HTTP server that takes deliveries, as strict as a partner could be, or only counting them.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use anyhow::Context;
use bytes::Bytes;
use callboard_core::Timestamp;
use callboard_dialects::{Headers, Request, Verify, dialect};
use http::{HeaderMap, Response, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::audit::Audit;
use crate::clock::{Stopwatch, date};

/// Takes requests in.
pub(crate) trait Receive: Send + Sync + 'static {
    /// Takes one, and says what to answer.
    fn receive(&self, path: &str, headers: &HeaderMap, body: &[u8]) -> StatusCode;
}

/// Listens on a free port for as long as the runtime lives.
pub(crate) async fn listen(receiver: Arc<impl Receive>) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("cannot listen for deliveries")?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            let receiver = Arc::clone(&receiver);
            let service = service_fn(move |request| answer(Arc::clone(&receiver), request));
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    Ok(address)
}

async fn answer(
    receiver: Arc<impl Receive>,
    request: http::Request<Incoming>,
) -> Result<Response<Empty<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let mut response = Response::new(Empty::new());
    *response.status_mut() = receiver.receive(head.uri.path(), &head.headers, &body);
    Ok(response)
}

/// Counts requests and looks at nothing.
#[derive(Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Receive for Counter {
    fn receive(&self, _: &str, _: &HeaderMap, _: &[u8]) -> StatusCode {
        self.0.fetch_add(1, Ordering::Relaxed);
        StatusCode::OK
    }
}

/// Endpoints that verify each delivery and take it down. The first is at `/0`, the second at `/1`, and so on.
pub(crate) struct Endpoints {
    verifier: Box<dyn Verify>,
    audits: Vec<Mutex<Audit>>,
    /// What one more webhook at one endpoint makes room for.
    room: Arc<Semaphore>,
}

impl Endpoints {
    /// As many endpoints, all with this secret.
    pub(crate) fn new(
        count: usize,
        secret: &str,
        stopwatch: Stopwatch,
        room: Arc<Semaphore>,
    ) -> anyhow::Result<Self> {
        let standard = dialect("standard").context("there is no dialect `standard`")?;
        Ok(Self {
            verifier: standard.verifier(&json!({ "secret": secret }))?,
            audits: (0..count).map(|_| Mutex::new(Audit::new(stopwatch))).collect(),
            room,
        })
    }

    /// The record of each endpoint.
    pub(crate) fn audits(&self) -> impl Iterator<Item = MutexGuard<'_, Audit>> {
        self.audits.iter().map(lock)
    }

    fn receive_at(&self, path: &str, headers: &HeaderMap, body: &[u8], date: Timestamp) -> StatusCode {
        let number = path.strip_prefix('/').and_then(|number| number.parse::<usize>().ok());
        let Some(audit) = number.and_then(|number| self.audits.get(number)) else {
            return StatusCode::NOT_FOUND;
        };
        let request = Request { headers: &Text(headers), token: None, body };
        let Ok(authentic) = self.verifier.verify(&request, date) else {
            lock(audit).forged();
            return StatusCode::UNAUTHORIZED;
        };
        let id = authentic.unique.unwrap_or_default();
        if lock(audit).delivered(&id, body, Instant::now()) {
            self.room.add_permits(1);
        }
        StatusCode::OK
    }
}

impl Receive for Endpoints {
    fn receive(&self, path: &str, headers: &HeaderMap, body: &[u8]) -> StatusCode {
        self.receive_at(path, headers, body, date())
    }
}

fn lock(audit: &Mutex<Audit>) -> MutexGuard<'_, Audit> {
    audit.lock().expect("taking a delivery down does not panic")
}

struct Text<'a>(&'a HeaderMap);

impl Headers for Text<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(|value| value.to_str().ok())
    }
}

#[cfg(test)]
mod tests {
    use callboard_core::{EventId, Identifier};
    use callboard_dialects::Message;
    use http::{HeaderName, HeaderValue};

    use super::*;
    use crate::audit::Faults;

    const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const OTHER_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const CREATED: &[u8] = br#"{"type":"interview.created","data":{"interview":{"stage":{"text":"Interview was created [7.0@0]"}}}}"#;

    fn at() -> Timestamp {
        "2018-02-26T17:50:17Z".parse().unwrap()
    }

    fn endpoints() -> Endpoints {
        Endpoints::new(1, SECRET, Stopwatch::start(), Arc::new(Semaphore::new(0))).unwrap()
    }

    fn signed(secret: &str, body: &[u8]) -> HeaderMap {
        let signer = dialect("standard").unwrap().signer(&json!({ "secret": secret })).unwrap();
        let id = EventId::from_raw(1).to_string();
        let headers = signer.sign(&Message { id: &id, body, at: at() });
        let header = |(name, value): (&'static str, String)| {
            (HeaderName::from_static(name), HeaderValue::try_from(value).unwrap())
        };
        headers.into_iter().map(header).collect()
    }

    #[test]
    fn a_signed_delivery_is_taken_down() {
        let endpoints = endpoints();

        let status = endpoints.receive_at("/0", &signed(SECRET, CREATED), CREATED, at());

        assert_eq!(status, StatusCode::OK);
        let audit = endpoints.audits().next().unwrap();
        assert_eq!((audit.told.deliveries, audit.faults), (1, Faults::default()));
    }

    #[test]
    fn a_wrong_secret_an_altered_body_and_a_missing_signature_are_each_a_forgery() {
        let endpoints = endpoints();
        let altered = CREATED.to_ascii_uppercase();
        let attempts: [(HeaderMap, &[u8]); 3] = [
            (signed(OTHER_SECRET, CREATED), CREATED),
            (signed(SECRET, CREATED), &altered),
            (HeaderMap::new(), CREATED),
        ];
        for (headers, body) in attempts {
            let status = endpoints.receive_at("/0", &headers, body, at());
            assert_eq!(status, StatusCode::UNAUTHORIZED);
        }

        let audit = endpoints.audits().next().unwrap();
        assert_eq!((audit.told.deliveries, audit.faults), (0, Faults { forged: 3, ..Faults::default() }));
    }

    #[test]
    fn a_webhook_that_was_told_makes_room_for_another_and_a_duplicate_does_not() {
        let endpoints = endpoints();
        let body = br#"{"type":"interview.stage.updated","data":{"interview":{"stage":{"text":"Pending [7.1@0]"}}}}"#;

        for _ in 0..2 {
            endpoints.receive_at("/0", &signed(SECRET, body), body, at());
        }

        assert_eq!(endpoints.room.available_permits(), 1);
    }

    #[test]
    fn an_endpoint_that_is_not_there_is_not_found() {
        let status = endpoints().receive_at("/1", &signed(SECRET, CREATED), CREATED, at());
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
}
