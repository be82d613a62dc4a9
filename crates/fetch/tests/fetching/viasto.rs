//! viasto: what is asked for, how often, with which token, and what comes of it.

use serde_json::{Value, json};

use crate::hub::{Hub, PASSWORD, limits, open_guard};
use crate::platform::{Platform, Reply, TOKEN};

pub const PROJECT: &str = "/api/v3/companies/1/projects/17/";
pub const CANDIDATE: &str = "/api/v3/companies/1/projects/17/candidates/5/";
pub const RATING: &str = "/api/v3/companies/1/projects/17/ratings/3/";
pub const CUSTOMER: &str = "/api/v3/customers/9/";

/// A webhook; its URLs have the bare host, which is not the one that is asked.
pub fn webhook(event: &str, second: u32, data: &Value) -> Value {
    let mut urls = json!({"action": "modified"});
    for (member, path) in data.as_object().unwrap() {
        urls[member] = json!(format!("https://interview-suite.com{}", path.as_str().unwrap()));
    }
    json!({
        "endpoint": "https://hub.example", "time": format!("2026-03-01T08:59:{second:02}.000001+00:00"),
        "event": event, "data": urls,
    })
}

pub fn rating_changed(second: u32) -> Value {
    let data = json!({"project": PROJECT, "candidate": CANDIDATE, "rating": RATING});
    webhook("rating_changed", second, &data)
}

pub fn project_changed(second: u32) -> Value {
    webhook("project_changed", second, &json!({"project": PROJECT}))
}

/// A platform that has a rating and all that belongs to it.
async fn platform() -> Platform {
    let platform = Platform::open().await;
    platform.says(PROJECT, r#"{"name":"Seeker"}"#);
    platform.says(CANDIDATE, r#"{"first_name":"Harry","email":"harry@hogwarts.com","status":"invited"}"#);
    platform.says(RATING, rating(4));
    platform.says(CUSTOMER, r#"{"name":"Minerva","email":"minerva@hogwarts.com"}"#);
    platform
}

fn rating(value: i32) -> String {
    format!(r#"{{"value":{value},"evaluator_profile":"https://acme.interview-suite.com{CUSTOMER}"}}"#)
}

#[tokio::test]
async fn what_a_rating_refers_to_is_read_first_so_that_its_event_says_everything() {
    let platform = platform().await;
    let hub = Hub::viasto(&platform.url).await;

    hub.hears(rating_changed(1)).await;
    hub.settles().await;

    let events = hub.events().await;
    let told = &events.last().unwrap().data;
    assert!(!told.thin);
    assert_eq!(told.feedback.as_ref().unwrap().score.unwrap().to_string(), "4");
    assert_eq!(told.feedback.as_ref().unwrap().reviewer.as_ref().unwrap().name.as_deref(), Some("Minerva"));
    assert_eq!(told.candidate.as_ref().unwrap().first_name.as_deref(), Some("Harry"));
    assert_eq!(told.job.as_ref().unwrap().title.as_deref(), Some("Seeker"));
    assert_eq!(told.source, Some(hub.source.id));
    let order = ["fetched project", "fetched candidate", "fetched customer", "fetched rating"];
    assert_eq!(hub.details().await, order);
    let last = hub.fetched().await.pop().unwrap();
    let origin: Value = serde_json::from_str(&last.headers).unwrap();
    assert_eq!(origin["fetched from"], format!("{}{RATING}", platform.url));
    assert_eq!((last.received_at, &last.body[..]), (hub.now(), rating(4).as_bytes()));
}

#[tokio::test]
async fn one_login_serves_all_calls_and_a_token_that_is_refused_is_renewed() {
    let platform = platform().await;
    let hub = Hub::viasto(&platform.url).await;

    hub.hears(rating_changed(1)).await;
    hub.settles().await;
    assert_eq!(platform.logins().len(), 1);
    let login: Value = serde_json::from_str(&platform.logins()[0].body).unwrap();
    assert_eq!(login, json!({"username": "u", "password": PASSWORD, "company": "acme"}));
    assert!(platform.asked().iter().all(|asked| asked.authorization == format!("Token {TOKEN}")));

    platform
        .has(PROJECT, [Reply::With(401, String::new()), Reply::With(200, r#"{"name":"Beater"}"#.to_owned())]);
    platform.has("/api-token-auth/", [Reply::With(200, r#"{"token":"another"}"#.to_owned())]);
    hub.pass(1);
    hub.hears(project_changed(2)).await;
    hub.settles().await;
    assert_eq!(platform.logins().len(), 2);
    assert_eq!(platform.asked().last().unwrap().authorization, "Token another");
    assert_eq!(
        hub.events().await.last().unwrap().data.job.as_ref().unwrap().title.as_deref(),
        Some("Beater")
    );
}

#[tokio::test]
async fn what_is_referred_to_is_fetched_once_a_minute_and_what_is_told_of_each_time() {
    let platform = platform().await;
    let hub = Hub::viasto(&platform.url).await;
    let projects = || platform.paths().iter().filter(|path| *path == PROJECT).count();

    hub.hears(rating_changed(1)).await;
    hub.settles().await;
    hub.pass(59);
    hub.hears(rating_changed(2)).await;
    hub.settles().await;
    assert_eq!(projects(), 1, "it was fetched lately");
    hub.hears(project_changed(3)).await;
    hub.settles().await;
    assert_eq!(projects(), 2, "this webhook is about it");
    hub.pass(60);
    hub.hears(rating_changed(4)).await;
    hub.settles().await;
    assert_eq!(projects(), 3, "it may have changed by now");

    assert_eq!(hub.details().await.len(), 4, "the same answer again is no news");
}

#[tokio::test]
async fn what_changes_and_changes_back_is_told_both_times() {
    let platform = platform().await;
    let hub = Hub::viasto(&platform.url).await;

    for (second, value) in [(1, 4), (2, 3), (3, 4)] {
        platform.says(RATING, rating(value));
        hub.pass(1);
        hub.hears(rating_changed(second)).await;
        hub.settles().await;
    }

    let scores: Vec<String> = hub
        .events()
        .await
        .iter()
        .filter(|event| !event.data.thin && event.kind.as_str() == "feedback.updated")
        .map(|event| event.data.feedback.as_ref().unwrap().score.unwrap().to_string())
        .collect();
    assert_eq!(scores, ["4", "3", "4"]);
}

#[tokio::test]
async fn webhooks_about_one_thing_that_come_before_it_was_fetched_make_one_fetch() {
    let platform = platform().await;
    let mut hub = Hub::idle("viasto", &platform.url, open_guard(), limits()).await;
    for second in 1..=5 {
        hub.hears(project_changed(second)).await;
    }

    hub.start();
    hub.settles().await;

    assert_eq!(platform.paths(), [PROJECT]);
}

#[tokio::test]
async fn nobody_but_the_configured_host_is_ever_asked_and_only_for_what_its_api_has() {
    let (platform, elsewhere) = (platform().await, Platform::open().await);
    elsewhere.says(PROJECT, r#"{"name":"Stolen"}"#);
    let mut hub = Hub::idle("viasto", &format!("{}/suite", platform.url), open_guard(), limits()).await;
    platform.says(&format!("/suite{PROJECT}"), r#"{"name":"Seeker"}"#);
    platform.has("/suite/api-token-auth/", [Reply::With(200, r#"{"token":"t"}"#.to_owned())]);
    let say = |url: String| json!({"time": "2026-03-01T08:59:01Z", "event": "project_changed", "data": {"project": url}});

    hub.hears(say(format!("{}{PROJECT}", elsewhere.url))).await;
    for url in [
        format!("{}@{}{PROJECT}../../..", platform.url, elsewhere.url.trim_start_matches("http://")),
        format!("{}/api/v3/companies/1/projects/../../../admin/", platform.url),
        format!("{}/api/v3/companies/%2e%2e/projects/1/", platform.url),
        format!("{}/api/v3/projects/1?next={}", platform.url, elsewhere.url),
        format!("{}/api/v3//{}/projects/1", platform.url, elsewhere.url.trim_start_matches("http://")),
        format!("{}/api/v3/me/", platform.url),
    ] {
        hub.hears(say(url)).await;
    }
    let resources: Vec<String> = hub.pointers().await.into_iter().map(|it| it.resource).collect();
    assert_eq!(resources, ["companies/1/projects/17", "projects/1"], "the rest is no resource");
    hub.start();
    hub.settles().await;

    assert_eq!(elsewhere.asked(), []);
    let mut paths = platform.paths();
    paths.retain(|path| path != "/suite/api-token-auth/");
    paths.sort();
    assert_eq!(paths, [format!("/suite{PROJECT}"), "/suite/api/v3/projects/1/".to_owned()]);
}
