use std::collections::BTreeSet;

use callboard_ledger as ledger;
use callboard_outbox::{limits as outbox, sender};
use callboard_server::limits as doors;
use serde_json::{Value, json};

use super::hall::{Hall, OTHER};

#[tokio::test]
async fn a_hub_tells_every_key_what_it_is_and_nobody_else() {
    let hall = Hall::open().await;
    let itself = hall.get("/hub").await.is(200).body;
    assert_eq!((&itself["store"], &itself["hubs"]), (&json!("sqlite"), &json!(1)));
    assert_eq!(
        (&itself["public_url"], &itself["version"]),
        (&json!("http://hub"), &json!(env!("CARGO_PKG_VERSION")))
    );
    assert_eq!(hall.ask(OTHER, "GET", "/hub", &Value::Null).await.is(200).body, itself);
    hall.ask("cbk_nobody", "GET", "/hub", &Value::Null).await.is(401);
}

#[tokio::test]
async fn the_limits_that_a_hub_tells_are_those_that_it_goes_by() {
    let hall = Hall::open().await;
    let itself = hall.get("/hub").await.is(200).body;
    let limits = itself["limits"].as_array().unwrap();
    let told = |name: &str| {
        let limit = limits.iter().find(|limit| limit["name"] == name);
        let limit = limit.unwrap_or_else(|| panic!("nothing is told of {name}"));
        (limit["value"].as_u64().unwrap(), limit["unit"].as_str().unwrap().to_owned())
    };
    let count = |many: usize| (many as u64, "count".to_owned());

    assert_eq!(told("body"), (doors::BODY_BYTES as u64, "bytes".to_owned()));
    assert_eq!(told("long_text"), (doors::LONG_TEXT_CHARS as u64, "characters".to_owned()));
    assert_eq!(told("attempt_time"), (sender::ANSWER_LIMIT.as_secs(), "seconds".to_owned()));
    assert_eq!(told("idempotency_time").0, 24 * 60 * 60);
    assert_eq!(told("page_items"), count(doors::PAGE_ITEMS));
    assert_eq!(told("readers"), count(ledger::READERS));
    assert_eq!(told("in_flight_per_endpoint"), count(outbox::IN_FLIGHT_PER_ENDPOINT));

    let names: BTreeSet<_> = limits.iter().map(|limit| limit["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), limits.len(), "each name is there once");
    assert!(
        limits.iter().all(|limit| limit["value"].as_u64() > Some(0) && limit["meaning"] != ""),
        "{itself}"
    );
}
