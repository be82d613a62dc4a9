//! How much of an answer is kept.

use std::sync::{Arc, Mutex};

use callboard_outbox::SenderLimits;
use callboard_outbox::sender::KEPT_BODY_BYTES;
use tokio::io::AsyncWriteExt;
use tokio::sync::oneshot;

use crate::stage::{Endpoint, send, sender, short};

#[tokio::test]
async fn a_body_in_chunks_is_put_together() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n";
    let endpoint = Endpoint::answering(chunked).await;
    let answer = send(&sender(SenderLimits::default()), &endpoint.url()).await.unwrap();
    assert_eq!((&answer.body[..], answer.body_truncated), (&b"onetwo"[..], false));
}

#[tokio::test]
async fn a_body_is_kept_up_to_the_limit() {
    for (length, kept, truncated) in [(0, 0, false), (7, 7, false), (8, 8, false), (9, 8, true)] {
        let body = "x".repeat(length);
        let endpoint =
            Endpoint::answering(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}")).await;
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
