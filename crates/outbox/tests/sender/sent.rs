//! What is sent, and what kind of answers there are.

use std::time::Duration;

use callboard_outbox::{RetryAfter, SenderLimits};

use crate::stage::{Endpoint, OK, send, sender};

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
    let moved = format!("HTTP/1.1 307 Moved\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", elsewhere.url());
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
