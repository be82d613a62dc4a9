//! Who was told of something that very many were told of.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use callboard_core::{
    CompanyId, DeliveryId, EndpointId, Entity, EventId, EventType, Held, Identifier, Interview, InterviewId,
    Record,
};
use callboard_ledger::{Batch, EntityWrite, EventRow, NewDelivery};
use callboard_server::limits::TIMELINE_DELIVERIES;
use serde_json::Value;

use super::hall::Hall;

const EVENT: u64 = 100_000;
const INTERVIEW: u64 = 50_000;
const SKIPPED: u64 = 3;

/// What happened to the interview, told to so many, which an endpoint each was.
fn told(number: u64, to: usize) -> (EventRow, Vec<NewDelivery>) {
    let id = EventId::from_raw(EVENT + number * 10_000);
    let delivery = |of_it: u64| NewDelivery {
        id: DeliveryId::from_raw(id.raw() + of_it),
        endpoint: EndpointId::from_raw(of_it),
        event: id,
        lane: INTERVIEW,
        body: None,
    };
    let event = EventRow {
        id,
        company: CompanyId::from_raw(1),
        source: None,
        receipt: None,
        subject: INTERVIEW,
        kind: EventType::InterviewUpdated,
        body: Bytes::from_static(b"{}"),
        skipped: (1..=SKIPPED).rev().map(|it| EndpointId::from_raw(9_000 + it)).collect(),
        owed: u32::try_from(to).unwrap(),
        erased: false,
    };
    (event, (1..=to as u64).map(delivery).collect())
}

async fn hall(told: impl IntoIterator<Item = (EventRow, Vec<NewDelivery>)>) -> Hall {
    let (events, deliveries): (Vec<_>, Vec<_>) = told.into_iter().unzip();
    let interview = Interview::new(InterviewId::from_raw(INTERVIEW));
    let held = Held {
        company: CompanyId::from_raw(1),
        entity: Entity::Interview(Arc::new(interview)),
        record: Record { version: 1, ..Record::default() }.into(),
    };
    let entities = vec![EntityWrite { held, base_version: 0, moved: true }];
    Hall::with(Batch { events, deliveries: deliveries.concat(), entities, ..Batch::default() }).await
}

/// Everything that a list has, page by page.
async fn walked(hall: &Hall, path: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = hall.get(&format!("{path}?limit={limit}{cursor}")).await.is(200).body;
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit);
        all.extend(items.iter().cloned());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

#[tokio::test]
async fn all_who_were_told_of_an_event_are_on_its_pages_and_behind_them_who_was_not() {
    let most = 230;
    let hall = hall([told(0, most)]).await;
    let path = format!("/events/{}/deliveries", EventId::from_raw(EVENT));
    // Pages that end among the deliveries, right behind them, and among those who were skipped
    for limit in [200, 115, 77, 29] {
        let told = walked(&hall, &path, limit).await;
        let deliveries: BTreeSet<_> = told[..most].iter().map(|it| it["delivery"]["id"].as_str()).collect();
        assert!(deliveries.len() == most && !deliveries.contains(&None), "{limit}");
        let skipped = told[most..].iter().map(|it| it["endpoint"].as_str().unwrap().to_owned());
        let expected = (1..=SKIPPED).map(|it| EndpointId::from_raw(9_000 + it).to_string());
        assert!(skipped.eq(expected), "{limit}");
    }
    assert_eq!(hall.get(&path).await.body["items"].as_array().unwrap().len(), 50, "as on any list");
    hall.get(&format!("{path}?cursor=job_0000000000001")).await.refused(400, "bad_cursor");
}

#[tokio::test]
async fn a_time_line_says_who_was_told_or_that_there_were_more() {
    // Given something that more were told of than are shown, between two that a few were told of
    let hall = hall([told(0, 2), told(1, TIMELINE_DELIVERIES + 1), told(2, 210)]).await;
    let path = format!("/interviews/{}/timeline", InterviewId::from_raw(INTERVIEW));

    let moments = walked(&hall, &path, 50).await;

    let told: Vec<_> = moments
        .iter()
        .map(|it| (it["deliveries"].as_array().unwrap().len(), it.get("more_deliveries").cloned()))
        .collect();
    assert_eq!(told, [(2, None), (TIMELINE_DELIVERIES, Some(Value::Bool(true))), (210, None)]);
    let first = hall.get(&path).await.body;
    assert_eq!(first["items"].as_array().unwrap().len(), 2, "the page ends early");
}
