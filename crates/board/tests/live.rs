//! The stream of the live board, on an API that has nothing to say.

use std::convert::Infallible;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use axum::response::sse::{Event, Sse};
use axum::routing::get;
use axum::{Json, Router};
use callboard_board::BoardOptions;
use futures_util::stream;
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tokio::time::{Instant, timeout};
use tower_service::Service;

/// How long ago somebody signed in, in seconds.
static AGO: AtomicI64 = AtomicI64::new(0);

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(AGO.load(Ordering::Relaxed))
}

fn board() -> Router {
    let nothing = || get(async || Json(json!({"items": [], "next": null})));
    let api = Router::new()
        .route("/v1/settings", get(async || Json(json!({}))))
        .route("/v1/sources", nothing())
        .route("/v1/endpoints", nothing())
        .route("/v1/events", nothing())
        .route("/v1/live", get(async || Sse::new(stream::pending::<Result<Event, Infallible>>())));
    let public_url = "http://127.0.0.1:7700".to_owned();
    callboard_board::routes(BoardOptions { api, now, public_url, seal: [7; 32] })
}

async fn ask(board: &Router, request: Request<Body>) -> Response<Body> {
    let Ok(response) = board.clone().call(request).await;
    response
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_with_the_session_that_it_was_opened_in() {
    // Given somebody who signed in twelve hours ago, but for a minute
    let board = board();
    let sign_in = Request::post("/board/sign-in")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("key=cbk_x"));
    let signed_in = ask(&board, sign_in.unwrap()).await;
    let cookie = signed_in.headers()[header::SET_COOKIE].clone();
    AGO.store(12 * 60 * 60 - 60, Ordering::Relaxed);

    // When they open the live board and leave it open
    let begun = Instant::now();
    let stream = Request::get("/board/live").header(header::COOKIE, cookie).body(Body::empty());
    let stream = ask(&board, stream.unwrap()).await;
    assert_eq!(stream.status(), StatusCode::OK);
    let told = timeout(Duration::from_secs(600), stream.into_body().collect()).await;

    // Then it tells them until the minute is over
    let told = told.expect("it has ended").unwrap().to_bytes();
    assert!(std::str::from_utf8(&told).unwrap().contains("quiet"));
    assert_eq!(begun.elapsed().as_secs(), 60);
}
