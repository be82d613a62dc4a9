//! A batch is all or nothing.

use std::sync::Arc;

use callboard_core::{
    Entity, Held, Identifier, Interview, InterviewId, Kind, Name, ReceiptId, Record, SourceId, Timestamp,
    first_raw_at,
};
use callboard_ledger::{
    Batch, Change, DeliveryState, EngineError, EntityWrite, Outcome, Replay, ReplayAsked, ReplayOf, Reread,
    Store, Totals, What,
};

use super::sample::*;

fn interview(id: u64, title: &str, version: u64) -> Held {
    let mut interview = Interview::new(InterviewId::from_raw(id));
    interview.title = Some(title.to_owned());
    Held {
        company: company(),
        entity: Entity::Interview(Arc::new(interview)),
        record: Record { version, announced: true, ..Record::default() }.into(),
    }
}

fn write(id: u64, title: &str, version: u64) -> EntityWrite {
    EntityWrite { held: interview(id, title, version), base_version: version - 1, moved: false }
}

fn name(value: &str) -> Name {
    Name::external(Kind::Interview, SourceId::from_raw(SOURCE), value)
}

/// A batch with something of everything in it.
fn full(first_id: u64) -> Batch {
    Batch {
        receipts: vec![receipt(first_id)],
        seen: vec![(key(first_id.to_le_bytes()[0], Timestamp::UNIX_EPOCH), ReceiptId::from_raw(first_id))],
        entities: vec![write(first_id + 1, "RENE2010", 1)],
        names: vec![(name(&format!("code {first_id}")), first_id + 1)],
        events: vec![event(first_id + 2)],
        deliveries: vec![delivery(first_id + 3, first_id + 2)],
        changes: vec![Change::PutSource(source(first_id + 4))],
        ..Batch::default()
    }
}

fn nothing_is_there(store: &dyn Store, first_id: u64) {
    let (mut engine, mut reader) = (engine(store), store.reader().unwrap());
    assert_eq!(reader.receipt(ReceiptId::from_raw(first_id)).unwrap(), None);
    assert_eq!(engine.seen(&[key(first_id.to_le_bytes()[0], Timestamp::UNIX_EPOCH)]).unwrap(), [None]);
    assert_eq!(engine.load(&[first_id + 1]).unwrap(), []);
    assert_eq!(engine.resolve(&[name(&format!("code {first_id}"))]).unwrap(), [None]);
    assert_eq!(reader.event(Identifier::from_raw(first_id + 2)).unwrap(), None);
    assert_eq!(reader.delivery(Identifier::from_raw(first_id + 3)).unwrap(), None);
    assert!(reader.directory().unwrap().source(SourceId::from_raw(first_id + 4)).is_none());
}

/// Nothing stays of a batch that this is added to: neither where people changed something in it nor where they did not, which a
/// store may write in another way. Answers why.
fn leaves_nothing(store: &dyn Store, add: impl Fn(&mut Batch)) -> [EngineError; 2] {
    [full(200).changes, Vec::new()].map(|changes| {
        let mut stale = Batch { changes, ..full(200) };
        add(&mut stale);
        let refused = engine(store).commit(&stale).unwrap_err();
        nothing_is_there(store, 200);
        refused
    })
}

fn conflicts(store: &dyn Store, add: impl Fn(&mut Batch)) {
    let why = leaves_nothing(store, add);
    assert!(matches!(why, [EngineError::Conflict, EngineError::Conflict]), "{why:?}");
}

pub fn a_batch_is_there_when_commit_returns(store: &dyn Store) {
    engine(store).commit(&full(100)).unwrap();

    let (mut engine, mut reader) = (engine(store), store.reader().unwrap());
    assert_eq!(reader.receipt(ReceiptId::from_raw(100)).unwrap(), Some(receipt(100)));
    assert_eq!(engine.seen(&[key(100, Timestamp::UNIX_EPOCH)]).unwrap(), [Some(ReceiptId::from_raw(100))]);
    assert_eq!(engine.load(&[101]).unwrap(), [interview(101, "RENE2010", 1)]);
    assert_eq!(engine.resolve(&[name("code 100"), name("code 7")]).unwrap(), [Some(101), None]);
    assert_eq!(reader.event(Identifier::from_raw(102)).unwrap(), Some(event(102)));
    assert_eq!(owed(store), [103]);
    assert!(reader.directory().unwrap().source(SourceId::from_raw(104)).is_some());
}

pub fn a_batch_with_a_stale_thing_in_it_leaves_nothing(store: &dyn Store) {
    // Given a thing that has gone on to version 2
    engine(store).commit(&full(100)).unwrap();
    engine(store).commit(&Batch { entities: vec![write(101, "moved on", 2)], ..Batch::default() }).unwrap();

    // When a batch was decided on its version 1, then it is a conflict, and nothing of it is there
    conflicts(store, |stale| stale.entities.push(write(101, "decided too late", 2)));
    assert_eq!(engine(store).load(&[101]).unwrap(), [interview(101, "moved on", 2)]);
}

pub fn a_thing_that_is_new_conflicts_with_one_that_is_there(store: &dyn Store) {
    engine(store).commit(&full(100)).unwrap();
    conflicts(store, |stale| stale.entities.push(write(101, "made twice", 1)));
}

pub fn a_name_that_leads_somewhere_already_is_a_conflict(store: &dyn Store) {
    engine(store).commit(&full(100)).unwrap();
    conflicts(store, |stale| stale.names.push((name("code 100"), 201)));
    assert_eq!(engine(store).resolve(&[name("code 100")]).unwrap(), [Some(101)]);
}

pub fn a_request_that_was_seen_is_a_conflict_unless_that_no_longer_counts(store: &dyn Store) {
    // Given a request that was seen on a Monday
    let monday = first_raw_at(at("2024-01-01T00:00:00Z"));
    let seen = |not_before: &str, receipt| Batch {
        seen: vec![(key(1, at(not_before)), ReceiptId::from_raw(receipt))],
        ..Batch::default()
    };
    engine(store).commit(&seen("2023-12-25T00:00:00Z", monday)).unwrap();

    // When another hub takes the same for new while that counts, then it is told so
    conflicts(store, |batch| batch.seen.extend(seen("2023-12-31T00:00:00Z", monday + 1).seen));

    // And later it is new indeed
    engine(store).commit(&seen("2024-01-02T00:00:00Z", monday + 2)).unwrap();
    let first = engine(store).seen(&[key(1, Timestamp::UNIX_EPOCH)]).unwrap();
    assert_eq!(first, [Some(ReceiptId::from_raw(monday + 2))]);
}

pub fn a_row_that_is_there_already_is_refused_and_nothing_of_its_batch_stays(store: &dyn Store) {
    engine(store).commit(&full(100)).unwrap();
    let why = leaves_nothing(store, |twice| twice.events.push(event(102)));
    assert!(matches!(why, [EngineError::Refused(_), EngineError::Refused(_)]), "{why:?}");
}

pub fn seen_is_told_by_source_and_hash_and_only_while_it_counts(store: &dyn Store) {
    let then = at("2024-01-01T00:00:00Z");
    let receipt = ReceiptId::from_raw(first_raw_at(then));
    let batch = Batch { seen: vec![(key(1, Timestamp::UNIX_EPOCH), receipt)], ..Batch::default() };
    engine(store).commit(&batch).unwrap();

    let other_source = callboard_ledger::DedupKey { source: SourceId::from_raw(12), ..key(1, then) };
    let keys = [
        key(1, then),
        key(1, at("2024-01-01T00:00:00.001Z")),
        key(2, Timestamp::UNIX_EPOCH),
        other_source,
        key(1, Timestamp::MIN),
    ];
    let seen = engine(store).seen(&keys).unwrap();
    assert_eq!(seen, [Some(receipt), None, None, None, Some(receipt)]);
}

pub fn the_last_id_is_the_highest_of_all_kinds(store: &dyn Store) {
    assert_eq!(engine(store).last_id().unwrap(), 0);
    let asked = ReplayAsked {
        of: ReplayOf::Source(SourceId::from_raw(11)),
        what: What::All,
        since: Timestamp::MIN,
        until: Timestamp::MAX,
        events: Vec::new(),
        sources: Vec::new(),
        interview: None,
        before: u64::MAX,
    };
    let replay = Replay::new(Identifier::from_raw(70), company(), asked, 0, noon());
    let batches = [
        Batch { receipts: vec![receipt(10)], ..Batch::default() },
        Batch { events: vec![event(20)], ..Batch::default() },
        Batch { deliveries: vec![delivery(30, 20)], ..Batch::default() },
        Batch { entities: vec![write(40, "x", 1)], ..Batch::default() },
        Batch { changes: vec![Change::PutSource(source(50))], ..Batch::default() },
        Batch { changes: vec![Change::PutEndpoint(endpoint(60))], ..Batch::default() },
        Batch { changes: vec![Change::StartReplay(Box::new(replay))], ..Batch::default() },
    ];
    for (batch, last_id) in batches.iter().zip([10, 20, 30, 40, 50, 60, 70]) {
        engine(store).commit(batch).unwrap();
        assert_eq!(engine(store).last_id().unwrap(), last_id);
    }
}

pub fn a_quarantined_receipt_is_understood_when_it_has_been_reread(store: &dyn Store) {
    let quarantined = callboard_ledger::Receipt {
        outcome: Outcome::Quarantined,
        detail: "no JSON".to_owned(),
        ..receipt(1)
    };
    engine(store).commit(&Batch { receipts: vec![quarantined, receipt(2)], ..Batch::default() }).unwrap();
    let ids = [1, 2, 3].map(ReceiptId::from_raw);
    let outcomes = engine(store).outcomes(&ids).unwrap();
    assert_eq!(outcomes, [Some(Outcome::Quarantined), Some(Outcome::Understood), None]);

    let reread = Reread {
        receipt: ids[0],
        detail: "State InterviewStarted".to_owned(),
        remarks: vec!["one\nline".to_owned(), String::new()],
    };
    engine(store).commit(&Batch { reread: vec![reread.clone()], ..Batch::default() }).unwrap();

    let kept = store.reader().unwrap().receipt(ids[0]).unwrap().unwrap();
    assert_eq!(kept.outcome, Outcome::Understood);
    assert_eq!((kept.detail, kept.remarks), (reread.detail, reread.remarks));
    assert_eq!(kept.body, receipt(1).body);
}

pub fn totals_count_everything_by_how_it_stands(store: &dyn Store) {
    assert_eq!(store.reader().unwrap().totals().unwrap(), Totals::default());
    engine(store).commit(&Batch { receipts: vec![receipt(1), receipt(2)], ..Batch::default() }).unwrap();
    owe(store, &[11, 21, 31, 41, 51]);
    settle(
        store,
        vec![
            settlement(11, 1, DeliveryState::Delivered),
            settlement(21, 1, DeliveryState::Failed),
            settlement(31, 1, DeliveryState::Pending),
        ],
    );
    change(store, vec![Change::Cancel(Identifier::from_raw(41))]);
    let totals = store.reader().unwrap().totals().unwrap();
    assert_eq!(totals, Totals { receipts: 2, events: 5, pending: 2, delivered: 1, failed: 1, cancelled: 1 });
}
