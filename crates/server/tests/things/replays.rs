//! Replays as they are asked for: one at a time, once, by those who may; and requests that are read again.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::body::{Body, Bytes};
use callboard_core::Timestamp;
use callboard_ledger::{Intake, Outcome};
use callboard_server::replays;
use serde_json::{Value, json};

use super::hall::{ADMIN, Hall, NOW, OTHER, READER, WRITER};

const SINCE: &str = "2026-01-01T00:00:00Z";
/// How long a replay may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);

async fn endpoint(hall: &Hall) -> String {
    let body = json!({"url": "https://ats.example/hooks", "dialect": "standard"});
    let made = hall.ask(ADMIN, "POST", "/endpoints", &body).await.is(201);
    format!("/endpoints/{}/replay", made.id())
}

#[tokio::test]
async fn an_endpoint_has_one_replay_at_a_time_and_a_company_a_few() {
    // Given one that nobody works on
    let hall = Hall::open().await;
    let path = endpoint(&hall).await;
    let body = json!({"since": SINCE});
    let once = async |key: &'static str| {
        let body = Body::from(body.to_string());
        hall.send(ADMIN, "POST", &path, &[("idempotency-key", key)], body).await
    };

    // Then who may not is refused, and the same request comes to the same replay
    hall.ask(WRITER, "POST", &path, &body).await.refused(403, "scope_too_small");
    hall.ask(OTHER, "POST", &path, &body).await.refused(404, "not_found");
    let first = once("k-1").await.is(202);
    let at = first.header("location").strip_prefix("/v1").unwrap().to_owned();
    let again = once("k-1").await.is(202);
    assert_eq!((again.header("idempotent-replayed"), &again.body), ("true", &first.body));
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(hall.get(&at).await.is(200).body, first.body);
    assert_eq!(first.body["until"], NOW);

    // And another one has to wait for it, also at a source, as does one more than there may be
    once("k-2").await.refused(409, "replay_running");
    let source = hall.ask(ADMIN, "POST", "/sources", &json!({"platform": "viasto"})).await.is(201).id();
    let source = format!("/sources/{source}/replay");
    hall.ask(ADMIN, "POST", &source, &body).await.is(202);
    hall.ask(ADMIN, "POST", &source, &body).await.refused(409, "replay_running");
    for other in [endpoint(&hall).await, endpoint(&hall).await] {
        hall.ask(ADMIN, "POST", &other, &body).await.is(202);
    }
    let fifth = endpoint(&hall).await;
    hall.ask(ADMIN, "POST", &fifth, &body).await.refused(409, "replay_running");

    // When it is called off, there is room again
    hall.is_closed_to_others(&at, &[("POST", "/cancel", json!({}))]).await;
    let cancelled = hall.ask(ADMIN, "POST", &format!("{at}/cancel"), &json!({})).await.is(200);
    assert_eq!(
        (&cancelled.body["state"], &cancelled.body["finished_at"]),
        (&json!("cancelled"), &json!(NOW))
    );
    hall.ask(ADMIN, "POST", &format!("{at}/cancel"), &json!({})).await.refused(409, "replay_ended");
    hall.ask(ADMIN, "POST", &fifth, &body).await.is(202);
    assert_eq!(hall.walk("/replays").await.len(), 5);
}

#[tokio::test]
async fn a_source_s_requests_are_read_again_once_a_platform_s_new_words_are_known() {
    // Given requests that were put aside, all but one of which are understood by now
    let hall = Hall::open().await;
    let keys = json!({"api_key": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "api_secret": "long enough for everyone it is"});
    let source = json!({"platform": "skype", "name": "", "credentials": keys});
    let source = hall.ask(ADMIN, "POST", "/sources", &source).await.is(201).id();
    let at: Timestamp = NOW.parse().unwrap();
    let stages = [json!({"value": "SchedulingTime"}), json!({"value": "InterviewStarted"}), json!(7)];
    for (number, stage) in stages.into_iter().enumerate() {
        let body =
            json!({"interviewCode": "RENE2010", "event": "State", "timestamp": NOW, "currentStage": stage});
        let intake = Intake {
            source: Arc::clone(hall.hub_ledger().directory().source(source.parse().unwrap()).unwrap()),
            received_at: at,
            unique: Some(number.to_string()),
            told_of: None,
            headers: "{}".to_owned(),
            body: Bytes::from(body.to_string()),
            label: String::new(),
            points_at: Vec::new(),
            fetch_at: None,
            told: Err("not known yet".to_owned()),
        };
        assert_eq!(hall.hub_ledger().record(intake).await.unwrap().outcome, Outcome::Quarantined);
    }

    // When
    let path = format!("/sources/{source}/replay");
    let started = hall.ask(ADMIN, "POST", &path, &json!({"since": SINCE})).await.is(202);
    let working = tokio::spawn(replays(hall.hub()));
    let at = format!("/replays/{}", started.id());
    let mut stands = started.body;
    let ended = async {
        while stands["state"] == "running" {
            stands = hall.ask(READER, "GET", &at, &Value::Null).await.is(200).body;
        }
    };
    tokio::time::timeout(PATIENCE, ended).await.expect("it is worked on");
    working.abort();

    // Then
    assert_eq!((&stands["what"], &stands["state"]), (&json!("quarantined"), &json!("done")), "{stands}");
    assert_eq!([&stands["seen"], &stands["replayed"], &stands["skipped"]], [3, 2, 1], "{stands}");
    let left = hall.get("/receipts?outcome=quarantined").await.is(200);
    assert_eq!(left.ids().len(), 1);
}

/// What comes of asking, unless whoever asks hangs up once it has been looked at so often whether there is an answer.
async fn looked_at<F: Future>(mut times: usize, asking: F) -> Option<F::Output> {
    let mut asking = pin!(asking);
    poll_fn(|context| match times.checked_sub(1) {
        Some(left) => {
            times = left;
            asking.as_mut().poll(context).map(Some)
        }
        None => Poll::Ready(None),
    })
    .await
}

#[tokio::test]
async fn a_replay_is_worked_on_whenever_whoever_asked_for_it_hangs_up() {
    let hall = Hall::open().await;
    let working = tokio::spawn(replays(hall.hub()));
    let path = endpoint(&hall).await;
    for times in 1.. {
        let answered = looked_at(times, hall.ask(ADMIN, "POST", &path, &json!({"since": SINCE}))).await;
        // What was begun is durable when the next one's turn comes.
        hall.ask(ADMIN, "PATCH", "/settings", &json!({"name": format!("Backstage {times}")})).await.is(200);
        let is_done = |replay: &Value| replay["state"] == "done";
        let done = async {
            while !hall.get("/replays").await.is(200).body["items"].as_array().unwrap().iter().all(is_done) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, done).await.expect("nobody works on it");
        if answered.is_some() {
            break;
        }
    }
    working.abort();
    assert!(!hall.walk("/replays").await.is_empty());
}
