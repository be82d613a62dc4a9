//! One attempt at one delivery: a POST, and what came back within its time.
//!
//! The sender promises that it connects only where the guard lets it, that it never waits longer or keeps more than its
//! limits say, and that a kept-alive connection found closed is not held against the endpoint. It decides nothing about
//! the answer: what 410 or 503 means, and when to try again, is for others.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use rustls::ClientConfig;
use tokio::time::{Instant, timeout_at};

use crate::destination::Destination;
use crate::guard::{AddressGuard, GuardedResolver, Lookup, Refusal};
use crate::lines::{IdleLimits, Line, Lines};
use crate::retry::RetryAfter;
use crate::tls::Connector;
use crate::together::Together;

/// The time that an endpoint has to answer, from the first look at its name to the last byte kept.
pub const ANSWER_LIMIT: Duration = Duration::from_secs(30);
/// The part of [`ANSWER_LIMIT`] within which a connection has to be open: name, TCP and TLS.
pub const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// How much of an answer's body is kept; more is not read.
pub const KEPT_BODY_BYTES: usize = 16 * 1024;
/// How large an answer's status line and headers may grow together; hyper allows 100 headers within it.
///
/// It is looked at between reads, so that what arrived with the last read may exceed it, to twice its size at most.
pub const ANSWER_HEAD_BYTES: usize = 64 * 1024;
/// How long an unused connection is kept open.
pub const IDLE_LIMIT: Duration = Duration::from_secs(30);
/// How many unused connections are kept open to one host.
pub const IDLE_CONNECTIONS_PER_HOST: usize = 768;
/// How many unused connections are kept open over all hosts.
pub const IDLE_CONNECTIONS: usize = 1_024;
/// Names of hosts that are looked up at once.
pub const LOOK_UPS_AT_ONCE: usize = 128;
/// Those of them whose names were not answered soon when they were last looked up, or of which nobody knows yet.
pub const UNKNOWN_LOOK_UPS_AT_ONCE: usize = 96;
/// Room for the two headers that the client adds: `host` and `content-length`.
const CLIENT_HEADERS: usize = 2;

/// The limits of a [`Sender`]; the defaults are the constants of the same names.
#[derive(Debug, Clone, Copy)]
pub struct SenderLimits {
    /// See [`ANSWER_LIMIT`].
    pub answer: Duration,
    /// See [`CONNECT_LIMIT`].
    pub connect: Duration,
    /// See [`KEPT_BODY_BYTES`].
    pub kept_body_bytes: usize,
    /// See [`IDLE_LIMIT`].
    pub idle: Duration,
    /// See [`IDLE_CONNECTIONS_PER_HOST`].
    pub idle_connections_per_host: usize,
    /// See [`IDLE_CONNECTIONS`].
    pub idle_connections: usize,
}

impl Default for SenderLimits {
    fn default() -> Self {
        Self {
            answer: ANSWER_LIMIT,
            connect: CONNECT_LIMIT,
            kept_body_bytes: KEPT_BODY_BYTES,
            idle: IDLE_LIMIT,
            idle_connections_per_host: IDLE_CONNECTIONS_PER_HOST,
            idle_connections: IDLE_CONNECTIONS,
        }
    }
}

/// What is sent: rendered, signed and addressed.
#[derive(Debug, Clone)]
pub struct Shipment {
    /// Where to, as [`AddressGuard::check_url`] returned it.
    pub url: Destination,
    /// All headers but `host` (added unless given) and `content-length`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body, the same bytes at every attempt.
    pub body: Bytes,
}

impl Shipment {
    /// All headers that are sent but `content-length`, which goes by the body.
    pub fn all_headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(self.headers.len() + CLIENT_HEADERS);
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
        if let Some(host) = self.url.host_header() {
            headers.entry(HOST).or_insert_with(|| host.clone());
        }
        headers
    }

    /// The request to put on the wire; it shares the shipment's bytes.
    fn request(&self, method: &Method) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(self.body.clone()));
        *request.method_mut() = method.clone();
        *request.uri_mut() = self.url.request_target().clone();
        *request.headers_mut() = self.all_headers();
        request
    }
}

/// What an endpoint answered, whatever the status; a redirect is an answer like any other and is not followed.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// What the `Retry-After` header asks for.
    pub retry_after: Option<RetryAfter>,
    /// The first [`KEPT_BODY_BYTES`] of the body.
    pub body: Bytes,
    /// Whether the body went on, or broke off, after what was kept.
    pub body_truncated: bool,
    /// From the start of the attempt to the last byte kept.
    pub took: Duration,
}

impl Answer {
    /// Whether the endpoint took the delivery: any 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Sends shipments over HTTP/1.1, keeping connections open between them. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct Sender {
    connector: Arc<Connector>,
    lines: Lines,
    limits: SenderLimits,
}

impl Sender {
    /// A sender that looks names up with the system's resolver.
    pub fn new(guard: AddressGuard, tls: Arc<ClientConfig>, limits: SenderLimits) -> Self {
        let lookup = Together::of_system(LOOK_UPS_AT_ONCE, UNKNOWN_LOOK_UPS_AT_ONCE);
        Self::with_lookup(guard, tls, limits, Arc::new(lookup))
    }

    /// A sender that looks names up with `lookup`.
    pub fn with_lookup(
        guard: AddressGuard,
        tls: Arc<ClientConfig>,
        limits: SenderLimits,
        lookup: Arc<dyn Lookup>,
    ) -> Self {
        let guard = Arc::new(guard);
        let resolver = GuardedResolver::new(Arc::clone(&guard), lookup);
        let idle = IdleLimits {
            time: limits.idle,
            per_place: limits.idle_connections_per_host,
            total: limits.idle_connections,
        };
        let connector = Connector::new(guard, resolver, tls, limits.connect);
        Self { connector: Arc::new(connector), lines: Lines::new(idle), limits }
    }

    /// Sends a shipment and waits for the answer, for at most [`SenderLimits::answer`].
    ///
    /// # Errors
    /// When there is no answer, or a 2xx whose kept body did not arrive whole and in time. Any other status is returned
    /// even if its body breaks off: it says more than how the body ended.
    pub async fn send(&self, shipment: Shipment) -> Result<Answer, SendError> {
        self.exchange(&Method::POST, &shipment).await
    }

    /// Asks for what is there with a GET, within the same limits and with the same errors as [`Sender::send`].
    pub async fn ask(&self, url: Uri, headers: Vec<(HeaderName, HeaderValue)>) -> Result<Answer, SendError> {
        self.exchange(&Method::GET, &Shipment { url: url.into(), headers, body: Bytes::new() }).await
    }

    async fn exchange(&self, method: &Method, shipment: &Shipment) -> Result<Answer, SendError> {
        let started = Instant::now();
        let mut heard = Heard::nothing(self.limits.kept_body_bytes);
        let talking = self.talk(method, shipment, &mut heard);
        let talked = match timeout_at(started + self.limits.answer, talking).await {
            Ok(talked) => talked,
            Err(_) => Err(SendError::Timeout { phase: heard.phase(), limit: self.limits.answer }),
        };
        heard.answer(talked, started.elapsed())
    }

    /// Sends the request and hears what is answered, over a connection that is free, or a new one.
    async fn talk(&self, method: &Method, shipment: &Shipment, heard: &mut Heard) -> Result<(), SendError> {
        let place = shipment.url.place().ok_or(Refusal::NoHost)?;
        let mut line = match self.lines.take(place) {
            Some(line) => line,
            None => Box::pin(self.open(&shipment.url)).await?,
        };
        let mut response = line.ask(shipment.request(method)).await;
        if line.has_answered && response.as_ref().is_err_and(is_closed) {
            // The endpoint closed a connection that it had answered on before, just as the request was written. A fresh
            // connection that is closed without an answer is the endpoint's doing, and the request is not repeated.
            line = Box::pin(self.open(&shipment.url)).await?;
            response = line.ask(shipment.request(method)).await;
        }
        let response = response.map_err(|error| SendError::from_hyper(&error))?;
        heard.listen(&mut line, response).await?;
        self.lines.put(place, line);
        Ok(())
    }

    /// Opens a connection: seldom, and much to keep in mind meanwhile, so that attempts are not made large by it.
    async fn open(&self, url: &Uri) -> Result<Line, SendError> {
        let wire = self.connector.open(url.clone()).await?;
        Line::begin(wire, ANSWER_HEAD_BYTES).await.map_err(|error| SendError::from_hyper(&error))
    }
}

/// Whether the connection is gone, rather than something wrong with what came over it.
fn is_closed(error: &hyper::Error) -> bool {
    let io = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    error.is_incomplete_message()
        || error.is_canceled()
        || error.is_closed()
        || io.is_some_and(|io| {
            use io::ErrorKind::{
                BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, UnexpectedEof,
            };
            matches!(
                io.kind(),
                BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected | UnexpectedEof
            )
        })
}

/// What has been heard of an answer, however far it got: the head, and the part of the body that is worth keeping.
///
/// When that is full the rest is left unread and the connection is given up: whoever answers a webhook with more than
/// this pays with a new connection, not the hub with reading it. A rest that has already arrived costs nothing, and
/// the connection is kept then.
struct Heard {
    head: Option<(StatusCode, Option<RetryAfter>)>,
    body: Vec<u8>,
    limit: usize,
    truncated: bool,
}

impl Heard {
    fn nothing(limit: usize) -> Self {
        Self { head: None, body: Vec::new(), limit, truncated: false }
    }

    /// What is being waited for.
    fn phase(&self) -> Phase {
        if self.head.is_some() { Phase::Body } else { Phase::Answer }
    }

    /// Reads until the body ends or no more is kept. What has been read stays when this is given up half-way.
    async fn listen(&mut self, line: &mut Line, response: Response<Incoming>) -> Result<(), SendError> {
        let (head, mut body) = response.into_parts();
        self.head = Some((head.status, head.headers.get(RETRY_AFTER).and_then(RetryAfter::parse)));
        while !self.truncated
            && !body.is_end_stream()
            && let Some(frame) = line.moving_bytes_until(body.frame()).await
        {
            let frame = frame.map_err(|error| SendError::from_hyper(&error))?;
            let Ok(data) = frame.into_data() else { continue };
            let room = self.limit - self.body.len();
            self.body.extend_from_slice(&data[..data.len().min(room)]);
            self.truncated = data.len() > room || (data.len() == room && !body.is_end_stream());
        }
        Ok(())
    }

    /// The answer that it comes to, given how the talk ended.
    fn answer(self, talked: Result<(), SendError>, took: Duration) -> Result<Answer, SendError> {
        let broke_off = talked.is_err();
        let (status, retry_after) = match (self.head, talked) {
            (Some(head), Ok(())) => head,
            (Some(head), Err(_)) if !head.0.is_success() => head,
            (_, Err(error)) => return Err(error),
            (None, Ok(())) => return Err(SendError::Closed),
        };
        Ok(Answer {
            status: status.as_u16(),
            retry_after,
            body: self.body.into(),
            body_truncated: self.truncated || broke_off,
            took,
        })
    }
}

/// What an attempt was waiting for when its time ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// An open connection.
    Connect,
    /// The status and the headers.
    Answer,
    /// The kept part of the body.
    Body,
}

impl Phase {
    fn was_waiting_for(self) -> &'static str {
        match self {
            Self::Connect => "no connection was made",
            Self::Answer => "no answer came",
            Self::Body => "the answer's body was not complete",
        }
    }
}

/// Why an attempt has no answer, in words for whoever runs the hub or the endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The guard does not let the hub connect there.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The host's name led to no address.
    #[error("the host name could not be resolved: {0}")]
    Resolve(String),
    /// No TCP connection.
    #[error("no connection could be made: {0}")]
    Connect(String),
    /// No TLS session, most often for the certificate's sake.
    #[error("no secure connection could be made: {0}")]
    Tls(String),
    /// Out of time.
    #[error("{} within {} s", .phase.was_waiting_for(), .limit.as_secs_f32())]
    Timeout {
        /// What it was waiting for.
        phase: Phase,
        /// The limit that ran out.
        limit: Duration,
    },
    /// The endpoint hung up before the answer was complete.
    #[error("the connection was closed before the answer was complete")]
    Closed,
    /// What came back is not an acceptable HTTP answer.
    #[error("the answer is not HTTP that can be accepted: {0}")]
    Protocol(String),
}

impl SendError {
    /// A short code that stays the same from version to version.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Resolve(_) => "resolve",
            Self::Connect(_) => "connect",
            Self::Tls(_) => "tls",
            Self::Timeout { .. } => "timeout",
            Self::Closed => "closed",
            Self::Protocol(_) => "protocol",
        }
    }

    fn from_hyper(error: &hyper::Error) -> Self {
        let io = error.source().and_then(|source| source.downcast_ref::<io::Error>());
        // An endpoint may object to the TLS session as late as in its first answer.
        let tls = io.and_then(io::Error::get_ref).and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match (tls, io) {
            (Some(tls), _) => Self::Tls(tls.to_string()),
            _ if is_closed(error) => Self::Closed,
            (None, Some(io)) => Self::Protocol(io.to_string()),
            (None, None) => Self::Protocol(error.to_string()),
        }
    }
}
