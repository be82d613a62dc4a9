//! What people configure: made once, changed as it was seen, and nobody else's business.

use axum::body::Body;
use serde_json::{Value, json};

use crate::hall::{ADMIN, Answer, Hall, OTHER, READER, WRITER};

async fn post(hall: &Hall, key: &str, path: &str, once: &str, body: Value) -> Answer {
    hall.send(key, "POST", path, &[("idempotency-key", once)], Body::from(body.to_string())).await
}

async fn patch(hall: &Hall, path: &str, if_match: &str, body: Value) -> Answer {
    hall.send(ADMIN, "PATCH", path, &[("if-match", if_match)], Body::from(body.to_string())).await
}

fn endpoint() -> Value {
    json!({ "url": "https://hooks.example.com/in", "dialect": "standard" })
}

#[tokio::test]
async fn what_is_made_twice_with_one_key_is_made_once_and_its_secrets_are_shown_once() {
    let hall = Hall::open().await;
    let secrets = [
        ("/sources", json!({ "platform": "hirehive" }), "credentials"),
        ("/endpoints", endpoint(), "credentials"),
        ("/keys", json!({ "name": "ats", "scope": "write" }), "key"),
        ("/keys", json!({ "name": "ats", "scope": "write", "kind": "skype" }), "api_secret"),
        ("/companies", json!({ "name": "Third" }), "key"),
    ];
    for (at, (path, body, secret)) in secrets.into_iter().enumerate() {
        let once = format!("once-{at}");
        let first = post(&hall, ADMIN, path, &once, body.clone()).await.is(201);
        let again = post(&hall, ADMIN, path, &once, body).await.is(201);

        assert_eq!((first.id(), first.header("location")), (again.id(), again.header("location")), "{path}");
        assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), ("", "true"));
        assert!(!first.body[secret].is_null() && again.body[secret].is_null(), "{path}: {}", again.body);
        let other = json!({ "name": "another", "scope": "read", "platform": "viasto" });
        let other = if path == "/endpoints" {
            json!({ "url": "https://a.example", "dialect": "viasto" })
        } else {
            other
        };
        let reused = post(&hall, ADMIN, path, &once, other).await;
        assert!([400, 422].contains(&reused.status.as_u16()), "{path}: {}", reused.body);
    }
    let list = hall.ask(ADMIN, "GET", "/sources", &Value::Null).await;
    assert_eq!(list.ids().len(), 1);
    post(&hall, ADMIN, "/keys", "once-2", json!({ "name": "b", "scope": "read" }))
        .await
        .refused(422, "idempotency_key_reused");
    post(&hall, OTHER, "/keys", "once-2", json!({ "name": "b", "scope": "read" })).await.is(201);
}

#[tokio::test]
async fn of_two_who_change_what_they_have_seen_the_second_is_told_so() {
    let hall = Hall::open().await;
    for (path, body, change) in [
        ("/sources", json!({ "platform": "viasto" }), json!({ "name": "new" })),
        ("/endpoints", endpoint(), json!({ "description": "new" })),
    ] {
        let made = hall.ask(ADMIN, "POST", path, &body).await.is(201);
        let path = format!("{path}/{}", made.id());
        let seen = hall.get(&path).await.is(200).header("etag").to_owned();
        assert_eq!(seen, made.header("etag"));

        let changed = patch(&hall, &path, &seen, change.clone()).await.is(200);
        patch(&hall, &path, &seen, change.clone()).await.refused(412, "outdated");
        patch(&hall, &path, "3", change.clone()).await.refused(400, "bad_if_match");
        patch(&hall, &path, "*", change).await.is(200);
        assert_ne!(changed.header("etag"), seen);
        let gone = hall.send(ADMIN, "DELETE", &path, &[("if-match", &seen)], Body::empty()).await;
        gone.refused(412, "outdated");
    }
}

#[tokio::test]
async fn a_rate_limit_that_is_changed_to_null_is_taken_away_and_one_that_is_left_out_stays() {
    let hall = Hall::open().await;
    let mut limited = endpoint();
    limited["rate_limit"] = json!({ "per_second": 2.5 });
    let made = hall.ask(ADMIN, "POST", "/endpoints", &limited).await.is(201);
    let path = format!("/endpoints/{}", made.id());

    let kept = patch(&hall, &path, "*", json!({ "description": "new" })).await.is(200);
    assert_eq!(kept.body["rate_limit"], limited["rate_limit"]);
    patch(&hall, &path, "*", json!({ "rate_limit": null })).await.is(200);
    assert_eq!(hall.get(&path).await.is(200).body["rate_limit"], Value::Null);
}

#[tokio::test]
async fn what_is_changed_to_null_is_as_if_nobody_had_said_it_and_what_has_to_be_said_cannot_be() {
    let hall = Hall::open().await;
    let source =
        hall.ask(ADMIN, "POST", "/sources", &json!({ "platform": "viasto", "name": "x" })).await.is(201);
    let unsaid = hall.ask(ADMIN, "POST", "/endpoints", &endpoint()).await.is(201).body;
    let said = json!({
        "events": ["job.*"], "sources": [source.id()], "ordering": "none", "hold_for": "2h",
        "retry": { "schedule": ["5s"] }, "rate_limit": { "per_second": 1.5 }, "description": "the old one",
    });
    let mut form = endpoint();
    form.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
    let made = hall.ask(ADMIN, "POST", "/endpoints", &form).await.is(201);
    let path = format!("/endpoints/{}", made.id());

    for (name, value) in said.as_object().unwrap() {
        assert_eq!(&hall.get(&path).await.body[name], value);
        let changed = patch(&hall, &path, "*", json!({ name: null })).await.is(200);
        assert_eq!(changed.body[name], unsaid[name], "{name}");
    }
    patch(&hall, &path, "*", json!({ "url": null })).await.refused(400, "bad_url");
    patch(&hall, &path, "*", json!({ "dialect": null })).await.refused(400, "unknown_dialect");

    let nameless =
        patch(&hall, &format!("/sources/{}", source.id()), "*", json!({ "name": null })).await.is(200);
    assert_eq!(nameless.body["name"], "");
    let stages = json!([{ "id": "a", "name": "Phone", "parent": "screening" }]);
    hall.ask(ADMIN, "PATCH", "/settings", &json!({ "stages": stages })).await.is(200);
    let without = hall.ask(ADMIN, "PATCH", "/settings", &json!({ "stages": null })).await.is(200);
    assert_eq!(without.body["stages"], json!([]));
    hall.ask(ADMIN, "PATCH", "/settings", &json!({ "name": null })).await.refused(400, "bad_text");
}

#[tokio::test]
async fn a_switch_that_is_sent_twice_is_thrown_once() {
    let hall = Hall::open().await;
    let id = hall.ask(ADMIN, "POST", "/endpoints", &endpoint()).await.is(201).id();
    let disable = format!("/endpoints/{id}/disable");
    let off = post(&hall, ADMIN, &disable, "off-1", json!({})).await.is(200);
    assert_eq!(off.body["state"], "disabled");
    hall.ask(ADMIN, "POST", &format!("/endpoints/{id}/enable"), &Value::Null).await.is(200);
    let again = post(&hall, ADMIN, &disable, "off-1", json!({})).await.is(200);
    assert_eq!((again.header("idempotent-replayed"), &again.body["state"]), ("true", &json!("enabled")));
}

#[tokio::test]
async fn what_belongs_to_another_company_is_not_there() {
    let hall = Hall::open().await;
    let made = |path: &'static str, body: Value| {
        let hall = &hall;
        async move { format!("{path}/{}", hall.ask(ADMIN, "POST", path, &body).await.is(201).id()) }
    };
    let source = made("/sources", json!({ "platform": "viasto" })).await;
    let endpoint = made("/endpoints", endpoint()).await;
    let key = made("/keys", json!({ "name": "k", "scope": "read" })).await;
    for path in [&source, &endpoint] {
        hall.ask(OTHER, "GET", path, &Value::Null).await.refused(404, "not_found");
        hall.ask(OTHER, "PATCH", path, &json!({})).await.refused(404, "not_found");
    }
    for path in [&source, &endpoint, &key] {
        hall.ask(OTHER, "DELETE", path, &Value::Null).await.refused(404, "not_found");
    }
    for path in ["/sources", "/endpoints", "/deliveries", "/receipts", "/events"] {
        assert!(hall.ask(OTHER, "GET", path, &Value::Null).await.is(200).ids().is_empty(), "{path}");
    }
    let id = endpoint.rsplit('/').next().unwrap();
    hall.ask(OTHER, "GET", &format!("/deliveries?endpoint={id}"), &Value::Null)
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn only_those_who_operate_the_hub_make_companies_and_a_new_one_is_a_world_of_its_own() {
    let hall = Hall::open().await;
    hall.ask(OTHER, "POST", "/companies", &json!({ "name": "Third" })).await.refused(403, "operator_only");
    hall.ask(WRITER, "POST", "/companies", &json!({ "name": "Third" })).await.refused(403, "scope_too_small");
    hall.ask(ADMIN, "POST", "/companies", &json!({ "name": " " })).await.refused(400, "bad_text");
    hall.job().await;

    let made = hall.ask(ADMIN, "POST", "/companies", &json!({ "name": "Third" })).await.is(201);
    let key = made.body["key"]["key"].as_str().unwrap();

    assert!(hall.ask(key, "GET", "/jobs", &Value::Null).await.is(200).ids().is_empty());
    assert_eq!(hall.ask(key, "GET", "/companies", &Value::Null).await.ids(), [made.id()]);
    let all = hall.ask(ADMIN, "GET", "/companies", &Value::Null).await.ids();
    assert_eq!(all.len(), 3);
    assert_eq!(hall.get("/companies").await.ids().len(), 1, "a reader sees their own");
    let first = all.last().unwrap();
    hall.ask(key, "GET", &format!("/companies/{first}"), &Value::Null).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_key_that_signs_has_a_guid_for_a_name_and_opens_nothing_itself() {
    let hall = Hall::open().await;
    let pair = json!({ "name": "ats", "scope": "admin", "kind": "skype" });
    let made = hall.ask(ADMIN, "POST", "/keys", &pair).await.is(201);
    let text = |member: &str| made.body[member].as_str().unwrap().to_owned();

    let shape: String = text("api_key").chars().map(|it| if it == '-' { '-' } else { 'x' }).collect();
    assert_eq!(shape, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
    assert_eq!(text("api_key"), text("api_key").to_lowercase());
    assert!(made.body["key"].is_null());
    for key in [text("api_key"), text("api_secret"), String::new()] {
        hall.ask(&key, "GET", "/keys", &Value::Null).await.refused(401, "unauthorized");
    }
    let keys = hall.ask(ADMIN, "GET", "/keys", &Value::Null).await;
    let admin =
        keys.body["items"].as_array().unwrap().iter().find(|it| it["name"] == ADMIN).unwrap()["id"].clone();
    let last = hall.ask(ADMIN, "DELETE", &format!("/keys/{}", admin.as_str().unwrap()), &Value::Null).await;
    last.refused(409, "last_admin_key");
}

#[tokio::test]
async fn a_company_sets_its_zone_and_its_pipeline() {
    let hall = Hall::open().await;
    let stages = json!([{ "id": "a", "name": "Phone", "parent": "screening" }, { "id": "b", "name": "On site", "parent": "interviewing" }]);
    let change = json!({ "time_zone": "W. Europe Standard Time", "stages": stages });
    let changed = hall.ask(ADMIN, "PATCH", "/settings", &change).await.is(200);
    assert_eq!((&changed.body["time_zone"], &changed.body["stages"]), (&json!("Europe/Berlin"), &stages));
    let seen = hall.get("/settings").await;
    assert_eq!((&seen.body, seen.header("etag")), (&changed.body, changed.header("etag")));

    let without = hall.ask(ADMIN, "PATCH", "/settings", &json!({ "time_zone": null })).await.is(200);
    assert_eq!((&without.body["time_zone"], &without.body["stages"]), (&Value::Null, &stages));
    let refused = [
        (json!({ "time_zone": "Mars/Olympus" }), 422, "bad_time_zone"),
        (json!({ "stages": [{ "id": "a", "name": "x", "parent": "limbo" }] }), 422, "bad_stages"),
        (json!({ "stages": [stages[0], stages[0]] }), 422, "bad_stages"),
        (json!({ "name": "" }), 400, "bad_text"),
        (json!({ "colour": "red" }), 400, "bad_body"),
    ];
    for (change, status, code) in refused {
        hall.ask(ADMIN, "PATCH", "/settings", &change).await.refused(status, code);
    }
    hall.ask(WRITER, "PATCH", "/settings", &json!({})).await.refused(403, "scope_too_small");
    patch(&hall, "/settings", "\"1\"", json!({})).await.refused(412, "outdated");
}

#[tokio::test]
async fn a_request_that_is_not_well_formed_is_told_how() {
    let hall = Hall::open().await;
    let body = || Body::from(r#"{"title": "x"}"#);
    let twice = [("idempotency-key", "a"), ("idempotency-key", "b")];
    hall.send(WRITER, "POST", "/jobs", &twice, body()).await.refused(400, "bad_idempotency_key");
    hall.send(WRITER, "POST", "/jobs", &[("content-type", "text/plain")], body())
        .await
        .refused(415, "not_json");
    hall.get("/events?colour=red").await.refused(400, "bad_query");
    hall.get("/events?limit=0").await.refused(400, "bad_limit");
    hall.get("/events?cursor=job_0000000000000").await.refused(400, "bad_cursor");
    let wrong = hall.ask(READER, "PUT", "/jobs", &json!({})).await;
    assert_eq!(wrong.header("allow"), "GET,HEAD,POST");
    assert_eq!(wrong.body["type"], "/docs/problems/method_not_allowed");
    wrong.refused(405, "method_not_allowed");
}

#[tokio::test]
async fn events_are_found_by_whom_they_are_about_and_by_time() {
    let hall = Hall::open().await;
    let application = hall.application("romy@example.com").await;
    let candidate = hall.get(&format!("/applications/{application}")).await.body["candidate_id"].clone();
    let candidate = candidate.as_str().unwrap();
    let interview = hall.made("/interviews", json!({ "application_id": application })).await;
    hall.candidate("other@example.com").await;
    let found = async |query: &str| hall.get(&format!("/events?{query}")).await.is(200).ids().len();

    let of_interview = found(&format!("interview={interview}")).await;
    let of_application = found(&format!("application={application}")).await;
    let of_candidate = found(&format!("candidate={candidate}")).await;
    assert!(0 < of_interview && of_interview < of_application && of_application < of_candidate);
    assert!(of_candidate < found("").await, "the other candidate's and the job's are not among them");
    assert_eq!(found(&format!("candidate={candidate}&interview={interview}")).await, of_interview);
    assert_eq!(found("until=2026-03-02T08:00:00Z").await, 0);
    assert_eq!(found("since=2026-03-02T08:00:00Z").await, found("").await);
    assert_eq!(found("since=2026-03-02T09:00:00Z").await, 0);
    assert_eq!(found("type=interview.created").await, 1);
}
