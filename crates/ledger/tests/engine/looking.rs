//! What is found by looking at rows one by one, and where that ends.

use callboard_core::{CompanyId, EndpointId, EventId, EventType, Identifier, SourceId};
use callboard_ledger::{
    Batch, Change, Delivery, DeliveryFilter, DeliveryState, EventFilter, EventRow, Listed, NewDelivery,
    Outcome, Page, RECEIPTS_COUNTED, Receipt, ReceiptCount, ReceiptFilter, Store, THINGS_LOOKED_AT,
};

use super::sample::*;

fn deliveries(store: &dyn Store, filter: &DeliveryFilter, page: Page) -> Listed<Delivery> {
    store.reader().unwrap().deliveries(filter, page).unwrap()
}

fn found(store: &dyn Store, filter: &DeliveryFilter, page: Page) -> Vec<u64> {
    deliveries(store, filter, page).items.iter().map(|it| it.id.raw()).collect()
}

fn of(company: CompanyId) -> DeliveryFilter {
    DeliveryFilter { company: Some(company), ..DeliveryFilter::default() }
}

fn ours(filter: DeliveryFilter) -> DeliveryFilter {
    DeliveryFilter { company: Some(company()), ..filter }
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
    let all = |filter: DeliveryFilter| found(store, &filter, ALL);
    assert_eq!(all(of(company())), [32, 31, 21, 12, 11]);
    assert_eq!(all(of(theirs)), [41]);
    let created = DeliveryFilter { kind: Some(EventType::JobCreated), ..of(company()) };
    assert_eq!(all(created.clone()), [21]);
    assert_eq!(all(DeliveryFilter { company: Some(theirs), ..created }), [0; 0]);

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
    assert_eq!(deliveries(store, &of(company()), Page::newest(2)).next, Some(31), "it is full");
    assert_eq!(deliveries(store, &of(company()), Page::newest(6)).next, None, "there is nothing beyond");
}

/// Everything that a list has, page by page: newest first, and oldest first.
fn walked<T>(read: impl Fn(Page) -> Listed<T>, id: impl Fn(&T) -> u64) -> [Vec<u64>; 2] {
    let newest = Page::newest(3);
    [newest, Page { after: Some(0), ..newest }].map(|mut page| {
        let mut all = Vec::new();
        loop {
            let listed = read(page);
            all.extend(listed.items.iter().map(&id));
            match (listed.next, page.after) {
                (None, _) => return all,
                (next, None) => page.before = next,
                (next, Some(_)) => page.after = next,
            }
        }
    })
}

pub fn lists_go_on_behind_more_rows_than_a_page_looks_at(store: &dyn Store) {
    // Given a few rows that are asked for among many others: at both ends, around where a first page ends that has looked at so
    // many, and more together than a page has
    let (looked_at, rare) = (THINGS_LOOKED_AT as u64, SourceId::from_raw(77));
    let rows = 11..=2 * looked_at + 20;
    let wanted = [2 * looked_at + 20, looked_at + 22, looked_at + 21, looked_at + 20, 500, 499, 498, 497, 11];
    let is_wanted = |id: &u64| wanted.contains(id);
    let kind = |id| if is_wanted(&id) { EventType::JobCreated } else { event(id).kind };
    let source = |id| if is_wanted(&id) { rare } else { receipt(id).source };
    let batch = Batch {
        receipts: rows.clone().map(|id| Receipt { source: source(id), ..receipt(id) }).collect(),
        events: rows.clone().map(|id| EventRow { kind: kind(id), ..event(id) }).collect(),
        deliveries: rows.map(|id| delivery(id, id)).collect(),
        ..Batch::default()
    };
    engine(store).commit(&batch).unwrap();

    // When they are asked for page by page, then each is found once, in order
    let oldest_first: Vec<u64> = wanted.iter().rev().copied().collect();
    let both = [wanted.to_vec(), oldest_first];
    let filter = EventFilter { kind: Some(EventType::JobCreated), ..EventFilter::default() };
    let events = |page| store.reader().unwrap().events(&filter, page).unwrap();
    assert_eq!(walked(events, |row| row.id.raw()), both);
    let of_source = ReceiptFilter { sources: Some(vec![rare]), ..ReceiptFilter::default() };
    let receipts = |page| store.reader().unwrap().receipts(&of_source, page).unwrap();
    assert_eq!(walked(receipts, |row| row.id.raw()), both);
    let telling = DeliveryFilter { kind: Some(EventType::JobCreated), ..of(company()) };
    assert_eq!(walked(|page| deliveries(store, &telling, page), |row| row.id.raw()), both);

    // And a page that has looked at so many says which was the last, whether it was wanted or not
    let page = |page| {
        let listed = events(page);
        (listed.items.iter().map(|row| row.id.raw()).collect::<Vec<_>>(), listed.next)
    };
    let in_the_middle = [looked_at + 22, looked_at + 21, looked_at + 20];
    let before = |before, limit| Page { before: Some(before), ..Page::newest(limit) };
    assert_eq!(page(before(looked_at + 511, 4)), (in_the_middle.to_vec(), Some(511)));
    assert_eq!(page(before(looked_at + 500, 9)), ([&in_the_middle[..], &[500]].concat(), Some(500)));
    assert_eq!(
        page(before(looked_at + 500, 2)),
        (in_the_middle[..2].to_vec(), Some(looked_at + 21)),
        "it is full"
    );
    assert_eq!(page(before(500, 9)), (vec![499, 498, 497, 11], None), "there is nothing beyond");
    assert_eq!(page(Page { from: Some(600), ..before(looked_at + 511, 9) }), (in_the_middle.to_vec(), None));
    let after = |after| Page { after: Some(after), ..Page::newest(9) };
    assert_eq!(page(after(20)), (vec![497, 498, 499, 500, looked_at + 20], Some(looked_at + 20)));
    assert_eq!(
        page(after(499)),
        ([500].into_iter().chain(in_the_middle.into_iter().rev()).collect(), Some(looked_at + 499))
    );
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
    let asked = DeliveryFilter { kind: Some(EventType::JobCreated), ..of(company()) };

    let first = deliveries(store, &asked, Page::newest(10));
    assert_eq!((first.items.len(), first.next), (0, Some(13)));

    let second = Page { before: first.next, ..Page::newest(10) };
    assert_eq!(found(store, &asked, second), [11]);
    assert_eq!(deliveries(store, &asked, second).next, None, "there is nothing beyond");
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
