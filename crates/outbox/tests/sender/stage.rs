//! Real servers on loopback, each as well-behaved or as badly as its test wants it.

use std::collections::VecDeque;
use std::future::{Future, pending};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use callboard_outbox::{
    AddressGuard, Answer, LookingUp, Lookup, SendError, Sender, SenderLimits, Shipment, client_config,
};
use http::{HeaderName, HeaderValue};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
pub const OK_AND_CLOSE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";

/// How long an endpoint has in the tests that wait for a limit to run out.
pub const SHORT_LIMIT: Duration = Duration::from_millis(1500);

/// A server that counts what reaches it.
#[derive(Clone)]
pub struct Endpoint {
    pub address: SocketAddr,
    pub connections: Arc<AtomicUsize>,
    pub requests: Arc<Mutex<Vec<String>>>,
}

impl Endpoint {
    /// Hands each connection to `talk`.
    pub async fn open<F, T>(talk: F) -> Self
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
    pub async fn answering(answer: impl Into<String>) -> Self {
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
    pub async fn falling_silent_after(answer: &'static str) -> Self {
        Self::open(move |mut stream, seen| async move {
            seen.read_request(&mut stream).await;
            stream.write_all(answer.as_bytes()).await.unwrap();
            pending::<()>().await;
        })
        .await
    }

    /// Answers with `answer` and closes the connection.
    pub async fn hanging_up_after(answer: &'static str) -> Self {
        Self::open(move |mut stream, seen| async move {
            seen.read_request(&mut stream).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        })
        .await
    }

    /// Reads one request, head and body; `false` when the connection has ended.
    pub async fn read_request(&self, stream: &mut (impl AsyncRead + Unpin)) -> bool {
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

    pub fn url(&self) -> String {
        format!("http://{}/hook?a=b", self.address)
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

pub fn loopback() -> AddressGuard {
    AddressGuard { allow_http: true, allow_networks: vec!["127.0.0.0/8".parse().unwrap()] }
}

pub fn short() -> SenderLimits {
    SenderLimits { answer: SHORT_LIMIT, ..SenderLimits::default() }
}

pub fn sender(limits: SenderLimits) -> Sender {
    Sender::new(loopback(), client_config(&[]).unwrap(), limits)
}

pub fn shipment(url: &str) -> Shipment {
    let header = |name, value| (HeaderName::from_static(name), HeaderValue::from_static(value));
    let headers = vec![
        header("content-type", "application/json"),
        header("webhook-id", "evt_1"),
        header("x-twice", "one"),
        header("x-twice", "two"),
    ];
    Shipment { url: url.parse().unwrap(), headers, body: r#"{"id":"evt_1"}"#.into() }
}

pub async fn send(sender: &Sender, url: &str) -> Result<Answer, SendError> {
    sender.send(shipment(url)).await
}

/// Looks every name up in a list of answers; the last one stays.
pub struct Names(Mutex<VecDeque<Vec<IpAddr>>>);

impl Names {
    pub fn answering(answers: &[&[&str]]) -> Arc<Self> {
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

pub fn sender_with_names(names: Arc<dyn Lookup>) -> Sender {
    Sender::with_lookup(loopback(), client_config(&[]).unwrap(), SenderLimits::default(), names)
}
