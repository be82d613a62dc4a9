//! `/launchpad/1/live` (platforms.md 4.1, 4.2).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::hub::{ADMIN, Answer, Hub, OTHER, READER};

fn basic(key: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{key}:")))
}

async fn post(hub: &Hub, path: &str, body: &Value) -> Answer {
    hub.ask("POST", path, Some(&basic(ADMIN)), body).await
}

async fn ok(hub: &Hub, path: &str, body: &Value) -> Value {
    let answer = post(hub, path, body).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}

async fn all(hub: &Hub, kind: &str) -> Vec<Value> {
    let path = format!("/v1/{kind}");
    let answer = hub.ask("GET", &path, Some(&format!("Bearer {ADMIN}")), &Value::Null).await;
    answer.body["items"].as_array().unwrap_or_else(|| panic!("{kind}: {}", answer.body)).clone()
}

fn told(answer: &Answer) -> (u16, String) {
    let error = &answer.body["error"];
    assert!(error["message"].as_str().is_some_and(|it| !it.is_empty()), "{}", answer.body);
    (answer.status.as_u16(), error["code"].as_str().unwrap().to_owned())
}

/// An assessment: the path to invite to it.
async fn assessment(hub: &Hub) -> String {
    let body = json!({"interview": {"title": "Magic", "description": "Wands", "email": "hr@hogwarts.com"}});
    let made = ok(hub, "/launchpad/1/live", &body).await;
    format!("/launchpad/1/live/{}/invite", made["interview"]["id"].as_str().unwrap())
}

/// An assessment of a company with two reviewers.
async fn ground() -> (Hub, String) {
    let hub = Hub::start().await;
    for email in ["adumbledore@hogwarts.com", "ssnape@hogwarts.com"] {
        hub.user(Hub::COMPANY, email).await;
    }
    let path = assessment(&hub).await;
    (hub, path)
}

fn invitation() -> Value {
    json!({
        "candidate": {"first_name": "harry", "last_name": "potter", "email": "hpotter@hogwarts.com",
            "custom_invite_id": "123test", "send_email": "true"},
        "schedule": {"start_time": "2026-03-09T14:45:00Z", "duration": "30"},
        "reviewers": [{"email": "adumbledore@hogwarts.com"}, {"email": "ssnape@hogwarts.com", "host": "true"}],
    })
}

fn assert_texts(value: &Value) {
    match value {
        Value::Object(members) => members.values().for_each(assert_texts),
        Value::Array(items) => items.iter().for_each(assert_texts),
        scalar => assert!(scalar.is_string(), "{scalar}"),
    }
}

#[tokio::test]
async fn an_assessment_is_a_job_whose_owner_is_the_user_with_its_address() {
    let hub = Hub::start().await;
    let owner = hub.user(Hub::COMPANY, "hr@hogwarts.com").await.to_string();
    let body = json!({"interview": {"title": "Magic", "description": "Wands", "email": "hr@hogwarts.com"}});

    let made = ok(&hub, "/launchpad/1/live", &body).await;

    let [job] = &all(&hub, "jobs").await[..] else { panic!() };
    let expected = json!({
        "interview": {"id": job["id"], "title": "Magic", "description": "Wands", "email": "hr@hogwarts.com"},
        "metadata": {"timestamp": "2026-03-02T08:00:00Z"},
    });
    assert_eq!(made, expected);
    assert_eq!(job["owner_id"], json!(owner));
}

#[tokio::test]
async fn an_invitation_makes_the_candidate_the_application_and_the_meeting_with_its_reviewers() {
    let (hub, path) = ground().await;

    let made = ok(&hub, &path, &invitation()).await;

    assert_texts(&made);
    let [interview] = &all(&hub, "interviews").await[..] else { panic!() };
    let [candidate] = &all(&hub, "candidates").await[..] else { panic!() };
    let job = all(&hub, "jobs").await[0]["id"].clone();
    let expected = json!({
        "candidate": {"id": candidate["id"], "first_name": "harry", "last_name": "potter",
            "email": "hpotter@hogwarts.com", "custom_invite_id": "123test"},
        "interview": {"start_time": "2026-03-09T14:45:00.000Z", "end_time": "2026-03-09T15:15:00.000Z",
            "duration": "30", "candidate_url": "", "reviewer_url": "", "id": job, "live_meeting_id": interview["id"]},
        "reviewers": [{"email": "adumbledore@hogwarts.com", "host": "false"},
            {"email": "ssnape@hogwarts.com", "host": "true"}],
        "metadata": {"timestamp": "2026-03-02T08:00:00Z"},
    });
    assert_eq!(made, expected);
    assert_eq!(interview["stage"]["value"], "SchedulingCompleted");
    assert_eq!(interview["extra"]["launchpad"]["send_email"], "true");
    let users = all(&hub, "users").await;
    let snape = users.iter().find(|user| user["email"] == "ssnape@hogwarts.com").unwrap();
    assert_eq!(interview["organizer_id"], snape["id"]);
    assert_eq!(all(&hub, "feedback").await.len(), 2);
    assert_eq!(all(&hub, "applications").await[0]["custom_invite_id"], "123test");
}

#[tokio::test]
async fn a_meeting_without_a_start_begins_now_and_a_known_candidate_is_found_again() {
    let (hub, path) = ground().await;
    ok(&hub, &path, &invitation()).await;
    let mut again = invitation();
    again["candidate"]["custom_invite_id"] = json!("124test");
    again["candidate"]["email"] = json!("HPotter@Hogwarts.com");
    again["schedule"] = json!({"start_time": "", "duration": 45});
    let second = assessment(&hub).await;

    let made = ok(&hub, &second, &again).await;

    assert_eq!(made["interview"]["start_time"], "2026-03-02T08:00:00.000Z");
    assert_eq!(made["interview"]["end_time"], "2026-03-02T08:45:00.000Z");
    assert_eq!((all(&hub, "candidates").await.len(), all(&hub, "applications").await.len()), (1, 2));
}

#[tokio::test]
async fn someone_who_had_applied_before_is_invited_on_that_application() {
    let (hub, path) = ground().await;
    let job = path.split('/').nth(4).unwrap().parse().unwrap();
    let application = hub.applicant(Hub::COMPANY, Some(job), "hpotter@hogwarts.com").await.to_string();

    ok(&hub, &path, &invitation()).await;

    let [invited] = &all(&hub, "applications").await[..] else { panic!() };
    assert_eq!((&invited["id"], &invited["custom_invite_id"]), (&json!(application), &json!("123test")));
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_and_nothing_of_it_is_kept() {
    let (hub, path) = ground().await;
    ok(&hub, &path, &invitation()).await;
    let events = all(&hub, "events").await.len();
    let with = |pointer: &str, value: Value| {
        let mut body = invitation();
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    let stranger = with("/reviewers/0/email", json!("mmcgonagall@hogwarts.com"));
    let mut ron = with("/candidate/email", json!("ron@hogwarts.com"));
    let long = "x".repeat(1_001);
    for (path, body, expected) in [
        ("/launchpad/1/live", json!({}), (400, "bad_body")),
        ("/launchpad/1/live", json!({"interview": {"title": long, "email": "a@b.c"}}), (400, "too_long")),
        ("/launchpad/1/live/job_0000000000000/invite", invitation(), (404, "not_found")),
        ("/launchpad/1/live/nothing/invite", invitation(), (404, "not_found")),
        (&path, with("/schedule/duration", json!("half an hour")), (400, "bad_body")),
        (&path, with("/candidate/first_name", json!(long)), (400, "too_long")),
        (&path, stranger.clone(), (422, "unknown_reviewer")),
        (&path, invitation(), (409, "already_applied")),
        (&path, ron.clone(), (409, "external_id_taken")),
        ("/launchpad/1/interviews", json!({}), (404, "not_found")),
    ] {
        let answer = post(&hub, path, &body).await;
        assert_eq!(told(&answer), (expected.0, expected.1.to_owned()), "{path} {:.60}", body.to_string());
    }
    let message = post(&hub, &path, &stranger).await.body["error"]["message"].to_string();
    assert!(message.contains("mmcgonagall@hogwarts.com"), "{message}");
    assert_eq!(told(&hub.ask("GET", "/launchpad/1/live", Some(&basic(ADMIN)), &Value::Null).await).0, 405);
    assert_eq!((all(&hub, "events").await.len(), all(&hub, "interviews").await.len()), (events, 1));

    ron["candidate"]["custom_invite_id"] = json!("125test");
    let made = ok(&hub, &path, &ron).await;
    assert_eq!(made["candidate"]["custom_invite_id"], "125test");
}

#[tokio::test]
async fn the_key_is_the_user_name_of_http_basic_and_opens_its_own_company() {
    let (hub, path) = ground().await;
    for auth in
        [None, Some(basic("cbk_nobody")), Some(format!("Bearer {ADMIN}")), Some("Basic ???".to_owned())]
    {
        let answer = hub.ask("POST", "/launchpad/1/live", auth.as_deref(), &json!({})).await;
        assert_eq!(told(&answer), (401, "unauthorized".to_owned()), "{auth:?}");
        assert!(answer.headers["www-authenticate"].to_str().unwrap().starts_with("Basic"));
    }
    let answer = hub.ask("POST", &path, Some(&basic(READER)), &invitation()).await;
    assert_eq!(told(&answer), (403, "scope_too_small".to_owned()));
    let answer = hub.ask("POST", &path, Some(&basic(OTHER)), &invitation()).await;
    assert_eq!(told(&answer), (404, "not_found".to_owned()));
}
