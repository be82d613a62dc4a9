//! Credentials are replaced: for a while the ones before count as well, and then the new ones alone.

use axum::body::Body;
use callboard_dialects::{Message, dialect};
use callboard_outbox::Clock;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::hall::{ADMIN, Answer, Hall, OTHER, READER, WRITER};

const BODY: &str = r#"{"id":"1","version":1,"type":"job.created","timestamp":"2026-03-02T08:00:00Z","data":{"object":{"id":"7"}}}"#;

async fn made(hall: &Hall, path: &str, body: Value) -> Answer {
    hall.ask(ADMIN, "POST", path, &body).await.is(201)
}

async fn rotate(hall: &Hall, path: &str, body: Value) -> Answer {
    hall.ask(ADMIN, "POST", &format!("{path}/rotate"), &body).await
}

/// A webhook of this platform, signed with what a source or the rotation of one has shown, and whether it was taken.
async fn takes(hall: &Hall, platform: &str, url: &str, credentials: &Value, id: &str) -> bool {
    let mut headers = vec![("content-type", "application/json".to_owned())];
    if credentials["token"].is_null() {
        let signer = dialect(platform).unwrap().signer(credentials).unwrap();
        headers = signer.sign(&Message { id, body: BODY.as_bytes(), at: hall.clock.now() });
    }
    let answer = hall.webhook(url, &headers, BODY).await;
    assert!([200, 401].contains(&answer.status.as_u16()), "{platform}: {}", answer.body);
    answer.status == 200
}

#[tokio::test]
async fn a_source_takes_what_is_signed_with_either_until_the_overlap_is_over() {
    for (platform, given, next) in [
        ("hirehive", Value::Null, Value::Null),
        ("standard", json!({"secret": "a text"}), Value::Null),
        ("viasto", Value::Null, Value::Null),
        ("launchpad", Value::Null, Value::Null),
        ("launchpad", json!({"username": "u", "password": "p"}), Value::Null),
        (
            "skype",
            json!({"api_key": "5b2f6f2e-9c53-4b38-8a0a-3f1f0c2f9d11", "api_secret": "one"}),
            json!({"api_key": "5b2f6f2e-9c53-4b38-8a0a-3f1f0c2f9d11", "api_secret": "two"}),
        ),
    ] {
        let hall = Hall::open().await;
        let old = made(&hall, "/sources", json!({"platform": platform, "credentials": given})).await.body;
        let path = format!("/sources/{}", old["id"].as_str().unwrap());

        let new = rotate(&hall, &path, json!({"overlap": "2h", "credentials": next})).await.is(200).body;
        assert_eq!(new["old_credentials_until"], "2026-03-02T10:00:00Z", "{platform}");
        assert_ne!(new["credentials"], old["credentials"], "{platform}");
        let url = |shown: &Value| shown["url"].as_str().unwrap().to_owned();
        assert_eq!(url(&new) != url(&old), !old["credentials"]["token"].is_null(), "{platform}");

        hall.clock.advance(SignedDuration::from_secs(2 * 60 * 60 - 1));
        assert!(takes(&hall, platform, &url(&old), &old["credentials"], "m1").await, "{platform}");
        assert!(takes(&hall, platform, &url(&new), &new["credentials"], "m2").await, "{platform}");

        hall.clock.advance(SignedDuration::from_secs(1));
        assert!(!takes(&hall, platform, &url(&old), &old["credentials"], "m3").await, "{platform}");
        assert!(takes(&hall, platform, &url(&new), &new["credentials"], "m4").await, "{platform}");
        let shown = hall.get(&path).await.is(200).body;
        assert!(shown["old_credentials_until"].is_null() && shown["credentials"].is_null(), "{platform}");
        let why = hall.get(&format!("{path}/rejections")).await.body["recent"][0]["code"].clone();
        assert!(["signature", "token", "credentials"].contains(&why.as_str().unwrap()), "{platform}: {why}");
    }
}

#[tokio::test]
async fn a_receipt_tells_neither_the_token_of_its_source_nor_the_one_before_it() {
    // Given a source whose token begins with the one before it, and a request to either URL that names both
    let hall = Hall::open().await;
    let credentials = json!({"token": "the-first-token-of-it"});
    let old = made(&hall, "/sources", json!({"platform": "viasto", "credentials": credentials})).await.body;
    let path = format!("/sources/{}", old["id"].as_str().unwrap());
    let next = json!({"overlap": "2h", "credentials": {"token": "the-first-token-of-it-and-more"}});
    let new = rotate(&hall, &path, next).await.is(200).body;
    let urls = [&old, &new].map(|shown| shown["url"].as_str().unwrap().to_owned());
    for url in &urls {
        let body = json!({"to": url, "of": urls}).to_string();
        // As a proxy passes it on
        let path = url.strip_prefix("http://hub").unwrap().to_owned();
        let headers = [("content-type", "application/json".to_owned()), ("x-original-uri", path)];
        hall.webhook(url, &headers, &body).await.is(200);
    }

    // When its receipts are looked at, during the overlap and after it
    for _ in 0..2 {
        let list = hall.get("/receipts").await.is(200);
        assert_eq!(list.ids().len(), 2);
        let mut shown = vec![list.bytes.clone()];
        for id in list.ids() {
            shown.push(hall.get(&format!("/receipts/{id}")).await.is(200).bytes);
        }

        // Then they tell nothing of either
        for shown in shown {
            let shown = String::from_utf8(shown.to_vec()).unwrap();
            assert!(shown.contains("(hidden)") && shown.contains("x-original-uri"), "{shown}");
            assert!(!shown.contains("token-of-it"), "{shown}");
            assert!(!shown.contains("-and-more"), "{shown}");
        }
        hall.clock.advance(SignedDuration::from_hours(3));
    }
}

#[tokio::test]
async fn of_credentials_replaced_twice_the_oldest_count_no_more_and_a_plain_change_counts_at_once() {
    let hall = Hall::open().await;
    let first = made(&hall, "/sources", json!({"platform": "hirehive"})).await.body;
    let path = format!("/sources/{}", first["id"].as_str().unwrap());
    let url = first["url"].as_str().unwrap();
    let second = rotate(&hall, &path, Value::Null).await.is(200).body;
    assert_eq!(second["old_credentials_until"], "2026-03-03T08:00:00Z", "a day, if nothing else is said");
    let third = rotate(&hall, &path, Value::Null).await.is(200).body;
    let taken = async |by: &Value, id: &str| takes(&hall, "hirehive", url, &by["credentials"], id).await;
    assert!(!taken(&first, "m1").await && taken(&second, "m2").await && taken(&third, "m3").await);

    let secret = json!({"credentials": {"secret": "a text"}});
    let fourth = hall.ask(ADMIN, "PATCH", &path, &secret).await.is(200).body;
    assert!(!taken(&second, "m4").await && !taken(&third, "m5").await && taken(&fourth, "m6").await);

    let fifth = rotate(&hall, &path, json!({"overlap": "0"})).await.is(200).body;
    assert!(fifth["old_credentials_until"].is_null());
    assert!(!taken(&fourth, "m7").await && taken(&fifth, "m8").await);
}

#[tokio::test]
async fn an_endpoint_s_new_credentials_are_shown_once_and_only_in_the_answer() {
    let hall = Hall::open().await;
    let endpoint = json!({"url": "https://hooks.example.com/in", "dialect": "standard"});
    let sources = json!({"platform": "viasto"});
    for (collection, body) in [("/endpoints", endpoint), ("/sources", sources)] {
        let old = made(&hall, collection, body).await;
        let path = format!("{collection}/{}", old.id());
        let once = [("idempotency-key", collection)];
        let first = hall.send(ADMIN, "POST", &format!("{path}/rotate"), &once, Body::empty()).await.is(200);
        let again = hall.send(ADMIN, "POST", &format!("{path}/rotate"), &once, Body::empty()).await.is(200);

        assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), ("", "true"));
        assert_eq!(first.header("etag"), again.header("etag"));
        assert_eq!(again.body["old_credentials_until"], "2026-03-03T08:00:00Z");
        let secrets: Vec<String> = [&old, &first]
            .into_iter()
            .flat_map(|it| it.body["credentials"].as_object().unwrap().values().cloned())
            .map(|secret| secret.as_str().unwrap().to_owned())
            .collect();
        let list = hall.get(collection).await;
        let shown = hall.get(&path).await;
        for told in [&again, &list, &shown] {
            let text = String::from_utf8_lossy(&told.bytes);
            assert!(secrets.iter().all(|secret| !text.contains(secret)), "{text}");
        }
        assert_eq!(shown.header("etag"), first.header("etag"), "it was changed once");
        let stale = [("if-match", old.header("etag"))];
        let outdated = hall.send(ADMIN, "POST", &format!("{path}/rotate"), &stale, Body::empty()).await;
        outdated.refused(412, "outdated");
    }
}

#[tokio::test]
async fn where_a_request_has_room_for_one_signature_an_overlap_is_refused_and_the_change_is_at_once() {
    let hall = Hall::open().await;
    let login = json!({"username": "u", "password": "p"});
    for (dialect, credentials) in [("skype", Value::Null), ("launchpad", login)] {
        let new = json!({"url": "https://a.example/in", "dialect": dialect, "credentials": credentials});
        let old = made(&hall, "/endpoints", new).await;
        let path = format!("/endpoints/{}", old.id());
        rotate(&hall, &path, json!({"overlap": "1h"})).await.refused(422, "no_overlap");
        for body in [json!({}), json!({"overlap": "0s"})] {
            let new = rotate(&hall, &path, body).await.is(200);
            assert!(new.body["old_credentials_until"].is_null(), "{dialect}");
            assert_ne!(new.body["credentials"], old.body["credentials"], "{dialect}");
        }
    }
}

#[tokio::test]
async fn a_rotation_that_cannot_be_is_told_why_and_changes_nothing() {
    let hall = Hall::open().await;
    let endpoint = |dialect: &str| json!({"url": "https://a.example/in", "dialect": dialect});
    let standard = made(&hall, "/endpoints", endpoint("standard")).await;
    let has = standard.body["credentials"].clone();
    let path = format!("/endpoints/{}", standard.id());
    let before = hall.get(&path).await.body;
    for (body, status, code) in [
        (json!({"overlap": "-1h"}), 400, "bad_overlap"),
        (json!({"overlap": "31d"}), 400, "bad_overlap"),
        (json!({"overlap": "99999999999999999999d"}), 400, "bad_overlap"),
        (json!({"overlap": "soon"}), 400, "bad_overlap"),
        (json!({"overlap": ""}), 400, "bad_overlap"),
        (json!({"overlap": 24}), 400, "bad_body"),
        (json!({"until": "2027-01-01T00:00:00Z"}), 400, "bad_body"),
        (json!({"credentials": {"api_key": "x"}}), 400, "bad_credentials"),
        (json!({"credentials": "whsec_AAAA"}), 400, "bad_credentials"),
        (json!({"credentials": {"secret": "x".repeat(9_000)}}), 400, "bad_credentials"),
        (json!({"credentials": has}), 422, "nothing_to_rotate"),
    ] {
        rotate(&hall, &path, body).await.refused(status, code);
    }
    hall.ask(OTHER, "POST", &format!("{path}/rotate"), &json!({})).await.refused(404, "not_found");
    for key in [READER, WRITER] {
        hall.ask(key, "POST", &format!("{path}/rotate"), &json!({})).await.refused(403, "scope_too_small");
    }
    assert_eq!(hall.get(&path).await.body, before);
    assert_eq!(rotate(&hall, &path, json!({"overlap": "30d"})).await.status, 200, "the longest that may be");

    let unsigned = made(&hall, "/endpoints", endpoint("viasto")).await.id();
    rotate(&hall, &format!("/endpoints/{unsigned}"), json!({})).await.refused(422, "nothing_to_rotate");
    let pair = json!({"api_key": "5b2f6f2e-9c53-4b38-8a0a-3f1f0c2f9d11", "api_secret": "one"});
    let skype = made(&hall, "/sources", json!({"platform": "skype", "credentials": pair})).await.id();
    rotate(&hall, &format!("/sources/{skype}"), json!({})).await.refused(400, "bad_credentials");
    hall.ask(OTHER, "POST", &format!("/sources/{skype}/rotate"), &json!({})).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_test_is_an_event_with_one_delivery_to_that_endpoint_in_its_own_words() {
    let hall = Hall::open().await;
    let endpoint =
        |dialect: &str| json!({"url": "https://a.example/in", "dialect": dialect, "events": ["job.*"]});
    for dialect in ["standard", "cloudevents", "launchpad", "hirehive", "viasto", "skype"] {
        let id = made(&hall, "/endpoints", endpoint(dialect)).await.id();
        let test = format!("/endpoints/{id}/test");
        let once = [("idempotency-key", dialect)];

        let owed = hall.send(ADMIN, "POST", &test, &once, Body::empty()).await.is(202);
        assert_eq!(
            (&owed.body["endpoint"], &owed.body["state"]),
            (&json!(id), &json!("pending")),
            "{dialect}"
        );
        assert_eq!(owed.header("location"), format!("/v1/deliveries/{}", owed.id()));
        let again = hall.send(ADMIN, "POST", &test, &once, Body::empty()).await.is(202);
        assert_eq!((again.id(), again.header("idempotent-replayed")), (owed.id(), "true"), "{dialect}");

        let event = owed.body["event"].as_str().unwrap();
        let told = hall.get(&format!("/events/{event}")).await.is(200).body;
        assert_eq!(told["event"]["type"], "endpoint.test");
        let deliveries = hall.get(&format!("/deliveries?event={event}")).await.ids();
        assert_eq!(deliveries, [owed.id()], "{dialect}: nobody else is told");
    }
    assert!(
        hall.get("/interviews").await.ids().is_empty(),
        "what is made up does not become part of the world"
    );

    let id = made(&hall, "/endpoints", endpoint("standard")).await.id();
    let test = format!("/endpoints/{id}/test");
    hall.ask(OTHER, "POST", &test, &Value::Null).await.refused(404, "not_found");
    hall.ask(WRITER, "POST", &test, &Value::Null).await.refused(403, "scope_too_small");
    hall.ask(ADMIN, "POST", &test, &json!({"dialect": "skype"})).await.refused(400, "bad_body");
    hall.ask(ADMIN, "POST", &format!("/endpoints/{id}/disable"), &Value::Null).await.is(200);
    hall.ask(ADMIN, "POST", &test, &Value::Null).await.refused(409, "endpoint_disabled");
}
