//! Extremes, and what strangers may send.

use bytes::Bytes;
use callboard_core::{
    EndpointId, EventId, EventType, Identifier, Kind, Name, ReceiptId, SourceId, Timestamp,
};
use callboard_ledger::{Batch, DeliveryState, EventFilter, EventRow, Page, Receipt, Store};

use super::sample::*;

/// The highest number that an id can have.
const HIGHEST: u64 = u64::MAX >> 1;

pub fn times_come_back_to_the_nanosecond_and_beyond_the_extremes_as_these(store: &dyn Store) {
    let extreme = |nanos: i64| Timestamp::from_nanosecond(nanos.into()).unwrap();
    let times = [
        (at("2018-02-26T17:50:17.486238299Z"), at("2018-02-26T17:50:17.486238299Z")),
        (at("1969-12-31T23:59:59.999999999Z"), at("1969-12-31T23:59:59.999999999Z")),
        (extreme(i64::MIN), extreme(i64::MIN)),
        (extreme(i64::MAX), extreme(i64::MAX)),
        (Timestamp::MIN, extreme(i64::MIN)),
        (Timestamp::MAX, extreme(i64::MAX)),
    ];
    owe(store, &[11]);
    for (number, (written, kept)) in (1..).zip(times) {
        let received = Receipt { received_at: written, ..receipt(number) };
        let mut settled = settlement(11, u32::try_from(number).unwrap(), DeliveryState::Pending);
        (settled.attempt.at, settled.next_at) = (written, Some(written));
        let batch = Batch { receipts: vec![received], settlements: vec![settled], ..Batch::default() };
        engine(store).commit(&batch).unwrap();

        let mut reader = store.reader().unwrap();
        assert_eq!(reader.receipt(ReceiptId::from_raw(number)).unwrap().unwrap().received_at, kept);
        assert_eq!(standing(store, 11).next_at, Some(kept));
        let attempts = reader.attempts(Identifier::from_raw(11)).unwrap();
        assert_eq!(attempts.last().unwrap().at, kept);
    }
}

pub fn ids_of_63_bits_are_told_apart_and_sorted(store: &dyn Store) {
    let ids = [1, HIGHEST / 2, HIGHEST - 1, HIGHEST];
    let events = ids.map(|id| EventRow { subject: HIGHEST, ..event(id) }).to_vec();
    engine(store).commit(&Batch { events, ..Batch::default() }).unwrap();

    assert_eq!(engine(store).last_id().unwrap(), HIGHEST);
    let filter = EventFilter { subjects: Some(vec![HIGHEST]), ..EventFilter::default() };
    let page = Page { after: Some(0), ..ALL };
    let found = store.reader().unwrap().events(&filter, page).unwrap().items;
    assert_eq!(found.iter().map(|event| event.id.raw()).collect::<Vec<_>>(), ids);
}

pub fn numbers_that_no_id_reaches_are_no_trouble(store: &dyn Store) {
    owe(store, &[11]);
    let mut reader = store.reader().unwrap();
    let mut events = |page| reader.events(&EventFilter::default(), page).unwrap().items.len();
    assert_eq!(events(Page { before: Some(u64::MAX), ..ALL }), 1);
    assert_eq!(events(Page { after: Some(u64::MAX), ..ALL }), 0);
    assert_eq!(reader.event(EventId::from_raw(u64::MAX)).unwrap(), None);
    assert_eq!(reader.entity(u64::MAX).unwrap(), None);
    let after = Some(Identifier::from_raw(u64::MAX));
    assert_eq!(reader.owed(EndpointId::from_raw(ENDPOINT), after, 10, 10_000).unwrap().rows, []);
}

pub fn texts_come_back_whatever_is_in_them(store: &dyn Store) {
    let texts = [
        "'; DROP TABLE events; --",
        "\"\\`$1 ?1 :a @b %s {}",
        "a\0b",
        "\u{202e}right to left, \u{feff}, \u{1f3ad}, e\u{301}",
        "line\r\nline\tend ",
        "",
    ];
    let long = "ä".repeat(300_000);
    for (id, text) in (1..).zip(texts.into_iter().chain([long.as_str()])) {
        let received = Receipt {
            detail: text.to_owned(),
            remarks: vec![text.to_owned(), String::new()],
            headers: text.to_owned(),
            body: Bytes::copy_from_slice(text.as_bytes()),
            ..receipt(id)
        };
        let kind = EventType::Other(format!("made up {text}"));
        let told = EventRow { kind: kind.clone(), ..event(id + 100) };
        let name = Name::external(Kind::Interview, SourceId::from_raw(SOURCE), text);
        let mut settled = settlement(id + 200, 1, DeliveryState::Pending);
        settled.attempt.error = Some(text.to_owned());
        settled.attempt.response = Bytes::from_static(b"\xff\x00\xfe");
        let batch = Batch {
            receipts: vec![received.clone()],
            events: vec![told.clone()],
            names: vec![(name.clone(), id)],
            deliveries: vec![delivery(id + 200, id + 100)],
            settlements: vec![settled.clone()],
            ..Batch::default()
        };
        engine(store).commit(&batch).unwrap();

        let mut reader = store.reader().unwrap();
        assert_eq!(reader.receipt(received.id).unwrap(), Some(received));
        let filter = EventFilter { kind: Some(kind), ..EventFilter::default() };
        assert_eq!(reader.events(&filter, ALL).unwrap().items, [told]);
        assert_eq!(engine(store).resolve(&[name]).unwrap(), [Some(id)]);
        assert_eq!(reader.attempts(settled.delivery).unwrap(), [settled.attempt]);
    }
}
