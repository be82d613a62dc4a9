//! The limit beside it: a proxy that passes each request on and its answer back, and keeps nothing. No hub on this
//! machine can take in and deliver more than this moves, with the same HTTP library.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;

/// Relays until the process is ended.
#[tokio::main]
pub(crate) async fn run(to: SocketAddr) -> anyhow::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("the relay cannot listen")?;
    println!("listening on http://{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        let _ = stream.set_nodelay(true);
        tokio::spawn(relay(stream, to));
    }
}

/// Relays what comes over one connection, over one of its own.
async fn relay(stream: TcpStream, to: SocketAddr) -> anyhow::Result<()> {
    let onward = TcpStream::connect(to).await?;
    onward.set_nodelay(true)?;
    let (onward, driver) = handshake(TokioIo::new(onward)).await?;
    tokio::spawn(driver);
    let onward = Arc::new(Mutex::new(onward));
    let service = service_fn(move |request| pass_on(Arc::clone(&onward), request));
    http1::Builder::new().serve_connection(TokioIo::new(stream), service).await?;
    Ok(())
}

async fn pass_on(
    onward: Arc<Mutex<SendRequest<Incoming>>>,
    request: Request<Incoming>,
) -> hyper::Result<Response<Incoming>> {
    let mut onward = onward.lock().await;
    onward.ready().await?;
    onward.send_request(request).await
}
