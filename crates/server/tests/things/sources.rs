//! A source shows what came in of late.

use callboard_dialects::{Message, dialect};
use callboard_outbox::Clock;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::hall::{ADMIN, Hall};

const TOLD: &str = r#"{"id":"1","version":1,"type":"job.created","timestamp":"2026-03-02T08:00:00Z","data":{"object":{"id":"7"}}}"#;

/// A signed webhook to a source.
async fn tell(hall: &Hall, source: &Value, id: &str, body: &str) {
    let signer = dialect("hirehive").unwrap().signer(&source["credentials"]).unwrap();
    let headers = signer.sign(&Message { id, body: body.as_bytes(), at: hall.clock.now() });
    hall.webhook(source["url"].as_str().unwrap(), &headers, body).await.is(200);
}

#[tokio::test]
async fn a_source_shows_what_came_of_the_requests_of_the_last_day() {
    let hall = Hall::open().await;
    let made = |name| json!({ "platform": "hirehive", "name": name });
    let source = hall.ask(ADMIN, "POST", "/sources", &made("one")).await.is(201).body;
    let other = hall.ask(ADMIN, "POST", "/sources", &made("other")).await.is(201).body;
    let path = format!("/sources/{}", source["id"].as_str().unwrap());
    let count = async || hall.get(&path).await.is(200).body["last_24_hours"].clone();
    let none = json!({ "understood": 0, "duplicate": 0, "quarantined": 0, "at_least": false });
    assert_eq!(count().await, none);

    tell(&hall, &source, "msg_1", TOLD).await;
    tell(&hall, &source, "msg_1", TOLD).await;
    tell(&hall, &other, "msg_1", TOLD).await;
    hall.clock.advance(SignedDuration::from_hours(23));
    tell(&hall, &source, "msg_2", "no JSON").await;
    tell(&hall, &source, "msg_3", "none either").await;

    let all = json!({ "understood": 1, "duplicate": 1, "quarantined": 2, "at_least": false });
    assert_eq!(count().await, all);
    hall.clock.advance(SignedDuration::from_hours(2));
    assert_eq!(
        count().await,
        json!({ "understood": 0, "duplicate": 0, "quarantined": 2, "at_least": false })
    );
    hall.clock.advance(SignedDuration::from_hours(23));
    assert_eq!(count().await, none);
    for listed in hall.get("/sources").await.body["items"].as_array().unwrap() {
        assert_eq!(listed["last_24_hours"], Value::Null, "only where a single one is shown");
    }
}
