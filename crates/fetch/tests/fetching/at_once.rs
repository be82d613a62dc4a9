//! So many fetches are under way at once, and no more.

use std::sync::Arc;
use std::time::Duration;

use callboard_fetch::limits::{IN_FLIGHT_PER_SOURCE, IN_FLIGHT_TOTAL};
use tokio::sync::Notify;

use crate::hub::{Hub, PATIENCE, limits, open_guard};
use crate::platform::{Platform, Reply};
use crate::viasto::webhook;

/// So many sources hear of more projects each than may be fetched at once. Answers the most that were asked for at once.
async fn most_at_once(sources: usize, expected: usize) -> usize {
    let (platform, may) = (Platform::open().await, Arc::new(Notify::new()));
    let mut hub = Hub::idle("viasto", &platform.url, open_guard(), limits()).await;
    let projects = 0..=IN_FLIGHT_PER_SOURCE;
    let path = |number| format!("/api/v3/companies/1/projects/{number}/");
    for number in projects.clone() {
        platform.has(&path(number), [Reply::Held(Arc::clone(&may), r#"{"name":"Seeker"}"#.to_owned())]);
    }
    for _ in 0..sources {
        for number in projects.clone() {
            hub.hears(webhook("project_changed", 1, &serde_json::json!({"project": path(number)}))).await;
        }
        hub.another_source().await;
    }

    hub.start();
    let all = async {
        while platform.most_at_once() < expected {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        while !hub.pointers().await.is_empty() {
            may.notify_waiters();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, all).await.expect("everything is fetched");
    platform.most_at_once()
}

#[tokio::test]
async fn one_source_is_asked_so_much_at_once_and_the_rest_waits() {
    assert_eq!(most_at_once(1, IN_FLIGHT_PER_SOURCE).await, IN_FLIGHT_PER_SOURCE);
}

#[tokio::test]
async fn all_sources_together_are_asked_so_much_at_once_and_the_rest_waits() {
    let sources = IN_FLIGHT_TOTAL / IN_FLIGHT_PER_SOURCE + 1;
    assert_eq!(most_at_once(sources, IN_FLIGHT_TOTAL).await, IN_FLIGHT_TOTAL);
}
