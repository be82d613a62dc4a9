//! Lists in which more rows lie between those that are asked for than one page looks at.

use std::time::Duration;

use bytes::Bytes;
use callboard_core::{
    CompanyId, DeliveryId, Endpoint, EndpointId, EndpointState, EventId, EventType, Identifier, Ordering,
    ReceiptId, Sealed, Source, SourceId, Timestamp,
};
use callboard_ledger::{Batch, Change, EventRow, NewDelivery, Outcome, Receipt, THINGS_LOOKED_AT};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::hall::Hall;

const FEW: [u64; 4] = [1, 2, 3, 4];
const LAST: u64 = THINGS_LOOKED_AT as u64 + 10;

fn is_asked_for(number: u64) -> bool {
    FEW.contains(&number) || number == LAST
}

fn source() -> Source {
    Source {
        id: SourceId::from_raw(30),
        company: CompanyId::from_raw(1),
        platform: "viasto".to_owned(),
        name: String::new(),
        rotated: None,
        credentials: Sealed(json!({})),
        created_at: Timestamp::UNIX_EPOCH,
        fetch: None,
    }
}

fn endpoint() -> Endpoint {
    Endpoint {
        id: EndpointId::from_raw(31),
        company: CompanyId::from_raw(1),
        url: "https://ats.example/hooks".to_owned(),
        dialect: "standard".to_owned(),
        events: Vec::new(),
        sources: Vec::new(),
        rotated: None,
        failing_since: None,
        told_since: None,
        formerly: Vec::new(),
        credentials: Sealed(json!({})),
        ordering: Ordering::Interview,
        hold_for: Duration::from_secs(3_600),
        retry: Vec::new(),
        rate_limit: None,
        description: String::new(),
        state: EndpointState::Enabled,
        created_at: Timestamp::UNIX_EPOCH,
    }
}

fn receipt(number: u64) -> Receipt {
    Receipt {
        id: ReceiptId::from_raw(number),
        source: source().id,
        received_at: Timestamp::UNIX_EPOCH,
        outcome: if is_asked_for(number) { Outcome::Duplicate } else { Outcome::Understood },
        detail: "State".to_owned(),
        remarks: Vec::new(),
        headers: "{}".to_owned(),
        body: Bytes::from_static(b"{}"),
        erased: false,
    }
}

fn event(number: u64) -> EventRow {
    EventRow {
        id: EventId::from_raw(number),
        company: CompanyId::from_raw(1),
        source: None,
        receipt: None,
        subject: 500,
        kind: if is_asked_for(number) { EventType::JobCreated } else { EventType::JobUpdated },
        body: Bytes::from_static(b"{}"),
        skipped: Vec::new(),
        owed: 1,
        erased: false,
    }
}

fn delivery(number: u64) -> NewDelivery {
    NewDelivery {
        id: DeliveryId::from_raw(number),
        endpoint: endpoint().id,
        event: EventId::from_raw(number),
        lane: 500,
        body: None,
    }
}

/// The ids of what is asked for, oldest first.
fn asked_for<I: Identifier>() -> Vec<String> {
    FEW.into_iter().chain([LAST]).map(|number| I::from_raw(number).to_string()).collect()
}

/// What a list has, oldest first; its first page ends before it is full.
async fn walked(hall: &Hall, path: &str) -> Vec<String> {
    let first = hall.get(&format!("{path}&limit=2")).await.is(200);
    assert_eq!(first.ids().len(), 1, "{path}");
    assert_ne!(first.body["next"], Value::Null, "{path}");
    hall.walk(path).await.into_iter().rev().collect()
}

#[tokio::test]
async fn a_list_with_few_matches_goes_on_behind_what_a_page_looks_at_and_finds_them_all() {
    // Given a few requests, events and deliveries that are asked for, and very many others between the newest and the rest
    let hall = Hall::with(Batch {
        receipts: (1..=LAST).map(receipt).collect(),
        events: (1..=LAST).map(event).collect(),
        deliveries: (1..=LAST).map(delivery).collect(),
        changes: vec![Change::PutSource(source()), Change::PutEndpoint(endpoint())],
        ..Batch::default()
    })
    .await;

    // Then each list goes on until it has them all
    assert_eq!(walked(&hall, "/events?type=job.created").await, asked_for::<EventId>());
    assert_eq!(walked(&hall, "/deliveries?type=job.created").await, asked_for::<DeliveryId>());
    assert_eq!(walked(&hall, "/receipts?outcome=duplicate").await, asked_for::<ReceiptId>());
    let oldest_first = hall.walk("/events?type=job.created&order=oldest_first").await;
    assert_eq!(oldest_first, asked_for::<EventId>());
}

#[tokio::test]
async fn who_was_away_is_told_what_happened_behind_very_much_that_happened_to_others() {
    // Given what happened to another company, more than a page looks at, and then something that did not
    let others = |number| EventRow { company: CompanyId::from_raw(2), ..event(number) };
    let events = [event(1)].into_iter().chain((2..LAST).map(others)).chain([event(LAST)]);
    let hall = Hall::with(Batch { events: events.collect(), ..Batch::default() }).await;

    // Then who has seen what came before is told that first
    let mut stream = hall.stream_after("/live", &EventId::from_raw(1).to_string()).await;
    let told = stream.frame().await.unwrap().unwrap().into_data().unwrap();
    let told = std::str::from_utf8(&told).unwrap();
    assert!(told.contains(&EventId::from_raw(LAST).to_string()), "{told}");
}
