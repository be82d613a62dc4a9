//! Forms that are too long, or do not come to an end, on an API that nobody asks.

use std::convert::Infallible;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode, header};
use axum::routing::get;
use callboard_board::BoardOptions;
use futures_util::StreamExt;
use futures_util::stream::{once, pending};
use jiff::Timestamp;
use tower_service::Service;

async fn sign_in_with(body: Body) -> StatusCode {
    sign_in_at(Router::new(), body).await
}

async fn sign_in_at(api: Router, body: Body) -> StatusCode {
    let options = BoardOptions {
        api,
        now: || Timestamp::UNIX_EPOCH,
        public_url: "http://127.0.0.1:7700".to_owned(),
        seal: [7; 32],
    };
    let request = Request::post("/board/sign-in")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body);
    let Ok(response) = callboard_board::routes(options).call(request.expect("it is one")).await;
    response.status()
}

#[tokio::test]
async fn a_stranger_may_send_a_key_and_no_more() {
    let long = format!("key={}", "x".repeat(16 * 1024));
    assert_eq!(sign_in_with(Body::from(long)).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(sign_in_with(Body::from("key=cbk_x")).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn without_a_key_nobody_is_let_in_whatever_the_api_says() {
    let open = || Router::new().route("/v1/settings", get(async || "{}"));
    assert_eq!(sign_in_at(open(), Body::from("key=cbk_x")).await, StatusCode::SEE_OTHER);
    for nothing in ["key=", "key=+%0A"] {
        assert_eq!(sign_in_at(open(), Body::from(nothing)).await, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test(start_paused = true)]
async fn a_form_that_does_not_come_to_an_end_is_not_waited_for() {
    let begun = once(async { Ok::<Bytes, Infallible>(Bytes::from_static(b"key=cbk_")) });
    let drips = Body::from_stream(begun.chain(pending()));
    assert_eq!(sign_in_with(drips).await, StatusCode::REQUEST_TIMEOUT);
}
