//! A store with something in each of its tables, extremes and what strangers may send among it; and what it answers to every
//! question.

use std::fmt::Debug;

use bytes::Bytes;
use callboard_core::{
    EventType, FileId, Held, Identifier, InterviewId, KeyId, Kind, Name, Record, ReplayId, SourceId,
    Timestamp,
};
use callboard_ledger::{
    Answer, Batch, Change, Company, DeliveryFilter, DeliveryState, EntityWrite, Erased, EventFilter,
    EventRow, Kept, Key, Mentions, NewDelivery, NewPointer, Outcome, Outdated, Page, Receipt, ReceiptFilter,
    Replay, ReplayAsked, ReplayOf, ReplayState, RequestKey, Scope, Search, Stock, Store, ThingFilter, What,
};

use crate::engine::sample::*;
use crate::engine::things::everything;

/// The highest number that an id can have.
const HIGHEST: u64 = u64::MAX >> 1;
const HOSTILE: [&str; 5] =
    ["'; DROP TABLE events; --", "a\0b", "\u{202e}\u{feff}\u{1f3ad}e\u{301}", "\r\n\t\\N \\.", ""];

/// Ids of a kind, one for each hostile text and the highest one.
fn ids(from: u64) -> impl Iterator<Item = (u64, &'static str)> {
    HOSTILE.into_iter().zip(from..).map(|(text, id)| (id, text)).chain([(HIGHEST - 1, "the highest")])
}

fn name(value: &str) -> Name {
    Name::external(Kind::Interview, SourceId::from_raw(SOURCE), value)
}

fn asked(key: &str) -> RequestKey {
    RequestKey { company: company(), key: key.to_owned(), fingerprint: [7; 32], at: noon() }
}

fn replay() -> Replay {
    let asked = ReplayAsked {
        of: ReplayOf::Source(SourceId::from_raw(SOURCE)),
        what: What::All,
        since: Timestamp::MIN,
        until: Timestamp::MAX,
        events: vec!["interview.*".to_owned()],
        sources: vec![SourceId::from_raw(SOURCE)],
        interview: Some(InterviewId::from_raw(500)),
        before: HIGHEST,
    };
    Replay {
        id: ReplayId::from_raw(41),
        company: company(),
        asked,
        state: ReplayState::Running,
        reached: 0,
        total: None,
        seen: 0,
        replayed: 0,
        skipped: 0,
        created_at: noon(),
        finished_at: None,
        error: None,
    }
}

fn configured() -> Vec<Change> {
    let company = Company {
        id: company(),
        name: "O'Brien \"&\" Sons\u{0}".to_owned(),
        stages: Vec::new(),
        time_zone: None,
    };
    let key = Key {
        id: KeyId::from_raw(HIGHEST),
        company: company.id,
        name: "ci".to_owned(),
        scope: Scope::Write,
        hash: "00".repeat(32),
        created_at: noon(),
        signing: None,
        token_hash: None,
    };
    vec![
        Change::PutCompany(company),
        Change::PutKey(key),
        Change::PutSource(source(SOURCE)),
        Change::PutEndpoint(endpoint(ENDPOINT)),
        Change::StartReplay(Box::new(replay())),
    ]
}

fn happened() -> Batch {
    let record = Record { version: 1, as_of: Some(Timestamp::MAX), stage_is_told: true, ..Record::default() };
    let held = everything().into_iter().map(|entity| Held {
        company: company(),
        entity,
        record: record.clone().into(),
    });
    let outcomes = [Outcome::Understood, Outcome::Duplicate, Outcome::Quarantined];
    let receipts = ids(1).zip(outcomes.into_iter().cycle()).map(|((id, text), outcome)| Receipt {
        received_at: if id == 1 { Timestamp::MIN } else { Timestamp::MAX },
        detail: text.to_owned(),
        remarks: vec![text.to_owned(), String::new()],
        headers: text.to_owned(),
        body: Bytes::from(format!("{text}\u{0}")),
        outcome,
        ..receipt(id)
    });
    let events = ids(101).map(|(id, text)| EventRow {
        kind: EventType::Other(format!("made up {text}")),
        receipt: Some(Identifier::from_raw(1)),
        subject: if id == 101 { HIGHEST } else { 500 },
        skipped: vec![Identifier::from_raw(HIGHEST), Identifier::from_raw(3)],
        ..event(id)
    });
    let deliveries = ids(201).zip(ids(101)).map(|((id, text), (event, _))| NewDelivery {
        id: Identifier::from_raw(if id > 300 { HIGHEST } else { id }),
        body: (id % 2 == 0).then(|| Bytes::from_static(b"\xff\0\xfe")),
        lane: text.len() as u64,
        ..delivery(id, event)
    });
    let settlements = ids(201).filter(|(id, _)| id % 3 != 0).map(|(id, text)| {
        let mut settled = settlement(if id > 300 { HIGHEST } else { id }, 1, DeliveryState::Pending);
        settled.state = if id == 202 { DeliveryState::Delivered } else { settled.state };
        (settled.attempt.at, settled.next_at) = (Timestamp::MAX, Some(Timestamp::MIN));
        (settled.attempt.error, settled.attempt.status) = (Some(text.to_owned()), None);
        settled.attempt.response = Bytes::from_static(b"\xff\x00\xfe");
        settled.overtook = vec![Identifier::from_raw(3), Identifier::from_raw(HIGHEST)];
        settled
    });
    Batch {
        receipts: receipts.collect(),
        seen: ids(1)
            .map(|(id, _)| (key(u8::try_from(id & 0xff).unwrap(), noon()), Identifier::from_raw(id)))
            .collect(),
        entities: held.map(|held| EntityWrite { held, base_version: 0, moved: true }).collect(),
        names: HOSTILE.map(name).into_iter().zip(1..).chain([(name(&"ä".repeat(300_000)), 1)]).collect(),
        events: events.collect(),
        deliveries: deliveries.collect(),
        settlements: settlements.collect(),
        blobs: vec![
            (FileId::from_raw(1), (0..100_000_u32).flat_map(u32::to_le_bytes).collect()),
            (FileId::from_raw(HIGHEST), Bytes::new()),
        ],
        pointers: HOSTILE.map(pointer).to_vec(),
        answers: HOSTILE
            .map(|text| Kept {
                key: asked(text),
                answer: Answer { status: 201, etag: Some(text.to_owned()), body: Bytes::from(text) },
            })
            .to_vec(),
        erased: erased("ada@example.com"),
        ..Batch::default()
    }
}

fn pointer(resource: &str) -> NewPointer {
    NewPointer {
        source: SourceId::from_raw(SOURCE),
        receipt: Identifier::from_raw(1),
        resource: resource.to_owned(),
        due_at: noon(),
    }
}

fn erased(word: &str) -> Erased {
    let search = Search { company: company(), words: vec![word.to_owned(), "a\0b".to_owned()] };
    Erased { searches: vec![search], ..Erased::default() }
}

/// Fills every table.
pub fn fill(store: &dyn Store) {
    change(store, configured());
    engine(store).commit(&happened()).unwrap();
    number_one_more(store);
    let number = store.reader().unwrap().searches().unwrap()[1].0;
    let later = |pointer: &callboard_ledger::Pointer| Change::PointerLater {
        number: pointer.number,
        due_at: Timestamp::MAX,
        error: "a\0b".to_owned(),
    };
    let due = store.reader().unwrap().pointers_due(Timestamp::MAX, Timestamp::MAX, &[], 100).unwrap();
    let last = due.iter().map(|pointer| pointer.number).max().unwrap();
    change(
        store,
        vec![
            later(&due[0]),
            // The highest numbers that there ever were are not there any more.
            Change::PointerDone(last),
            Change::Searched(number),
            Change::Retry(Identifier::from_raw(202)),
            Change::EraseReceipts(Identifier::from_raw(1), vec![Identifier::from_raw(2)]),
            Change::LetGo(Box::new(Outdated { stock: Stock::Events, before: noon(), rows: Vec::new() })),
        ],
    );
}

/// Adds a row to each table whose rows the store numbers.
pub fn number_one_more(store: &dyn Store) {
    let pointers = vec![pointer(&format!("{:?}", numbers(store)))];
    engine(store).commit(&Batch { pointers, erased: erased("grace"), ..Batch::default() }).unwrap();
}

/// The numbers of rows that the store numbers.
pub fn numbers(store: &dyn Store) -> Vec<u64> {
    let mut reader = store.reader().unwrap();
    let due = reader.pointers_due(Timestamp::MAX, Timestamp::MAX, &[], 100).unwrap();
    let searches = reader.searches().unwrap().into_iter().map(|(number, _)| number);
    due.iter().map(|pointer| pointer.number).chain(searches).collect()
}

/// What a store answers to every question that there is.
pub fn answers(store: &dyn Store) -> Vec<String> {
    let mut said = Vec::new();
    let mut say = |question: &str, answer: &dyn Debug| said.push(format!("{question}: {answer:?}"));
    let mut reader = store.reader().unwrap();
    let directory = reader.directory().unwrap();
    say("companies", &directory.companies().collect::<Vec<_>>());
    say("keys", &directory.keys().collect::<Vec<_>>());
    say("sources", &directory.sources().collect::<Vec<_>>());
    say("endpoints", &directory.endpoints().collect::<Vec<_>>());
    say("receipts", &reader.receipts(&ReceiptFilter::default(), ALL).unwrap().items);
    say("receipt", &reader.receipt(Identifier::from_raw(2)).unwrap());
    say("events", &reader.events(&EventFilter::default(), Page { after: Some(0), ..ALL }).unwrap().items);
    say("event", &reader.event(Identifier::from_raw(HIGHEST - 1)).unwrap());
    let deliveries = reader.deliveries(&DeliveryFilter::default(), ALL).unwrap().items;
    say("deliveries", &deliveries);
    let ids: Vec<_> = deliveries.iter().map(|delivery| delivery.id).collect();
    for id in &ids {
        say("delivery", &reader.delivery(*id).unwrap());
        say("attempts", &reader.attempts(*id).unwrap());
        say("owed one", &store.engine().unwrap().owed_one(*id).unwrap());
    }
    say("bodies", &reader.bodies(&ids).unwrap());
    say("owed", &reader.owed(Identifier::from_raw(ENDPOINT), None, 100, usize::MAX).unwrap());
    say("owed to nobody", &reader.owed_to_nobody().unwrap());
    let replay = reader.replay(Identifier::from_raw(41)).unwrap().unwrap();
    say("replay", &replay);
    say("replays", &reader.replays(company(), ALL).unwrap());
    say("running", &reader.running_replays().unwrap());
    say("replay's total", &reader.replay_total(&replay).unwrap());
    say("replay's page", &reader.replay_page(&replay, 100).unwrap());
    say("newest", &reader.newest().unwrap());
    say(
        "named",
        &reader.named(&[name("a\0b"), name(""), name(&"ä".repeat(300_000)), name("nobody")]).unwrap(),
    );
    for entity in everything() {
        say("things", &reader.things(&ThingFilter::all(company(), entity.kind()), ALL).unwrap());
        say("thing", &reader.entity(entity.raw_id()).unwrap());
    }
    say("blobs", &[1, HIGHEST, 3].map(|file| reader.blob(FileId::from_raw(file)).unwrap()));
    say("answers", &HOSTILE.map(|key| reader.answer(&asked(key)).unwrap()));
    say("pointers", &reader.pointers_due(Timestamp::MAX, Timestamp::MAX, &[], 100).unwrap());
    say("searches", &reader.searches().unwrap());
    let words = ["a\0b".to_owned(), "highest".to_owned()];
    say("mentioning", &reader.mentioning(&Mentions::of(&words), &[], ALL).unwrap());
    for stock in Stock::ALL {
        let outdated = reader.outdated(stock, Timestamp::MAX, None, 100).unwrap();
        // The number of an answer is each store's own.
        let rows: Vec<_> = outdated.rows.iter().filter(|_| stock != Stock::Answers).collect();
        say("outdated", &(stock, outdated.rows.len(), rows));
        say("horizon", &reader.horizon(stock).unwrap());
    }
    say("totals", &reader.totals().unwrap());
    said
}
