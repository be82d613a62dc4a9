//! What exactly is an endpoint told? The request of a delivery can be looked at, without what is secret in it.

use callboard_core::{Endpoint, EventId, Timestamp};
use callboard_outbox::{Clock, shipment};
use serde_json::{Value, json};

use crate::hall::{ADMIN, Hall, OTHER, READER, WRITER};

const URL: &str = "https://ats.example/hooks/1";
/// What lets whoever holds it host a meeting.
const ZAK: &str = "https://zoom.example/s/1?zak=c2VjcmV0";
const LOGIN: &str = "Y2FsbGJvYXJkOnNlY3JldA==";

async fn endpoint(hall: &Hall, dialect: &str) -> Value {
    let credentials = match dialect {
        "launchpad" => json!({ "username": "callboard", "password": "secret" }),
        _ => Value::Null,
    };
    let form = json!({ "url": URL, "dialect": dialect, "credentials": credentials });
    hall.ask(ADMIN, "POST", "/endpoints", &form).await.is(201).body
}

/// An interview with links to join, of an applicant.
async fn meeting(hall: &Hall) -> String {
    let application = hall.application("romy@vale.example").await;
    let interview = hall.made("/interviews", json!({ "application_id": application })).await;
    let links = json!({ "join_url": "https://zoom.example/j/1", "start_url": ZAK });
    hall.put(&format!("/interviews/{interview}/meeting"), links).await.is(200);
    interview
}

/// The delivery that owes this endpoint an event of this type.
async fn owed(hall: &Hall, endpoint: &Value, kind: &str) -> String {
    let events = hall.get(&format!("/events?type={kind}")).await.is(200);
    let event = &events.ids()[0];
    let path = format!("/deliveries?endpoint={}&event={event}", endpoint["id"].as_str().unwrap());
    hall.get(&path).await.is(200).ids().pop().unwrap_or_else(|| panic!("{kind} is not owed"))
}

fn header<'v>(request: &'v Value, name: &str) -> &'v str {
    let headers = request["headers"].as_array().unwrap();
    let found = headers.iter().find(|header| header["name"] == name);
    found.map_or("", |header| header["value"].as_str().unwrap())
}

#[tokio::test]
async fn a_delivery_shows_the_request_that_an_attempt_makes_with_its_secrets_masked() {
    for (dialect, kind, signed, how) in [
        ("standard", "interview.meeting.ready", "webhook-signature", "v1,••••••"),
        ("cloudevents", "interview.meeting.ready", "webhook-signature", "v1,••••••"),
        ("hirehive", "interview.meeting.ready", "webhook-signature", "v1,••••••"),
        ("launchpad", "interview.meeting.ready", "authorization", "Basic ••••••"),
        ("skype", "interview.stage.updated", "authorization", "Bearer ••••••"),
        ("viasto", "application.created", "", ""),
    ] {
        let hall = Hall::open().await;
        let made = endpoint(&hall, dialect).await;
        meeting(&hall).await;
        let delivery = owed(&hall, &made, kind).await;

        let request = hall.get(&format!("/deliveries/{delivery}/request")).await.is(200).body;

        assert_eq!((&request["url"], &request["method"]), (&json!(URL), &json!("POST")), "{request}");
        assert_eq!((&request["dialect"], &request["reason"]), (&json!(dialect), &Value::Null), "{request}");
        assert_eq!(header(&request, signed), how, "{request}");
        let said = request.to_string();
        for secret in ["secret", "api_secret", "password"].map(|name| made["credentials"][name].as_str()) {
            assert!(secret.is_none_or(|secret| !said.contains(secret)), "{dialect}: {said}");
        }
        assert!(!said.contains(LOGIN) && !said.contains(ZAK), "{dialect}: {said}");
        let body: Value = serde_json::from_str(request["body"].as_str().unwrap()).unwrap();
        let has_link = kind.ends_with("ready") && dialect != "hirehive";
        assert_eq!(body.to_string().contains("\"(hidden)\""), has_link, "{dialect}: {body}");
        assert_eq!(request["host_links_hidden"], has_link, "{dialect}");

        // All that an attempt sends is there, and what is no secret as it is sent.
        let id = made["id"].as_str().unwrap().parse().unwrap();
        let stored = hall.hub_ledger().directory().endpoint(id).cloned().unwrap();
        let sent = sent(&hall, &stored, &delivery).await;
        let names: Vec<&str> = sent.iter().map(|(name, _)| name.as_str()).collect();
        let shown = request["headers"].as_array().unwrap();
        assert_eq!(shown.iter().map(|it| it["name"].as_str().unwrap()).collect::<Vec<_>>(), names);
        for (name, value) in sent.iter().filter(|(name, _)| name != signed) {
            assert_eq!(header(&request, name), value, "{dialect}: {name}");
        }
    }
}

/// The headers that the outbox would send.
async fn sent(hall: &Hall, endpoint: &Endpoint, delivery: &str) -> Vec<(String, String)> {
    let shown = hall.get(&format!("/deliveries/{delivery}")).await.body;
    let event: EventId = shown["event"].as_str().unwrap().parse().unwrap();
    let id = delivery.parse().unwrap();
    let body = hall.hub_ledger().read(move |reader| reader.body(id)).await.unwrap().unwrap();
    let now: Timestamp = hall.clock.now();
    let headers = shipment(endpoint, event, body, now).unwrap().all_headers();
    headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
}

#[tokio::test]
async fn a_delivery_can_be_read_in_another_dialect_or_it_is_said_that_there_is_no_word_for_it() {
    let hall = Hall::open().await;
    let made = endpoint(&hall, "standard").await;
    meeting(&hall).await;
    let ready = format!("/deliveries/{}/request", owed(&hall, &made, "interview.meeting.ready").await);
    let told = hall.get(&ready).await.is(200).body;

    // LaunchPad's words, by LaunchPad's own names
    let launchpad = hall.get(&format!("{ready}?dialect=launchpad")).await.is(200).body;
    let body: Value = serde_json::from_str(launchpad["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["interview"]["join_url"], "https://zoom.example/j/1");
    assert_eq!(body["interview"]["start_url"], "(hidden)");
    assert_eq!(launchpad["dialect"], "launchpad");
    assert_eq!(header(&launchpad, "webhook-id"), "", "LaunchPad sends no such header: {launchpad}");
    let cloud = hall.get(&format!("{ready}?dialect=cloudevents")).await.is(200).body;
    assert_eq!(header(&cloud, "content-type"), "application/cloudevents+json; charset=UTF-8");
    assert_eq!(header(&cloud, "webhook-id"), header(&told, "webhook-id"));

    // Skype says nothing about links, viasto neither
    for dialect in ["skype", "viasto"] {
        let mute = hall.get(&format!("{ready}?dialect={dialect}")).await.is(200).body;
        assert_eq!((&mute["body"], &mute["reason"]), (&Value::Null, &json!("no word for it")));
        assert_eq!(mute["headers"], json!([]), "nothing would be sent");
    }
    assert_eq!(hall.get(&format!("{ready}?dialect=standard")).await.is(200).body, told, "its own");
    hall.get(&format!("{ready}?dialect=klingon")).await.refused(400, "unknown_dialect");
    hall.get(&format!("{ready}?host_links=maybe")).await.refused(400, "bad_query");
}

#[tokio::test]
async fn what_was_owed_before_a_change_of_dialect_goes_out_in_the_one_that_it_was_owed_in() {
    let hall = Hall::open().await;
    let made = endpoint(&hall, "launchpad").await;
    let interview = meeting(&hall).await;
    let request =
        async |delivery: &str| hall.get(&format!("/deliveries/{delivery}/request")).await.is(200).body;
    let earlier = owed(&hall, &made, "interview.meeting.ready").await;
    let before = request(&earlier).await;
    assert_eq!(before["dialect"], "launchpad");

    // When it gets another dialect, and another one after that
    let path = format!("/endpoints/{}", made["id"].as_str().unwrap());
    for dialect in ["hirehive", "standard"] {
        hall.ask(ADMIN, "PATCH", &path, &json!({ "dialect": dialect })).await.is(200);
    }
    let form = json!({ "description": "something else" });
    hall.ask(ADMIN, "PATCH", &path, &form).await.is(200);
    let links = json!({ "join_url": "https://zoom.example/j/2" });
    hall.put(&format!("/interviews/{interview}/meeting"), links).await.is(200);

    // Then what was owed is sent as it would have been, and what is owed from now on in the new one
    assert_eq!(request(&earlier).await, before);
    let later = request(&owed(&hall, &made, "interview.meeting.ready").await).await;
    assert_eq!(later["dialect"], "standard");
    assert_eq!((header(&later, "authorization"), header(&later, "webhook-signature")), ("", "v1,••••••"));
    let other = hall.get(&format!("/deliveries/{earlier}/request?dialect=standard")).await.is(200).body;
    assert_eq!(other["dialect"], "standard");
}

#[tokio::test]
async fn host_links_are_shown_to_who_may_write_and_asks_for_them() {
    let hall = Hall::open().await;
    let made = endpoint(&hall, "launchpad").await;
    meeting(&hall).await;
    let request = format!("/deliveries/{}/request", owed(&hall, &made, "interview.meeting.ready").await);
    let shown = format!("{request}?host_links=shown");

    hall.ask(READER, "GET", &shown, &Value::Null).await.refused(403, "scope_too_small");
    hall.ask(OTHER, "GET", &shown, &Value::Null).await.refused(404, "not_found");
    let asked = hall.ask(WRITER, "GET", &shown, &Value::Null).await.is(200).body;
    assert!(asked["body"].as_str().unwrap().contains(ZAK), "{asked}");
    assert_eq!(asked["host_links_hidden"], false);
    assert_eq!(header(&asked, "authorization"), "Basic ••••••", "other secrets stay masked");
    let elsewhere = format!("{shown}&dialect=standard");
    let asked = hall.ask(WRITER, "GET", &elsewhere, &Value::Null).await.is(200).body;
    assert!(asked["body"].as_str().unwrap().contains(ZAK), "{asked}");
    let usual = hall.ask(WRITER, "GET", &request, &Value::Null).await.is(200).body;
    assert!(!usual.to_string().contains(ZAK), "{usual}");
}

#[tokio::test]
async fn what_was_called_off_can_be_read_still_and_what_was_erased_or_has_no_endpoint_cannot() {
    let hall = Hall::open().await;
    let (made, gone) = (endpoint(&hall, "hirehive").await, endpoint(&hall, "hirehive").await);
    meeting(&hall).await;
    let delivery = owed(&hall, &made, "application.created").await;
    let (path, request) = (format!("/deliveries/{delivery}"), format!("/deliveries/{delivery}/request"));
    hall.is_closed_to_others(&request, &[]).await;

    let before = hall.get(&request).await.is(200).body;
    hall.post(&format!("{path}/cancel"), json!({})).await.is(200);
    assert_eq!(hall.get(&request).await.is(200).body, before);

    let orphan = owed(&hall, &gone, "application.created").await;
    let endpoint = format!("/endpoints/{}", gone["id"].as_str().unwrap());
    hall.ask(ADMIN, "DELETE", &endpoint, &Value::Null).await.is(204);
    hall.get(&format!("/deliveries/{orphan}/request")).await.refused(409, "endpoint_gone");

    let candidate = &hall.get("/candidates").await.ids()[0];
    hall.ask(ADMIN, "POST", &format!("/candidates/{candidate}/erase"), &json!({})).await;
    hall.get(&request).await.refused(409, "erased");
    hall.get(&format!("{request}?dialect=viasto")).await.refused(409, "erased");
    hall.get("/deliveries/dlv_0000000000000/request").await.refused(404, "not_found");
}
