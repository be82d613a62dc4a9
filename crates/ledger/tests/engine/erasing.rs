//! What goes of someone who is to be forgotten.

use bytes::Bytes;
use callboard_core::{DeliveryId, EndpointId, EventId, Identifier, ReceiptId, SourceId, Timestamp};
use callboard_ledger::{
    Answer, Batch, Change, DeliveryState, Erased, EventRow, Kept, Mentions, NewDelivery, NewPointer, Outcome,
    Page, Receipt, RequestKey, Search, Store,
};

use super::sample::*;

fn words() -> Vec<String> {
    vec!["ada@example.com".to_owned()]
}

fn erase(store: &dyn Store, erased: Erased) {
    engine(store).commit(&Batch { erased, ..Batch::default() }).unwrap();
}

fn about_ada(id: u64) -> Receipt {
    let said = r#"{"email":"Ada@Example.com"}"#;
    Receipt {
        body: Bytes::from(said),
        headers: r#"{"x-about":"ada@example.com"}"#.to_owned(),
        remarks: vec!["ada@example.com was known".to_owned()],
        ..receipt(id)
    }
}

pub fn an_erased_event_is_called_off_and_says_nothing_any_more(store: &dyn Store) {
    // Given an event of which one delivery was told, one is owed in words of its own, and one has nothing to do with it
    owe(store, &[11, 21]);
    let own = NewDelivery { body: Some(Bytes::from_static(b"ada@example.com")), ..delivery(12, 10) };
    engine(store).commit(&Batch { deliveries: vec![own], ..Batch::default() }).unwrap();
    settle(store, vec![settlement(11, 1, DeliveryState::Delivered)]);
    let endpoint = EndpointId::from_raw(ENDPOINT);
    assert_eq!(engine(store).owed_of(EventId::from_raw(10)).unwrap(), [(DeliveryId::from_raw(12), endpoint)]);

    // When it is erased
    let native = Bytes::from_static(br#"{"id":10}"#);
    erase(store, Erased { events: vec![(EventId::from_raw(10), native.clone())], ..Erased::default() });

    // Then that is what it says, to whoever asks
    let row = store.reader().unwrap().event(EventId::from_raw(10)).unwrap().unwrap();
    assert_eq!(row, EventRow { body: native, erased: true, ..event(10) });
    let (told, owed_still) = (standing(store, 11), standing(store, 12));
    assert_eq!((told.state, owed_still.state), (DeliveryState::Delivered, DeliveryState::Cancelled));
    assert!(told.erased && owed_still.erased && owed_still.next_at.is_none());
    assert_eq!(owed(store), [21]);
    assert!(engine(store).is_erased(DeliveryId::from_raw(11)).unwrap());
    assert!(!engine(store).is_erased(DeliveryId::from_raw(21)).unwrap());
    let body = engine(store).owed_one(DeliveryId::from_raw(12)).unwrap().unwrap().body;
    assert_eq!(body, r#"{"erased":true}"#);
    let attempts = store.reader().unwrap().attempts(DeliveryId::from_raw(11)).unwrap();
    assert_eq!((attempts.len(), attempts[0].status, attempts[0].response.len()), (1, Some(500), 0));

    // And what is answered to an attempt that was under way is not kept
    settle(store, vec![settlement(12, 1, DeliveryState::Pending), settlement(21, 1, DeliveryState::Pending)]);
    let response = |delivery| {
        let attempts = store.reader().unwrap().attempts(DeliveryId::from_raw(delivery)).unwrap();
        attempts[0].response.clone()
    };
    assert_eq!((response(12).len(), response(21).len()), (0, 4));

    // And it cannot be owed again
    change(store, vec![Change::Retry(DeliveryId::from_raw(11))]);
    assert_eq!(standing(store, 11).state, DeliveryState::Delivered);
}

pub fn of_an_erased_request_nothing_is_left_but_that_it_came_in(store: &dyn Store) {
    let quarantined =
        Receipt { outcome: Outcome::Quarantined, detail: "`ada` is no number".to_owned(), ..about_ada(2) };
    let receipts = vec![about_ada(1), quarantined, receipt(3)];
    engine(store).commit(&Batch { receipts, ..Batch::default() }).unwrap();
    erase(store, Erased { receipts: vec![ReceiptId::from_raw(1)], ..Erased::default() });
    change(store, vec![Change::EraseReceipts(company(), vec![ReceiptId::from_raw(2)])]);

    let nothing = |receipt: Receipt| Receipt {
        headers: "{}".to_owned(),
        body: Bytes::new(),
        remarks: Vec::new(),
        erased: true,
        ..receipt
    };
    let left = |id| store.reader().unwrap().receipt(ReceiptId::from_raw(id)).unwrap().unwrap();
    assert_eq!(left(1), nothing(receipt(1)));
    let outcome = Outcome::Quarantined;
    assert_eq!(left(2), Receipt { detail: String::new(), outcome, ..nothing(receipt(2)) });
    assert_eq!(left(3), receipt(3));
}

pub fn what_an_erased_request_points_at_goes_with_it(store: &dyn Store) {
    let pointer = |receipt| NewPointer {
        source: SourceId::from_raw(SOURCE),
        receipt: ReceiptId::from_raw(receipt),
        resource: format!("candidates/{receipt}"),
        due_at: noon(),
    };
    let left = || {
        let mut reader = store.reader().unwrap();
        let left = reader.pointers_due(Timestamp::MAX, Timestamp::MAX, &[], 100).unwrap();
        left.iter().map(|it| it.receipt.raw()).collect::<Vec<_>>()
    };
    let pointers = [1, 2, 4].map(pointer).to_vec();
    engine(store).commit(&Batch { pointers, ..Batch::default() }).unwrap();

    let erased = |id| Erased { receipts: vec![ReceiptId::from_raw(id)], ..Erased::default() };
    erase(store, erased(1));
    change(store, vec![Change::EraseReceipts(company(), vec![ReceiptId::from_raw(2)])]);
    let pointers = vec![pointer(3)];
    engine(store).commit(&Batch { pointers, erased: erased(3), ..Batch::default() }).unwrap();

    assert_eq!(left(), [4]);
}

pub fn requests_that_mention_someone_are_found_page_by_page(store: &dyn Store) {
    let in_headers = Receipt { headers: r#"{"from":"ada@example.com"}"#.to_owned(), ..receipt(2) };
    let in_detail = Receipt { detail: "no such thing: ada@example.com".to_owned(), ..receipt(3) };
    let in_remarks = Receipt { remarks: vec!["ADA@example.com".to_owned()], ..receipt(4) };
    let of_others = Receipt { source: SourceId::from_raw(12), ..about_ada(6) };
    let receipts = vec![about_ada(1), in_headers, in_detail, in_remarks, receipt(5), of_others];
    engine(store).commit(&Batch { receipts, ..Batch::default() }).unwrap();

    let mentions = Mentions::of(&words());
    let found = |page| {
        let mut reader = store.reader().unwrap();
        let found = reader.mentioning(&mentions, &[SourceId::from_raw(12)], page).unwrap();
        (found.items.iter().map(|id| id.raw()).collect::<Vec<_>>(), found.next)
    };
    assert_eq!(found(Page::newest(3)), (vec![4, 3, 2], Some(2)));
    assert_eq!(found(Page { before: Some(2), ..Page::newest(3) }), (vec![1], None));
    erase(store, Erased { receipts: vec![ReceiptId::from_raw(3)], ..Erased::default() });
    assert_eq!(found(ALL).0, [4, 2, 1], "what has been erased is not found again");
}

pub fn a_search_is_there_until_it_is_over_and_its_words_go_with_it(store: &dyn Store) {
    let kept = |key: &str, body: &'static str| Kept {
        key: RequestKey { company: company(), key: key.to_owned(), fingerprint: [0; 32], at: noon() },
        answer: Answer { status: 201, etag: None, body: Bytes::from(body) },
    };
    let (about, other) = (kept("about", r#"{"email":"ada@example.com"}"#), kept("other", "{}"));
    engine(store).commit(&Batch { answers: vec![about.clone(), other.clone()], ..Batch::default() }).unwrap();
    let search = Search { company: company(), words: words() };
    let (answers, searches) = (vec![search.clone()], vec![search.clone()]);
    erase(store, Erased { answers, searches, ..Erased::default() });

    let searches = || store.reader().unwrap().searches().unwrap();
    let found = searches();
    assert_eq!(found.iter().map(|(_, it)| it.clone()).collect::<Vec<_>>(), [search]);
    let answers = engine(store).answers(&[about.key, other.key.clone()]).unwrap();
    assert_eq!(answers, [None, Some(other)], "answers that mention them are gone at once");

    change(store, vec![Change::Searched(found[0].0)]);
    assert!(searches().iter().all(|(_, search)| search.words.is_empty()));
    engine(store).compact().unwrap();
    assert_eq!(searches(), []);
}

pub fn events_are_found_by_what_they_are_about_and_by_their_receipts(store: &dyn Store) {
    let events = vec![
        EventRow { subject: 501, ..event(1) },
        EventRow { subject: 502, ..event(2) },
        EventRow { receipt: Some(ReceiptId::from_raw(70)), subject: 503, ..event(3) },
    ];
    engine(store).commit(&Batch { events, ..Batch::default() }).unwrap();
    let found = |subjects: &[u64], receipts: &[u64]| {
        let receipts: Vec<_> = receipts.iter().map(|id| ReceiptId::from_raw(*id)).collect();
        let found = engine(store).events_of(subjects, &receipts).unwrap();
        found.iter().map(|event| event.id.raw()).collect::<Vec<_>>()
    };
    assert_eq!(found(&[501, 502, 77], &[]), [1, 2]);
    assert_eq!(found(&[], &[70]), [3]);
}
