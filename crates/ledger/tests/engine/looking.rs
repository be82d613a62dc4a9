//! What is found by looking at rows one by one, and where that ends.

use callboard_core::{CompanyId, EndpointId, EventId, EventType, Identifier, SourceId};
use callboard_ledger::{
    Batch, Change, Deliveries, DeliveryFilter, DeliveryState, EventFilter, EventRow, Listed, NewDelivery,
    OfEvents, Outcome, Page, RECEIPTS_COUNTED, Receipt, ReceiptCount, ReceiptFilter, Store, THINGS_LOOKED_AT,
};

use super::sample::*;

fn deliveries(store: &dyn Store, asked: &OfEvents, page: Page) -> Deliveries {
    store.reader().unwrap().deliveries_of(asked, page).unwrap()
}

fn found(store: &dyn Store, asked: &OfEvents, page: Page) -> Vec<u64> {
    deliveries(store, asked, page).items.iter().map(|it| it.id.raw()).collect()
}

fn of(company: CompanyId) -> OfEvents {
    OfEvents { company, kind: None, deliveries: DeliveryFilter::default() }
}

fn ours(deliveries: DeliveryFilter) -> OfEvents {
    OfEvents { deliveries, ..of(company()) }
}

pub fn deliveries_are_found_by_what_they_tell_and_whose_it_is_whoever_they_were_to(store: &dyn Store) {
    // Given deliveries of three events of ours to an endpoint that is there and one that is not, and one of others
    let (gone, theirs) = (EndpointId::from_raw(22), CompanyId::from_raw(2));
    let batch = Batch {
        events: vec![
            event(10),
            EventRow { kind: EventType::JobCreated, ..event(20) },
            event(30),
            EventRow { company: theirs, ..event(40) },
        ],
        deliveries: vec![
            delivery(11, 10),
            NewDelivery { endpoint: gone, ..delivery(12, 10) },
            delivery(21, 20),
            delivery(31, 30),
            NewDelivery { endpoint: gone, ..delivery(32, 30) },
            NewDelivery { endpoint: EndpointId::from_raw(23), ..delivery(41, 40) },
        ],
        changes: vec![Change::PutEndpoint(endpoint(ENDPOINT))],
        ..Batch::default()
    };
    engine(store).commit(&batch).unwrap();
    settle(
        store,
        vec![settlement(12, 1, DeliveryState::Delivered), settlement(21, 1, DeliveryState::Failed)],
    );
    change(store, vec![Change::Cancel(Identifier::from_raw(31))]);

    let any = DeliveryFilter::default;
    let all = |asked: OfEvents| found(store, &asked, ALL);
    assert_eq!(all(of(company())), [32, 31, 21, 12, 11]);
    assert_eq!(all(of(theirs)), [41]);
    let created = OfEvents { kind: Some(EventType::JobCreated), ..of(company()) };
    assert_eq!(all(created.clone()), [21]);
    assert_eq!(all(OfEvents { company: theirs, ..created }), [0; 0]);

    let of_event = |id| DeliveryFilter { event: Some(EventId::from_raw(id)), ..any() };
    assert_eq!(all(ours(of_event(10))), [12, 11]);
    assert_eq!(all(ours(of_event(40))), [0; 0], "it is not ours");
    let to = |endpoint| DeliveryFilter { endpoints: Some(vec![endpoint]), ..any() };
    assert_eq!(all(ours(to(gone))), [32, 12]);
    assert_eq!(all(ours(to(EndpointId::from_raw(23)))), [0; 0], "it was told what is not ours");
    assert_eq!(all(ours(DeliveryFilter { event: Some(EventId::from_raw(10)), ..to(gone) })), [12]);
    assert_eq!(all(ours(DeliveryFilter { endpoints: Some(Vec::new()), ..any() })), [0; 0]);

    let in_state = |state, filter| all(ours(DeliveryFilter { state: Some(state), ..filter }));
    assert_eq!(in_state(DeliveryState::Pending, any()), [32, 11]);
    assert_eq!(in_state(DeliveryState::Pending, to(gone)), [32]);
    assert_eq!(in_state(DeliveryState::Pending, of_event(10)), [11]);
    assert_eq!(in_state(DeliveryState::Delivered, any()), [12]);
    assert_eq!(in_state(DeliveryState::Failed, any()), [21]);
    assert_eq!(in_state(DeliveryState::Cancelled, any()), [31]);
    assert_eq!(in_state(DeliveryState::Cancelled, to(gone)), [0; 0]);

    let page = |page| found(store, &of(company()), page);
    assert_eq!(page(Page::newest(2)), [32, 31]);
    assert_eq!(page(Page { before: Some(31), ..Page::newest(2) }), [21, 12]);
    assert_eq!(page(Page { before: Some(31), from: Some(12), ..ALL }), [21, 12]);
    assert_eq!(deliveries(store, &of(company()), Page::newest(2)).stopped_at, None, "it is full");
}

/// Everything that a list has, page by page, newest first; and on how many pages.
fn walked(read: impl Fn(Page) -> (Vec<u64>, Option<u64>)) -> (Vec<u64>, usize) {
    let (mut page, mut all) = (Page::newest(10), Vec::new());
    for pages in 1.. {
        let (found, reach) = read(page);
        let full = (found.len() == page.limit).then(|| found.last().copied()).flatten();
        all.extend(found);
        match full.or(reach) {
            Some(last) => page.before = Some(last),
            None => return (all, pages),
        }
    }
    unreachable!("a list ends")
}

pub fn lists_go_on_behind_more_rows_than_a_page_looks_at(store: &dyn Store) {
    // Given one row of each kind that is asked for, behind many others
    let looked_at = THINGS_LOOKED_AT as u64;
    let rare = SourceId::from_raw(77);
    let others = 12..=looked_at + 12;
    let batch = Batch {
        receipts: std::iter::once(Receipt { source: rare, ..receipt(11) })
            .chain(others.clone().map(receipt))
            .collect(),
        events: std::iter::once(EventRow { kind: EventType::JobCreated, ..event(11) })
            .chain(others.clone().map(event))
            .collect(),
        deliveries: std::iter::once(NewDelivery { endpoint: EndpointId::from_raw(22), ..delivery(11, 11) })
            .chain(others.map(|id| delivery(id, 12)))
            .collect(),
        ..Batch::default()
    };
    engine(store).commit(&batch).unwrap();

    // When it is asked for page by page, then it is found, though the first page may have nothing of it
    let reach = |listed: Listed<'_>, page, found: usize| {
        if found < 10 { store.reader().unwrap().reach(&listed, page).unwrap() } else { None }
    };
    let kind = EventFilter { kind: Some(EventType::JobCreated), ..EventFilter::default() };
    let events = |page| {
        let found = store.reader().unwrap().events(&kind, page).unwrap();
        (found.iter().map(|row| row.id.raw()).collect(), reach(Listed::Events(&kind), page, found.len()))
    };
    assert_eq!(walked(events), (vec![11], 2));
    assert_eq!(events(Page::newest(10)), (Vec::new(), Some(13)));
    assert_eq!(events(Page { before: Some(13), ..Page::newest(10) }), (vec![11], None));
    assert_eq!(events(Page { from: Some(20), ..Page::newest(10) }).1, None, "there is nothing beyond");
    let oldest_first = Page { after: Some(11), ..Page::newest(10) };
    assert_eq!(events(oldest_first), (Vec::new(), Some(looked_at + 11)));
    let of_source = ReceiptFilter { sources: Some(vec![rare]), ..ReceiptFilter::default() };
    let receipts = |page| {
        let found = store.reader().unwrap().receipts(&of_source, page).unwrap();
        let reach = reach(Listed::Receipts(&of_source), page, found.len());
        (found.iter().map(|row| row.id.raw()).collect(), reach)
    };
    assert_eq!(walked(receipts).0, [11]);
    let to = DeliveryFilter { endpoints: Some(vec![EndpointId::from_raw(22)]), ..DeliveryFilter::default() };
    let deliveries = |page| {
        let found = store.reader().unwrap().deliveries(&to, page).unwrap();
        (found.iter().map(|row| row.id.raw()).collect(), reach(Listed::Deliveries(&to), page, found.len()))
    };
    assert_eq!(walked(deliveries).0, [11]);

    // And where everything is asked for, nothing is looked through
    let all = EventFilter::default();
    assert_eq!(store.reader().unwrap().reach(&Listed::Events(&all), Page::newest(10)).unwrap(), None);
}

pub fn a_page_of_deliveries_says_where_it_stopped_when_too_many_do_not_match(store: &dyn Store) {
    // Given one that matches behind more than one page looks at
    let looked_at = THINGS_LOOKED_AT as u64;
    let batch = Batch {
        events: vec![EventRow { kind: EventType::JobCreated, ..event(1) }, event(2)],
        deliveries: [delivery(11, 1)]
            .into_iter()
            .chain((12..=looked_at + 12).map(|id| delivery(id, 2)))
            .collect(),
        changes: vec![Change::PutEndpoint(endpoint(ENDPOINT))],
        ..Batch::default()
    };
    engine(store).commit(&batch).unwrap();
    let asked = OfEvents { kind: Some(EventType::JobCreated), ..of(company()) };

    let first = deliveries(store, &asked, Page::newest(10));
    assert_eq!((first.items.len(), first.stopped_at), (0, Some(13)));

    let second = Page { before: first.stopped_at, ..Page::newest(10) };
    assert_eq!(found(store, &asked, second), [11]);
    assert_eq!(deliveries(store, &asked, second).stopped_at, None, "there is nothing beyond");
}

fn count(store: &dyn Store, source: u64, from: u64) -> ReceiptCount {
    store.reader().unwrap().receipt_count(SourceId::from_raw(source), from).unwrap()
}

pub fn requests_of_a_source_are_counted_by_what_became_of_them(store: &dyn Store) {
    let other = SourceId::from_raw(12);
    let receipts = vec![
        receipt(1),
        receipt(2),
        Receipt { outcome: Outcome::Duplicate, ..receipt(3) },
        Receipt { source: other, ..receipt(4) },
        receipt(5),
        Receipt { outcome: Outcome::Quarantined, ..receipt(6) },
    ];
    engine(store).commit(&Batch { receipts, ..Batch::default() }).unwrap();

    let whole = ReceiptCount { understood: 3, duplicate: 1, quarantined: 1, at_least: false };
    assert_eq!(count(store, SOURCE, 0), whole);
    assert_eq!(count(store, SOURCE, 2), ReceiptCount { understood: 2, ..whole });
    assert_eq!(count(store, 12, 0), ReceiptCount { understood: 1, ..ReceiptCount::default() });
    assert_eq!(count(store, SOURCE, 7), ReceiptCount::default());
}

pub fn no_more_requests_are_counted_than_so_many(store: &dyn Store) {
    let more = RECEIPTS_COUNTED as u64 + 1;
    let older = (1..=more).map(receipt);
    let quarantined = Receipt { outcome: Outcome::Quarantined, ..receipt(more + 1) };
    let receipts = older.chain([quarantined]).collect();
    engine(store).commit(&Batch { receipts, ..Batch::default() }).unwrap();

    let newest =
        ReceiptCount { understood: RECEIPTS_COUNTED - 1, duplicate: 0, quarantined: 1, at_least: true };
    assert_eq!(count(store, SOURCE, 0), newest);
    assert!(!count(store, SOURCE, 4).at_least, "one fewer");
}
