//! What happened because of something is found by that, wherever it lies.

use callboard_core::{EventId, Identifier, ReceiptId};
use callboard_ledger::{
    Batch, Change, DeliveryFilter, DeliveryState, Erased, EventFilter, EventRow, Outdated, Stock, Store,
    Totals,
};

use super::sample::*;

/// Something has happened at this number, and something else right behind it.
const ORIGIN: u64 = 1 << 40;
const OTHER: u64 = ORIGIN + 7;
/// How far from there lies what came of it: before it, right behind it, at the end of what is near, beyond that, far away.
const DISTANCES: [i64; 7] = [-3 << 10, 1, 1 << 10, (64 << 10) - 1, 64 << 10, 65 << 10, 1 << 50];

fn ids() -> Vec<u64> {
    DISTANCES.into_iter().map(|distance| ORIGIN.checked_add_signed(distance).unwrap()).collect()
}

fn newest_first() -> Vec<u64> {
    ids().into_iter().rev().collect()
}

pub fn events_of_a_request_are_found_right_behind_it_and_far_away(store: &dyn Store) {
    let of = |receipt, id| EventRow { receipt: Some(ReceiptId::from_raw(receipt)), ..event(id) };
    let events = ids().into_iter().flat_map(|id| [of(ORIGIN, id), of(OTHER, id + 5)]).collect();
    engine(store).commit(&Batch { events, ..Batch::default() }).unwrap();

    let receipt = ReceiptId::from_raw(ORIGIN);
    let found = |receipt| {
        let filter = EventFilter { receipt: Some(receipt), ..EventFilter::default() };
        let found = store.reader().unwrap().events(&filter, ALL).unwrap().items;
        found.iter().map(|row| row.id.raw()).collect::<Vec<_>>()
    };
    assert_eq!(found(receipt), newest_first());
    assert!(found(ReceiptId::from_raw(i64::MAX.cast_unsigned())).is_empty());
    let of_it = engine(store).events_of(&[], &[receipt]).unwrap();
    let mut of_it: Vec<u64> = of_it.iter().map(|row| row.id.raw()).collect();
    of_it.sort_unstable();
    assert_eq!(of_it, ids());
}

pub fn deliveries_of_an_event_are_found_right_behind_it_and_far_away(store: &dyn Store) {
    let deliveries = ids().into_iter().flat_map(|id| [delivery(id, ORIGIN), delivery(id + 5, OTHER)]);
    let batch = Batch {
        events: vec![event(ORIGIN), event(OTHER)],
        deliveries: deliveries.collect(),
        changes: vec![Change::PutEndpoint(endpoint(ENDPOINT))],
        ..Batch::default()
    };
    engine(store).commit(&batch).unwrap();

    let (origin, other) = (EventId::from_raw(ORIGIN), EventId::from_raw(OTHER));
    let found = |event, state| {
        let filter = DeliveryFilter { event: Some(event), state, ..DeliveryFilter::default() };
        let found = store.reader().unwrap().deliveries(&filter, ALL).unwrap().items;
        found.iter().map(|row| row.id.raw()).collect::<Vec<_>>()
    };
    assert_eq!(found(origin, None), newest_first());
    assert!(found(EventId::from_raw(i64::MAX.cast_unsigned()), None).is_empty());
    let owed = engine(store).owed_of(origin).unwrap();
    assert_eq!(owed.iter().map(|(id, _)| id.raw()).collect::<Vec<_>>(), ids());
    let told = engine(store).told(&[origin, other]).unwrap();
    assert!(told.iter().all(|told| told.deliveries.len() == DISTANCES.len()));

    // When it is erased, then all of them are called off, and no other one
    let erased = vec![(origin, event(ORIGIN).body)];
    let erased = Batch { erased: Erased { events: erased, ..Erased::default() }, ..Batch::default() };
    engine(store).commit(&erased).unwrap();
    assert_eq!(found(origin, Some(DeliveryState::Cancelled)), newest_first());
    assert_eq!(found(other, Some(DeliveryState::Pending)).len(), DISTANCES.len());
}

pub fn what_an_event_was_told_in_goes_with_it_wherever_it_lies(store: &dyn Store) {
    let batch = Batch {
        events: vec![event(ORIGIN)],
        deliveries: ids().into_iter().map(|id| delivery(id, ORIGIN)).collect(),
        ..Batch::default()
    };
    engine(store).commit(&batch).unwrap();
    let before = at("2026-11-22T12:00:00Z");
    let outdated = || store.reader().unwrap().outdated(Stock::Events, before, None, 100).unwrap().rows;

    // Given one that has been told wherever it lies near by
    let settle = |ids: &[u64]| {
        let settlements = ids.iter().map(|id| settlement(*id, 1, DeliveryState::Delivered)).collect();
        engine(store).commit(&Batch { settlements, ..Batch::default() }).unwrap();
    };
    let (far, near) = (newest_first()[0], &newest_first()[1..]);
    settle(near);
    assert!(outdated().is_empty(), "it is still owed far away");

    // When it has been told there as well, then nothing is left of it
    settle(&[far]);
    let rows = outdated();
    assert_eq!(rows.len(), 1);
    let let_go = Change::LetGo(Box::new(Outdated { stock: Stock::Events, before, rows }));
    engine(store).commit(&Batch { changes: vec![let_go], ..Batch::default() }).unwrap();
    let totals = store.reader().unwrap().totals().unwrap();
    assert_eq!(totals, Totals::default());
}
