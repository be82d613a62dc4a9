//! Who has been erased does not come back by what is fetched about them.

use std::sync::Arc;
use std::time::Duration;

use callboard_core::{Asker, CandidateCommand, Command};
use callboard_ledger::{Asking, Carried};
use serde_json::json;
use tokio::sync::Notify;

use crate::hub::{Hub, limits, open_guard};
use crate::platform::{Platform, Reply};
use crate::viasto::{CANDIDATE, PROJECT, webhook};

const PERSON: &str = r#"{"first_name":"Harry","email":"harry@hogwarts.com","status":"invited"}"#;

/// Erases the one candidate whom the hub knows of.
async fn erase(hub: &Hub) {
    let events = hub.events().await;
    let id = events.iter().find_map(|event| event.data.candidate.as_ref()).unwrap().id;
    let nothing_more = CandidateCommand::Erase {
        notes: Vec::new(),
        files: Vec::new(),
        answer_videos: Vec::new(),
        feedback: Vec::new(),
    };
    let asking = Asking {
        asker: Asker { company: hub.source.company, at: hub.now(), expected: None },
        commands: vec![Command::Candidate(id, nothing_more)],
        blobs: Vec::new(),
        remember: None,
    };
    assert!(matches!(hub.ledger.command(asking).await.unwrap(), Carried::Out(_)));
}

async fn hears_of_the_candidate(hub: &Hub) {
    hub.hears(webhook("candidate_changed", 1, &json!({"project": PROJECT, "candidate": CANDIDATE}))).await;
}

#[tokio::test]
async fn what_is_to_be_fetched_of_someone_who_was_erased_is_not_asked_for() {
    let platform = Platform::open().await;
    platform.says(CANDIDATE, PERSON);
    let mut hub = Hub::idle("viasto", &platform.url, open_guard(), limits()).await;
    hears_of_the_candidate(&hub).await;
    erase(&hub).await;

    hub.start();
    hub.settles().await;

    assert_eq!(platform.paths(), Vec::<String>::new());
}

#[tokio::test]
async fn what_a_platform_answers_about_someone_who_was_erased_meanwhile_is_not_written_down() {
    // Given a platform that takes its time
    let platform = Platform::open().await;
    let may = Arc::new(Notify::new());
    platform.has(CANDIDATE, [Reply::Held(Arc::clone(&may), PERSON.to_owned())]);
    platform.says(PROJECT, r#"{"name":"Seeker"}"#);
    let hub = Hub::viasto(&platform.url).await;
    hears_of_the_candidate(&hub).await;
    while !platform.paths().contains(&CANDIDATE.to_owned()) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    // When the person is erased before it answers
    erase(&hub).await;
    may.notify_one();
    hub.settles().await;

    // Then nothing of what it answered is kept
    let fetched = hub.fetched().await;
    assert!(
        fetched.iter().all(|receipt| !receipt.body.windows(5).any(|part| part == b"Harry")),
        "{fetched:?}"
    );
    let told = serde_json::to_string(&hub.events().await).unwrap();
    assert!(!told.contains("Harry") && !told.contains("hogwarts"), "{told}");
}
