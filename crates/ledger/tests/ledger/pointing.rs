//! What a webhook points at rather than telling it is noted with it, to be fetched later.

use callboard_core::{ReceiptId, Source, Timestamp};
use callboard_ledger::{Change, Intake, Outcome, Pointer};
use jiff::SignedDuration;

use crate::support::{Hub, intake, source, unreadable};

/// The sample, which points at its interview; that can be fetched half a minute later (platforms.md 2.5).
fn pointing(code: &str) -> Intake {
    let intake = intake(code);
    let fetch_at = Some(intake.received_at + SignedDuration::from_secs(30));
    Intake { points_at: vec![code.to_owned()], fetch_at, ..intake }
}

async fn due(hub: &Hub, after: SignedDuration) -> Vec<Pointer> {
    let before = intake("RENE2010").received_at + after;
    hub.ledger.read(move |reader| reader.pointers_due(before, Timestamp::MAX, &[], 10)).await.unwrap()
}

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

#[tokio::test]
async fn what_a_message_points_at_is_due_when_it_says_and_a_duplicate_points_at_nothing() {
    let hub = Hub::that_fetches().await;
    let first = hub.ledger.record(pointing("RENE2010")).await.unwrap();
    assert_eq!(due(&hub, SignedDuration::from_secs(30)).await, []);
    let hub = hub.reopen().await;
    let found = due(&hub, MINUTE).await;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].receipt, found[0].resource.as_str()), (first.receipt, "RENE2010"));

    hub.ledger.change(vec![Change::PointerDone(found[0].number)]).await.unwrap();
    assert_eq!(hub.ledger.record(pointing("RENE2010")).await.unwrap().outcome, Outcome::Duplicate);
    assert_eq!(due(&hub, MINUTE).await, []);
}

#[tokio::test]
async fn what_was_quarantined_points_at_something_once_it_is_understood() {
    let hub = Hub::that_fetches().await;
    let quarantined = Intake { points_at: pointing("RENE2010").points_at, ..unreadable("RENE2010") };
    let receipt: ReceiptId = hub.ledger.record(quarantined).await.unwrap().receipt;
    assert_eq!(due(&hub, MINUTE).await, []);
    hub.ledger.reprocess(receipt, pointing("RENE2010")).await.unwrap();
    assert_eq!(due(&hub, MINUTE).await[0].receipt, receipt);
}

#[tokio::test]
async fn what_was_fetched_is_recorded_like_a_message_and_the_same_answer_again_is_a_duplicate() {
    let hub = Hub::that_fetches().await;
    hub.ledger.record(pointing("RENE2010")).await.unwrap();
    let fetched = |hash: &str| Intake {
        unique: Some(format!("fetched:RENE2010:{hash}")),
        headers: r#"{"callboard-fetched-from":"https://skype.example/api/interviews/RENE2010"}"#.to_owned(),
        ..intake("RENE2010")
    };
    let outcome = async |hash: &str| hub.ledger.record(fetched(hash)).await.unwrap().outcome;
    assert_eq!(outcome("0a").await, Outcome::Understood);
    assert_eq!(outcome("0a").await, Outcome::Duplicate);
    assert_eq!(outcome("0b").await, Outcome::Understood);
}

#[tokio::test]
async fn what_is_decided_when_its_source_is_gone_or_is_not_fetched_from_any_more_points_at_nothing() {
    for change in [Change::DeleteSource(source().id), Change::PutSource(Source::clone(&source()))] {
        let hub = Hub::that_fetches().await;
        hub.ledger.change(vec![change.clone()]).await.unwrap();

        let taken_in_before = pointing("RENE2010");
        let recorded = hub.ledger.record(taken_in_before).await.unwrap();

        assert_eq!(recorded.outcome, Outcome::Understood);
        assert_eq!(due(&hub, MINUTE).await, [], "{change:?}");
    }
}
