//! What becomes of requests: understood, duplicate, quarantined, processed again.

use std::sync::Arc;

use bytes::Bytes;
use callboard_core::{
    About, Belonging, Event, EventType, Identifier, InterviewTold, MAX_SCORES, News, Observation, Person,
    ScoreTold, Source, SourceId, Stage,
};
use callboard_ledger::{Change, EventFilter, Intake, LedgerError, Notice, Outcome, Page};
use jiff::SignedDuration;

use crate::support::{Asked, Hub, answers, ask_all, intake, moved, source, unreadable};

const ALL: Page = Page { after: Some(0), ..Page::newest(10_000) };

/// As a platform sends it that gives its messages no id of their own.
fn without_id(received_after: SignedDuration) -> Intake {
    let intake = intake("RENE2010");
    Intake { unique: None, received_at: intake.received_at + received_after, ..intake }
}

async fn kinds(hub: &Hub) -> Vec<EventType> {
    let rows = hub.ledger.read(|reader| reader.events(&EventFilter::default(), ALL)).await.unwrap().items;
    rows.into_iter().map(|row| row.kind).collect()
}

#[tokio::test]
async fn a_message_with_the_same_id_is_a_duplicate_however_late_and_whatever_its_body() {
    let hub = Hub::with_endpoints(1).await;
    let first = hub.ledger.record(intake("RENE2010")).await.unwrap();
    let mut hub = hub.reopen().await;

    let mut again = intake("RENE2010");
    again.received_at += SignedDuration::from_hours(24 * 365);
    again.body = Bytes::from_static(b"{}");
    let second = hub.ledger.record(again).await.unwrap();

    assert_eq!((second.outcome, second.events), (Outcome::Duplicate, 0));
    assert_ne!(second.receipt, first.receipt);
    let kept = hub.ledger.read(move |reader| reader.receipt(second.receipt)).await.unwrap().unwrap();
    assert_eq!((kept.detail, kept.body.len()), (first.receipt.to_string(), 0));
    assert!(hub.heard().is_empty(), "nothing is owed for it");
}

#[tokio::test]
async fn the_same_id_at_another_account_is_another_message() {
    let hub = Hub::new();
    hub.ledger.record(intake("RENE2010")).await.unwrap();
    let other = Source { id: SourceId::from_raw(8), ..Source::clone(&source()) };
    let recorded = hub.ledger.record(Intake { source: Arc::new(other), ..intake("RENE2010") }).await.unwrap();
    assert_eq!((recorded.outcome, recorded.events), (Outcome::Understood, 2));
}

#[tokio::test]
async fn without_an_id_the_same_body_is_a_duplicate_for_seven_days() {
    let hub = Hub::new();
    let week = SignedDuration::from_hours(7 * 24);
    let mut outcome = Vec::new();
    for after in [SignedDuration::ZERO, week, week + SignedDuration::from_secs(1)] {
        outcome.push(hub.ledger.record(without_id(after)).await.unwrap().outcome);
    }
    // The last one is a message of its own, from which the seven days are counted anew
    outcome.push(hub.ledger.record(without_id(week + week)).await.unwrap().outcome);
    let (understood, duplicate) = (Outcome::Understood, Outcome::Duplicate);
    assert_eq!(outcome, [understood, duplicate, understood, duplicate]);
}

#[tokio::test]
async fn the_seven_days_count_within_a_batch_too() {
    let hub = Hub::new();
    let busy = hub.busy().await;
    let later = SignedDuration::from_hours(8 * 24);
    let asked = ask_all(&hub.ledger, [without_id(SignedDuration::ZERO), without_id(later)]).await;
    busy.over().await;
    let outcomes: Vec<_> = answers(asked).await.into_iter().map(|answer| answer.unwrap().outcome).collect();
    assert_eq!(outcomes, [Outcome::Understood, Outcome::Understood]);
}

#[tokio::test]
async fn an_id_and_a_body_are_never_taken_for_each_other() {
    let hub = Hub::new();
    let body = Bytes::from_static(b"RENE2010");
    hub.ledger.record(Intake { unique: None, body, ..intake("RENE2010") }).await.unwrap();
    let unique = Some("RENE2010".to_owned());
    let recorded =
        hub.ledger.record(Intake { unique, ..moved("RENE2010", 5, Stage::InterviewStarted) }).await;
    assert_eq!(recorded.unwrap().outcome, Outcome::Understood);
}

#[tokio::test]
async fn an_id_that_comes_again_with_news_of_another_time_is_another_message() {
    let hub = Hub::new();
    hub.ledger.record(intake("RENE2010")).await.unwrap();
    let unique = intake("RENE2010").unique;
    let reused =
        hub.ledger.record(Intake { unique, ..moved("RENE2010", 5, Stage::InterviewStarted) }).await.unwrap();
    assert_eq!((reused.outcome, reused.events), (Outcome::Understood, 1));
}

#[tokio::test]
async fn of_two_equal_messages_in_one_batch_the_second_is_the_duplicate() {
    let hub = Hub::new();
    let busy = hub.busy().await;
    let no_id = without_id(SignedDuration::from_secs(9));
    let asked = ask_all(&hub.ledger, [intake("code 1"), intake("code 1"), no_id.clone(), no_id]).await;
    let before = hub.control.commits();
    busy.over().await;
    let answers: Vec<_> = answers(asked).await.into_iter().map(Result::unwrap).collect();

    let (understood, duplicate) = (Outcome::Understood, Outcome::Duplicate);
    let outcomes: Vec<_> = answers.iter().map(|answer| answer.outcome).collect();
    assert_eq!(outcomes, [understood, duplicate, understood, duplicate]);
    assert_eq!(hub.control.commits() - before, 1);
    let second = answers[1].receipt;
    let kept = hub.ledger.read(move |reader| reader.receipt(second)).await.unwrap().unwrap();
    assert_eq!(kept.detail, answers[0].receipt.to_string());
}

#[tokio::test]
async fn an_interview_goes_on_from_where_it_was_within_a_batch_across_batches_and_after_a_restart() {
    let hub = Hub::new();
    let busy = hub.busy().await;
    let asked =
        ask_all(&hub.ledger, [intake("RENE2010"), moved("RENE2010", 1, Stage::SchedulingCompleted)]).await;
    busy.over().await;
    assert!(answers(asked).await.iter().all(Result::is_ok));
    hub.ledger.record(moved("RENE2010", 2, Stage::InterviewStarted)).await.unwrap();
    let hub = hub.reopen().await;
    hub.ledger.record(moved("RENE2010", 3, Stage::InterviewCompleted)).await.unwrap();

    let rows = hub.ledger.read(|reader| reader.events(&EventFilter::default(), ALL)).await.unwrap().items;
    let events: Vec<Event> = rows.iter().map(|row| serde_json::from_slice(&row.body).unwrap()).collect();
    let stages: Vec<_> = events
        .iter()
        .map(|event| event.data.interview.as_ref().unwrap())
        .map(|interview| (interview.id.raw() == rows[0].subject, interview.stage.value.clone()))
        .collect();
    let path = [
        Stage::InterviewCreated,
        Stage::SchedulingTime,
        Stage::SchedulingCompleted,
        Stage::InterviewStarted,
        Stage::InterviewCompleted,
    ];
    assert_eq!(stages, path.map(|stage| (true, stage)));
    let id = rows[0].subject;
    let held = hub.ledger.read(move |reader| reader.entity(id)).await.unwrap().unwrap();
    assert_eq!(held.record.version, 4, "one for each message");
}

#[tokio::test]
async fn what_cannot_be_understood_is_kept_raw_and_told() {
    let mut hub = Hub::with_endpoints(1).await;
    let recorded = hub.ledger.record(unreadable("RENE2010")).await.unwrap();

    assert_eq!((recorded.outcome, recorded.events), (Outcome::Quarantined, 1));
    let kept = hub.ledger.read(move |reader| reader.receipt(recorded.receipt)).await.unwrap().unwrap();
    assert_eq!(kept.body, unreadable("RENE2010").body);
    assert_eq!(kept.headers, unreadable("RENE2010").headers);
    assert_eq!(
        (kept.outcome, kept.detail.as_str()),
        (Outcome::Quarantined, "the body is no change of stage")
    );
    assert_eq!(kinds(&hub).await, [EventType::ReceiptQuarantined]);
    assert_eq!(hub.heard_owed().len(), 1);
}

#[tokio::test]
async fn a_message_that_lists_very_many_scores_is_quarantined() {
    let hub = Hub::with_endpoints(1).await;
    let listing = |many: usize| {
        let score = |number| ScoreTold {
            reviewer: Person { email: Some(format!("reviewer-{number}@example.com")), ..Person::default() },
            score: None,
            comment: None,
        };
        let news = News::Assessed {
            interview: About { external_id: Some("RENE2010".to_owned()), told: InterviewTold::default() },
            of: Belonging::default(),
            scores: (0..many).map(score).collect(),
            average: None,
            total: None,
            overall_status: None,
        };
        let told = Ok(vec![Observation { at: None, news }]);
        Intake { told, unique: Some(format!("{many} scores")), ..intake("RENE2010") }
    };
    assert_eq!(hub.ledger.record(listing(MAX_SCORES)).await.unwrap().outcome, Outcome::Understood);
    let recorded = hub.ledger.record(listing(MAX_SCORES + 1)).await.unwrap();
    assert_eq!((recorded.outcome, recorded.events), (Outcome::Quarantined, 1));
    let kept = hub.ledger.read(move |reader| reader.receipt(recorded.receipt)).await.unwrap().unwrap();
    assert!(kept.detail.contains(&MAX_SCORES.to_string()), "{}", kept.detail);
}

#[tokio::test]
async fn what_was_quarantined_is_processed_again_once_it_can_be_understood_and_only_once() {
    // Given a request that was quarantined, and one after it
    let mut hub = Hub::with_endpoints(1).await;
    let receipt = hub.ledger.record(unreadable("RENE2010")).await.unwrap().receipt;
    hub.ledger.record(intake("code 2")).await.unwrap();
    hub.heard();

    // When it is processed again: in vain, then twice at the same time with a better parser
    let in_vain = hub.ledger.reprocess(receipt, unreadable("RENE2010")).await.unwrap();
    let (first, second) = tokio::join!(
        hub.ledger.reprocess(receipt, intake("RENE2010")),
        hub.ledger.reprocess(receipt, intake("RENE2010")),
    );

    // Then it is understood, once
    assert_eq!((in_vain.outcome, in_vain.events), (Outcome::Quarantined, 0));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!((first.receipt, first.outcome, first.events), (receipt, Outcome::Understood, 2));
    assert_eq!((second.receipt, second.outcome, second.events), (receipt, Outcome::Understood, 0));
    let kept = hub.ledger.read(move |reader| reader.receipt(receipt)).await.unwrap().unwrap();
    assert_eq!((kept.outcome, kept.detail.as_str()), (Outcome::Understood, "State SchedulingTime"));
    assert!(kept.remarks.is_empty(), "the second wish has left no trace: {:?}", kept.remarks);
    assert_eq!(hub.heard_owed().len(), 2);
    let filter = EventFilter { receipt: Some(receipt), ..EventFilter::default() };
    let came_of_it = hub.ledger.read(move |reader| reader.events(&filter, ALL)).await.unwrap().items;
    assert_eq!(
        came_of_it.into_iter().map(|event| event.kind).collect::<Vec<_>>(),
        [EventType::ReceiptQuarantined, EventType::InterviewCreated, EventType::InterviewStageUpdated]
    );
}

#[tokio::test]
async fn what_is_remarked_when_a_request_is_processed_again_is_kept() {
    let hub = Hub::new();
    let receipt = hub.ledger.record(unreadable("RENE2010")).await.unwrap().receipt;
    hub.ledger.record(moved("RENE2010", 60, Stage::InterviewStarted)).await.unwrap();

    hub.ledger.reprocess(receipt, moved("RENE2010", 0, Stage::SchedulingTime)).await.unwrap();

    let kept = hub.ledger.read(move |reader| reader.receipt(receipt)).await.unwrap().unwrap();
    assert_eq!(kept.remarks.len(), 1, "{:?}", kept.remarks);
    assert!(kept.remarks[0].contains("older than what is known"), "{:?}", kept.remarks);
}

#[tokio::test]
async fn a_receipt_that_is_not_there_cannot_be_processed_again() {
    let mut hub = Hub::with_endpoints(1).await;
    let refused = hub.ledger.reprocess(Identifier::from_raw(77), intake("RENE2010")).await;
    assert!(matches!(refused, Err(LedgerError::Erased)), "{refused:?}");
    assert!(!hub.heard().iter().any(|notice| matches!(notice, Notice::Owed(_))));
    assert_eq!(kinds(&hub).await, []);
}

#[tokio::test]
async fn of_a_request_that_is_erased_while_it_is_processed_again_nothing_comes_whichever_is_first() {
    for erased_first in [true, false] {
        let hub = Hub::with_endpoints(1).await;
        let receipt = hub.ledger.record(unreadable("RENE2010")).await.unwrap().receipt;
        let erase = || hub.ledger.change(vec![Change::EraseReceipts(source().company, vec![receipt])]);
        let again = || hub.ledger.reprocess(receipt, unreadable("RENE2010"));

        // When both wait for the writer together
        let busy = hub.busy().await;
        let first = if erased_first { Some(Asked::new(erase()).await) } else { None };
        let again = Asked::new(again()).await;
        let last = if erased_first { None } else { Some(Asked::new(erase()).await) };
        busy.over().await;

        // Then nothing is left of what it said, and one that comes too late is told so
        let again = again.await;
        for erased in first.into_iter().chain(last) {
            erased.await.unwrap();
        }
        match again {
            Err(LedgerError::Erased) if erased_first => {}
            Ok(recorded) if !erased_first => assert_eq!(recorded.outcome, Outcome::Quarantined),
            other => panic!("{other:?}"),
        }
        let kept = hub.ledger.read(move |reader| reader.receipt(receipt)).await.unwrap().unwrap();
        assert!(kept.erased && kept.body.is_empty());
        let refused = hub.ledger.reprocess(receipt, intake("RENE2010")).await;
        assert!(matches!(refused, Err(LedgerError::Erased)), "{refused:?}");
        assert_eq!(kinds(&hub).await, [EventType::ReceiptQuarantined]);
    }
}
