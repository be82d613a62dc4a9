//! What is promised and folded together is stored, and answered, as if each batch had been committed by itself.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use bytes::Bytes;
use callboard_core::{
    Candidate, CompanyId, Entity, EventType, Held, Identifier, Kind, Name, ReceiptId, Record, SourceId,
    Timestamp,
};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{
    Attempt, Batch, DedupKey, DeliveryState, Engine, EntityWrite, EventRow, NewDelivery, NewPointer, Outcome,
    Receipt, Settlement, Store,
};
use proptest::prelude::*;

const SOURCE: u64 = 11;
/// Few enough that batches meet.
const THINGS: u64 = 4;
const DELIVERIES: u64 = 6;

/// One thing that a batch does.
#[derive(Debug, Clone)]
enum Deed {
    /// A request comes in, of which an event comes that someone is owed.
    Owe { own_body: bool },
    /// A thing is new, or changes.
    Change { thing: u64, title: String },
    /// A name leads to a thing, or nowhere.
    Rename { name: u64, leads: bool },
    /// Something comes of an attempt, perhaps out of turn, or for the second time, or for nobody.
    Settle { delivery: u64, number: u32, at: i64, state: DeliveryState, overtook: Vec<u64>, response: bool },
    /// Something is pointed at.
    Point { resource: u64 },
}

fn deed() -> impl Strategy<Value = Deed> {
    let state = prop_oneof![
        Just(DeliveryState::Pending),
        Just(DeliveryState::Delivered),
        Just(DeliveryState::Failed)
    ];
    let overtook = prop::collection::vec(1..=DELIVERIES, 0..3);
    let settle = (1..=DELIVERIES, 1..4_u32, 0..3_i64, state, overtook, any::<bool>());
    prop_oneof![
        3 => any::<bool>().prop_map(|own_body| Deed::Owe { own_body }),
        2 => (1..=THINGS, "[a-z]{0,3}").prop_map(|(thing, title)| Deed::Change { thing, title }),
        1 => (0..3_u64, any::<bool>()).prop_map(|(name, leads)| Deed::Rename { name, leads }),
        4 => settle.prop_map(|(delivery, number, at, state, overtook, response)| {
            Deed::Settle { delivery, number, at, state, overtook, response }
        }),
        1 => (0..2_u64).prop_map(|resource| Deed::Point { resource }),
    ]
}

fn name(number: u64) -> Name {
    Name::external(Kind::Candidate, SourceId::from_raw(SOURCE), &number.to_string())
}

/// Makes batches of deeds, as a writer would that knows what is stored.
#[derive(Default)]
struct Desk {
    last_id: u64,
    versions: HashMap<u64, u64>,
    names: HashMap<u64, bool>,
    deliveries: u64,
}

impl Desk {
    fn batch(&mut self, deeds: &[Deed]) -> Batch {
        let mut batch = Batch::default();
        for deed in deeds {
            match deed {
                Deed::Owe { own_body } => self.owe(&mut batch, *own_body),
                Deed::Change { thing, title } => self.change(&mut batch, *thing, title),
                Deed::Rename { name, leads } => self.rename(&mut batch, *name, *leads),
                Deed::Settle { delivery, number, at, state, overtook, response } => {
                    let attempt = Attempt {
                        number: *number,
                        at: Timestamp::from_second(*at).unwrap(),
                        took_us: 7,
                        status: Some(200),
                        error: None,
                        response: Bytes::from_static(if *response { b"thanks" } else { b"" }),
                    };
                    batch.settlements.push(Settlement {
                        delivery: Identifier::from_raw(self.known(*delivery)),
                        attempt,
                        state: *state,
                        next_at: (*state == DeliveryState::Pending)
                            .then(|| Timestamp::from_second(99).unwrap()),
                        overtook: overtook.iter().map(|id| Identifier::from_raw(1_000 + id)).collect(),
                        news: None,
                    });
                }
                Deed::Point { resource } => batch.pointers.push(NewPointer {
                    source: SourceId::from_raw(SOURCE),
                    receipt: ReceiptId::from_raw(1),
                    resource: format!("/things/{resource}"),
                    due_at: Timestamp::UNIX_EPOCH,
                }),
            }
        }
        batch
    }

    /// A delivery that there is, or one that there never is.
    fn known(&self, delivery: u64) -> u64 {
        if delivery <= self.deliveries { 1_000 + delivery } else { 9_000 + delivery }
    }

    fn id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    fn owe(&mut self, batch: &mut Batch, own_body: bool) {
        let (receipt, event) = (self.id(), self.id());
        let mut hash = [0; 16];
        // Not in the order of time.
        hash[..8].copy_from_slice(&receipt.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
        let source = SourceId::from_raw(SOURCE);
        let receipt = ReceiptId::from_raw(receipt);
        batch.seen.push((DedupKey { source, hash, not_before: Timestamp::UNIX_EPOCH }, receipt));
        batch.receipts.push(Receipt {
            id: receipt,
            source,
            received_at: Timestamp::UNIX_EPOCH,
            outcome: Outcome::Understood,
            detail: "State".to_owned(),
            remarks: vec!["odd \0 but true".to_owned()],
            headers: "{}".to_owned(),
            body: Bytes::from_static(b"{\"as\":\"told\"}"),
            erased: false,
        });
        batch.events.push(EventRow {
            id: Identifier::from_raw(event),
            company: CompanyId::from_raw(1),
            source: Some(source),
            receipt: Some(receipt),
            subject: event % 3,
            kind: EventType::from("interview.created"),
            body: Bytes::from_static(b"{}"),
            skipped: vec![Identifier::from_raw(8)],
            owed: 1,
            erased: false,
        });
        self.deliveries += 1;
        batch.deliveries.push(NewDelivery {
            id: Identifier::from_raw(1_000 + self.deliveries),
            endpoint: Identifier::from_raw(9),
            event: Identifier::from_raw(event),
            lane: event % 3,
            body: own_body.then(|| Bytes::from_static(b"in other words")),
        });
    }

    fn change(&mut self, batch: &mut Batch, thing: u64, title: &str) {
        if batch.entities.iter().any(|write| write.held.entity.raw_id() == thing) {
            return;
        }
        let version = self.versions.entry(thing).or_default();
        let mut candidate = Candidate::new(Identifier::from_raw(thing));
        candidate.title = Some(title.to_owned());
        *version += 1;
        let record = Record { version: *version, ..Record::default() };
        let entity = Entity::Candidate(Arc::new(candidate));
        let held = Held { company: CompanyId::from_raw(1), entity, record: record.into() };
        batch.entities.push(EntityWrite { held, base_version: *version - 1, moved: title.is_empty() });
    }

    fn rename(&mut self, batch: &mut Batch, number: u64, leads: bool) {
        let name = name(number);
        if batch.names.iter().any(|(other, _)| *other == name) {
            return;
        }
        let led = self.names.insert(number, leads).unwrap_or_default();
        if led {
            batch.dropped_names.push(name.clone());
        }
        if leads {
            let thing = 1 + self.id() % THINGS;
            batch.names.push((name, thing));
        }
    }
}

/// Everything that is in a store's tables but what counts its commits.
fn tables(data: &Path) -> Vec<String> {
    let file = rusqlite::Connection::open(data.join("callboard.db")).unwrap();
    let mut names =
        file.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut rows = Vec::new();
    for name in names.iter().filter(|name| *name != "journal" && !name.starts_with("sqlite_")) {
        let mut statement = file.prepare(&format!("SELECT * FROM {name} ORDER BY 1, 2")).unwrap();
        let columns = statement.column_count();
        let read = |row: &rusqlite::Row<'_>| {
            let values = (0..columns).map(|column| format!("{:?}", row.get_ref(column).unwrap()));
            Ok(format!("{name}: {}", values.collect::<Vec<_>>().join(", ")))
        };
        rows.extend(statement.query_map([], read).unwrap().map(Result::unwrap));
    }
    rows
}

/// What a writer is told of everything that batches speak of.
fn answers(engine: &mut dyn Engine, seen: &[DedupKey]) -> Vec<String> {
    let names: Vec<Name> = (0..3).map(name).collect();
    let mut things = engine.load(&(1..=THINGS).collect::<Vec<_>>()).unwrap();
    things.sort_by_key(|held| held.entity.raw_id());
    vec![
        format!("{:?}", engine.seen(seen).unwrap()),
        format!("{:?}", engine.resolve(&names).unwrap()),
        format!("{things:?}"),
    ]
}

/// How a batch gets to a store that may promise.
#[derive(Debug, Clone, Copy)]
enum How {
    Promised,
    PromisedAndFolded,
    Committed,
}

fn how() -> impl Strategy<Value = How> {
    prop_oneof![3 => Just(How::Promised), 1 => Just(How::PromisedAndFolded), 1 => Just(How::Committed)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn what_is_folded_together_is_stored_and_answered_as_if_each_batch_had_been_committed_by_itself(
        batches in prop::collection::vec((prop::collection::vec(deed(), 1..5), how()), 1..12),
    ) {
        let (one_by_one, together) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (mut desk, mut seen) = (Desk::default(), Vec::new());
        {
            let mut committing = SqliteStore::open(one_by_one.path()).unwrap().engine().unwrap();
            let mut promising = SqliteStore::open(together.path()).unwrap().engine().unwrap();
            for (deeds, how) in batches {
                let batch = desk.batch(&deeds);
                seen.extend(batch.seen.iter().map(|(seen, _)| *seen));
                committing.commit(&batch).unwrap();
                match how {
                    How::Committed => promising.commit(&batch).unwrap(),
                    How::Promised => promising.promise(&batch).unwrap(),
                    How::PromisedAndFolded => {
                        promising.promise(&batch).unwrap();
                        promising.fold().unwrap();
                    }
                }
                prop_assert_eq!(answers(committing.as_mut(), &seen), answers(promising.as_mut(), &seen));
            }
        }
        prop_assert_eq!(tables(one_by_one.path()), tables(together.path()));
    }
}

#[test]
fn while_another_thread_folds_the_writer_is_answered_as_if_everything_were_committed() {
    // Given a thread that folds all the time
    let (one_by_one, together) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut committing = SqliteStore::open(one_by_one.path()).unwrap().engine().unwrap();
    let mut promising = SqliteStore::open(together.path()).unwrap().engine().unwrap();
    let (mut folder, is_over) = (promising.folder().unwrap(), Arc::new(AtomicBool::new(false)));
    let over = Arc::clone(&is_over);
    let folding = thread::spawn(move || {
        while !over.load(Ordering::Relaxed) {
            folder.fold().unwrap();
        }
    });

    // When names lead here and there, mostly promised, at times committed, then each answer is the latest
    let (mut desk, mut seen) = (Desk::default(), Vec::new());
    for round in 0..300 {
        let change = Deed::Change { thing: 1 + round % THINGS, title: format!("{round}") };
        let batch = desk.batch(&[
            Deed::Owe { own_body: false },
            Deed::Rename { name: 0, leads: round % 2 == 0 },
            change,
        ]);
        seen.extend(batch.seen.iter().map(|(seen, _)| *seen));
        committing.commit(&batch).unwrap();
        if round % 5 == 4 {
            promising.commit(&batch).unwrap();
        } else {
            promising.promise(&batch).unwrap();
        }
        assert_eq!(answers(committing.as_mut(), &seen), answers(promising.as_mut(), &seen), "round {round}");
    }
    is_over.store(true, Ordering::Relaxed);
    folding.join().unwrap();
    drop((committing, promising));
    assert_eq!(tables(one_by_one.path()), tables(together.path()));
}
