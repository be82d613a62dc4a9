use axum::body::Body;
use serde_json::json;

use super::hall::{Hall, WRITER};

#[tokio::test]
async fn the_same_request_again_is_answered_as_before_and_comes_to_nothing_new() {
    let hall = Hall::open().await;
    let send = |body: &'static str| {
        hall.send(WRITER, "POST", "/jobs", &[("idempotency-key", "k-1")], Body::from(body))
    };

    let first = send(r#"{"title": "Stage manager"}"#).await.is(201);
    let again = send(r#"{"title": "Stage manager"}"#).await.is(201);

    assert_eq!(again.body, first.body);
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), ("", "true"));
    assert_eq!(hall.walk("/jobs").await, vec![first.id()]);

    send(r#"{"title": "Prompter"}"#).await.refused(422, "idempotency_key_reused");
    assert_eq!(hall.walk("/jobs").await, vec![first.id()]);
}

#[tokio::test]
async fn a_deed_that_is_sent_twice_is_done_once() {
    let hall = Hall::open().await;
    let path = format!("/interviews/{}/cancel", hall.interview().await);
    let send = || hall.send(WRITER, "POST", &path, &[("idempotency-key", "k-2")], Body::empty());

    let first = send().await.is(200);
    let again = send().await.is(200);

    assert_eq!((again.body, again.headers.get("etag")), (first.body, first.headers.get("etag")));
    hall.post(&path, json!({})).await.refused(409, "already_cancelled");
}

#[tokio::test]
async fn of_two_who_saw_the_same_version_one_changes_it() {
    let hall = Hall::open().await;
    let path = format!("/jobs/{}", hall.job().await);
    let seen = hall.get(&path).await.header("etag").to_owned();
    let change = |tag: &str, city: &str| {
        let body = Body::from(json!({ "city": city }).to_string());
        let (headers, path, hall) = ([("if-match", tag.to_owned())], path.clone(), &hall);
        async move {
            let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
            hall.send(WRITER, "PATCH", &path, &headers, body).await
        }
    };

    change(&seen, "Bergen").await.is(200);
    change(&seen, "Oslo").await.refused(412, "outdated");
    change("\"abc\"", "Oslo").await.refused(412, "outdated");
    change("3", "Oslo").await.refused(400, "bad_if_match");
    assert_eq!(hall.get(&path).await.body["city"], "Bergen");
    change(&format!("{seen}, \"2\""), "Oslo").await.is(200);
    change("*", "Malmö").await.is(200);
    let stale = hall.send(WRITER, "DELETE", &path, &[("if-match", &seen)], Body::empty()).await;
    stale.refused(412, "outdated");
}

#[tokio::test]
async fn a_deed_on_an_interview_that_changed_in_between_is_refused() {
    let hall = Hall::open().await;
    let path = format!("/interviews/{}", hall.interview().await);
    let seen = hall.get(&path).await.header("etag").to_owned();
    hall.patch(&path, json!({ "title": "Second round" })).await.is(200);
    let stale =
        hall.send(WRITER, "POST", &format!("{path}/start"), &[("if-match", &seen)], Body::empty()).await;
    stale.refused(412, "outdated");
    assert_eq!(hall.get(&path).await.body["stage"]["value"], "SchedulingTime");
}
