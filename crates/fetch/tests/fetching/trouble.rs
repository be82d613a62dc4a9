//! What goes wrong: it is tried again, or given up where people see it, and nobody is asked whom the guard refuses.

use std::time::Duration;

use callboard_ledger::Change;
use callboard_outbox::AddressGuard;
use jiff::SignedDuration;

use crate::hub::{Hub, limits, open_guard};
use crate::platform::{Platform, Reply};
use crate::viasto::{PROJECT, project_changed};

fn seeker() -> Reply {
    Reply::With(200, r#"{"name":"Seeker"}"#.to_owned())
}

fn down() -> Reply {
    Reply::With(503, "down".to_owned())
}

#[tokio::test]
async fn a_platform_that_is_down_is_asked_again_after_five_seconds_and_then_after_thirty() {
    let platform = Platform::open().await;
    platform.has(PROJECT, [down(), down(), seeker()]);
    let hub = Hub::viasto(&platform.url).await;

    hub.hears(project_changed(1)).await;
    let pointer = hub.tried(1).await;
    let wait = pointer.due_at.duration_since(hub.now());
    assert!((4_500..=5_500).contains(&wait.as_millis()), "{wait}");
    assert_eq!(pointer.error.as_deref(), Some("the platform answered 503"));
    hub.pass(6);
    let wait = hub.tried(2).await.due_at.duration_since(hub.now());
    assert!((27_000..=33_000).contains(&wait.as_millis()), "{wait}");
    hub.pass(34);
    hub.settles().await;

    assert_eq!(hub.details().await, ["fetched project"]);
}

#[tokio::test]
async fn a_platform_that_says_when_to_come_again_is_left_alone_until_then() {
    let platform = Platform::open().await;
    platform.has(PROJECT, [Reply::Header(429, "retry-after", "90".to_owned()), seeker()]);
    let hub = Hub::viasto(&platform.url).await;

    hub.hears(project_changed(1)).await;

    assert_eq!(hub.tried(1).await.due_at, hub.now() + SignedDuration::from_secs(90));
    hub.pass(90);
    hub.settles().await;
    assert_eq!(platform.paths().len(), 2);
}

#[tokio::test]
async fn what_is_not_there_or_never_comes_is_given_up_where_people_look() {
    let platform = Platform::open().await;
    let hub = Hub::viasto(&platform.url).await;

    hub.hears(project_changed(1)).await;
    hub.settles().await;
    assert_eq!(platform.paths().len(), 1);
    let gone = "what a webhook points at could not be fetched: the platform says that it is not there (404)";
    assert_eq!(hub.quarantined().await, [gone]);

    platform.has(PROJECT, [down()]);
    hub.hears(project_changed(2)).await;
    for attempts in 1..=6 {
        hub.tried(attempts).await;
        hub.pass(7 * 60 * 60);
    }
    hub.settles().await;
    assert_eq!(platform.paths().len(), 1 + 7);
    assert_eq!(hub.quarantined().await.len(), 2);
}

#[tokio::test]
async fn garbage_is_kept_and_what_is_too_large_is_not_read() {
    let platform = Platform::open().await;
    let hub = Hub::viasto(&platform.url).await;

    platform.says(PROJECT, "<html>Sign in</html>");
    hub.hears(project_changed(1)).await;
    hub.settles().await;
    let [garbage] = &hub.fetched().await[..] else { panic!() };
    assert_eq!(&garbage.body[..], b"<html>Sign in</html>");
    assert!(garbage.detail.starts_with("the answer is no JSON"), "{}", garbage.detail);

    platform.says(PROJECT, format!(r#"{{"name":"{}"}}"#, "x".repeat(1024 * 1024)));
    hub.hears(project_changed(2)).await;
    hub.settles().await;
    assert!(hub.quarantined().await[1].ends_with("the answer is larger than 1048576 bytes"));
}

#[tokio::test]
async fn a_platform_that_does_not_answer_holds_up_no_other_thing() {
    let platform = Platform::open().await;
    platform.has(PROJECT, [Reply::Silence]);
    platform.says("/api/v3/companies/1/projects/18/", r#"{"name":"Beater"}"#);
    let limits = callboard_fetch::FetchLimits { answer_time: Duration::from_millis(200), ..limits() };
    let mut hub = Hub::idle("viasto", &platform.url, open_guard(), limits).await;
    hub.start();

    hub.hears(project_changed(1)).await;
    let other = project_changed(2).to_string().replace("projects/17", "projects/18");
    hub.hears(other).await;

    let pointer = hub.tried(1).await;
    assert_eq!(pointer.error.as_deref(), Some("no answer came within 0.2 s"));
    assert_eq!(hub.details().await, ["fetched project"]);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (platform, elsewhere) = (Platform::open().await, Platform::open().await);
    platform.has(PROJECT, [Reply::Header(302, "location", format!("{}{PROJECT}", elsewhere.url))]);
    let hub = Hub::viasto(&platform.url).await;

    hub.hears(project_changed(1)).await;

    assert!(hub.tried(1).await.error.unwrap().contains("a redirect (302), which is not followed"));
    assert_eq!(elsewhere.paths(), [] as [&str; 0]);
}

#[tokio::test]
async fn an_address_that_the_guard_refuses_is_not_connected_to_and_http_only_where_it_is_allowed() {
    let platform = Platform::open().await;
    for (guard, reason) in [
        (AddressGuard { allow_http: true, allow_networks: Vec::new() }, "loopback"),
        (AddressGuard { allow_http: false, ..open_guard() }, "use https"),
    ] {
        let mut hub = Hub::idle("viasto", &platform.url, guard, limits()).await;
        hub.start();

        hub.hears(project_changed(1)).await;

        let error = hub.tried(1).await.error.unwrap();
        assert!(error.contains(reason), "{error}");
    }
    assert_eq!((platform.paths().len(), platform.logins().len()), (0, 0));
}

#[tokio::test]
async fn a_password_that_the_platform_does_not_take_is_no_secret_in_the_log_of_it() {
    let platform = Platform::open().await;
    platform.has("/api-token-auth/", [Reply::With(400, r#"{"detail":"hunter2 is wrong"}"#.to_owned())]);
    let hub = Hub::viasto(&platform.url).await;

    hub.hears(project_changed(1)).await;

    assert_eq!(hub.tried(1).await.error.as_deref(), Some("login: the platform answered 400"));
    assert_eq!(platform.paths(), [] as [&str; 0]);
}

#[tokio::test]
async fn what_is_under_way_at_a_stop_is_fetched_after_the_next_start() {
    let platform = Platform::open().await;
    platform.has(PROJECT, [Reply::Silence, seeker()]);
    let mut hub = Hub::viasto(&platform.url).await;
    hub.hears(project_changed(1)).await;
    while platform.paths().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    hub.stop().await;
    assert_eq!(hub.pointers().await.len(), 1);
    hub.start();
    hub.settles().await;

    assert_eq!(hub.details().await, ["fetched project"]);
}

#[tokio::test]
async fn a_source_that_does_not_fetch_any_more_forgets_what_was_to_be_fetched() {
    let platform = Platform::open().await;
    platform.has(PROJECT, [down()]);
    let hub = Hub::viasto(&platform.url).await;
    hub.hears(project_changed(1)).await;
    hub.tried(1).await;

    let without = callboard_core::Source { fetch: None, ..callboard_core::Source::clone(&hub.source) };
    hub.ledger.change(vec![Change::PutSource(without)]).await.unwrap();
    hub.pass(60);
    hub.settles().await;

    assert_eq!(platform.paths().len(), 1);
}
