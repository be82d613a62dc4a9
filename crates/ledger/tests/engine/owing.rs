//! Deliveries, from owed to told (invariant I2).

use bytes::Bytes;
use callboard_core::{DeliveryId, EndpointId, Identifier};
use callboard_ledger::{
    Attempt, Batch, CALLED_OFF_AT_ONCE, Change, DeliveryState, EventRow, NewDelivery, Owed, Settlement, Store,
};

use super::sample::*;

fn attempts(store: &dyn Store, delivery: u64) -> Vec<Attempt> {
    store.reader().unwrap().attempts(DeliveryId::from_raw(delivery)).unwrap()
}

fn retry(delivery: u64) -> Change {
    Change::Retry(DeliveryId::from_raw(delivery))
}

fn cancel(delivery: u64) -> Change {
    Change::Cancel(DeliveryId::from_raw(delivery))
}

pub fn what_is_owed_is_read_page_by_page_oldest_first(store: &dyn Store) {
    // Given deliveries to two endpoints, one with words of its own, and one that is done with
    owe(store, &[11, 21, 31, 41]);
    let own_words = NewDelivery { body: Some(Bytes::from_static(b"words")), ..delivery(51, 40) };
    let others = NewDelivery { endpoint: EndpointId::from_raw(22), ..delivery(52, 40) };
    engine(store).commit(&Batch { deliveries: vec![own_words, others], ..Batch::default() }).unwrap();
    settle(
        store,
        vec![settlement(21, 1, DeliveryState::Delivered), settlement(31, 1, DeliveryState::Pending)],
    );

    // When its pages are read
    let mut reader = store.reader().unwrap();
    let mut page = |after: Option<u64>| {
        reader.owed(EndpointId::from_raw(ENDPOINT), after.map(DeliveryId::from_raw), 2, 10_000).unwrap().rows
    };
    let (first, second) = (page(None), page(Some(31)));

    // Then they hold everything that it takes to go on
    let owed = |id: u64, event: u64| Owed {
        delivery: DeliveryId::from_raw(id),
        endpoint: EndpointId::from_raw(ENDPOINT),
        event: Identifier::from_raw(event),
        lane: 500,
        body: Bytes::from(format!(r#"{{"id":{event}}}"#)),
        attempts: 0,
        first_attempt_at: None,
        next_at: None,
        again_after: 0,
    };
    let tried = Owed {
        attempts: 1,
        first_attempt_at: Some(attempt(1).at),
        next_at: Some(at("2018-02-26T12:05:00Z")),
        ..owed(31, 30)
    };
    assert_eq!(first, [owed(11, 10), tried]);
    assert_eq!(second, [owed(41, 40), Owed { body: Bytes::from_static(b"words"), ..owed(51, 40) }]);
    assert_eq!(page(Some(51)), []);
    assert_eq!(engine(store).owed_one(DeliveryId::from_raw(41)).unwrap(), Some(owed(41, 40)));
    let told = engine(store).owed_one(DeliveryId::from_raw(21)).unwrap().expect("told, but there");
    assert_eq!((told.delivery.raw(), told.attempts), (21, 1));
    assert_eq!(engine(store).owed_one(DeliveryId::from_raw(77)).unwrap(), None);
}

pub fn each_attempt_is_on_record_and_moves_its_delivery_on(store: &dyn Store) {
    owe(store, &[11]);
    let mut broken_off = settlement(11, 2, DeliveryState::Pending);
    broken_off.attempt = Attempt {
        status: None,
        error: Some("connection reset".to_owned()),
        response: Bytes::new(),
        took_us: u64::from(u32::MAX) * 1_000,
        ..attempt(2)
    };
    settle(store, vec![settlement(11, 1, DeliveryState::Pending)]);
    let after_first = standing(store, 11);
    assert_eq!((after_first.state, after_first.attempts), (DeliveryState::Pending, 1));
    assert_eq!(after_first.next_at, Some(at("2018-02-26T12:05:00Z")));

    // Two attempts in one batch, in their order
    settle(store, vec![broken_off.clone(), settlement(11, 3, DeliveryState::Delivered)]);

    let told = standing(store, 11);
    assert_eq!((told.state, told.attempts, told.next_at), (DeliveryState::Delivered, 3, None));
    assert_eq!(attempts(store, 11), [attempt(1), broken_off.attempt, attempt(3)]);
    assert_eq!(owed(store), [0; 0]);
}

pub fn an_attempt_written_twice_is_one_and_another_under_its_number_is_kept_beside_it(store: &dyn Store) {
    owe(store, &[11]);
    let first = settlement(11, 1, DeliveryState::Pending);
    settle(store, vec![first.clone()]);
    settle(store, vec![first.clone()]);
    assert_eq!(attempts(store, 11), [attempt(1)]);

    // One that was begun at another time and thought that it was the first
    let mut also_first = first;
    also_first.attempt.at = at("2018-02-26T18:00:00Z");
    settle(store, vec![also_first.clone()]);
    let second = Attempt { number: 2, ..also_first.attempt.clone() };
    assert_eq!(attempts(store, 11), [attempt(1), second.clone()]);
    assert_eq!(standing(store, 11).attempts, 2);

    // And that one written twice is one, too
    settle(store, vec![also_first]);
    assert_eq!(attempts(store, 11), [attempt(1), second]);
    assert_eq!(standing(store, 11).attempts, 2);
}

pub fn what_was_overtaken_adds_up(store: &dyn Store) {
    owe(store, &[11, 21, 31]);
    let overtaking = |number, overtook: &[u64]| Settlement {
        overtook: overtook.iter().copied().map(DeliveryId::from_raw).collect(),
        ..settlement(31, number, DeliveryState::Pending)
    };
    settle(store, vec![overtaking(1, &[11])]);
    settle(store, vec![overtaking(2, &[]), overtaking(3, &[21])]);
    assert_eq!(standing(store, 31).overtook, [11, 21].map(DeliveryId::from_raw));
    assert_eq!(standing(store, 21).overtook, []);
}

pub fn what_was_called_off_stays_so_unless_it_arrived(store: &dyn Store) {
    owe(store, &[11, 21, 31]);
    settle(store, vec![settlement(11, 1, DeliveryState::Pending)]);
    change(store, vec![cancel(11), cancel(21), cancel(31)]);
    assert_eq!(standing(store, 11).next_at, None);
    assert_eq!(owed(store), [0; 0]);

    // Attempts that were under way meanwhile
    settle(
        store,
        vec![
            settlement(11, 2, DeliveryState::Pending),
            settlement(21, 1, DeliveryState::Failed),
            settlement(31, 1, DeliveryState::Delivered),
        ],
    );
    let states = [11, 21, 31].map(|id| (standing(store, id).state, standing(store, id).attempts));
    assert_eq!(
        states,
        [(DeliveryState::Cancelled, 2), (DeliveryState::Cancelled, 1), (DeliveryState::Delivered, 1)]
    );
    assert_eq!(attempts(store, 11).len(), 2);
    assert_eq!(standing(store, 11).next_at, None);
    assert_eq!(owed(store), [0; 0]);

    // And what has arrived cannot be called off any more
    change(store, vec![cancel(31)]);
    assert_eq!(standing(store, 31).state, DeliveryState::Delivered);
}

pub fn what_was_told_stays_told_whatever_comes_in_late(store: &dyn Store) {
    owe(store, &[11]);
    settle(
        store,
        vec![settlement(11, 2, DeliveryState::Delivered), settlement(11, 1, DeliveryState::Pending)],
    );
    let told = standing(store, 11);
    assert_eq!((told.state, told.attempts, told.next_at), (DeliveryState::Delivered, 2, None));
    assert_eq!(attempts(store, 11), [attempt(1), attempt(2)]);
}

pub fn what_was_given_up_is_owed_again_when_someone_has_it_retried(store: &dyn Store) {
    owe(store, &[11, 21, 31, 41]);
    settle(
        store,
        vec![
            settlement(11, 1, DeliveryState::Failed),
            settlement(21, 1, DeliveryState::Delivered),
            settlement(31, 1, DeliveryState::Pending),
        ],
    );
    change(store, vec![cancel(41)]);
    assert_eq!(owed(store), [31]);

    change(store, vec![retry(11), retry(21), retry(31), retry(41), retry(77)]);

    assert_eq!(owed(store), [11, 21, 31, 41]);
    assert!([11, 21, 31, 41].iter().all(|id| standing(store, *id).next_at.is_none()), "due at once");
    assert_eq!(attempts(store, 11), [attempt(1)], "what was tried stays on record");
}

pub fn a_retry_survives_the_last_attempt_that_was_still_under_way(store: &dyn Store) {
    owe(store, &[11]);
    // Someone wants one more try just before the last one fails
    change(store, vec![retry(11)]);
    settle(store, vec![settlement(11, 1, DeliveryState::Failed)]);
    // The one more try is made, and another one follows
    settle(store, vec![settlement(11, 2, DeliveryState::Pending)]);

    assert_eq!(owed(store), [11]);
}

pub fn what_is_owed_again_is_not_given_up_for_an_attempt_from_before_that(store: &dyn Store) {
    // Given one that was given up after two attempts, and is owed again
    owe(store, &[11]);
    settle(store, vec![settlement(11, 1, DeliveryState::Pending), settlement(11, 2, DeliveryState::Failed)]);
    let owed_anew = vec![DeliveryId::from_raw(11)];
    engine(store).commit(&Batch { owed_anew, ..Batch::default() }).unwrap();

    // When somebody comes late with another second attempt
    let mut late = settlement(11, 2, DeliveryState::Failed);
    late.attempt.at = at("2018-02-26T18:00:00Z");
    settle(store, vec![late]);

    // Then that is on record, and it is owed still; until it has failed again
    assert_eq!((attempts(store, 11).len(), owed(store)), (3, vec![11]));
    let awaited = engine(store).awaited(DeliveryId::from_raw(11)).unwrap().unwrap();
    assert_eq!(awaited.again_after, 2);
    settle(store, vec![settlement(11, 3, DeliveryState::Failed)]);
    assert_eq!(standing(store, 11).state, DeliveryState::Failed);
}

pub fn removing_an_endpoint_calls_off_what_it_was_owed_and_nothing_else(store: &dyn Store) {
    owe(store, &[11, 21, 31]);
    let others = NewDelivery { endpoint: EndpointId::from_raw(22), ..delivery(32, 30) };
    engine(store).commit(&Batch { deliveries: vec![others], ..Batch::default() }).unwrap();
    settle(
        store,
        vec![settlement(11, 1, DeliveryState::Delivered), settlement(21, 1, DeliveryState::Failed)],
    );

    // In the batch that removes it, there is something new for it too
    let batch = Batch {
        events: vec![EventRow { ..event(40) }],
        deliveries: vec![delivery(41, 40)],
        changes: vec![Change::DeleteEndpoint(EndpointId::from_raw(ENDPOINT))],
        ..Batch::default()
    };
    engine(store).commit(&batch).unwrap();

    let states = [11, 21, 31, 32, 41].map(|id| standing(store, id).state);
    let (cancelled, pending) = (DeliveryState::Cancelled, DeliveryState::Pending);
    assert_eq!(states, [DeliveryState::Delivered, DeliveryState::Failed, cancelled, pending, cancelled]);
}

pub fn nothing_is_owed_again_to_an_endpoint_that_was_removed(store: &dyn Store) {
    owe(store, &[11]);
    settle(store, vec![settlement(11, 1, DeliveryState::Failed)]);
    change(store, vec![Change::DeleteEndpoint(EndpointId::from_raw(ENDPOINT)), retry(11)]);
    assert_eq!(standing(store, 11).state, DeliveryState::Failed);
    assert_eq!(owed(store), [0; 0]);
}

pub fn a_page_ends_when_its_bodies_come_to_so_many_bytes_but_is_never_empty_before_the_last(
    store: &dyn Store,
) {
    let words = |id: u64| NewDelivery { body: Some(Bytes::from_static(b"ten bytes.")), ..delivery(id, 10) };
    let deliveries = vec![words(11), words(12), words(13)];
    engine(store).commit(&Batch { events: vec![event(10)], deliveries, ..Batch::default() }).unwrap();
    let page = |after: u64, bytes: usize| {
        let after = Some(DeliveryId::from_raw(after));
        let page = store.reader().unwrap().owed(EndpointId::from_raw(ENDPOINT), after, 10, bytes).unwrap();
        (page.rows.iter().map(|owed| owed.delivery.raw()).collect::<Vec<_>>(), page.is_last)
    };
    assert_eq!(page(0, 1), (vec![11], false));
    assert_eq!(page(11, 20), (vec![12, 13], true));
    assert_eq!(page(0, 20), (vec![11, 12], false));
    assert_eq!(page(13, 0), (vec![], true));
}

pub fn bodies_are_fetched_in_the_order_in_which_they_are_asked_for(store: &dyn Store) {
    owe(store, &[11, 21, 31]);
    let own_words = NewDelivery { body: Some(Bytes::from_static(b"words")), ..delivery(41, 30) };
    engine(store).commit(&Batch { deliveries: vec![own_words], ..Batch::default() }).unwrap();
    change(store, vec![cancel(21)]);
    let asked = [41, 99, 21, 11].map(DeliveryId::from_raw);
    let bodies = store.reader().unwrap().bodies(&asked).unwrap();
    let of_the_event = event(10).body;
    assert_eq!(bodies, [Some(Bytes::from_static(b"words")), None, None, Some(of_the_event)]);
    let body = |id| store.reader().unwrap().body(DeliveryId::from_raw(id)).unwrap();
    assert_eq!(body(21), Some(event(20).body), "one that was called off has one still");
    assert_eq!((body(41), body(99)), (Some(Bytes::from_static(b"words")), None));
}

pub fn what_a_removed_endpoint_was_owed_is_called_off_in_steps(store: &dyn Store) {
    // Given an endpoint that is owed more than is called off at once, and another one
    let many: Vec<u64> = (0..=CALLED_OFF_AT_ONCE as u64).map(|number| number * 10 + 1).collect();
    owe(store, &many);
    let other = EndpointId::from_raw(22);
    let others = NewDelivery { endpoint: other, ..delivery(2, 0) };
    let batch = Batch {
        deliveries: vec![others],
        changes: vec![Change::PutEndpoint(endpoint(22))],
        ..Batch::default()
    };
    engine(store).commit(&batch).unwrap();
    assert_eq!(store.reader().unwrap().owed_to_nobody().unwrap(), None);

    // When it is removed, then some is left for the next step, and nothing for the one after
    let removed = EndpointId::from_raw(ENDPOINT);
    change(store, vec![Change::DeleteEndpoint(removed)]);
    assert_eq!(owed(store), [*many.last().unwrap()]);
    assert_eq!(store.reader().unwrap().owed_to_nobody().unwrap(), Some(removed));
    change(store, vec![Change::CallOff(removed)]);
    assert_eq!(owed(store), [0; 0]);
    assert_eq!(store.reader().unwrap().owed_to_nobody().unwrap(), None);
    let page = store.reader().unwrap().owed(other, None, 10, 1).unwrap();
    assert_eq!(page.rows.len(), 1, "the other is still owed what it was");
}
