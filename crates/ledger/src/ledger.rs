//! The handle that everyone else holds: record, settle, change, read.

use std::sync::Arc;

use arc_swap::ArcSwap;
use bytes::Bytes;
use callboard_core::{CompanyId, EventId, EventType, Observation, ReceiptId, Source, Timestamp};
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::batch::{Change, Outcome, Settlement};
use crate::directory::Directory;
use crate::engine::{EngineError, Owed, Reader, Store};
use crate::plan::Planner;

/// An authentic request, read.
#[derive(Debug, Clone)]
pub struct Intake {
    /// The account that it came from.
    pub source: Arc<Source>,
    /// When it came in.
    pub received_at: Timestamp,
    /// The platform's own id for the message, the same over all attempts to deliver it.
    pub unique: Option<String>,
    /// Its headers as a JSON object, secrets left out.
    pub headers: String,
    /// Its body, byte for byte.
    pub body: Bytes,
    /// The platform's word for what it says.
    pub label: String,
    /// What it says, or why it could not be understood.
    pub told: Result<Vec<Observation>, String>,
}

/// What became of a request, once that is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The receipt under which it is kept.
    pub receipt: ReceiptId,
    /// What became of it.
    pub outcome: Outcome,
    /// How many events came of it.
    pub events: usize,
}

/// Why something was not recorded. Nothing of it was.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LedgerError {
    /// Too much is waiting to be written; come again.
    #[error("too much is waiting to be written")]
    Busy,
    /// The store did not take it.
    #[error("{0}")]
    Store(Arc<EngineError>),
    /// The ledger has been closed.
    #[error("the ledger is closed")]
    Closed,
}

/// An event that has just become durable, for the live stream.
#[derive(Debug, Clone)]
pub struct Committed {
    /// Its id.
    pub id: EventId,
    /// Whose it is.
    pub company: CompanyId,
    /// What happened.
    pub kind: EventType,
    /// Its native form.
    pub body: Bytes,
}

/// What the outbox hears after each commit.
#[derive(Debug)]
pub enum Notice {
    /// Deliveries that are owed from now on, in order.
    Owed(Vec<Owed>),
    /// A delivery that a person wants to be tried again, out of its turn.
    Retry(Owed),
    /// A delivery that a person called off.
    Cancelled(callboard_core::DeliveryId, callboard_core::EndpointId),
    /// An endpoint was made, changed or removed.
    Endpoint(callboard_core::EndpointId),
    /// Notices were dropped because too many were waiting: what is owed is to be read from the store.
    Missed,
}

/// How many jobs may wait for the writer before the hub says that it is busy.
pub const WRITER_QUEUE: usize = 8_192;
/// How many notices may wait for the outbox before it is sent to the store instead.
pub const NOTICE_QUEUE: usize = 1_024;
/// How many events the live stream may lag behind before it has to catch up from the store.
pub const LIVE_QUEUE: usize = 4_096;
/// How many questions may be asked of the store at once.
pub const READERS: usize = 4;

pub(crate) enum Job {
    Record(Box<Intake>, oneshot::Sender<Result<Recorded, LedgerError>>),
    Reprocess(ReceiptId, Box<Intake>, oneshot::Sender<Result<Recorded, LedgerError>>),
    Settle(Vec<Settlement>, oneshot::Sender<Result<(), LedgerError>>),
    Change(Vec<Change>, oneshot::Sender<Result<(), LedgerError>>),
    Close,
}

/// What has happened, durably. Clones share one writer.
#[derive(Clone)]
pub struct Ledger {
    jobs: mpsc::Sender<Job>,
    directory: Arc<ArcSwap<Directory>>,
    live: broadcast::Sender<Arc<Committed>>,
    readers: Arc<crate::readers::Readers>,
}

/// The writer's thread, to be joined when the ledger has been closed.
pub struct Writing(std::thread::JoinHandle<()>);

impl Writing {
    /// Waits until everything that was taken is durable.
    pub async fn finished(self) {
        let joined = tokio::task::spawn_blocking(|| self.0.join()).await;
        if !matches!(joined, Ok(Ok(()))) {
            tracing::error!("the writer's thread ended badly");
        }
    }
}

impl Ledger {
    /// Opens a ledger on `store` for hub number `node`. The receiver is for the outbox.
    pub fn open(
        store: impl Store,
        node: u16,
        planner: Box<dyn Planner>,
    ) -> Result<(Self, mpsc::Receiver<Notice>, Writing), EngineError> {
        let mut engine = store.engine()?;
        let last_id = engine.last_id()?;
        let directory = Arc::new(ArcSwap::from_pointee(store.reader()?.directory()?));
        let (jobs, queue) = mpsc::channel(WRITER_QUEUE);
        let (notices, heard) = mpsc::channel(NOTICE_QUEUE);
        let (live, _) = broadcast::channel(LIVE_QUEUE);
        let writer = crate::writer::Writer::new(
            engine,
            planner,
            callboard_core::IdMint::new(node, last_id),
            Arc::clone(&directory),
            crate::publish::Publisher::new(notices, live.clone()),
        );
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || writer.run(queue))
            .map_err(|error| EngineError::Failed(error.to_string()))?;
        let readers = Arc::new(crate::readers::Readers::new(Box::new(store), READERS));
        Ok((Self { jobs, directory, live, readers }, heard, Writing(thread)))
    }

    /// Writes down an authentic request and everything that comes of it. When this returns `Ok`, it is durable.
    pub async fn record(&self, intake: Intake) -> Result<Recorded, LedgerError> {
        let (reply, answer) = oneshot::channel();
        self.ask(Job::Record(Box::new(intake), reply))?;
        answer.await.unwrap_or(Err(LedgerError::Closed))
    }

    /// Takes what a kept request says into account, now that it can be understood.
    pub async fn reprocess(&self, receipt: ReceiptId, intake: Intake) -> Result<Recorded, LedgerError> {
        let (reply, answer) = oneshot::channel();
        self.ask(Job::Reprocess(receipt, Box::new(intake), reply))?;
        answer.await.unwrap_or(Err(LedgerError::Closed))
    }

    /// Writes down what came of attempts. Waits for its turn rather than being turned away.
    pub async fn settle(&self, settlements: Vec<Settlement>) -> Result<(), LedgerError> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job::Settle(settlements, reply)).await.map_err(|_| LedgerError::Closed)?;
        answer.await.unwrap_or(Err(LedgerError::Closed))
    }

    /// Writes down what people changed, all of it or nothing.
    pub async fn change(&self, changes: Vec<Change>) -> Result<(), LedgerError> {
        let (reply, answer) = oneshot::channel();
        self.ask(Job::Change(changes, reply))?;
        answer.await.unwrap_or(Err(LedgerError::Closed))
    }

    /// Asks the store something, beside the writer.
    pub async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut dyn Reader) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        self.readers.ask(question).await.map_err(|error| LedgerError::Store(Arc::new(error)))
    }

    /// Everything that people configured, as it stands.
    pub fn directory(&self) -> Arc<Directory> {
        self.directory.load_full()
    }

    /// Events as they become durable. One who lags too far behind is told so, and catches up from the store.
    pub fn live(&self) -> broadcast::Receiver<Arc<Committed>> {
        self.live.subscribe()
    }

    /// Takes nothing more; what was taken is still written. Then the writer's thread ends.
    pub async fn close(&self) {
        let _ = self.jobs.send(Job::Close).await;
    }

    fn ask(&self, job: Job) -> Result<(), LedgerError> {
        self.jobs.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => LedgerError::Busy,
            mpsc::error::TrySendError::Closed(_) => LedgerError::Closed,
        })
    }
}
