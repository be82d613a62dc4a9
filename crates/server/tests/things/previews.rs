//! What an endpoint would be sent can be seen before there is one.

use callboard_core::EventType;
use callboard_dialects::{DIALECTS, dialect};
use serde_json::{Value, json};

use crate::hall::{ADMIN, Hall, READER};

async fn preview(hall: &Hall, form: Value) -> Value {
    hall.ask(READER, "POST", "/endpoints/preview", &form).await.is(200).body
}

#[tokio::test]
async fn each_dialect_shows_what_it_has_a_word_for_in_words_that_its_receivers_read() {
    let hall = Hall::open().await;
    let mut told = Vec::new();
    for speaking in DIALECTS {
        let name = speaking.name();
        for kind in EventType::KNOWN {
            let request = preview(&hall, json!({ "dialect": name, "event": kind })).await;
            assert_eq!(request["dialect"], name);
            let Some(body) = request["body"].as_str() else {
                assert_eq!((&request["reason"], &request["headers"]), (&json!("no word for it"), &json!([])));
                continue;
            };
            assert!(request["headers"].as_array().is_some_and(|headers| !headers.is_empty()), "{request}");
            if *kind != EventType::EndpointTest {
                let read = dialect(name).unwrap().parse(body.as_bytes());
                assert!(read.is_ok(), "{name} {kind}: {read:?} {body}");
            }
            told.push((name, kind.as_str()));
        }
        let test = preview(&hall, json!({ "dialect": name })).await;
        assert!(test["body"].is_string(), "every dialect tells a test: {test}");
    }
    // The open forms tell everything; the platforms what they have words for, and a test.
    let count = |name| told.iter().filter(|(dialect, _)| *dialect == name).count();
    let every = EventType::KNOWN.len();
    assert_eq!(["standard", "cloudevents"].map(count), [every; 2]);
    assert_eq!(["launchpad", "hirehive", "viasto", "skype"].map(count), [3, 21, 16, 2], "{told:?}");
}

#[tokio::test]
async fn a_preview_is_of_the_endpoint_that_is_asked_about_and_masks_what_it_would_be_signed_with() {
    let hall = Hall::open().await;
    let form = json!({
        "dialect": "launchpad",
        "url": "https://ats.example/hooks?a=b",
        "credentials": { "username": "callboard", "password": "not to be seen" },
        "event": "interview.meeting.ready",
    });
    let request = preview(&hall, form).await;
    assert_eq!(
        (&request["url"], &request["method"]),
        (&json!("https://ats.example/hooks?a=b"), &json!("POST"))
    );
    let headers = request["headers"].to_string();
    assert!(headers.contains("Basic ••••••") && !headers.contains("bm90IHRvIGJlIHNlZW4"), "{headers}");
    assert!(request["body"].as_str().unwrap().contains("callboard.test@example.com"), "{request}");

    let request = preview(&hall, json!({ "dialect": "viasto", "event": "job.created" })).await;
    let body: Value = serde_json::from_str(request["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["endpoint"], request["url"], "viasto names it");
}

#[tokio::test]
async fn a_preview_makes_nothing_and_refuses_what_an_endpoint_cannot_be() {
    let hall = Hall::open().await;
    let last = hall.hub_ledger().read(|reader| reader.totals()).await.unwrap();
    for (form, code) in [
        (json!({}), "bad_body"),
        (json!({ "dialect": "klingon" }), "unknown_dialect"),
        (json!({ "dialect": "standard", "event": "interview.*" }), "unknown_event"),
        (json!({ "dialect": "standard", "url": "http://ats.example/" }), "bad_url"),
        (json!({ "dialect": "standard", "url": "https://127.0.0.1/" }), "bad_url"),
        (json!({ "dialect": "launchpad", "credentials": { "username": "u" } }), "bad_credentials"),
        (json!({ "dialect": "standard", "credentials": { "secret": "x".repeat(9_000) } }), "bad_credentials"),
        (json!({ "dialect": "standard", "ordering": "none" }), "bad_body"),
    ] {
        hall.ask(READER, "POST", "/endpoints/preview", &form).await.refused(400, code);
    }
    preview(&hall, json!({ "dialect": "skype" })).await;
    assert!(hall.ask(ADMIN, "GET", "/endpoints", &Value::Null).await.ids().is_empty());
    assert_eq!(hall.hub_ledger().read(|reader| reader.totals()).await.unwrap(), last);
}
