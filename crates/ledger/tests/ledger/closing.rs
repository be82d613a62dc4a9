//! Closing: nothing more is taken, and what was taken is written.

use std::time::Duration;

use callboard_core::EndpointId;
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{
    Beat, Crew, Ear, Engine, EngineError, Hint, Holding, Ledger, LedgerError, Membership, Reader, Store,
};

use crate::support::{Asked, Everyone, Hub, answers, ask_all, intake};

#[tokio::test]
async fn what_was_taken_before_it_was_closed_is_written_and_nothing_is_taken_after() {
    // Given requests that wait for a writer that is held up
    let hub = Hub::new();
    let ledger = hub.ledger.clone();
    let busy = hub.busy().await;
    let asked = ask_all(&ledger, (0..20).map(|number| intake(&format!("code {number}")))).await;

    // When the ledger is closed behind them, and one more comes in before the writer gets to that
    ledger.close().await;
    let behind = Asked::new(ledger.record(intake("behind"))).await;
    busy.over().await;

    // Then all of them are answered, and from then on nothing is taken
    assert!(answers(asked).await.into_iter().all(|answer| answer.is_ok()));
    behind.await.unwrap();
    let late = ledger.record(intake("late")).await;
    assert!(matches!(late, Err(LedgerError::Closed)), "{late:?}");
    assert!(matches!(ledger.settle(Vec::new()).await, Err(LedgerError::Closed)));

    // And everything is there when the writer is gone, and the store is free
    drop(ledger);
    let hub = Hub::open(hub.close().await);
    assert_eq!(hub.ledger.read(|reader| reader.totals()).await.unwrap().receipts, 21);
}

#[tokio::test]
async fn the_outbox_hears_that_it_is_over() {
    let mut hub = Hub::new();
    hub.ledger.close().await;
    assert!(hub.notices.recv().await.is_none());
}

/// A store with a place among others, which breaks when it is to be kept, or when they are listened for.
struct Shared {
    store: SqliteStore,
    breaks: Breaks,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Breaks {
    Crew,
    Ear,
}

impl Store for Shared {
    fn name(&self) -> &'static str {
        self.store.name()
    }

    fn engine(&self) -> Result<Box<dyn Engine>, EngineError> {
        self.store.engine()
    }

    fn reader(&self) -> Result<Box<dyn Reader>, EngineError> {
        self.store.reader()
    }

    fn crew(&self) -> Result<Option<Membership>, EngineError> {
        Ok(Some((Box::new(Place { beats: 0, breaks: self.breaks }), Box::new(Others(self.breaks)))))
    }
}

struct Place {
    beats: u32,
    breaks: Breaks,
}

impl Crew for Place {
    fn beat(&mut self, _beat: Beat) -> Result<Holding, EngineError> {
        self.beats += 1;
        assert!(self.breaks != Breaks::Crew || self.beats == 1, "broken, as the test wants it");
        Ok(Holding::alone())
    }

    fn report(&mut self, _reports: &[(EndpointId, String)]) -> Result<(), EngineError> {
        Ok(())
    }

    fn leave(&mut self) -> Result<(), EngineError> {
        Ok(())
    }
}

struct Others(Breaks);

impl Ear for Others {
    fn listen(&mut self, _at_most: Duration) -> Result<Hint, EngineError> {
        assert!(self.0 != Breaks::Ear, "broken, as the test wants it");
        Ok(Hint { written: false, crew: true })
    }
}

#[tokio::test]
async fn a_hub_ends_that_can_no_longer_say_that_it_is_there_or_hear_of_the_others() {
    for breaks in [Breaks::Crew, Breaks::Ear] {
        let data = tempfile::tempdir().unwrap();
        let store = Shared { store: SqliteStore::open(data.path()).unwrap(), breaks };
        let (ledger, mut notices, writing) = Ledger::open(store, 1, Box::new(Everyone)).unwrap();
        assert!(notices.recv().await.is_none());
        assert!(matches!(ledger.record(intake("late")).await, Err(LedgerError::Closed)));
        writing.finished().await;
    }
}
