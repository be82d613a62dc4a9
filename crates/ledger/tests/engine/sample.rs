//! Rows to write, alike but for what a test is about.

use bytes::Bytes;
use callboard_core::{
    ApplicationId, CompanyId, DeliveryId, Endpoint, EndpointId, EndpointState, EventId, EventType,
    Identifier, Ordering, ReceiptId, Sealed, Source, SourceId, Timestamp,
};
use callboard_ledger::{
    Attempt, Batch, Change, DedupKey, Delivery, DeliveryState, Engine, EventRow, NewDelivery, Outcome, Page,
    Receipt, Settlement, Store,
};
use serde_json::json;

pub const SOURCE: u64 = 11;
pub const ENDPOINT: u64 = 21;
/// Everything, as long as there are fewer than so many.
pub const ALL: Page = Page::newest(1_000);

/// The number of an application's id, one with many digits.
pub const APPLICATION: u64 = 0x0123_4567_89ab_cdef;

/// Adds a note that names an application alone, as hubs of an earlier version filed it.
pub fn note_filed_under_nothing() -> String {
    let application = ApplicationId::from_raw(APPLICATION);
    format!(
        r#"INSERT INTO entities (id, company, kind, version, record, body)
           VALUES (3, 1, 'note', 1, '{{"version":1}}', '{{"id":"note_0000000000003","application_id":"{application}"}}')"#
    )
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn noon() -> Timestamp {
    at("2018-02-26T12:00:00Z")
}

pub fn company() -> CompanyId {
    CompanyId::from_raw(1)
}

pub fn engine(store: &dyn Store) -> Box<dyn Engine> {
    store.engine().unwrap()
}

pub fn receipt(id: u64) -> Receipt {
    Receipt {
        id: ReceiptId::from_raw(id),
        source: SourceId::from_raw(SOURCE),
        received_at: noon(),
        outcome: Outcome::Understood,
        detail: "State SchedulingTime".to_owned(),
        remarks: Vec::new(),
        headers: r#"{"content-type":"application/json"}"#.to_owned(),
        body: Bytes::from_static(br#"{"event":"State"}"#),
        erased: false,
    }
}

pub fn event(id: u64) -> EventRow {
    EventRow {
        id: EventId::from_raw(id),
        company: company(),
        source: Some(SourceId::from_raw(SOURCE)),
        receipt: None,
        subject: 500,
        kind: EventType::InterviewStageUpdated,
        body: Bytes::from(format!(r#"{{"id":{id}}}"#)),
        skipped: Vec::new(),
        owed: 3,
        erased: false,
    }
}

pub fn delivery(id: u64, event: u64) -> NewDelivery {
    NewDelivery {
        id: DeliveryId::from_raw(id),
        endpoint: EndpointId::from_raw(ENDPOINT),
        event: EventId::from_raw(event),
        lane: 500,
        body: None,
    }
}

pub fn attempt(number: u32) -> Attempt {
    Attempt {
        number,
        at: at("2018-02-26T12:00:00Z") + jiff::SignedDuration::from_secs(number.into()),
        took_us: 1_234,
        status: Some(500),
        error: None,
        response: Bytes::from_static(b"oops"),
    }
}

pub fn settlement(delivery: u64, number: u32, state: DeliveryState) -> Settlement {
    Settlement {
        delivery: DeliveryId::from_raw(delivery),
        attempt: attempt(number),
        state,
        next_at: (state == DeliveryState::Pending).then(|| at("2018-02-26T12:05:00Z")),
        overtook: Vec::new(),
        news: None,
    }
}

pub fn key(hash: u8, not_before: Timestamp) -> DedupKey {
    DedupKey { source: SourceId::from_raw(SOURCE), hash: [hash; 16], not_before }
}

pub fn source(id: u64) -> Source {
    Source {
        id: SourceId::from_raw(id),
        company: company(),
        platform: "skype".to_owned(),
        name: "Skype in Redmond".to_owned(),
        rotated: None,
        credentials: Sealed(json!({"api_key": "k", "api_secret": "s"})),
        created_at: noon(),
        fetch: None,
    }
}

pub fn endpoint(id: u64) -> Endpoint {
    Endpoint {
        id: EndpointId::from_raw(id),
        company: company(),
        url: "https://partner.example/hooks".to_owned(),
        dialect: "standard".to_owned(),
        events: vec!["interview.*".to_owned()],
        sources: Vec::new(),
        rotated: None,
        failing_since: None,
        told_since: None,
        formerly: Vec::new(),
        credentials: Sealed(json!({"secret": "whsec_c2VjcmV0"})),
        ordering: Ordering::Interview,
        hold_for: std::time::Duration::from_secs(3_600),
        retry: Vec::new(),
        rate_limit: None,
        description: String::new(),
        state: EndpointState::Enabled,
        created_at: noon(),
    }
}

/// Owes an event and one delivery of it for each id, which is the event's plus one.
pub fn owe(store: &dyn Store, deliveries: &[u64]) {
    let batch = Batch {
        events: deliveries.iter().map(|id| event(id - 1)).collect(),
        deliveries: deliveries.iter().map(|id| delivery(*id, id - 1)).collect(),
        changes: vec![Change::PutEndpoint(endpoint(ENDPOINT))],
        ..Batch::default()
    };
    engine(store).commit(&batch).unwrap();
}

pub fn settle(store: &dyn Store, settlements: Vec<Settlement>) {
    engine(store).commit(&Batch { settlements, ..Batch::default() }).unwrap();
}

pub fn change(store: &dyn Store, changes: Vec<Change>) {
    engine(store).commit(&Batch { changes, ..Batch::default() }).unwrap();
}

pub fn standing(store: &dyn Store, delivery: u64) -> Delivery {
    let found = store.reader().unwrap().delivery(DeliveryId::from_raw(delivery)).unwrap();
    found.expect("the delivery is there")
}

/// The ids of the deliveries that are owed to the sample's endpoint.
pub fn owed(store: &dyn Store) -> Vec<u64> {
    let owed =
        store.reader().unwrap().owed(EndpointId::from_raw(ENDPOINT), None, 1_000, usize::MAX).unwrap().rows;
    owed.iter().map(|owed| owed.delivery.raw()).collect()
}
