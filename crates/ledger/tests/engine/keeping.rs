//! Names that go, answers, bytes of files, and what is to be fetched.

use bytes::Bytes;
use callboard_core::{
    CompanyId, Fetch, FileId, Identifier, Kind, Name, ReceiptId, Sealed, Source, SourceId, Timestamp,
    first_raw_at,
};
use callboard_ledger::{
    Answer, Batch, Change, EngineError, Kept, NewPointer, Pointer, RequestKey, Stock, Store,
};
use jiff::SignedDuration;

use super::sample::*;

fn name(value: &str) -> Name {
    Name::email(Kind::Candidate, company(), value)
}

pub fn a_name_that_was_dropped_leads_nowhere_or_elsewhere(store: &dyn Store) {
    let names = vec![(name("ada@example.com"), 1), (name("grace@example.com"), 1)];
    engine(store).commit(&Batch { names, ..Batch::default() }).unwrap();

    let dropped_names = vec![name("ada@example.com"), name("grace@example.com"), name("nobody@example.com")];
    let names = vec![(name("grace@example.com"), 2)];
    engine(store).commit(&Batch { dropped_names, names, ..Batch::default() }).unwrap();

    let asked = [name("ada@example.com"), name("grace@example.com")];
    assert_eq!(engine(store).resolve(&asked).unwrap(), [None, Some(2)]);
    assert_eq!(store.reader().unwrap().named(&asked).unwrap(), [None, Some(2)]);
}

fn asked(key: &str, fingerprint: u8, after: SignedDuration) -> RequestKey {
    RequestKey { company: company(), key: key.to_owned(), fingerprint: [fingerprint; 32], at: noon() + after }
}

fn kept(key: RequestKey, body: &'static str) -> Kept {
    let answer = Answer { status: 201, etag: Some("\"1\"".to_owned()), body: Bytes::from(body) };
    Kept { key, answer }
}

fn keep(store: &dyn Store, answers: Vec<Kept>) -> Result<(), EngineError> {
    engine(store).commit(&Batch { answers, ..Batch::default() })
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

pub fn an_answer_comes_back_by_company_and_key(store: &dyn Store) {
    let first = kept(asked("k", 1, SignedDuration::ZERO), "{}");
    let elsewhere = RequestKey { company: CompanyId::from_raw(2), ..asked("k", 2, SignedDuration::ZERO) };
    let second = Kept { answer: Answer { etag: None, ..first.answer.clone() }, key: elsewhere.clone() };
    keep(store, vec![first.clone(), second.clone()]).unwrap();

    let keys = [asked("k", 9, DAY), asked("unknown", 1, DAY), elsewhere.clone()];
    assert_eq!(engine(store).answers(&keys).unwrap(), [Some(first), None, Some(second.clone())]);
    assert_eq!(store.reader().unwrap().answer(&elsewhere).unwrap(), Some(second));
}

pub fn a_key_that_has_an_answer_is_a_conflict_as_long_as_that_is_honoured(store: &dyn Store) {
    keep(store, vec![kept(asked("k", 1, SignedDuration::ZERO), "first")]).unwrap();
    let second = |after| kept(asked("k", 2, after), "second");
    assert!(matches!(keep(store, vec![second(DAY)]), Err(EngineError::Conflict)));

    let twice = kept(asked("another", 1, DAY), "");
    assert!(matches!(keep(store, vec![twice.clone(), twice]), Err(EngineError::Conflict)));

    let later = second(DAY + SignedDuration::from_nanos(1));
    keep(store, vec![later.clone()]).unwrap();
    assert_eq!(store.reader().unwrap().answer(&later.key).unwrap(), Some(later));
}

pub fn answers_that_are_too_old_go_little_by_little(store: &dyn Store) {
    let old = (0..100).map(|number| kept(asked(&number.to_string(), 1, SignedDuration::ZERO), "")).collect();
    keep(store, old).unwrap();
    let left = || {
        let keys: Vec<_> = (0..100).map(|number| asked(&number.to_string(), 1, DAY)).collect();
        engine(store).answers(&keys).unwrap().into_iter().flatten().count()
    };
    keep(store, vec![kept(asked("a day later", 1, DAY), "")]).unwrap();
    assert_eq!(left(), 100, "they are still honoured");

    keep(store, vec![kept(asked("later", 1, DAY * 2), "")]).unwrap();
    assert_eq!(left(), 36);
    keep(store, vec![kept(asked("later still", 1, DAY * 2), "")]).unwrap();
    assert_eq!(left(), 0);
}

pub fn what_messages_are_known_by_goes_in_small_steps(store: &dyn Store) {
    let monday = at("2024-01-01T00:00:00Z");
    let old = ReceiptId::from_raw(first_raw_at(monday - DAY));
    let seen = (0..250).map(|hash| (key(hash, Timestamp::UNIX_EPOCH), old)).collect();
    engine(store).commit(&Batch { seen, ..Batch::default() }).unwrap();
    let (mut steps, mut after) = (Vec::new(), None);
    loop {
        let page = store.reader().unwrap().outdated(Stock::Seen, monday, after, 100).unwrap();
        steps.push(page.rows.len());
        after = page.stopped_at;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(steps, [100, 100, 50]);
}

pub fn bytes_of_files_come_back_until_they_are_dropped(store: &dyn Store) {
    let (file, other) = (FileId::from_raw(1), FileId::from_raw(2));
    let bytes = Bytes::from((0..100_000_u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>());
    let blob = |file| store.reader().unwrap().blob(file).unwrap();
    let blobs = vec![(file, Bytes::from_static(b"first")), (other, Bytes::new())];
    engine(store).commit(&Batch { blobs, ..Batch::default() }).unwrap();
    engine(store).commit(&Batch { blobs: vec![(file, bytes.clone())], ..Batch::default() }).unwrap();
    assert_eq!((blob(file), blob(other)), (Some(bytes), Some(Bytes::new())));

    let third = FileId::from_raw(3);
    let blobs = vec![(third, Bytes::from_static(b"kept and dropped at once"))];
    engine(store).commit(&Batch { blobs, dropped_blobs: vec![file, third], ..Batch::default() }).unwrap();
    assert_eq!((blob(file), blob(other), blob(third)), (None, Some(Bytes::new()), None));
}

fn pointer(source: u64, resource: &str, due_s: i64) -> NewPointer {
    NewPointer {
        source: SourceId::from_raw(source),
        receipt: ReceiptId::from_raw(7),
        resource: resource.to_owned(),
        due_at: noon() + SignedDuration::from_secs(due_s),
    }
}

fn point(store: &dyn Store, pointers: Vec<NewPointer>) {
    engine(store).commit(&Batch { pointers, ..Batch::default() }).unwrap();
}

fn due(store: &dyn Store, before_s: i64) -> Vec<Pointer> {
    let before = noon() + SignedDuration::from_secs(before_s);
    store.reader().unwrap().pointers_due(before, Timestamp::MAX, &[], 100).unwrap()
}

pub fn what_is_to_be_fetched_is_due_when_its_time_has_come(store: &dyn Store) {
    point(store, vec![pointer(11, "RENE2010", 30), pointer(11, "other", 0), pointer(12, "RENE2010", 10)]);

    assert_eq!(due(store, 0), []);
    let found = due(store, 30);
    let resources: Vec<_> = found.iter().map(|it| (it.source.raw(), it.resource.as_str())).collect();
    assert_eq!(resources, [(11, "other"), (12, "RENE2010")]);
    assert_eq!((found[0].due_at, found[0].attempts, &found[0].error), (noon(), 0, &None));
    assert_eq!(found[0].receipt, ReceiptId::from_raw(7));
    assert_eq!(
        store.reader().unwrap().pointers_due(noon() + DAY, Timestamp::MAX, &[], 1).unwrap(),
        found[..1]
    );
    let busy = [SourceId::from_raw(11)];
    assert_eq!(
        store.reader().unwrap().pointers_due(noon() + DAY, Timestamp::MAX, &busy, 1).unwrap(),
        found[1..]
    );
}

pub fn what_no_wait_comes_to_is_due_at_once_before_everything_else(store: &dyn Store) {
    point(store, vec![pointer(11, "due", 0), pointer(11, "waits", 60), pointer(12, "put off", 61)]);

    let found = |not_of: &[SourceId], limit| {
        let (before, latest) =
            (noon() + SignedDuration::from_secs(1), noon() + SignedDuration::from_secs(60));
        let found = store.reader().unwrap().pointers_due(before, latest, not_of, limit).unwrap();
        found.into_iter().map(|it| it.resource).collect::<Vec<_>>()
    };

    assert_eq!(found(&[], 100), ["put off", "due"]);
    assert_eq!(found(&[], 1), ["put off"]);
    assert_eq!(found(&[SourceId::from_raw(12)], 1), ["due"]);
}

pub fn what_could_not_be_fetched_is_due_again_and_what_was_is_not(store: &dyn Store) {
    point(store, vec![pointer(11, "RENE2010", 0), pointer(11, "other", 1)]);
    let (first, second) = (due(store, 9)[0].number, due(store, 9)[1].number);
    let later = |due_s| Change::PointerLater {
        number: first,
        due_at: noon() + SignedDuration::from_secs(due_s),
        error: "no answer".to_owned(),
    };
    change(store, vec![later(60), Change::PointerDone(second)]);
    change(store, vec![later(120)]);

    assert_eq!(due(store, 120), []);
    let found = due(store, 121);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].number, found[0].attempts), (first, 2));
    assert_eq!(found[0].error.as_deref(), Some("no answer"));
}

pub fn whoever_points_at_the_same_again_makes_it_another_pointer(store: &dyn Store) {
    point(store, vec![pointer(11, "RENE2010", 0)]);
    let first = due(store, 1)[0].number;
    let again = NewPointer { receipt: ReceiptId::from_raw(8), ..pointer(11, "RENE2010", 30) };
    point(store, vec![again]);

    // What comes of the first one, which was under way, does not settle the second
    change(store, vec![Change::PointerDone(first)]);
    let found = due(store, 31);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].receipt, found[0].attempts), (ReceiptId::from_raw(8), 0));
    assert_ne!(found[0].number, first);

    // Nor are there two of what is pointed at twice at once
    let last = NewPointer { receipt: ReceiptId::from_raw(9), ..pointer(11, "RENE2010", 50) };
    point(store, vec![pointer(11, "RENE2010", 40), last]);
    let found: Vec<_> = due(store, 60).iter().map(|it| it.receipt).collect();
    assert_eq!(found, [ReceiptId::from_raw(9)]);
}

pub fn what_a_removed_source_pointed_at_is_not_fetched(store: &dyn Store) {
    point(store, vec![pointer(11, "RENE2010", 0), pointer(12, "RENE2010", 0)]);
    change(store, vec![Change::DeleteSource(SourceId::from_raw(11))]);
    let left: Vec<_> = due(store, 1).iter().map(|it| it.source.raw()).collect();
    assert_eq!(left, [12]);
}

pub fn what_a_source_pointed_at_goes_when_it_is_not_fetched_from_any_more(store: &dyn Store) {
    point(store, vec![pointer(11, "RENE2010", 0), pointer(12, "RENE2010", 0)]);
    let fetch = Fetch { base_url: "https://interviews.example".to_owned(), credentials: Sealed::default() };
    let fetching = Source { fetch: Some(fetch), ..source(12) };
    change(store, vec![Change::PutSource(source(11)), Change::PutSource(fetching)]);
    let left: Vec<_> = due(store, 1).iter().map(|it| it.source.raw()).collect();
    assert_eq!(left, [12]);
}
