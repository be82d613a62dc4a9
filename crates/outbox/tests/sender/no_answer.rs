//! What is not an answer: silence, half of one, or something that is no HTTP.

use std::fmt::Write as _;

use callboard_outbox::sender::ANSWER_HEAD_BYTES;
use callboard_outbox::{Answer, SendError, SenderLimits};

use crate::stage::{Endpoint, OK, send, sender};

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

#[tokio::test]
async fn a_connection_that_is_reset_before_its_answer_is_the_endpoints_doing() {
    let endpoint = Endpoint::open(|mut stream, seen| async move {
        seen.read_request(&mut stream).await;
        stream.set_zero_linger().unwrap();
    })
    .await;
    let error = send(&sender(SenderLimits::default()), &endpoint.url()).await.unwrap_err();
    assert_eq!((error, endpoint.requests().len()), (SendError::Closed, 1));
}

#[tokio::test]
async fn what_follows_an_answer_is_never_taken_for_the_next_one() {
    // Given an endpoint that says a second answer after its first, unasked
    let twice = format!("{OK}HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n");
    let endpoint = Endpoint::answering(twice).await;
    let sender = sender(SenderLimits::default());

    // When shipments follow each other, then each one has the answer that was given to it
    for _ in 0..3 {
        assert_eq!(send(&sender, &endpoint.url()).await.unwrap().status, 200);
    }
    assert_eq!((endpoint.requests().len(), endpoint.connections()), (3, 3));
}
