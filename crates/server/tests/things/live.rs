//! The live stream when more happens at once than it may lag behind, and when its key is deleted.

use axum::body::Body;
use callboard_core::{Command, Facts, Identifier, JobCommand, JobId, JobTold, KeyId};
use callboard_ledger::LIVE_QUEUE;
use http_body_util::BodyExt;
use serde_json::Value;

use super::hall::{ADMIN, Hall};

/// The ids of the events that a stream tells, up to this one.
async fn ids(stream: &mut Body, last: &str) -> Vec<String> {
    let mut ids = Vec::new();
    while ids.last().is_none_or(|id| id != last) {
        let told = stream.frame().await.unwrap().unwrap().into_data().unwrap();
        let told = std::str::from_utf8(&told).unwrap();
        ids.extend(told.lines().filter_map(|line| line.strip_prefix("id: ")).map(str::to_owned));
    }
    ids
}

/// Everything that a stream still says, which is to end soon.
async fn rest(mut stream: Body) -> String {
    let mut said = String::new();
    for _ in 0..10 {
        let Some(told) = stream.frame().await else { return said };
        said.push_str(std::str::from_utf8(&told.unwrap().into_data().unwrap()).unwrap());
    }
    panic!("it goes on: {said}");
}

/// Deletes the key with which streams are opened here.
async fn delete_key(hall: &Hall) {
    let key = format!("/keys/{}", KeyId::from_raw(13));
    hall.ask(ADMIN, "DELETE", &key, &Value::Null).await.is(204);
}

/// The id of the last event.
async fn newest(hall: &Hall) -> String {
    hall.get("/events?limit=1").await.body["items"][0]["event"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn who_falls_behind_is_told_everything_from_the_store_also_before_the_first_event() {
    // Given a stream that has told nothing yet, and an event from before it
    let hall = Hall::open().await;
    hall.job().await;
    let before = newest(&hall).await;
    let mut fresh = hall.stream("/live").await;

    // When more happens than it may lag behind, before it has a chance to tell any of it
    let more = LIVE_QUEUE + 10;
    let told = JobTold { title: Some("Stage manager".to_owned()), ..JobTold::default() };
    let facts = Facts { told, ..Facts::default() };
    let create = |raw| Command::Job(JobId::from_raw(raw), JobCommand::Create(facts.clone()));
    let (ledger, asking) = (hall.hub_ledger().clone(), hall.asking((1..=more as u64).map(create).collect()));
    let at_once = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(ledger.command(asking)).unwrap();
    });
    at_once.join().unwrap();

    // Then it tells all of it, once and in order
    let told = ids(&mut fresh, &newest(&hall).await).await;
    assert_eq!(told.len(), more);
    assert!(told[0] > before && told.is_sorted_by(|one, next| one < next));
}

#[tokio::test]
async fn a_stream_tells_nothing_more_once_its_key_is_deleted() {
    let hall = Hall::open().await;
    let mut stream = hall.stream("/live").await;
    hall.job().await;
    assert_eq!(ids(&mut stream, &newest(&hall).await).await.len(), 1);

    delete_key(&hall).await;
    hall.ask(ADMIN, "POST", "/jobs", &serde_json::json!({ "title": "Prompter" })).await.is(201);

    let said = rest(stream).await;
    assert!(!said.contains("id: "), "{said}");
}

#[tokio::test]
async fn a_stream_ends_soon_after_its_key_is_deleted_though_nothing_happens() {
    let hall = Hall::open().await;
    let stream = hall.stream("/live").await;

    delete_key(&hall).await;
    // From here on a time that is waited for comes at once.
    tokio::time::pause();

    rest(stream).await;
}
