//! Which deliveries a list shows, also of those to endpoints that are gone.

use callboard_core::{EndpointId, Identifier};
use serde_json::{Value, json};

use crate::hall::{ADMIN, Hall, OTHER, READER};

/// An endpoint that is told everything, made with this key.
async fn endpoint(hall: &Hall, key: &str) -> String {
    let form = json!({ "url": "https://ats.example/hooks", "dialect": "standard" });
    hall.ask(key, "POST", "/endpoints", &form).await.is(201).id()
}

async fn remove(hall: &Hall, key: &str, endpoint: &str) {
    hall.ask(key, "DELETE", &format!("/endpoints/{endpoint}"), &Value::Null).await.is(204);
}

/// The last event of this type.
async fn event(hall: &Hall, key: &str, kind: &str) -> String {
    hall.ask(key, "GET", &format!("/events?type={kind}"), &Value::Null).await.is(200).ids().remove(0)
}

/// Whom the deliveries are to that a key sees, the last one first.
async fn told(hall: &Hall, key: &str, query: &str) -> Vec<String> {
    let listed = hall.ask(key, "GET", &format!("/deliveries?{query}"), &Value::Null).await.is(200);
    assert_eq!(listed.body["next"], Value::Null);
    let items = listed.body["items"].as_array().unwrap();
    items.iter().map(|it| it["endpoint"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_a_removed_endpoint_was_told_is_found_by_the_event_and_by_the_endpoint_and_by_its_company_only()
{
    // Given an endpoint that is there and one that was removed, and the same at another company
    let hall = Hall::open().await;
    let (kept, gone) = (endpoint(&hall, ADMIN).await, endpoint(&hall, ADMIN).await);
    let (_, theirs) = (endpoint(&hall, OTHER).await, endpoint(&hall, OTHER).await);
    hall.job().await;
    hall.ask(OTHER, "POST", "/jobs", &json!({ "title": "Prompter" })).await.is(201);
    remove(&hall, ADMIN, &gone).await;
    remove(&hall, OTHER, &theirs).await;
    let made = event(&hall, READER, "job.created").await;

    // Then what both were told of the event is listed, and what the removed one was told
    let mut both = told(&hall, READER, &format!("event={made}")).await;
    both.sort();
    let mut expected = [kept.clone(), gone.clone()];
    expected.sort();
    assert_eq!(both, expected);
    let of_gone = format!("endpoint={gone}");
    assert_eq!(told(&hall, READER, &of_gone).await, [&*gone]);
    assert_eq!(told(&hall, READER, &format!("{of_gone}&event={made}")).await, [&*gone]);
    assert_eq!(told(&hall, READER, &format!("{of_gone}&state=cancelled")).await, [&*gone]);
    assert_eq!(told(&hall, READER, &format!("{of_gone}&state=failed")).await, [""; 0]);
    assert_eq!(told(&hall, READER, "limit=9").await, [kept], "those who are there");
    hall.candidate("romy@vale.example").await;
    hall.job().await;
    assert_eq!(told(&hall, READER, &of_gone).await.len(), 1, "it is told nothing more");

    // And another company sees nothing of it, and is told the same as of an endpoint that never was
    assert_eq!(told(&hall, OTHER, &format!("event={made}")).await, [""; 0]);
    let never = format!("endpoint={}", EndpointId::from_raw(1));
    for (key, query) in [(OTHER, &of_gone), (READER, &format!("endpoint={theirs}")), (READER, &never)] {
        let asked = [query.clone(), format!("{query}&event={made}"), format!("{query}&type=job.created")];
        for query in asked {
            let path = format!("/deliveries?{query}");
            hall.ask(key, "GET", &path, &Value::Null).await.refused(404, "not_found");
        }
    }
}

#[tokio::test]
async fn deliveries_are_listed_by_what_happened() {
    let hall = Hall::open().await;
    let (first, second) = (endpoint(&hall, ADMIN).await, endpoint(&hall, ADMIN).await);
    endpoint(&hall, OTHER).await;
    hall.ask(OTHER, "POST", "/jobs", &json!({ "title": "Prompter" })).await.is(201);
    hall.job().await;
    hall.candidate("romy@vale.example").await;
    hall.job().await;
    let of = async |event: &str| hall.walk(&format!("/deliveries?event={event}")).await;

    let jobs = hall.walk("/deliveries?type=job.created").await;

    let events = hall.get("/events?type=job.created").await.is(200).ids();
    assert_eq!(jobs, [of(&events[0]).await, of(&events[1]).await].concat(), "two of each");
    assert_eq!(told(&hall, READER, &format!("type=job.created&endpoint={first}")).await, [&*first; 2]);
    assert_eq!(told(&hall, READER, "type=interview.created").await, [""; 0]);
    remove(&hall, ADMIN, &second).await;
    assert_eq!(told(&hall, READER, "type=job.created").await, [&*first; 2], "those who are there");
    assert_eq!(told(&hall, READER, &format!("type=job.created&endpoint={second}")).await, [&*second; 2]);
}
