//! What fails leaves no trace, and takes nobody else down.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use callboard_core::{Event, EventType, Identifier, InterviewId, Stage};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{
    Change, Directory, EngineError, EventFilter, Intake, Ledger, LedgerError, Outcome, Page, Plan, Planner,
    WRITER_QUEUE, WRITER_QUEUE_BYTES,
};

use crate::support::{
    Asked, Control, Fault, Hub, Watched, answers, ask_all, asking, create, endpoint, intake, moved, out,
    refused, retitle, unreadable,
};

const ALL: Page = Page { after: Some(0), ..Page::newest(10_000) };

fn error<T: std::fmt::Debug>(answer: Result<T, LedgerError>) -> Arc<EngineError> {
    match answer {
        Err(LedgerError::Store(error)) => error,
        other => panic!("{other:?} is no error of the store"),
    }
}

#[tokio::test]
async fn when_a_commit_fails_everyone_is_told_nothing_is_announced_and_the_next_one_works() {
    for fault in [Fault::Full, Fault::Failed] {
        // Given a batch of requests and a change
        let mut hub = Hub::with_endpoints(1).await;
        let mut live = hub.ledger.live();
        let ledger = hub.ledger.clone();
        let busy = hub.busy().await;
        let asked = ask_all(&ledger, (0..20).map(|number| intake(&format!("code {number}")))).await;
        let change = Asked::new(ledger.change(vec![Change::PutEndpoint(endpoint(2))])).await;

        // When the store does not take it
        hub.control.fail([fault]);
        let before = hub.control.commits();
        busy.over().await;

        // Then everyone is told so at once, and that is all that anyone hears
        let is_it = |error: Arc<EngineError>| match fault {
            Fault::Full => matches!(*error, EngineError::Full(_)),
            _ => matches!(*error, EngineError::Failed(_)),
        };
        assert!(answers(asked).await.into_iter().all(|answer| is_it(error(answer))));
        assert!(is_it(error(change.await)));
        assert_eq!(hub.control.commits() - before, 1, "a store that does not work is not asked for each");
        assert!(hub.heard().is_empty());
        assert!(live.try_recv().is_err());
        assert!(hub.ledger.directory().endpoint(Identifier::from_raw(2)).is_none());
        assert_eq!(hub.ledger.read(|reader| reader.totals()).await.unwrap().receipts, 0);

        // And when they come again, they are news, as if nothing had been
        let recorded = hub.ledger.record(intake("code 3")).await.unwrap();
        assert_eq!((recorded.outcome, recorded.events), (Outcome::Understood, 2));
        assert_eq!(hub.heard_owed().len(), 2);
        let held = interview_of(&hub, "code 3").await;
        assert_eq!(held.record.version, 1, "the version that was not written has not been counted");
    }
}

async fn interview_of(hub: &Hub, code: &str) -> callboard_core::Held {
    let filter = EventFilter { kind: Some(EventType::InterviewCreated), ..EventFilter::default() };
    let events = hub.ledger.read(move |reader| reader.events(&filter, ALL)).await.unwrap().items;
    let told = events.iter().map(|row| serde_json::from_slice::<Event>(&row.body).unwrap());
    let interviews = told.filter_map(|event| event.data.interview);
    let ids: Vec<InterviewId> = interviews
        .filter(|interview| interview.external_ids.get("skype") == Some(code))
        .map(|interview| interview.id)
        .collect();
    assert_eq!(ids.len(), 1, "an interview is created once");
    let id = ids[0].raw();
    hub.ledger.read(move |reader| reader.entity(id)).await.unwrap().unwrap()
}

#[tokio::test]
async fn one_request_that_the_store_does_not_take_takes_no_other_down() {
    let hub = Hub::new();
    let poison = intake("code 61");
    hub.control.poison(&poison.body);
    let busy = hub.busy().await;
    let asked = ask_all(&hub.ledger, (0..100).map(|number| intake(&format!("code {number}")))).await;
    busy.over().await;

    for (number, answer) in answers(asked).await.into_iter().enumerate() {
        if number == 61 {
            assert!(matches!(*error(answer), EngineError::Refused(_)));
        } else {
            assert_eq!(answer.unwrap().outcome, Outcome::Understood, "{number}");
        }
    }
    assert_eq!(hub.ledger.read(|reader| reader.totals()).await.unwrap().receipts, 99);
}

#[tokio::test]
async fn a_batch_that_others_were_faster_than_is_decided_anew_as_a_whole() {
    let hub = Hub::new();
    let busy = hub.busy().await;
    let asked = ask_all(&hub.ledger, (0..50).map(|number| intake(&format!("code {number}")))).await;
    hub.control.fail([Fault::Conflict, Fault::Conflict]);
    let before = hub.control.commits();
    busy.over().await;

    assert!(answers(asked).await.into_iter().all(|answer| answer.unwrap().events == 2));
    assert_eq!(hub.control.commits() - before, 3);
}

#[tokio::test]
async fn a_message_that_breaks_us_is_quarantined_and_nothing_half_done_of_it_stays() {
    // Given a message that first tells of an interview like any other, and then of one that breaks the planner
    let mut hub = Hub::with_endpoints(1).await;
    let ledger = hub.ledger.clone();
    let mut breaking = intake("RENE2010");
    let told_next = intake("break the planner").told.unwrap();
    breaking.told.as_mut().unwrap().extend(told_next);

    // When it comes in between two others
    let busy = hub.busy().await;
    let asked = ask_all(&ledger, [intake("code 1"), breaking, intake("code 2")]).await;
    busy.over().await;
    let answers: Vec<_> = answers(asked).await.into_iter().map(Result::unwrap).collect();

    // Then it is put aside, as a whole, and the others are understood
    let outcomes: Vec<_> = answers.iter().map(|recorded| (recorded.outcome, recorded.events)).collect();
    let understood = (Outcome::Understood, 2);
    assert_eq!(outcomes, [understood, (Outcome::Quarantined, 1), understood]);
    let receipt = answers[1].receipt;
    let filter = EventFilter { receipt: Some(receipt), ..EventFilter::default() };
    let events = ledger.read(move |reader| reader.events(&filter, ALL)).await.unwrap().items;
    assert_eq!(events.iter().map(|event| &event.kind).collect::<Vec<_>>(), [&EventType::ReceiptQuarantined]);
    let kept = ledger.read(move |reader| reader.receipt(receipt)).await.unwrap().unwrap();
    assert!(kept.detail.contains("Callboard itself broke"), "{}", kept.detail);
    assert_eq!(hub.heard_owed().len(), 5);
}

#[tokio::test]
async fn a_job_that_breaks_us_beyond_quarantine_is_refused_alone() {
    struct Broken;
    impl Planner for Broken {
        fn plan(&mut self, event: &Event, _native: &Bytes, _directory: &Directory) -> Plan {
            assert_ne!(event.kind, EventType::ReceiptQuarantined);
            Plan::default()
        }
    }
    let data = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(data.path()).unwrap();
    let (ledger, _notices, _writing) = Ledger::open(store, 1, Box::new(Broken)).unwrap();

    let refused = ledger.record(unreadable("RENE2010")).await;
    assert!(matches!(refused, Err(LedgerError::Broke)), "{refused:?}");
    assert_eq!(ledger.record(intake("RENE2010")).await.unwrap().outcome, Outcome::Understood);
}

#[tokio::test]
async fn a_planner_never_sees_two_directories_under_one_generation() {
    /// Remembers which endpoints there were in each generation.
    struct Remembering(Arc<Mutex<BTreeMap<u64, Vec<u64>>>>);
    impl Planner for Remembering {
        fn plan(&mut self, _event: &Event, _native: &Bytes, directory: &Directory) -> Plan {
            let mut there: Vec<u64> = directory.endpoints().map(|endpoint| endpoint.id.raw()).collect();
            there.sort_unstable();
            let mut generations = self.0.lock().unwrap();
            let first = generations.entry(directory.generation()).or_insert_with(|| there.clone());
            assert_eq!(*first, there);
            Plan::default()
        }
    }
    // Given a planner that has seen a directory with endpoint 1 in a batch that was not taken
    let (data, control) = (tempfile::tempdir().unwrap(), Arc::new(Control::default()));
    let generations = Arc::default();
    let store = Watched::new(SqliteStore::open(data.path()).unwrap(), Arc::clone(&control));
    let planner = Box::new(Remembering(Arc::clone(&generations)));
    let (ledger, _notices, _writing) = Ledger::open(store, 1, planner).unwrap();
    control.hold();
    let held_up = Asked::new(ledger.change(Vec::new())).await;
    control.entered().await;
    let change = Asked::new(ledger.change(vec![Change::PutEndpoint(endpoint(1))])).await;
    let request = Asked::new(ledger.record(intake("code 1"))).await;
    control.fail([Fault::Full]);
    control.release();
    held_up.await.unwrap();
    assert!(change.await.is_err() && request.await.is_err());

    // When another endpoint is made instead, then the directory with that one has another generation
    ledger.change(vec![Change::PutEndpoint(endpoint(2))]).await.unwrap();
    assert_eq!(ledger.record(intake("code 2")).await.unwrap().outcome, Outcome::Understood);
    let seen: Vec<_> = generations.lock().unwrap().values().cloned().collect();
    assert_eq!(seen, [[1], [2]]);
}

#[tokio::test]
async fn when_too_much_waits_a_request_is_turned_away_and_a_settlement_waits() {
    // Given a writer that is held up, and a queue that is full
    let hub = Hub::new();
    let busy = hub.busy().await;
    let mut waiting = Vec::new();
    for _ in 0..WRITER_QUEUE {
        waiting.push(Asked::new(hub.ledger.change(Vec::new())).await);
    }

    // When one more request comes in, then it is turned away at once
    let turned_away = hub.ledger.record(intake("RENE2010")).await;
    assert!(matches!(turned_away, Err(LedgerError::Busy)), "{turned_away:?}");
    let settling = Asked::new(hub.ledger.settle(Vec::new())).await;

    // And when the writer goes on, everything that was taken is written, and there is room again
    busy.over().await;
    assert!(answers(waiting).await.into_iter().all(|answer| answer.is_ok()));
    settling.await.unwrap();
    hub.ledger.record(moved("RENE2010", 1, Stage::InterviewStarted)).await.unwrap();
}

#[tokio::test]
async fn when_bodies_that_wait_come_to_too_many_bytes_a_request_is_turned_away_until_they_are_written() {
    // Given a writer that is held up, and few requests with as many bytes as may wait
    let hub = Hub::new();
    let busy = hub.busy().await;
    let large = |number: usize| Intake {
        body: vec![b' '; WRITER_QUEUE_BYTES / 16].into(),
        ..intake(&format!("large {number}"))
    };
    let waiting = ask_all(&hub.ledger, (0..16).map(large)).await;

    // When one more comes in, then it is turned away, and one that takes no room is not
    let turned_away = hub.ledger.record(intake("RENE2010")).await;
    assert!(matches!(turned_away, Err(LedgerError::Busy)), "{turned_away:?}");
    let without = Asked::new(hub.ledger.change(Vec::new())).await;

    // And when they are written, there is room again, also for one that is larger than everything that may wait
    busy.over().await;
    assert!(answers(waiting).await.into_iter().all(|answer| answer.is_ok()));
    without.await.unwrap();
    let huge = Intake { body: vec![b' '; WRITER_QUEUE_BYTES + 1].into(), ..intake("huge") };
    hub.ledger.record(huge).await.unwrap();
    hub.ledger.record(intake("RENE2010")).await.unwrap();
}

#[tokio::test]
async fn when_what_is_asked_for_comes_to_too_many_bytes_one_more_is_turned_away_until_it_is_answered() {
    // Given a writer that is held up, and commands that say nearly as much as may wait
    let hub = Hub::new();
    let busy = hub.busy().await;
    let title = "x".repeat(WRITER_QUEUE_BYTES / 16);
    let mut waiting = Vec::new();
    for _ in 0..15 {
        waiting.push(Asked::new(hub.ledger.command(asking(vec![retitle(77, &title)]))).await);
    }

    // When one more says as much, then it is turned away, and so is a webhook; one that says little is not
    let turned_away = hub.ledger.command(asking(vec![retitle(77, &title)])).await;
    assert!(matches!(turned_away, Err(LedgerError::Busy)), "{turned_away:?}");
    let webhook = Intake { body: title.clone().into(), ..intake("large") };
    assert!(matches!(hub.ledger.record(webhook).await, Err(LedgerError::Busy)));
    let little = Asked::new(hub.ledger.command(asking(vec![create(1, "Engineer")]))).await;

    // And when they have been answered, there is room again
    busy.over().await;
    for answer in answers(waiting).await {
        assert_eq!(refused(answer), "not_found");
    }
    out(little.await);
    assert_eq!(refused(hub.ledger.command(asking(vec![retitle(77, &title)])).await), "not_found");
}
