//! A hub in small: a ledger on a watched store, a planner that owes everything to everyone, and Skype's webhooks.

mod asking;
mod intake;
mod planner;
mod watched;

pub use asking::{asking, create, create_named, create_noted, noon, only_if, out, refused, retitle, unname};
pub use intake::{fetching, intake, moved, source, unreadable};
pub use planner::{Everyone, endpoint};
pub use watched::{Control, Fault, Watched};

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use callboard_core::{EndpointId, Identifier};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{Change, EngineError, Intake, Ledger, LedgerError, Notice, Owed, Recorded, Writing};
use tempfile::TempDir;
use tokio::sync::mpsc;

/// A ledger with everything around it that a test wants to look at.
pub struct Hub {
    pub ledger: Ledger,
    pub notices: mpsc::Receiver<Notice>,
    pub control: Arc<Control>,
    pub data: Arc<TempDir>,
    writing: Writing,
}

impl Hub {
    /// A ledger on a new store that tells nobody.
    pub fn new() -> Self {
        Self::open(Arc::new(tempfile::tempdir().unwrap()))
    }

    /// A ledger on a new store that owes everything to this many endpoints, with ids from 1.
    pub async fn with_endpoints(count: u64) -> Self {
        let mut hub = Self::new();
        hub.ledger.change((1..=count).map(|id| Change::PutEndpoint(endpoint(id))).collect()).await.unwrap();
        hub.heard();
        hub
    }

    /// A ledger on a new store that tells nobody, and knows of the account that webhooks come from: what they point at is
    /// fetched.
    pub async fn that_fetches() -> Self {
        let hub = Self::new();
        hub.ledger.change(vec![Change::PutSource(fetching())]).await.unwrap();
        hub
    }

    pub fn open(data: Arc<TempDir>) -> Self {
        let control = Arc::new(Control::default());
        let store = Watched::new(SqliteStore::open(data.path()).unwrap(), Arc::clone(&control));
        let (ledger, notices, writing) = Ledger::open(store, 1, Box::new(Everyone)).unwrap();
        Self { ledger, notices, control, data, writing }
    }

    /// Closes the ledger and opens it again on the same store.
    pub async fn reopen(self) -> Self {
        let data = self.close().await;
        Self::open(data)
    }

    /// Closes the ledger. When this returns, nobody has the store: what was under way in the background may keep it for a
    /// moment longer.
    pub async fn close(self) -> Arc<TempDir> {
        let Self { ledger, notices, control: _, data, writing } = self;
        ledger.close().await;
        writing.finished().await;
        drop((ledger, notices));
        for _ in 0..1_000 {
            match SqliteStore::open(data.path()) {
                Err(EngineError::InUse(_)) => tokio::time::sleep(Duration::from_millis(10)).await,
                opened => {
                    drop(opened.unwrap());
                    return data;
                }
            }
        }
        panic!("the store is not let go of")
    }

    /// Every notice that waits.
    pub fn heard(&mut self) -> Vec<Notice> {
        std::iter::from_fn(|| self.notices.try_recv().ok()).collect()
    }

    /// The deliveries that notices say are owed.
    pub fn heard_owed(&mut self) -> Vec<Owed> {
        self.heard().into_iter().flat_map(owed).collect()
    }

    /// How many of them each notice speaks of.
    pub fn heard_owed_together(&mut self) -> Vec<usize> {
        self.heard().into_iter().map(|notice| owed(notice).len()).collect()
    }

    /// What the store says that an endpoint is owed.
    pub async fn owed(&self, endpoint: u64) -> Vec<Owed> {
        let endpoint = EndpointId::from_raw(endpoint);
        self.ledger.read(move |reader| reader.owed(endpoint, None, 10_000, usize::MAX)).await.unwrap().rows
    }

    /// Keeps the writer busy with a commit until it is let go; everything asked meanwhile becomes one batch.
    pub async fn busy(&self) -> Busy<'_> {
        self.control.hold();
        let change = Asked::new(self.ledger.change(Vec::new())).await;
        self.control.entered().await;
        Busy { control: &self.control, change }
    }

    /// Records all of these in one batch.
    pub async fn record_all(
        &self,
        intakes: impl IntoIterator<Item = Intake>,
    ) -> Vec<Result<Recorded, LedgerError>> {
        let busy = self.busy().await;
        let asked = ask_all(&self.ledger, intakes).await;
        busy.over().await;
        answers(asked).await
    }
}

fn owed(notice: Notice) -> Vec<Owed> {
    match notice {
        Notice::Owed(owed) => owed,
        other => panic!("{other:?} is not about what is owed"),
    }
}

/// A writer that is held up within a commit that writes nothing.
pub struct Busy<'a> {
    control: &'a Control,
    change: Asked<'a, Result<(), LedgerError>>,
}

impl Busy<'_> {
    /// Lets the commit go on.
    pub async fn over(self) {
        self.control.release();
        self.change.await.unwrap();
    }
}

/// Something that has been asked of the ledger: it is in the writer's queue, and the answer is still to come.
pub struct Asked<'a, T>(Pin<Box<dyn Future<Output = T> + Send + 'a>>);

impl<'a, T> Asked<'a, T> {
    pub async fn new(question: impl Future<Output = T> + Send + 'a) -> Self {
        let mut asked = Self(Box::pin(question));
        assert!(!asked.is_answered().await, "it is answered already");
        asked
    }

    /// Is the answer there? To be asked only as long as it is not.
    pub async fn is_answered(&mut self) -> bool {
        poll_fn(|context| Poll::Ready(self.0.as_mut().poll(context).is_ready())).await
    }
}

impl<T> Future for Asked<'_, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut std::task::Context<'_>) -> Poll<T> {
        self.0.as_mut().poll(context)
    }
}

/// Asks for all of these to be recorded, in this order.
pub async fn ask_all(
    ledger: &Ledger,
    intakes: impl IntoIterator<Item = Intake>,
) -> Vec<Asked<'_, Result<Recorded, LedgerError>>> {
    let mut asked = Vec::new();
    for intake in intakes {
        asked.push(Asked::new(ledger.record(intake)).await);
    }
    asked
}

/// The answers, in the order of what was asked.
pub async fn answers<T>(asked: Vec<Asked<'_, T>>) -> Vec<T> {
    let mut answers = Vec::new();
    for asked in asked {
        answers.push(asked.await);
    }
    answers
}
