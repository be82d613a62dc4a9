//! Whoever is too slow is given up, however that looks.

use std::future::pending;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use callboard_outbox::sender::{ANSWER_LIMIT, CONNECT_LIMIT};
use callboard_outbox::{
    LookingUp, Lookup, Phase, RetryAfter, SendError, Sender, SenderLimits, client_config,
};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

use crate::stage::{Endpoint, SHORT_LIMIT, loopback, send, sender, sender_with_names, short};

#[tokio::test]
async fn a_silent_endpoint_is_given_up() {
    let endpoint = Endpoint::falling_silent_after("").await;
    let error = send(&sender(short()), &endpoint.url()).await.unwrap_err();
    assert_eq!(error, SendError::Timeout { phase: Phase::Answer, limit: SHORT_LIMIT });
    assert_eq!(error.to_string(), "no answer came within 1.5 s");
}

#[tokio::test]
async fn a_success_whose_body_does_not_end_is_a_failure() {
    let endpoint = Endpoint::falling_silent_after("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf").await;
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
async fn headers_that_drip_without_end_are_cut_off_all_the_same() {
    let endpoint = Endpoint::open(|mut stream, seen| async move {
        seen.read_request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nx-slow: ").await.unwrap();
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(SHORT_LIMIT / 10).await;
        }
    })
    .await;
    let error = send(&sender(short()), &endpoint.url()).await.unwrap_err();
    assert_eq!(error, SendError::Timeout { phase: Phase::Answer, limit: SHORT_LIMIT });
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
    let sender = Sender::with_lookup(loopback(), client_config(&[]).unwrap(), limits, Arc::new(NeverAnswers));
    let error = send(&sender, "http://hooks.example/").await.unwrap_err();
    assert_eq!(error, SendError::Timeout { phase: Phase::Answer, limit: ANSWER_LIMIT });
}
