//! Platforms that hang: they hold up neither what is fetched from others nor each other.

use std::time::Duration;

use callboard_fetch::FetchLimits;
use callboard_fetch::limits::{DUE_PAGE, IN_FLIGHT_PER_SOURCE, IN_FLIGHT_TOTAL};
use serde_json::json;
use tokio::time::Instant;

use crate::hub::{Hub, PATIENCE, limits, open_guard};
use crate::platform::{Platform, Reply};
use crate::viasto::{CANDIDATE, CUSTOMER, PROJECT, RATING, project_changed, rating_changed, webhook};

const LOGIN: &str = "/api-token-auth/";

/// An answer may take so long that one which comes over loopback is never late, and what hangs is soon over.
fn impatient() -> FetchLimits {
    FetchLimits { answer_time: Duration::from_millis(300), prompt: Duration::from_millis(150), ..limits() }
}

fn path(number: usize) -> String {
    format!("/api/v3/companies/1/projects/{number}/")
}

/// A platform that takes logins, and is silent about so many projects.
async fn silent(projects: usize) -> Platform {
    let platform = Platform::open().await;
    for number in 0..projects {
        platform.has(&path(number), [Reply::Silence]);
    }
    platform
}

/// The hub's present source hears of so many projects.
async fn hears_of(hub: &Hub, projects: usize) {
    for number in 0..projects {
        hub.hears(webhook("project_changed", 1, &json!({"project": path(number)}))).await;
    }
}

async fn until(what: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !what().await {
        assert!(Instant::now() < deadline, "it does not come to that");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn eight_sources_at_a_silent_platform_hold_up_a_ninth_elsewhere_for_one_answer_time_at_most() {
    // Given more that is to be fetched from the silent one than is read at once, and something from elsewhere behind it
    const SOURCES: usize = IN_FLIGHT_TOTAL / IN_FLIGHT_PER_SOURCE;
    const EACH: usize = DUE_PAGE / SOURCES + 1;
    let (silent, well) = (silent(EACH).await, Platform::open().await);
    well.says(PROJECT, r#"{"name":"Seeker"}"#);
    let mut hub = Hub::idle("viasto", &silent.url, open_guard(), impatient()).await;
    for _ in 0..SOURCES {
        hears_of(&hub, EACH).await;
        hub.another_source_at(&silent.url).await;
    }
    hub.another_source_at(&well.url).await;
    hub.hears(project_changed(1)).await;

    hub.start();
    until(async || !well.paths().is_empty()).await;

    let tried = silent.paths().len();
    assert!(tried < 2 * IN_FLIGHT_TOTAL, "{tried} were tried first: more than are under way at once");
}

#[tokio::test]
async fn however_many_sources_hang_a_part_of_the_slots_is_left_to_those_that_answer() {
    // Given as many sources that hang as there are slots
    let (silent, well) = (silent(40).await, Platform::open().await);
    well.says(PROJECT, r#"{"name":"Seeker"}"#);
    let limits = FetchLimits {
        in_flight_total: 4,
        in_flight_per_source: 1,
        answer_time: Duration::from_secs(1),
        prompt: Duration::from_millis(500),
        ..limits()
    };
    let mut hub = Hub::idle("viasto", &silent.url, open_guard(), limits).await;
    for _ in 0..4 {
        hub.another_source_at(&silent.url).await;
        hears_of(&hub, 40).await;
    }
    hub.start();
    until(async || silent.paths().len() > 4).await;

    // When one that answers hears of something again and again
    hub.another_source_at(&well.url).await;
    let tried_before = silent.paths().len();
    for times in 1..=20_u8 {
        hub.hears(project_changed(times.into())).await;
        until(async || well.paths().len() == usize::from(times)).await;
    }

    // Then it does not wait for a slot of one of those each time
    let tried = silent.paths().len() - tried_before;
    assert!(tried < 15, "{tried} were tried meanwhile");
}

#[tokio::test]
async fn a_source_that_answers_again_has_its_turn_however_much_others_that_hang_have_to_do() {
    // Given four slots, four sources that hang with much to do, and one that hung as well
    let (silent, back) = (silent(20).await, Platform::open().await);
    back.has(PROJECT, [Reply::Silence, Reply::With(200, r#"{"name":"Seeker"}"#.to_owned())]);
    let limits = FetchLimits { in_flight_total: 4, in_flight_per_source: 1, ..impatient() };
    let mut hub = Hub::idle("viasto", &back.url, open_guard(), limits).await;
    hub.hears(project_changed(1)).await;
    hub.start();
    hub.tried(1).await;
    for _ in 0..4 {
        hub.another_source_at(&silent.url).await;
        hears_of(&hub, 20).await;
    }
    until(async || silent.paths().len() >= 4).await;

    // When that one is to be tried again, behind everything else
    hub.pass(6);
    until(async || back.paths().len() == 2).await;

    // Then it waited for a turn of each of the others
    let tried = silent.paths().len();
    assert!(tried <= 16, "{tried} were tried first");
}

#[tokio::test]
async fn those_who_wait_for_a_login_that_fails_do_not_each_try_it_again() {
    let platform = Platform::open().await;
    platform.has(LOGIN, [Reply::Silence]);
    let limits = FetchLimits { answer_time: Duration::from_secs(1), ..limits() };
    let mut hub = Hub::idle("viasto", &platform.url, open_guard(), limits).await;
    hears_of(&hub, IN_FLIGHT_PER_SOURCE).await;

    hub.start();
    until(async || hub.pointers().await.iter().all(|pointer| pointer.attempts == 1)).await;

    assert_eq!(platform.logins().len(), 1);
    let errors: Vec<_> = hub.pointers().await.into_iter().filter_map(|pointer| pointer.error).collect();
    assert_eq!(errors, ["login: no answer came within 1 s"; IN_FLIGHT_PER_SOURCE]);

    // And whoever comes later tries it anew
    platform.has(LOGIN, [Reply::With(200, r#"{"token":"t"}"#.to_owned())]);
    hub.pass(6);
    hub.settles().await;
    assert_eq!(platform.logins().len(), 2);
}

#[tokio::test]
async fn when_something_that_is_referred_to_hangs_the_rest_is_left_for_later() {
    let platform = Platform::open().await;
    for hanging in [PROJECT, CANDIDATE, CUSTOMER] {
        platform.has(hanging, [Reply::Silence]);
    }
    let evaluator =
        format!(r#"{{"value":4,"evaluator_profile":"https://acme.interview-suite.com{CUSTOMER}"}}"#);
    platform.says(RATING, evaluator);
    let mut hub = Hub::idle("viasto", &platform.url, open_guard(), impatient()).await;

    hub.hears(rating_changed(1)).await;
    hub.start();
    // Each is to be tried again by itself then
    until(async || hub.pointers().await.len() == 3).await;

    assert_eq!(platform.paths(), [RATING, PROJECT]);
    assert_eq!(hub.details().await, ["fetched rating"]);
}
