//! One attempt, sent to real servers on loopback: what comes back, what is cut off, what is refused.

#![expect(clippy::unwrap_used, reason = "a test whose stage cannot be set has failed")]

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::future::{Future, pending};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use callboard_outbox::sender::{ANSWER_HEAD_BYTES, ANSWER_LIMIT, CONNECT_LIMIT, IDLE_LIMIT, KEPT_BODY_BYTES};
use callboard_outbox::{
    AddressGuard, Answer, LookingUp, Lookup, Phase, Refusal, RetryAfter, SendError, Sender, SenderLimits,
    Shipment, client_config,
};
use http::{HeaderName, HeaderValue};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const OK_AND_CLOSE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";

/// How long an endpoint has in the tests that wait for a limit to run out.
const SHORT_LIMIT: Duration = Duration::from_millis(500);

/// A server that counts what reaches it.
#[derive(Clone)]
struct Endpoint {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Endpoint {
    /// Hands each connection to `talk`.
    async fn open<F, T>(talk: F) -> Self
    where
        F: Fn(TcpStream, Self) -> T + Send + 'static,
        T: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let endpoint = Self { address, connections: Arc::default(), requests: Arc::default() };
        let seen = endpoint.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                seen.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(talk(stream, seen.clone()));
            }
        });
        endpoint
    }

    /// Answers every request with `answer`, for as long as the connection is kept.
    async fn answering(answer: impl Into<String>) -> Self {
        let answer: Arc<str> = answer.into().into();
        Self::open(move |mut stream, seen| {
            let answer = Arc::clone(&answer);
            async move {
                while seen.read_request(&mut stream).await {
                    let _ = stream.write_all(answer.as_bytes()).await;
                }
            }
        })
        .await
    }

    /// Answers with `answer`, then says nothing more and keeps the connection open.
    async fn falling_silent_after(answer: &'static str) -> Self {
        Self::open(move |mut stream, seen| async move {
            seen.read_request(&mut stream).await;
            stream.write_all(answer.as_bytes()).await.unwrap();
            pending::<()>().await;
        })
        .await
    }

    /// Answers with `answer` and closes the connection.
    async fn hanging_up_after(answer: &'static str) -> Self {
        Self::open(move |mut stream, seen| async move {
            seen.read_request(&mut stream).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        })
        .await
    }

    /// Reads one request, head and body; `false` when the connection has ended.
    async fn read_request(&self, stream: &mut (impl AsyncRead + Unpin)) -> bool {
        let mut request = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&request);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                    self.requests.lock().unwrap().push(text.into_owned());
                    return true;
                }
            }
            match stream.read_buf(&mut request).await {
                Ok(0) | Err(_) => return false,
                Ok(_) => {}
            }
        }
    }

    fn url(&self) -> String {
        format!("http://{}/hook?a=b", self.address)
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn loopback() -> AddressGuard {
    AddressGuard { allow_http: true, allow_networks: vec!["127.0.0.0/8".parse().unwrap()] }
}

fn short() -> SenderLimits {
    SenderLimits { answer: SHORT_LIMIT, ..SenderLimits::default() }
}

fn sender(limits: SenderLimits) -> Sender {
    Sender::new(loopback(), client_config(&[]).unwrap(), limits)
}

fn shipment(url: &str) -> Shipment {
    let header = |name, value| (HeaderName::from_static(name), HeaderValue::from_static(value));
    let headers = vec![
        header("content-type", "application/json"),
        header("webhook-id", "evt_1"),
        header("x-twice", "one"),
        header("x-twice", "two"),
    ];
    Shipment { url: url.parse().unwrap(), headers, body: r#"{"id":"evt_1"}"#.into() }
}

async fn send(sender: &Sender, url: &str) -> Result<Answer, SendError> {
    sender.send(shipment(url)).await
}

/// Looks every name up in a list of answers; the last one stays.
struct Names(Mutex<VecDeque<Vec<IpAddr>>>);

impl Names {
    fn answering(answers: &[&[&str]]) -> Arc<Self> {
        let addresses = |answer: &&[&str]| answer.iter().map(|address| address.parse().unwrap()).collect();
        Arc::new(Self(Mutex::new(answers.iter().map(addresses).collect())))
    }
}

impl Lookup for Names {
    fn lookup(&self, _: &str) -> LookingUp {
        let mut answers = self.0.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        Box::pin(async move { Ok(answer.unwrap_or_default()) })
    }
}

fn sender_with_names(names: Arc<dyn Lookup>) -> Sender {
    Sender::with_lookup(loopback(), client_config(&[]).unwrap(), SenderLimits::default(), names)
}

mod what_is_sent {
    use super::*;

    #[tokio::test]
    async fn a_shipment_arrives_as_it_was_packed() {
        let endpoint = Endpoint::answering(OK).await;
        let answer = send(&sender(SenderLimits::default()), &endpoint.url()).await.unwrap();

        assert!(answer.is_success());
        assert_eq!((answer.status, &answer.body[..], answer.body_truncated), (200, &b"ok"[..], false));
        let request = &endpoint.requests()[0];
        let host = format!("host: {}", endpoint.address);
        let expected = [
            "POST /hook?a=b HTTP/1.1",
            "content-type: application/json",
            "webhook-id: evt_1",
            "x-twice: one",
            "x-twice: two",
            &host,
            "content-length: 14",
            "",
            r#"{"id":"evt_1"}"#,
        ];
        assert_eq!(request.lines().collect::<Vec<_>>(), expected);
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer_and_is_not_followed() {
        let elsewhere = Endpoint::answering(OK).await;
        let moved =
            format!("HTTP/1.1 307 Moved\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", elsewhere.url());
        let endpoint = Endpoint::answering(moved).await;

        let answer = send(&sender(SenderLimits::default()), &endpoint.url()).await.unwrap();
        assert_eq!(answer.status, 307);
        assert!(!answer.is_success());
        assert_eq!((endpoint.requests().len(), elsewhere.requests().len()), (1, 0));
    }

    #[tokio::test]
    async fn retry_after_is_read_with_any_status() {
        let busy = "HTTP/1.1 429 Slow down\r\nretry-after: 17\r\ncontent-length: 0\r\n\r\n";
        let endpoint = Endpoint::answering(busy).await;
        let answer = send(&sender(SenderLimits::default()), &endpoint.url()).await.unwrap();
        assert_eq!((answer.status, answer.retry_after), (429, Some(RetryAfter::In(Duration::from_secs(17)))));
    }
}

mod what_is_kept {
    use super::*;

    #[tokio::test]
    async fn a_body_in_chunks_is_put_together() {
        let chunked =
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n";
        let endpoint = Endpoint::answering(chunked).await;
        let answer = send(&sender(SenderLimits::default()), &endpoint.url()).await.unwrap();
        assert_eq!((&answer.body[..], answer.body_truncated), (&b"onetwo"[..], false));
    }

    #[tokio::test]
    async fn a_body_is_kept_up_to_the_limit() {
        for (length, kept, truncated) in [(0, 0, false), (7, 7, false), (8, 8, false), (9, 8, true)] {
            let body = "x".repeat(length);
            let endpoint =
                Endpoint::answering(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}"))
                    .await;
            let limits = SenderLimits { kept_body_bytes: 8, ..SenderLimits::default() };
            let answer = send(&sender(limits), &endpoint.url()).await.unwrap();
            assert_eq!((answer.body.len(), answer.body_truncated), (kept, truncated), "{length}");
        }
    }

    #[tokio::test]
    async fn an_endless_body_is_cut_off_and_not_drained() {
        let (hung_up, told) = oneshot::channel();
        let hung_up = Arc::new(Mutex::new(Some(hung_up)));
        let endpoint = Endpoint::open(move |mut stream, seen| {
            let hung_up = hung_up.lock().unwrap().take();
            async move {
                seen.read_request(&mut stream).await;
                stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await.unwrap();
                while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
                hung_up.unwrap().send(()).unwrap();
            }
        })
        .await;

        let answer = send(&sender(SenderLimits::default()), &endpoint.url()).await.unwrap();
        assert_eq!((answer.body.len(), answer.body_truncated), (KEPT_BODY_BYTES, true));
        told.await.expect("the endpoint finds the connection closed");
    }

    #[tokio::test]
    async fn a_full_body_does_not_wait_for_the_rest() {
        let endpoint =
            Endpoint::falling_silent_after("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n12345678").await;
        let limits = SenderLimits { kept_body_bytes: 8, ..short() };
        let answer = send(&sender(limits), &endpoint.url()).await.unwrap();
        assert_eq!((&answer.body[..], answer.body_truncated), (&b"12345678"[..], true));
    }
}

mod when_time_runs_out {
    use super::*;

    #[tokio::test]
    async fn a_silent_endpoint_is_given_up() {
        let endpoint = Endpoint::falling_silent_after("").await;
        let error = send(&sender(short()), &endpoint.url()).await.unwrap_err();
        assert_eq!(error, SendError::Timeout { phase: Phase::Answer, limit: SHORT_LIMIT });
        assert_eq!(error.to_string(), "no answer came within 0.5 s");
    }

    #[tokio::test]
    async fn a_success_whose_body_does_not_end_is_a_failure() {
        let endpoint =
            Endpoint::falling_silent_after("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf").await;
        let error = send(&sender(short()), &endpoint.url()).await.unwrap_err();
        assert_eq!(error, SendError::Timeout { phase: Phase::Body, limit: SHORT_LIMIT });
    }

    #[tokio::test]
    async fn a_body_that_drips_without_a_pause_is_cut_off_all_the_same() {
        let endpoint = Endpoint::open(|mut stream, seen| async move {
            seen.read_request(&mut stream).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await.unwrap();
            while stream.write_all(b"1\r\nx\r\n").await.is_ok() {
                tokio::time::sleep(SHORT_LIMIT / 10).await;
            }
        })
        .await;
        let error = send(&sender(short()), &endpoint.url()).await.unwrap_err();
        assert_eq!(error, SendError::Timeout { phase: Phase::Body, limit: SHORT_LIMIT });
    }

    #[tokio::test]
    async fn a_failure_keeps_its_status_when_its_body_does_not_end() {
        let busy = "HTTP/1.1 503 Busy\r\nretry-after: 9\r\ncontent-length: 9\r\n\r\nhalf";
        let endpoint = Endpoint::falling_silent_after(busy).await;
        let answer = send(&sender(short()), &endpoint.url()).await.unwrap();
        assert_eq!((answer.status, &answer.body[..], answer.body_truncated), (503, &b"half"[..], true));
        assert_eq!(answer.retry_after, Some(RetryAfter::In(Duration::from_secs(9))));
    }

    #[tokio::test]
    async fn a_tls_handshake_that_does_not_come_is_given_up() {
        let endpoint = Endpoint::open(|stream, _| async move {
            pending::<()>().await;
            drop(stream);
        })
        .await;
        let limits = SenderLimits { connect: SHORT_LIMIT, ..SenderLimits::default() };
        let error = send(&sender(limits), &format!("https://{}/", endpoint.address)).await.unwrap_err();
        assert_eq!(error, SendError::Timeout { phase: Phase::Connect, limit: SHORT_LIMIT });
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn an_address_that_does_not_answer_is_given_up() {
        // Given a listener whose queue is full, for which Linux drops whoever comes next
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let listener = socket.listen(0).unwrap();
        let address = listener.local_addr().unwrap();
        let _first = TcpStream::connect(address).await.unwrap();

        // When a shipment is sent there, then it does not wait for longer than a connection may take
        let limits = SenderLimits { connect: SHORT_LIMIT, ..SenderLimits::default() };
        let error = send(&sender(limits), &format!("http://{address}/")).await.unwrap_err();
        assert_eq!(error, SendError::Timeout { phase: Phase::Connect, limit: SHORT_LIMIT });
    }

    struct NeverAnswers;

    impl Lookup for NeverAnswers {
        fn lookup(&self, _: &str) -> LookingUp {
            Box::pin(pending())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_name_that_is_never_found_is_given_up_after_ten_seconds() {
        let sender = sender_with_names(Arc::new(NeverAnswers));
        let started = tokio::time::Instant::now();
        let error = send(&sender, "http://hooks.example/").await.unwrap_err();
        assert_eq!(error, SendError::Timeout { phase: Phase::Connect, limit: CONNECT_LIMIT });
        assert_eq!(started.elapsed().as_secs(), 10);
        assert_eq!(error.to_string(), "no connection was made within 10 s");
    }

    #[tokio::test(start_paused = true)]
    async fn the_answer_limit_holds_over_the_connection_too() {
        let limits = SenderLimits { connect: ANSWER_LIMIT * 2, ..SenderLimits::default() };
        let sender =
            Sender::with_lookup(loopback(), client_config(&[]).unwrap(), limits, Arc::new(NeverAnswers));
        let error = send(&sender, "http://hooks.example/").await.unwrap_err();
        assert_eq!(error, SendError::Timeout { phase: Phase::Answer, limit: ANSWER_LIMIT });
    }
}

mod what_is_not_an_answer {
    use super::*;

    async fn outcome(answer: &'static str) -> Result<Answer, SendError> {
        let endpoint = Endpoint::hanging_up_after(answer).await;
        let outcome = send(&sender(SenderLimits::default()), &endpoint.url()).await;
        assert_eq!(endpoint.requests().len(), 1, "nothing is sent twice over fresh connections");
        outcome
    }

    #[tokio::test]
    async fn a_connection_closed_without_an_answer_is_the_endpoints_doing() {
        assert_eq!(outcome("").await.unwrap_err(), SendError::Closed);
        assert_eq!(outcome("HTTP/1.1 200 OK\r\ncontent-le").await.unwrap_err(), SendError::Closed);
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_spoils_a_success_only() {
        let success = outcome("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf").await;
        assert_eq!(success.unwrap_err(), SendError::Closed);
        let failure = outcome("HTTP/1.1 500 Broken\r\ncontent-length: 9\r\n\r\nhalf").await.unwrap();
        assert_eq!((failure.status, &failure.body[..], failure.body_truncated), (500, &b"half"[..], true));
    }

    #[tokio::test]
    async fn what_is_not_http_is_named_so() {
        assert_eq!(outcome("SSH-2.0-OpenSSH_9.9\r\n\r\n").await.unwrap_err().kind(), "protocol");
        let bad_chunk = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnonsense\r\n";
        assert_eq!(outcome(bad_chunk).await.unwrap_err().kind(), "protocol");
    }

    #[tokio::test]
    async fn headers_have_a_limit_in_size_and_in_number() {
        let large = format!(
            "HTTP/1.1 200 OK\r\nx-large: {}\r\ncontent-length: 0\r\n\r\n",
            "x".repeat(2 * ANSWER_HEAD_BYTES)
        );
        let mut many = String::from("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n");
        (0..101).for_each(|number| write!(many, "x-{number}: x\r\n").unwrap());
        many.push_str("\r\n");

        for answer in [large, many] {
            let endpoint = Endpoint::answering(answer).await;
            let error = send(&sender(SenderLimits::default()), &endpoint.url()).await.unwrap_err();
            assert_eq!(error.kind(), "protocol", "{error}");
        }
    }
}

mod kept_connections {
    use super::*;

    #[tokio::test]
    async fn a_connection_is_used_again() {
        let endpoint = Endpoint::answering(OK).await;
        let sender = sender(SenderLimits::default());
        for _ in 0..50 {
            send(&sender, &endpoint.url()).await.unwrap();
        }
        assert_eq!(endpoint.requests().len(), 50);
        // A second one may be opened while the first is on its way back to its place.
        assert!(endpoint.connections() <= 5, "{} connections", endpoint.connections());
    }

    #[tokio::test]
    async fn a_used_connection_that_is_closed_on_us_is_not_a_failed_attempt() {
        // Given an endpoint that closes each connection upon its second request, unanswered
        let endpoint = Endpoint::open(|mut stream, seen| async move {
            seen.read_request(&mut stream).await;
            stream.write_all(OK.as_bytes()).await.unwrap();
            seen.read_request(&mut stream).await;
        })
        .await;
        let sender = sender(SenderLimits::default());

        // When shipments follow each other, then each one is answered
        for _ in 0..20 {
            assert!(send(&sender, &endpoint.url()).await.unwrap().is_success());
        }
        assert!(endpoint.requests().len() > 20, "some of them met a connection that was then closed");
    }

    #[tokio::test]
    async fn a_connection_is_not_kept_beyond_the_number_that_is_allowed() {
        let endpoint = Endpoint::answering(OK).await;
        let sender = sender(SenderLimits { idle_connections_per_host: 0, ..SenderLimits::default() });
        for _ in 0..3 {
            send(&sender, &endpoint.url()).await.unwrap();
        }
        assert_eq!(endpoint.connections(), 3);
    }

    #[tokio::test]
    async fn a_connection_is_not_kept_for_longer_than_is_allowed() {
        // Given connections that have answered
        let endpoint = Endpoint::answering(OK).await;
        let sender = sender(SenderLimits::default());
        for _ in 0..3 {
            send(&sender, &endpoint.url()).await.unwrap();
        }
        let before = endpoint.connections();

        // When they have been idle for longer than the limit
        tokio::time::pause();
        tokio::time::advance(IDLE_LIMIT * 2).await;
        tokio::time::resume();

        // Then the next shipment gets a new one
        send(&sender, &endpoint.url()).await.unwrap();
        assert!(endpoint.connections() > before);
    }

    #[tokio::test]
    async fn many_shipments_at_once_are_all_answered() {
        let endpoint = Endpoint::answering(OK).await;
        let sender = sender(SenderLimits::default());
        let mut sending = tokio::task::JoinSet::new();
        for _ in 0..200 {
            let (sender, url) = (sender.clone(), endpoint.url());
            sending.spawn(async move { send(&sender, &url).await.unwrap().status });
        }
        assert!(sending.join_all().await.into_iter().all(|status| status == 200));
        assert_eq!(endpoint.requests().len(), 200);
    }
}

mod where_it_may_go {
    use super::*;

    #[tokio::test]
    async fn an_address_in_the_url_is_vetted_though_no_name_is_looked_up() {
        let sender = sender(SenderLimits::default());
        for url in [
            "http://10.0.0.1/",
            "http://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest",
            "http://[::1]/",
        ] {
            let error = send(&sender, url).await.unwrap_err();
            assert!(matches!(error, SendError::Refused(Refusal::Address { .. })), "{url}: {error}");
            assert_eq!(error.kind(), "refused");
        }
    }

    #[tokio::test]
    async fn plain_http_is_refused_unless_opened() {
        let endpoint = Endpoint::answering(OK).await;
        let guard = AddressGuard { allow_http: false, ..loopback() };
        let sender = Sender::new(guard, client_config(&[]).unwrap(), SenderLimits::default());
        let error = send(&sender, &endpoint.url()).await.unwrap_err();
        assert_eq!(error, SendError::Refused(Refusal::Scheme("http".to_owned())));
        assert_eq!(endpoint.connections(), 0);
    }

    #[tokio::test]
    async fn a_name_that_changes_to_an_inside_address_is_not_followed_there() {
        let endpoint = Endpoint::answering(OK_AND_CLOSE).await;
        let sender = sender_with_names(Names::answering(&[&["127.0.0.1"], &["10.0.0.1"]]));
        let url = format!("http://rebinding.example:{}/", endpoint.address.port());

        assert!(send(&sender, &url).await.unwrap().is_success());
        let error = send(&sender, &url).await.unwrap_err();
        let sentence =
            "rebinding.example leads to 10.0.0.1, which is not allowed, it is a private network (RFC 1918)";
        assert_eq!((error.kind(), error.to_string().as_str()), ("refused", sentence));
    }

    #[tokio::test]
    async fn only_the_permitted_addresses_of_a_name_are_connected_to() {
        let endpoint = Endpoint::answering(OK).await;
        // The first is refused, nobody listens at the second.
        let sender = sender_with_names(Names::answering(&[&["10.0.0.1", "127.0.0.2", "127.0.0.1"]]));
        let answer =
            send(&sender, &format!("http://hooks.example:{}/", endpoint.address.port())).await.unwrap();
        assert_eq!((answer.status, endpoint.connections()), (200, 1));
    }

    #[tokio::test]
    async fn a_name_without_an_address_and_a_port_without_a_listener_are_told_apart() {
        let error =
            send(&sender_with_names(Names::answering(&[])), "http://hooks.example/").await.unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string().contains("it has no address")),
            ("resolve", true),
            "{error}"
        );

        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let nobody = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        let error = send(&sender(SenderLimits::default()), &nobody).await.unwrap_err();
        assert_eq!((error.kind(), error.to_string().contains("refused")), ("connect", true), "{error}");
    }
}

mod over_tls {
    use super::*;

    const NAME: &str = "hooks.example";

    /// An authority that the sender trusts, with certificates that it has issued.
    struct Authority(CertifiedIssuer<'static, KeyPair>);

    impl Authority {
        fn new() -> Self {
            let mut params = CertificateParams::new(vec![]).unwrap();
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.distinguished_name.push(DnType::CommonName, "an authority");
            Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
        }

        fn issue(&self, name: &str, alter: impl FnOnce(&mut CertificateParams)) -> ServerConfig {
            let key = KeyPair::generate().unwrap();
            let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
            alter(&mut params);
            let certificate = params.signed_by(&key, &self.0).unwrap();
            server_config(certificate.der().clone(), &key)
        }

        /// Sends to an endpoint called [`NAME`] that shows the certificate of `server`.
        async fn send_to(&self, server: ServerConfig) -> Result<Answer, SendError> {
            let acceptor = TlsAcceptor::from(Arc::new(server));
            let endpoint = Endpoint::open(move |stream, seen| {
                let acceptor = acceptor.clone();
                async move {
                    if let Ok(mut stream) = acceptor.accept(stream).await {
                        answer_ok(&mut stream, &seen).await;
                    }
                }
            })
            .await;
            self.send_to_port(endpoint.address.port()).await
        }

        async fn send_to_port(&self, port: u16) -> Result<Answer, SendError> {
            let trusted = client_config(std::slice::from_ref(self.0.der())).unwrap();
            let names = Names::answering(&[&["127.0.0.1"]]);
            let guard = AddressGuard { allow_http: false, ..loopback() };
            let sender = Sender::with_lookup(guard, trusted, SenderLimits::default(), names);
            send(&sender, &format!("https://{NAME}:{port}/hook")).await
        }
    }

    fn server_config(certificate: CertificateDer<'static>, key: &KeyPair) -> ServerConfig {
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap()
    }

    async fn answer_ok(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), seen: &Endpoint) {
        while seen.read_request(stream).await {
            stream.write_all(OK.as_bytes()).await.unwrap();
            stream.flush().await.unwrap();
        }
    }

    fn assert_tls_error(outcome: Result<Answer, SendError>, words: &str) {
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.to_string().contains(words)), ("tls", true), "{error}");
    }

    #[tokio::test]
    async fn a_certificate_that_fits_is_trusted() {
        let authority = Authority::new();
        let server = authority.issue(NAME, |_| {});
        assert!(authority.send_to(server).await.unwrap().is_success());
    }

    #[tokio::test]
    async fn an_expired_certificate_is_refused() {
        let authority = Authority::new();
        let server = authority.issue(NAME, |params| {
            params.not_before = rcgen::date_time_ymd(2020, 1, 1);
            params.not_after = rcgen::date_time_ymd(2021, 1, 1);
        });
        assert_tls_error(authority.send_to(server).await, "expired");
    }

    #[tokio::test]
    async fn a_certificate_for_another_name_is_refused() {
        let authority = Authority::new();
        let server = authority.issue("other.example", |_| {});
        assert_tls_error(authority.send_to(server).await, "not valid for name");
    }

    #[tokio::test]
    async fn a_certificate_signed_by_nobody_trusted_is_refused() {
        let key = KeyPair::generate().unwrap();
        let alone = CertificateParams::new(vec![NAME.to_owned()]).unwrap().self_signed(&key).unwrap();
        let server = server_config(alone.der().clone(), &key);
        assert_tls_error(Authority::new().send_to(server).await, "UnknownIssuer");

        // An authority of the same name is another one all the same.
        let impostor = Authority::new().issue(NAME, |_| {});
        assert_tls_error(Authority::new().send_to(impostor).await, "BadSignature");
    }

    #[tokio::test]
    async fn an_endpoint_that_does_not_speak_tls_is_named_so() {
        let plain = Endpoint::open(|mut stream, _| async move {
            stream.write_all(b"220 mail.example ESMTP\r\n").await.unwrap();
            // Read until the other side hangs up: closing first would look like a reset.
            while matches!(stream.read(&mut [0; 1024]).await, Ok(1..)) {}
        })
        .await;
        assert_tls_error(Authority::new().send_to_port(plain.address.port()).await, "no secure connection");
    }

    #[tokio::test]
    async fn a_client_certificate_that_is_asked_for_after_the_handshake_is_a_tls_failure() {
        let authority = Authority::new();
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(vec![NAME.to_owned()]).unwrap().signed_by(&key, &authority.0).unwrap();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(authority.0.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(
            Arc::new(roots),
            Arc::clone(&provider),
        );
        let server = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier.build().unwrap())
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        assert_tls_error(authority.send_to(server).await, "ertificate");
    }

    #[test]
    fn an_extra_root_that_is_no_certificate_is_refused() {
        assert!(client_config(&[CertificateDer::from(vec![1, 2, 3])]).is_err());
    }
}
