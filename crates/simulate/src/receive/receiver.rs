//! A small HTTP server that takes webhooks.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING};
use http::{Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use super::ear::Ear;
use super::heard::{Counts, Heard};
use super::listening::{Answer, Listening, ReceiveError};
use crate::post::Post;
use crate::send::Clock;

/// Longer bodies are refused.
const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;
/// Longer heads are refused.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// How long a request's head may take to arrive, and how long its body.
const ARRIVAL_LIMIT: Duration = Duration::from_secs(15);
/// How many connections are served at once; more wait.
const MAX_CONNECTIONS: usize = 1024;
/// How many requests may lie in the channel; when it is full, the next one is answered when there is room.
const CHANNEL_ROOM: usize = 1024;
/// How long to wait when the machine has no room for another connection.
const BREATHER: Duration = Duration::from_millis(50);

/// Takes webhooks until it is stopped or dropped.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    desk: Arc<Desk>,
    serving: JoinHandle<()>,
}

impl Receiver {
    /// Listens at this address; port 0 is any that is free. What is heard comes out of the channel, which may be
    /// dropped by whoever wants the counts alone, but must be read by whoever keeps it.
    pub async fn listen(
        address: SocketAddr,
        listening: Listening,
        clock: Clock,
    ) -> Result<(Self, mpsc::Receiver<Heard>), ReceiveError> {
        let ear = Ear::new(listening.dialect, listening.credentials.as_ref(), clock)?;
        let forward = match &listening.forward {
            None => None,
            Some(to) => Some((to.clone(), Post::to(to, &[])?)),
        };
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (told, heard) = mpsc::channel(CHANNEL_ROOM);
        let desk = Arc::new(Desk { ear, listening, forward, told });
        let serving = tokio::spawn(serve(listener, Arc::clone(&desk)));
        Ok((Self { address, desk, serving }, heard))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many requests were what, so far.
    pub fn counts(&self) -> Counts {
        self.desk.ear.counts()
    }

    /// Closes the port and every connection at once. Afterwards nobody listens there.
    pub async fn stop(mut self) -> Counts {
        self.serving.abort();
        // It ends by being aborted, which is what was asked for.
        let _ = (&mut self.serving).await;
        self.counts()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, desk: Arc<Desk>) {
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let desk = Arc::clone(&desk);
                connections.spawn(async move {
                    converse(stream, desk).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::debug!(%error, "a connection was not accepted");
                sleep(BREATHER).await;
            }
        }
    }
}

/// Answers the requests of one connection until it is closed.
async fn converse(stream: TcpStream, desk: Arc<Desk>) {
    // Without it, answers would merely be slower.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let desk = Arc::clone(&desk);
        async move { Ok::<_, io::Error>(desk.take(request).await) }
    });
    let outcome = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(ARRIVAL_LIMIT)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection ended badly");
    }
}

/// Where requests are taken.
struct Desk {
    ear: Ear,
    listening: Listening,
    forward: Option<(Uri, Post)>,
    told: mpsc::Sender<Heard>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("listening", &self.listening).finish_non_exhaustive()
    }
}

impl Desk {
    async fn take(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        if request.method() != Method::POST {
            return plain(StatusCode::METHOD_NOT_ALLOWED);
        }
        let (parts, body) = request.into_parts();
        let body = match body_of(body).await {
            Ok(body) => body,
            Err(status) => return plain(status),
        };
        let target = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
        let pending = self.ear.hear(target, texts(&parts.headers), body.clone());
        let answer = (self.listening.answering)(&pending.heard);
        sleep(answer.after).await;
        let status = match &self.forward {
            Some((to, post)) if (200..300).contains(&answer.status) => {
                passed_on(post, to.clone(), parts.headers, body).await
            }
            _ => answer.status,
        };
        let heard = self.ear.answer(pending, status);
        // Nobody may be interested; the request is answered all the same.
        let _ = self.told.send(heard).await;
        response(&answer, status)
    }
}

async fn body_of(body: Incoming) -> Result<Bytes, StatusCode> {
    if body.size_hint().lower() > MAX_BODY_BYTES as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    match timeout(ARRIVAL_LIMIT, Limited::new(body, MAX_BODY_BYTES).collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

fn texts(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| std::str::from_utf8(value.as_bytes()).ok().map(str::to_owned);
    headers.iter().filter_map(|(name, value)| Some((name.as_str().to_owned(), text(value)?))).collect()
}

/// Posts a request on as it came; only what belongs to the connection is made anew.
async fn passed_on(post: &Post, to: Uri, mut headers: HeaderMap, body: Bytes) -> u16 {
    for name in [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
        headers.remove(name);
    }
    match post.post(to, headers, body).await {
        Ok(reply) => reply.status,
        Err(error) => {
            tracing::warn!(%error, "the request could not be forwarded");
            StatusCode::BAD_GATEWAY.as_u16()
        }
    }
}

fn response(answer: &Answer, status: u16) -> Response<Full<Bytes>> {
    let mut response = plain(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(*name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn plain(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
