//! What a hub hears of what others have written, when its turn comes.

use std::sync::Arc;

use bytes::Bytes;
use callboard_core::{Candidate, CompanyId, Entity, EventType, Held, Identifier, Record};
use callboard_ledger::postgres::PostgresStore;
use callboard_ledger::{Batch, Engine, EntityWrite, EventRow, NewDelivery, Store, Touched, Word};

use crate::crew::{STAYS, crew};
use crate::database::Database;

/// A batch that makes, or changes, a candidate with this id.
fn candidate(raw_id: u64, version: u64) -> Batch {
    let entity = Entity::Candidate(Arc::new(Candidate::new(Identifier::from_raw(raw_id))));
    let record = Record { version, ..Record::default() };
    let held = Held { company: CompanyId::from_raw(1), entity, record: record.into() };
    let entities = vec![EntityWrite { held, base_version: version - 1, moved: version == 1 }];
    Batch { entities, last_id: raw_id, ..Batch::default() }
}

fn touched(engine: &mut Box<dyn Engine>) -> Touched {
    let news = engine.take_up().unwrap().unwrap();
    engine.put_down();
    news.touched
}

#[test]
fn a_hub_hears_which_things_others_have_changed_and_of_too_much_that_it_may_be_anything() {
    let database = Database::start();
    let open = || PostgresStore::open(&database.address()).unwrap().engine().unwrap();
    // Whoever is alone tells nobody.
    let _crew = [(); 2].map(|()| {
        let mut crew = crew(&database);
        crew.beat(STAYS).unwrap();
        crew
    });
    let (mut first, mut second) = (open(), open());
    first.take_up().unwrap();
    first.commit(&candidate(1, 1)).unwrap();
    second.take_up().unwrap();
    second.put_down();

    assert_eq!(touched(&mut second), Touched::Nothing, "nobody has written since");
    first.take_up().unwrap();
    first.commit(&candidate(2, 1)).unwrap();
    first.take_up().unwrap();
    first.commit(&candidate(1, 2)).unwrap();
    let Touched::These(things) = touched(&mut second) else { panic!("it is known which") };
    assert!(things.ends_with(&[2, 1]), "{things:?}");
    assert_eq!(touched(&mut first), Touched::Nothing, "what it wrote itself is no news to it");

    for version in 3..=9 {
        first.take_up().unwrap();
        first.commit(&candidate(1, version)).unwrap();
    }
    assert_eq!(touched(&mut second), Touched::Anything, "it was away for too long");

    // Another hub of an older version does not say what it changes.
    first.take_up().unwrap();
    first.commit(&candidate(1, 10)).unwrap();
    database.run("UPDATE writers SET changed = NULL, changed_after = NULL");
    assert_eq!(touched(&mut second), Touched::Anything);
}

#[test]
fn a_hub_hears_what_is_to_be_tried_again_elsewhere_and_that_it_is_too_much_to_be_heard() {
    // Given two hubs, and a few deliveries that say much
    let database = Database::start();
    let open = || PostgresStore::open(&database.address()).unwrap().engine().unwrap();
    let (mut first, mut second) = (open(), open());
    let delivery = |number: u64| NewDelivery {
        id: Identifier::from_raw(100 + number),
        endpoint: Identifier::from_raw(1),
        event: Identifier::from_raw(50),
        lane: 1,
        body: Some(vec![b'x'; 1024 * 1024].into()),
    };
    let event = EventRow {
        id: Identifier::from_raw(50),
        company: Identifier::from_raw(1),
        source: None,
        receipt: None,
        subject: 1,
        kind: EventType::JobCreated,
        body: Bytes::from_static(b"{}"),
        skipped: Vec::new(),
        owed: 6,
        erased: false,
    };
    let owed = Batch { events: vec![event], deliveries: (1..=6).map(delivery).collect(), ..Batch::default() };
    first.take_up().unwrap();
    first.commit(&owed).unwrap();
    second.take_up().unwrap();
    second.put_down();

    // When some of them are to be tried again, then that is heard; when it is more than is heard, that something was missed
    for (retried, heard) in [(4, (4, false)), (6, (0, true)), (1, (1, false))] {
        let words = (1..=retried).map(|number| Word::Retry(delivery(number).id)).collect();
        first.take_up().unwrap();
        first.commit(&Batch { words, ..Batch::default() }).unwrap();
        let news = second.take_up().unwrap().unwrap();
        second.put_down();
        assert_eq!((news.said.len(), news.missed), heard);
    }
}

#[test]
fn a_store_of_the_first_version_is_brought_up_to_date_and_a_hub_of_that_version_may_go_on_beside() {
    let database = Database::start();
    let open = || PostgresStore::open(&database.address()).unwrap().engine().unwrap();
    drop(open());
    database.run("ALTER TABLE writers DROP COLUMN changed, DROP COLUMN changed_after");
    database.run("UPDATE callboard SET version = 1");

    let mut engine = open();
    engine.take_up().unwrap();
    engine.commit(&candidate(1, 1)).unwrap();
    assert_eq!(database.ask("SELECT version || ' ' || oldest FROM callboard"), "3 1");

    // As a hub of the first version takes its place among the writers, and leaves a batch.
    database.run("INSERT INTO writers (batch, last_id) VALUES (0, 0)");
    engine.take_up().unwrap();
    engine.put_down();
    database.run("UPDATE writers SET batch = batch + 1 WHERE last_id = 0");
    assert_eq!(touched(&mut engine), Touched::Anything);
}
