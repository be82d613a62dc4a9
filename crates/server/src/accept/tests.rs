//! Who takes too long at the door, or comes when everyone is there. Time is paused: it goes on when nothing else does.

use std::future::pending;
use std::io;

use axum::body::Body;
use axum::http::StatusCode;
use axum::routing::{get, post};
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::client::conn::http2::{self, SendRequest};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Duration, Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_stream::StreamExt;

use super::*;
use crate::arriving::is_for_want_of_room;
use crate::limits::BEGINNING_BYTES;
use crate::testing;

const NAME: &str = "localhost";

/// An open door behind which nothing is found, but for one thing that takes for ever, and one that keeps the beginning of what
/// arrives. There is no room for more than that.
struct Door {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
    _data: TempDir,
}

impl Door {
    async fn open(tls: Option<TlsAcceptor>, places: usize) -> Self {
        let (hub, data) = testing::hub().await;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let routes = Router::new().route("/forever", get(pending::<()>)).route("/keep", post(keep));
        let porter = Porter::new(hub, routes, ArrivingRoom::of(0));
        let places = Arc::new(Semaphore::new(places));
        let accepting = tokio::spawn(accept(listener, tls, porter, places, stopped));
        Self { address, stop, accepting, _data: data }
    }

    async fn knock(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

/// Answers when the beginning of a body has arrived, and keeps it until the answer is at its end.
async fn keep(mut body: Body) -> Result<Body, StatusCode> {
    let mut arrived = 0;
    while arrived < BEGINNING_BYTES {
        match body.frame().await.expect("more is said to come") {
            Ok(frame) => arrived += frame.data_ref().map_or(0, Bytes::len),
            Err(error) => {
                assert!(is_for_want_of_room(&error), "{error}");
                return Err(StatusCode::SERVICE_UNAVAILABLE);
            }
        }
    }
    Ok(body)
}

/// A certificate for [`NAME`], on both sides.
fn tls() -> (TlsAcceptor, TlsConnector) {
    let own = rcgen::generate_simple_self_signed([NAME.to_owned()]).unwrap();
    let files = tempfile::tempdir().unwrap();
    let (chain, key) = (files.path().join("cert.pem"), files.path().join("key.pem"));
    std::fs::write(&chain, own.cert.pem()).unwrap();
    std::fs::write(&key, own.signing_key.serialize_pem()).unwrap();
    let server = Certificates::read(&chain, &key).unwrap().server_config().unwrap();

    let mut roots = RootCertStore::empty();
    roots.add(own.cert.der().clone()).unwrap();
    let mut client = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.alpn_protocols = vec![b"h2".to_vec()];
    (TlsAcceptor::from(Arc::new(server)), TlsConnector::from(Arc::new(client)))
}

async fn connect(connector: &TlsConnector, stream: TcpStream) -> TlsStream<TcpStream> {
    connector.connect(ServerName::try_from(NAME).unwrap(), stream).await.unwrap()
}

/// How long it takes, in seconds, until the other side hangs up, if a byte is said every three seconds of it.
async fn hung_up_after(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), byte: Option<u8>) -> u64 {
    let begun = Instant::now();
    loop {
        match timeout(Duration::from_secs(3), stream.read(&mut [0; 1024])).await {
            Ok(Ok(0) | Err(_)) => return begun.elapsed().as_secs(),
            Ok(Ok(_)) => {}
            Err(_) => {
                if let Some(byte) = byte {
                    let _ = stream.write_all(&[byte]).await;
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_has_ten_seconds_however_much_of_it_drips_in() {
    let door = Door::open(None, 10).await;
    for (begun, byte) in
        [("", None), ("POST /in/x HTTP/1.1\r\nx: ", None), ("POST /in/x HTTP/1.1\r\nx: ", Some(b'x'))]
    {
        let mut stream = door.knock().await;
        stream.write_all(begun.as_bytes()).await.unwrap();
        assert_eq!(hung_up_after(&mut stream, byte).await, HEAD_TIME.as_secs(), "{begun:?} {byte:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_tls_handshake_has_ten_seconds() {
    let (acceptor, _) = tls();
    let door = Door::open(Some(acceptor), 10).await;
    assert_eq!(hung_up_after(&mut door.knock().await, None).await, HANDSHAKE_TIME.as_secs());
}

#[tokio::test(start_paused = true)]
async fn a_connection_on_which_nothing_is_said_is_closed_after_a_minute() {
    let (acceptor, connector) = tls();
    let door = Door::open(Some(acceptor), 10).await;
    let mut stream = connect(&connector, door.knock().await).await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]), "where no head is waited for");
    assert_eq!(hung_up_after(&mut stream, None).await, IDLE_TIME.as_secs());
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_was_answered_waits_for_the_next_head_as_for_the_first() {
    let door = Door::open(None, 10).await;
    let mut stream = door.knock().await;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: hub\r\n\r\n").await.unwrap();
    assert_eq!(hung_up_after(&mut stream, None).await, HEAD_TIME.as_secs());
}

#[tokio::test(start_paused = true)]
async fn whoever_comes_when_all_places_are_taken_waits_to_be_accepted() {
    // Given one place, that somebody has
    let door = Door::open(None, 1).await;
    let first = door.knock().await;
    let mut second = door.knock().await;
    second.write_all(b"GET / HTTP/1.1\r\nhost: hub\r\n\r\n").await.unwrap();
    let mut answer = [0; 12];
    let waited = timeout(Duration::from_secs(5), second.read_exact(&mut answer)).await;
    assert!(waited.is_err(), "{waited:?}");

    // When they go, then the next one is answered
    drop(first);
    second.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 404");
}

#[tokio::test(start_paused = true)]
async fn a_stop_is_heard_while_all_places_are_taken() {
    let door = Door::open(None, 1).await;
    let mut first = door.knock().await;
    first.write_all(b"GET /forever HTTP/1.1\r\nhost: hub\r\n\r\n").await.unwrap();
    assert!(timeout(Duration::from_secs(5), first.read_u8()).await.is_err());
    let mut second = door.knock().await;

    let begun = Instant::now();
    door.stop.send(true).unwrap();
    door.accepting.await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), STOP_TIME.as_secs());
    assert!(second.read_u8().await.is_err(), "nobody is let in any more");
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_for_the_requests_under_way_for_ten_seconds() {
    let door = Door::open(None, 10).await;
    let mut stream = door.knock().await;
    stream.write_all(b"GET /forever HTTP/1.1\r\nhost: hub\r\n\r\n").await.unwrap();
    assert!(timeout(Duration::from_secs(20), stream.read_u8()).await.is_err());

    let begun = Instant::now();
    door.stop.send(true).unwrap();
    door.accepting.await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), STOP_TIME.as_secs());
}

/// Sends the beginning of a body, and no more of it.
async fn begin(requests: &mut SendRequest<Body>) -> axum::http::Response<Incoming> {
    let beginning = tokio_stream::iter([Ok::<_, io::Error>(Bytes::from(vec![b' '; BEGINNING_BYTES]))]);
    let body = Body::from_stream(beginning.chain(tokio_stream::pending()));
    let request = Request::post(format!("https://{NAME}/keep")).body(body).unwrap();
    requests.send_request(request).await.unwrap()
}

#[tokio::test]
async fn the_many_requests_of_one_connection_leave_others_room_to_begin() {
    // Given a connection on which a body has begun, and stands still
    let (acceptor, connector) = tls();
    let door = Door::open(Some(acceptor), 10).await;
    let mut connections = Vec::new();
    for _ in 0..2 {
        let stream = TokioIo::new(connect(&connector, door.knock().await).await);
        let (requests, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
        tokio::spawn(connection);
        connections.push(requests);
    }
    let first = begin(&mut connections[0]).await;
    assert_eq!(first.status(), StatusCode::OK);

    // When another one begins, then there is no room for it beside the first, and there is on another connection
    assert_eq!(begin(&mut connections[0]).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(begin(&mut connections[1]).await.status(), StatusCode::OK);
}
