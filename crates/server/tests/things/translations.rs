//! Any webhook can be pasted: whose it is, whether it would be taken, and what it says in everybody's words.

use std::fs;
use std::path::{Path, PathBuf};

use axum::body::Body;
use callboard_dialects::{Message, dialect};
use callboard_outbox::Clock;
use callboard_server::{BODY_BYTES, HEADERS};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::hall::{ADMIN, Answer, Hall, OTHER, READER};

const DIALECTS: [&str; 6] = ["standard", "cloudevents", "launchpad", "hirehive", "viasto", "skype"];

fn samples(platform: &str) -> Vec<PathBuf> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dialects/tests/fixtures").join(platform);
    let files = fs::read_dir(fixtures).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|it| it == "json")).collect()
}

fn sample(platform: &str, name: &str) -> String {
    let found = samples(platform).into_iter().find(|path| path.ends_with(name));
    fs::read_to_string(found.unwrap_or_else(|| panic!("no {name}"))).unwrap()
}

async fn paste(hall: &Hall, form: Value) -> Answer {
    hall.ask(READER, "POST", "/translate", &form).await
}

async fn translated(hall: &Hall, body: &str) -> Value {
    paste(hall, json!({ "body": body })).await.is(200).body
}

fn reading<'v>(event: &'v Value, dialect: &str) -> &'v Value {
    let readings = event["readings"].as_array().unwrap();
    readings.iter().find(|reading| reading["dialect"] == dialect).unwrap()
}

#[tokio::test]
async fn each_platform_s_webhooks_are_known_as_its_own_and_read_in_every_dialect() {
    let hall = Hall::open().await;
    for platform in ["launchpad", "hirehive", "viasto", "skype"] {
        let samples = samples(platform);
        assert!(samples.len() > 5, "{platform}");
        for path in samples {
            let told = translated(&hall, &fs::read_to_string(&path).unwrap()).await;
            if path.ends_with("seed_002_interview.created.json") {
                // What stands for its type in the seed is none.
                assert_eq!(told["understood"], json!([]));
                continue;
            }
            let best = &told["understood"][0];
            assert_eq!(best["platform"], platform, "{path:?}: {told}");
            assert_eq!(told["verification"], Value::Null);
            let events = best["events"].as_array().unwrap();
            assert!(!events.is_empty(), "{path:?}: {told}");
            for event in events {
                let dialects: Vec<&str> = event["readings"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|reading| reading["dialect"].as_str().unwrap())
                    .collect();
                assert_eq!(dialects, DIALECTS);
                let native: Value =
                    serde_json::from_str(reading(event, "standard")["body"].as_str().unwrap()).unwrap();
                assert_eq!(native, event["event"], "the native form is what `standard` tells");
                for reading in event["readings"].as_array().unwrap() {
                    let has_word = reading["body"].is_string();
                    assert_eq!(reading["reason"] == "no word for it", !has_word, "{reading}");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_skype_says_reads_as_skype_said_it_and_in_viasto_s_words_and_launchpad_has_none() {
    let hall = Hall::open().await;
    let body = sample("skype", "04_scheduling_completed.json");
    let told = translated(&hall, &body).await;
    let moved = told["understood"][0]["events"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["event"]["type"] == "interview.stage.updated")
        .unwrap();
    assert_eq!(moved["event"]["data"]["interview"]["external_ids"]["skype"], "RENE2010");
    let again: Value = serde_json::from_str(reading(moved, "skype")["body"].as_str().unwrap()).unwrap();
    assert_eq!(again, serde_json::from_str::<Value>(&body).unwrap());
    assert!(reading(moved, "viasto")["body"].as_str().unwrap().contains("candidate_changed"));
    assert_eq!(reading(moved, "launchpad")["body"], Value::Null);
}

#[tokio::test]
async fn the_open_forms_are_known_for_what_they_are() {
    let hall = Hall::open().await;
    for name in ["standard", "cloudevents"] {
        let form = json!({ "dialect": name, "event": "application.created" });
        let preview = hall.ask(READER, "POST", "/endpoints/preview", &form).await.is(200).body;
        let told = translated(&hall, preview["body"].as_str().unwrap()).await;
        assert_eq!(told["understood"][0]["platform"], name, "{told}");
        assert!(told["understood"][0]["events"].to_string().contains("application.created"), "{told}");
    }
}

#[tokio::test]
async fn host_links_are_hidden_in_every_dialect() {
    let hall = Hall::open().await;
    let body = sample("launchpad", "zoom_link_join_url.json");
    assert!(body.contains("zak="));
    let said = translated(&hall, &body).await.to_string();
    assert!(!said.contains("zak=") && said.matches("(hidden)").count() >= 4, "{said}");
}

#[tokio::test]
async fn whether_a_source_would_take_it_is_said_with_the_reason_why_not_and_nothing_is_counted() {
    let hall = Hall::open().await;
    let api = json!({"api_key": "5b2f6f2e-9c53-4b38-8a0a-3f1f0c2f9d11", "api_secret": "shared"});
    let form = json!({"platform": "skype", "credentials": api});
    let source = hall.ask(ADMIN, "POST", "/sources", &form).await.is(201).id();
    let body = sample("skype", "04_scheduling_completed.json");
    let message = Message { id: "m1", body: body.as_bytes(), at: hall.clock.now() };
    let signed = dialect("skype").unwrap().signer(&api).unwrap().sign(&message);
    let authorization = signed.into_iter().find(|(name, _)| *name == "authorization").unwrap().1;
    let before = hall.hub_ledger().read(|reader| reader.totals()).await.unwrap();
    let verify = async |body: &str| {
        let headers = json!({ "Authorization": authorization });
        let pasted = json!({ "headers": headers, "body": body, "source": source });
        paste(&hall, pasted).await.is(200).body["verification"].clone()
    };

    // As often as it is asked: nobody has seen it before
    for _ in 0..2 {
        assert_eq!(verify(&body).await, json!({ "source": source, "authentic": true }));
    }
    let parsed: Value = serde_json::from_str(&body).unwrap();
    let rewritten = verify(&serde_json::to_string_pretty(&parsed).unwrap()).await;
    assert_eq!((&rewritten["authentic"], &rewritten["code"]), (&json!(false), &json!("body")));
    assert!(rewritten["explanation"].as_str().unwrap().contains("re-serialised"), "{rewritten}");
    let unsigned = paste(&hall, json!({ "body": body, "source": source })).await.is(200).body;
    assert_eq!(unsigned["verification"]["code"], "missing_header");
    assert_eq!(unsigned["understood"][0]["platform"], "skype", "what it says is said all the same");
    hall.clock.advance(SignedDuration::from_hours(2));
    let late = verify(&body).await;
    assert!(late["explanation"].as_str().unwrap().contains("clock"), "{late}");

    let refusals = hall.get(&format!("/sources/{source}/rejections")).await.is(200).body;
    assert_eq!(refusals["total"], 0);
    assert_eq!(hall.hub_ledger().read(|reader| reader.totals()).await.unwrap(), before, "nothing is written");
    let form = json!({ "body": body, "source": source });
    hall.ask(OTHER, "POST", "/translate", &form).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_token_is_looked_for_in_the_url_that_it_was_sent_to() {
    let hall = Hall::open().await;
    let made = hall.ask(ADMIN, "POST", "/sources", &json!({"platform": "viasto"})).await.is(201).body;
    let body = sample("viasto", "candidate_changed.created.json");
    let url = made["url"].as_str().unwrap();
    for (url, code) in [
        (json!(url), Value::Null),
        (json!(format!("{url}?a=b")), Value::Null),
        (json!(format!("{url}x")), json!("token")),
        (Value::Null, json!("missing_token")),
    ] {
        let pasted = json!({ "body": body, "url": url, "source": made["id"] });
        let told = paste(&hall, pasted).await.is(200).body;
        assert_eq!(told["verification"]["code"], code, "{told}");
        assert_eq!(told["verification"]["authentic"], code.is_null(), "{told}");
        assert!(!told.to_string().contains(made["credentials"]["token"].as_str().unwrap()), "{told}");
    }
}

#[tokio::test]
async fn what_nobody_understands_is_answered_with_everybody_s_reason() {
    let hall = Hall::open().await;
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let unknown = format!(r#"{{"type":"{}","event":"{}"}}"#, "x".repeat(9_000), "y".repeat(9_000));
    let bodies = ["", "{", "null", "[]", "{}", "\u{0}\u{202e}", "<html>", "{\"event\":7}", &nested, &unknown];
    for body in bodies {
        let told = translated(&hall, body).await;
        assert_eq!(told["understood"], json!([]), "{body:.80}: {told}");
        let reasons = told["not_understood"].as_array().unwrap();
        let whose: Vec<&str> = reasons.iter().map(|it| it["platform"].as_str().unwrap()).collect();
        assert_eq!(whose, DIALECTS);
        assert!(reasons.iter().all(|it| !it["reason"].as_str().unwrap().is_empty()));
        assert!(told.to_string().len() < 8 * 1024, "an answer is not as long as what was asked");
    }
}

/// An assessment by so many reviewers.
fn assessed(reviewers: usize) -> String {
    let reviewers: Vec<Value> =
        (0..reviewers).map(|it| json!({ "email": format!("r{it}@x.example"), "score": "1" })).collect();
    let details = json!({ "status": "Completed", "reviewers": reviewers });
    let candidate = json!({ "id": "c1", "email": "hpotter@hogwarts.com" });
    json!({ "candidate": candidate, "interview": { "id": "1" }, "result_details": details }).to_string()
}

#[tokio::test]
async fn what_is_too_large_to_be_shown_is_left_out_and_what_the_inbox_would_not_take_is_refused() {
    let hall = Hall::open().await;
    let told = translated(&hall, &assessed(50)).await["understood"][0].clone();
    assert_eq!(told["events"].as_array().unwrap().len(), 50);
    assert!(told["left_out"].as_u64().is_some_and(|more| more > 0), "{told}");
    let crowded = translated(&hall, &assessed(10_000)).await;
    assert_eq!(crowded["understood"], json!([]));
    assert!(crowded["not_understood"].to_string().contains("reviewers"), "{crowded}");
    let long = json!({ "title": "x".repeat(700_000), "id": "7" });
    let job = json!({ "type": "job.created", "data": { "object": long } });
    let told = translated(&hall, &job.to_string()).await["understood"][0].clone();
    assert_eq!(told["events"].as_array().unwrap().len(), 1, "one event is shown, however long");

    let large = json!({ "body": "x".repeat(BODY_BYTES) });
    paste(&hall, large).await.refused(413, "too_large");
    let headers: Value =
        (0..=HEADERS).map(|it| (format!("x-{it}"), json!("x"))).collect::<serde_json::Map<_, _>>().into();
    paste(&hall, json!({ "body": "{}", "headers": headers })).await.refused(400, "list_too_long");
    let headers = json!({ "x": "x".repeat(64 * 1024) });
    paste(&hall, json!({ "body": "{}", "headers": headers })).await.refused(400, "too_long");
    paste(&hall, json!({ "body": "{}", "url": "x".repeat(4_097) })).await.refused(400, "too_long");
    for bad in [json!({}), json!({"body": 7}), json!({"body": "{}", "headers": [["a", "b"]]})] {
        paste(&hall, bad).await.refused(400, "bad_body");
    }
    let twice = r#"{"body":"{}","body":"[]"}"#;
    hall.send(READER, "POST", "/translate", &[], Body::from(twice)).await.refused(400, "bad_body");
}
