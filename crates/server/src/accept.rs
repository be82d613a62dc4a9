//! Taking connections: plain or TLS, within limits, until told to stop.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::arriving::ArrivingRoom;
use crate::certificates::Certificates;
use crate::hub::Hub;
use crate::limits::{
    CONNECTIONS, HANDSHAKE_TIME, HEAD_TIME, HEADER_BYTES, HTTP2_HEADER_BYTES, HTTP2_REQUESTS, IDLE_TIME,
    STOP_TIME,
};
use crate::lively::Lively;
use crate::porter::Porter;

#[cfg(test)]
mod tests;

/// The doors could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the operating system says.
        reason: std::io::Error,
    },
    /// TLS cannot be set up.
    #[error("cannot serve HTTPS: {0}")]
    Tls(#[from] rustls::Error),
}

/// An address that is ours, with no one answering yet: connections wait.
pub struct Doorstep {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
}

impl Doorstep {
    /// Listens on this address (port 0 for any that is free): HTTPS with certificates, plain HTTP without.
    pub async fn claim(
        listen: SocketAddr,
        certificates: Option<Arc<Certificates>>,
    ) -> Result<Self, ServerError> {
        let failed = |reason| ServerError::Listen { address: listen, reason };
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let tls = match certificates {
            Some(certificates) => {
                let config = certificates.server_config()?;
                tokio::spawn(certificates.watch());
                Some(TlsAcceptor::from(Arc::new(config)))
            }
            None => None,
        };
        Ok(Self { listener, address, tls })
    }

    /// Where it is, without a slash at the end.
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Begins to answer: webhooks for this hub, and whatever there are routes for.
    pub fn open(self, hub: Arc<Hub>, routes: Router) -> Doors {
        let closing = hub.closing.subscribe();
        let porter = Porter::new(Arc::clone(&hub), routes, ArrivingRoom::new());
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        Doors { hub, accepting: tokio::spawn(accept(self.listener, self.tls, porter, places, closing)) }
    }
}

/// The open doors.
pub struct Doors {
    hub: Arc<Hub>,
    accepting: JoinHandle<()>,
}

impl Doors {
    /// Takes no more; the requests under way are answered first, within a limit, and live streams end.
    pub async fn close(self) {
        self.hub.closing.send_replace(true);
        if let Err(error) = self.accepting.await {
            tracing::error!(%error, "the doors closed badly");
        }
    }
}

/// Takes a connection when there is a place for it, and the next one when there is another.
async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    porter: Arc<Porter>,
    places: Arc<Semaphore>,
    mut closing: watch::Receiver<bool>,
) {
    let graceful = GracefulShutdown::new();
    loop {
        let (stream, place) = tokio::select! {
            biased;
            _ = closing.changed() => break,
            next = next(&listener, &places) => next,
        };
        let (porter, watcher, tls) = (Arc::clone(&porter), graceful.watcher(), tls.clone());
        tokio::spawn(async move {
            connection(stream, tls, porter, watcher).await;
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(STOP_TIME, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still under way and were cut off");
    }
}

/// The next connection, and its place.
async fn next(listener: &TcpListener, places: &Arc<Semaphore>) -> (TcpStream, OwnedSemaphorePermit) {
    let place = Arc::clone(places).acquire_owned().await.expect("the semaphore is never closed");
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, place),
            Err(error) => {
                // Out of file descriptors, most likely: let some connections end first.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, tls: Option<TlsAcceptor>, porter: Arc<Porter>, watcher: Watcher) {
    let _ = stream.set_nodelay(true);
    match tls {
        None => serve(stream, http1(), porter, watcher).await,
        Some(tls) => match tokio::time::timeout(HANDSHAKE_TIME, tls.accept(stream)).await {
            Ok(Ok(stream)) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => {
                serve(stream, http2(), porter, watcher).await;
            }
            Ok(Ok(stream)) => serve(stream, http1(), porter, watcher).await,
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        },
    }
}

/// Which HTTP it is, is known beforehand: waiting for a first word to tell would be waiting without a limit.
fn http1() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        // Who has said everything and closes that direction still gets an answer.
        .half_close(true)
        // An answer is short: put together in one piece, it costs less than to be written in two.
        .writev(false)
        .header_read_timeout(HEAD_TIME)
        // How many headers there may be is left to hyper, whose own limit is ours: one that is set costs each request more.
        .max_buf_size(HEADER_BYTES);
    builder
}

fn http2() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new()).http2_only();
    let mut http2 = builder.http2();
    http2
        .timer(TokioTimer::new())
        .max_header_list_size(HTTP2_HEADER_BYTES)
        .max_concurrent_streams(HTTP2_REQUESTS);
    builder
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    http: Builder<TokioExecutor>,
    porter: Arc<Porter>,
    watcher: Watcher,
) {
    let io = TokioIo::new(Lively::new(stream, IDLE_TIME));
    let room = porter.room();
    let service =
        service_fn(move |request: Request<Incoming>| Arc::clone(&porter).answer(Arc::clone(&room), request));
    let connection = http.serve_connection(io, service).into_owned();
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
}
