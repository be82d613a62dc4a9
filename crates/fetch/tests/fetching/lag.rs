//! Skype: a token for each call, and data that may lag behind the webhooks.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::hub::Hub;
use crate::platform::{Platform, Reply};

pub const INTERVIEW: &str = "/api/interviews/RENE%202010";

pub fn stage_webhook(second: u32, stage: &str) -> Value {
    json!({
        "previousStage": {"value": "InterviewCreated", "metadata": "1 - Interview was created"},
        "currentStage": {"value": stage, "metadata": "3000 - Scheduled"},
        "event": "State", "timestamp": format!("2026-03-01T08:59:{second:02}.1234567Z"),
        "interviewCode": "RENE 2010",
    })
}

pub fn shown(title: &str, stage: &str) -> String {
    json!({"code": "RENE 2010", "title": title, "stage": {"value": stage, "metadata": ""}}).to_string()
}

/// Hears of a stage that the platform may not know of yet, and looks for it again when it has to.
async fn hears_and_looks_again(hub: &Hub) {
    hub.hears(stage_webhook(1, "SchedulingCompleted")).await;
    let pointer = hub.tried(1).await;
    assert_eq!(pointer.due_at, hub.now() + SignedDuration::from_secs(30));
    hub.pass(30);
    hub.settles().await;
}

#[tokio::test]
async fn data_that_is_behind_the_webhook_is_looked_at_again_when_it_cannot_lag_any_more() {
    let platform = Platform::open().await;
    let late = shown("Call with Rene", "SchedulingCompleted");
    platform.has(INTERVIEW, [Reply::With(200, shown("Call", "SchedulingTime")), Reply::With(200, late)]);
    let hub = Hub::skype(&platform.url).await;

    hears_and_looks_again(&hub).await;

    let titles: Vec<String> = hub
        .events()
        .await
        .iter()
        .filter(|event| event.kind.as_str() == "interview.updated")
        .map(|event| event.data.interview.as_ref().unwrap().title.clone().unwrap())
        .collect();
    assert_eq!(titles, ["Call", "Call with Rene"]);
    let stage = hub.events().await.pop().unwrap().data.interview.as_ref().unwrap().stage.value.to_string();
    assert_eq!(stage, "SchedulingCompleted", "what is fetched moves no stage");
}

#[tokio::test]
async fn news_of_the_told_stage_is_enough_and_no_news_is_looked_at_once_more() {
    let platform = Platform::open().await;
    platform.says(INTERVIEW, shown("Call", "SchedulingCompleted"));
    let hub = Hub::skype(&platform.url).await;

    hub.hears(stage_webhook(1, "SchedulingCompleted")).await;
    hub.settles().await;
    assert_eq!(platform.paths(), [INTERVIEW]);

    platform.says(INTERVIEW, shown("Call", "InterviewStarted"));
    hub.hears(stage_webhook(2, "InterviewStarted")).await;
    hub.tried(1).await;
    hub.pass(30);
    hub.settles().await;
    assert_eq!(platform.paths().len(), 3);
}

#[tokio::test]
async fn what_is_not_there_yet_is_looked_for_again_when_it_has_to_be() {
    let platform = Platform::open().await;
    let missing = Reply::With(404, String::new());
    platform.has(INTERVIEW, [missing, Reply::With(200, shown("Call", "SchedulingCompleted"))]);
    let hub = Hub::skype(&platform.url).await;

    hears_and_looks_again(&hub).await;

    let events = hub.events().await;
    assert!(events.iter().all(|event| event.kind.as_str() != "receipt.quarantined"), "{events:?}");
    let told = events.iter().filter(|event| event.kind.as_str() == "interview.updated");
    assert_eq!(told.count(), 1);
}

#[tokio::test]
async fn what_is_still_not_there_then_is_given_up() {
    let platform = Platform::open().await;
    platform.has(INTERVIEW, [Reply::With(404, String::new())]);
    let hub = Hub::skype(&platform.url).await;
    hears_and_looks_again(&hub).await;

    let events = hub.events().await;
    assert_eq!(events.last().map(|event| event.kind.as_str()), Some("receipt.quarantined"));
    assert_eq!(platform.paths(), [INTERVIEW, INTERVIEW]);
}

#[tokio::test]
async fn each_call_shows_a_token_of_its_own_without_a_hash_of_a_body() {
    let platform = Platform::open().await;
    platform.says(INTERVIEW, shown("Call", "SchedulingTime"));
    let hub = Hub::skype(&platform.url).await;

    hub.hears(stage_webhook(1, "SchedulingCompleted")).await;
    hub.tried(1).await;
    hub.pass(30);
    hub.settles().await;

    let claims: Vec<Value> = platform
        .asked()
        .iter()
        .map(|asked| {
            let token = asked.authorization.strip_prefix("Bearer ").unwrap();
            let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
            serde_json::from_slice(&claims).unwrap()
        })
        .collect();
    assert_eq!(claims.len(), 2);
    for claims in &claims {
        assert_eq!((&claims["iss"], claims.get("sub")), (&json!("key"), None));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 10);
    }
    assert_ne!(claims[0]["jti"], claims[1]["jti"]);
}

#[tokio::test]
async fn an_answer_is_no_newer_than_the_question_however_long_it_was_on_its_way() {
    let (platform, may) = (Platform::open().await, Arc::new(Notify::new()));
    platform.has(INTERVIEW, [Reply::Held(Arc::clone(&may), shown("Call", "SchedulingTime"))]);
    let hub = Hub::skype(&platform.url).await;
    let asked_at = hub.now();
    hub.hears(stage_webhook(1, "SchedulingTime")).await;
    while platform.paths().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    hub.pass(20);
    may.notify_one();

    while hub.fetched().await.is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(hub.fetched().await[0].received_at, asked_at);
}
