//! Lists, page by page.

use callboard_core::{CompanyId, EndpointId, EventId, EventType, Identifier, ReceiptId, SourceId};
use callboard_ledger::{
    Batch, Change, DeliveryFilter, DeliveryState, EventFilter, EventRow, NewDelivery, Outcome, Page, Receipt,
    ReceiptFilter, Store,
};

use super::sample::*;

fn events(store: &dyn Store, filter: &EventFilter, page: Page) -> Vec<u64> {
    store.reader().unwrap().events(filter, page).unwrap().items.iter().map(|event| event.id.raw()).collect()
}

fn receipts(store: &dyn Store, filter: &ReceiptFilter, page: Page) -> Vec<u64> {
    store.reader().unwrap().receipts(filter, page).unwrap().items.iter().map(|it| it.id.raw()).collect()
}

fn deliveries(store: &dyn Store, filter: &DeliveryFilter, page: Page) -> Vec<u64> {
    store.reader().unwrap().deliveries(filter, page).unwrap().items.iter().map(|it| it.id.raw()).collect()
}

pub fn events_page_back_from_the_newest_and_on_from_the_oldest(store: &dyn Store) {
    engine(store).commit(&Batch { events: (1..=5).map(event).collect(), ..Batch::default() }).unwrap();
    let page = |before, after, limit| {
        events(store, &EventFilter::default(), Page { before, after, ..Page::newest(limit) })
    };

    assert_eq!(page(None, None, 2), [5, 4]);
    assert_eq!(page(Some(4), None, 2), [3, 2]);
    assert_eq!(page(Some(2), None, 2), [1]);
    assert_eq!(page(Some(1), None, 2), [0; 0]);
    assert_eq!(page(None, Some(0), 2), [1, 2]);
    assert_eq!(page(None, Some(2), 2), [3, 4]);
    assert_eq!(page(None, Some(5), 2), [0; 0]);
    assert_eq!(page(Some(5), Some(1), 9), [2, 3, 4]);
    assert_eq!(page(None, None, 0), [0; 0]);
    let from = |page: Page| events(store, &EventFilter::default(), Page { from: Some(3), ..page });
    assert_eq!(from(ALL), [5, 4, 3]);
    assert_eq!(from(Page { before: Some(5), ..Page::newest(1) }), [4]);
    assert_eq!(from(Page { after: Some(1), ..ALL }), [3, 4, 5]);
}

pub fn a_page_ends_where_it_says_much_and_the_next_goes_on_from_there(store: &dyn Store) {
    // Given events, of which every other one is of another type, and one alone says more than a page is to
    let saying = |id: u64, kind: EventType, bytes: usize| EventRow {
        kind,
        body: vec![b'x'; bytes].into(),
        ..event(id)
    };
    let rows = (1..=9).map(|id| {
        let kind = if id % 2 == 0 { EventType::JobCreated } else { EventType::JobUpdated };
        saying(id, kind, if id == 5 { 10_000 } else { 100 })
    });
    let receipts = (1..=3).map(|id| Receipt { body: vec![b'x'; 100].into(), ..receipt(id) });
    let batch = Batch { events: rows.collect(), receipts: receipts.collect(), ..Batch::default() };
    engine(store).commit(&batch).unwrap();
    let all_pages = |filter: &EventFilter, order: Page| {
        let (mut page, mut pages) = (Page { bytes: 250, ..order }, Vec::new());
        loop {
            let listed = store.reader().unwrap().events(filter, page).unwrap();
            pages.push(listed.items.iter().map(|event| event.id.raw()).collect::<Vec<_>>());
            let Some(next) = listed.next else { return pages };
            *(if page.after.is_some() { &mut page.after } else { &mut page.before }) = Some(next);
        }
    };

    // Then a page has no more than comes to so many bytes, but one in any case, whatever else there is that is not asked for
    let any = EventFilter::default;
    let forwards = Page { after: Some(0), ..Page::newest(4) };
    assert_eq!(all_pages(&any(), forwards), [vec![1, 2, 3], vec![4, 5], vec![6, 7, 8], vec![9]]);
    assert_eq!(
        all_pages(&any(), Page::newest(2)),
        [vec![9, 8], vec![7, 6], vec![5], vec![4, 3], vec![2, 1], vec![]]
    );
    let odd = EventFilter { kind: Some(EventType::JobUpdated), ..any() };
    assert_eq!(all_pages(&odd, Page::newest(9)), [vec![9, 7, 5], vec![3, 1]]);
    let even = EventFilter { kind: Some(EventType::JobCreated), ..any() };
    assert_eq!(all_pages(&even, forwards), [vec![2, 4, 6], vec![8]]);
    let some = Page { bytes: 150, ..ALL };
    assert_eq!(self::receipts(store, &ReceiptFilter::default(), some), [3, 2]);
}

pub fn events_are_filtered_by_each_of_their_columns(store: &dyn Store) {
    let rows = vec![
        event(1),
        EventRow { company: CompanyId::from_raw(2), ..event(2) },
        EventRow { kind: EventType::JobCreated, ..event(3) },
        EventRow { source: Some(SourceId::from_raw(12)), ..event(4) },
        EventRow { subject: 501, ..event(5) },
        EventRow { receipt: Some(ReceiptId::from_raw(70)), ..event(6) },
        // Long after its receipt: what was quarantined may be processed again at any time.
        EventRow { receipt: Some(ReceiptId::from_raw(70)), subject: 501, ..event(99) },
    ];
    engine(store).commit(&Batch { events: rows, ..Batch::default() }).unwrap();

    let any = EventFilter::default;
    let found = |filter: EventFilter| events(store, &filter, ALL);
    assert_eq!(found(EventFilter { company: Some(CompanyId::from_raw(2)), ..any() }), [2]);
    assert_eq!(found(EventFilter { kind: Some(EventType::JobCreated), ..any() }), [3]);
    assert_eq!(found(EventFilter { source: Some(SourceId::from_raw(12)), ..any() }), [4]);
    assert_eq!(found(EventFilter { subjects: Some(vec![501]), ..any() }), [99, 5]);
    let of_receipt = EventFilter { receipt: Some(ReceiptId::from_raw(70)), ..any() };
    assert_eq!(found(of_receipt.clone()), [99, 6]);
    assert_eq!(events(store, &of_receipt, Page { before: Some(99), ..ALL }), [6]);
    assert_eq!(found(EventFilter { subjects: Some(vec![501]), ..of_receipt }), [99]);
}

pub fn receipts_are_filtered_by_source_and_outcome(store: &dyn Store) {
    let other = SourceId::from_raw(12);
    let rows = vec![
        receipt(1),
        Receipt { outcome: Outcome::Duplicate, ..receipt(2) },
        Receipt { outcome: Outcome::Quarantined, ..receipt(3) },
        Receipt { outcome: Outcome::Quarantined, source: other, ..receipt(4) },
    ];
    engine(store).commit(&Batch { receipts: rows, ..Batch::default() }).unwrap();

    let found = |sources: Option<&[SourceId]>, outcome| {
        receipts(store, &ReceiptFilter { sources: sources.map(<[_]>::to_vec), outcome }, ALL)
    };
    let ours = SourceId::from_raw(SOURCE);
    assert_eq!(found(None, None), [4, 3, 2, 1]);
    assert_eq!(found(Some(&[ours]), None), [3, 2, 1]);
    assert_eq!(found(Some(&[ours, other]), Some(Outcome::Quarantined)), [4, 3]);
    assert_eq!(found(Some(&[ours]), Some(Outcome::Quarantined)), [3]);
    assert_eq!(found(None, Some(Outcome::Understood)), [1]);
    assert_eq!(found(None, Some(Outcome::Duplicate)), [2]);
    let quarantined = ReceiptFilter { sources: None, outcome: Some(Outcome::Quarantined) };
    assert_eq!(receipts(store, &quarantined, Page { before: Some(4), ..ALL }), [3]);
    assert_eq!(receipts(store, &quarantined, Page { after: Some(3), ..ALL }), [4]);
}

pub fn deliveries_are_filtered_by_endpoint_event_and_state(store: &dyn Store) {
    let other = EndpointId::from_raw(22);
    owe(store, &[11, 21, 31, 41]);
    let more = vec![NewDelivery { endpoint: other, ..delivery(42, 40) }];
    engine(store).commit(&Batch { deliveries: more, ..Batch::default() }).unwrap();
    settle(
        store,
        vec![settlement(11, 1, DeliveryState::Delivered), settlement(21, 1, DeliveryState::Failed)],
    );
    change(store, vec![Change::Cancel(Identifier::from_raw(31))]);

    let any = DeliveryFilter::default;
    let found = |filter: DeliveryFilter| deliveries(store, &filter, ALL);
    let in_state = |state| found(DeliveryFilter { state: Some(state), ..any() });
    assert_eq!(found(any()), [42, 41, 31, 21, 11]);
    assert_eq!(in_state(DeliveryState::Pending), [42, 41]);
    assert_eq!(in_state(DeliveryState::Delivered), [11]);
    assert_eq!(in_state(DeliveryState::Failed), [21]);
    assert_eq!(in_state(DeliveryState::Cancelled), [31]);
    assert_eq!(found(DeliveryFilter { endpoints: Some(vec![other]), ..any() }), [42]);
    assert_eq!(found(DeliveryFilter { event: Some(EventId::from_raw(40)), ..any() }), [42, 41]);
    let pending = DeliveryFilter {
        endpoints: Some(vec![other, EndpointId::from_raw(ENDPOINT)]),
        state: Some(DeliveryState::Pending),
        ..any()
    };
    assert_eq!(found(pending.clone()), [42, 41]);
    assert_eq!(deliveries(store, &pending, Page { before: Some(42), ..ALL }), [41]);
    assert_eq!(deliveries(store, &pending, Page { after: Some(0), limit: 1, ..ALL }), [41]);
}

pub fn no_sources_and_no_endpoints_match_nothing(store: &dyn Store) {
    owe(store, &[11]);
    engine(store).commit(&Batch { receipts: vec![receipt(1)], ..Batch::default() }).unwrap();
    let none = ReceiptFilter { sources: Some(Vec::new()), outcome: None };
    assert_eq!(receipts(store, &none, ALL), [0; 0]);
    let none = DeliveryFilter { endpoints: Some(Vec::new()), ..DeliveryFilter::default() };
    assert_eq!(deliveries(store, &none, ALL), [0; 0]);
}
