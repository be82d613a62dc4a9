//! Works on replays: one page of each in turn, as long as there are any. What is done is in the store with each page, so
//! that this can end at any time and goes on after the next start.

use std::sync::Arc;

use callboard_core::{Identifier, ReceiptId, SourceId, Timestamp};
use callboard_ledger::{
    Change, EngineError, Intake, LedgerError, Outcome, Page, ReceiptFilter, Replay, ReplayOf, ReplayState,
    What,
};

use crate::api::read_anew;
use crate::hub::Hub;
use crate::limits::{REPLAY_PAUSE, REREAD_AT_ONCE};

/// Works on replays until it is dropped.
pub async fn replays(hub: Arc<Hub>) {
    loop {
        match turn(&hub).await {
            Ok(true) => {}
            Ok(false) => hub.replay_to_come().await,
            Err(error) => {
                tracing::warn!(%error, "replays go on later");
                tokio::time::sleep(REPLAY_PAUSE).await;
            }
        }
    }
}

/// One page of each replay that is not at its end and for this hub to work on, whatever befalls the others. Answers whether
/// there was any.
async fn turn(hub: &Hub) -> Result<bool, LedgerError> {
    let mut running = hub.ledger.running_replays().await?;
    running.retain(|replay| hub.ledger.holds(replay.id.raw()));
    let mut went = Ok(!running.is_empty());
    for replay in &running {
        let done = match (replay.asked.what, replay.asked.of) {
            (What::Quarantined, ReplayOf::Source(source)) => reread(hub, replay.clone(), source).await,
            _ => hub.ledger.replay_page(replay, hub.now()).await.map(drop),
        };
        match done {
            Err(error) if is_for_good(&error) => give_up(hub, replay, &error.to_string()).await?,
            Err(error) => went = Err(error),
            Ok(()) => {}
        }
    }
    went
}

/// Would the same come to the same again?
fn is_for_good(error: &LedgerError) -> bool {
    match error {
        LedgerError::Store(error) => matches!(**error, EngineError::Refused(_)),
        error => matches!(error, LedgerError::Broke),
    }
}

/// What the store never takes would be tried for ever.
async fn give_up(hub: &Hub, replay: &Replay, error: &str) -> Result<(), LedgerError> {
    tracing::error!(replay = %replay.id, error, "a replay cannot go on");
    let (id, at, error) = (replay.id, hub.now(), Some(error.to_owned()));
    hub.ledger.change(vec![Change::EndReplay { id, state: ReplayState::Failed, at, error }]).await
}

/// Reads the next requests again that were not understood. One that is understood is not found a second time, so that a
/// crash repeats nothing, although what was counted since the last page is counted no more.
async fn reread(hub: &Hub, mut replay: Replay, source: SourceId) -> Result<(), LedgerError> {
    let is_known = || hub.ledger.directory().source(source).is_some();
    if !is_known() {
        // Another hub may have made it a moment ago. Whoever has written something has heard of that.
        hub.ledger.note_replay(replay.clone()).await?;
        if !is_known() {
            return give_up(hub, &replay, "the source has been removed").await;
        }
    }
    let filter = ReceiptFilter { sources: Some(vec![source]), outcome: Some(Outcome::Quarantined) };
    let page = Page {
        before: Some(replay.asked.before),
        after: Some(replay.reached),
        ..Page::newest(REREAD_AT_ONCE)
    };
    let listed = hub.ledger.read(move |reader| reader.receipts(&filter, page)).await?;
    let seen = listed.items.len();
    let mut again: Vec<(ReceiptId, Intake)> = Vec::new();
    for receipt in listed.items.into_iter().filter(|receipt| !receipt.erased) {
        again.extend(read_anew(hub, receipt).ok());
    }
    let recorded = hub.ledger.reprocess_all(again).await?;
    let understood = recorded.iter().filter(|it| it.outcome == Outcome::Understood).count();
    replay.seen += seen as u64;
    replay.replayed += understood as u64;
    replay.skipped += (seen - understood) as u64;
    match listed.next {
        Some(reached) => replay.reached = reached,
        None => end(&mut replay, hub.now()),
    }
    hub.ledger.note_replay(replay).await
}

fn end(replay: &mut Replay, now: Timestamp) {
    replay.reached = replay.asked.before;
    (replay.state, replay.finished_at) = (ReplayState::Done, Some(now));
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use callboard_core::{ReplayId, Sealed, Source};
    use callboard_ledger::{Change, ReplayAsked};
    use serde_json::json;

    use super::*;
    use crate::testing;

    fn source() -> Source {
        Source {
            id: SourceId::from_raw(7),
            company: testing::company(),
            platform: "viasto".to_owned(),
            name: String::new(),
            rotated: None,
            credentials: Sealed(json!({"token": "t"})),
            created_at: testing::now(),
            fetch: None,
        }
    }

    /// A request that nobody understands, then and now.
    fn strange(number: usize) -> Intake {
        Intake {
            source: Arc::new(source()),
            received_at: testing::now(),
            unique: Some(number.to_string()),
            told_of: None,
            headers: "{}".to_owned(),
            body: Bytes::from_static(b"[]"),
            label: String::new(),
            points_at: Vec::new(),
            fetch_at: None,
            told: Err("it is no object".to_owned()),
        }
    }

    #[tokio::test]
    async fn requests_are_read_again_page_by_page() {
        // Given one more that nobody understood than a page has
        let (hub, _data) = testing::hub().await;
        hub.ledger.change(vec![Change::PutSource(source())]).await.unwrap();
        for number in 0..=REREAD_AT_ONCE {
            hub.ledger.record(strange(number)).await.unwrap();
        }
        let asked = ReplayAsked {
            of: ReplayOf::Source(source().id),
            what: What::Quarantined,
            since: Timestamp::UNIX_EPOCH,
            until: testing::now(),
            events: Vec::new(),
            sources: Vec::new(),
            interview: None,
            before: u64::MAX,
        };
        let replay = Replay::new(ReplayId::from_raw(9), source().company, asked, 0, testing::now());
        hub.ledger.change(vec![Change::StartReplay(Box::new(replay))]).await.unwrap();

        // Then one turn sees to a page of them, the next one to the rest
        let seen = async || {
            let stands =
                hub.ledger.read(|reader| reader.replay(ReplayId::from_raw(9))).await.unwrap().unwrap();
            (stands.state, stands.seen)
        };
        assert!(turn(&hub).await.unwrap());
        assert_eq!(seen().await, (ReplayState::Running, REREAD_AT_ONCE as u64));
        assert!(turn(&hub).await.unwrap());
        assert_eq!(seen().await, (ReplayState::Done, REREAD_AT_ONCE as u64 + 1));
        assert!(!turn(&hub).await.unwrap());
    }
}
