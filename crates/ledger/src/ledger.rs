//! The handle that everyone else holds: record, settle, change, read.

use std::sync::Arc;
use std::thread::JoinHandle;

use arc_swap::ArcSwap;
use callboard_core::{EndpointId, EndpointState, IdMint, Name, ReceiptId, Refusal, Timestamp, World};
use tokio::sync::{Mutex, broadcast, mpsc, oneshot, watch};

use crate::asking::{Answer, Asking, Carried, Kept, RequestKey};
use crate::batch::Change;
use crate::crew::Berth;
use crate::directory::Directory;
use crate::engine::{EngineError, Reader, Settler, Store};
use crate::folding::folding;
use crate::job::{Intake, Job, Order, Recorded, Reply, Request, Wanted};
use crate::plan::Planner;
use crate::publish::{Live, Notice, Publisher};
use crate::readers::Readers;
use crate::room::QueueRoom;
use crate::sharing::{Holding, Shards};
use crate::steps::Steps;
use crate::writer::Writer;

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
    /// A rule is in the way.
    #[error("{0}")]
    Refused(Refusal),
    /// The key of a request was used before, for another request.
    #[error("this key was used before, for another request")]
    KeyReused,
    /// Another hub on the same store has changed what was to be changed, after it was last looked at here.
    #[error("somebody else has changed it at the same time; look at it again")]
    ChangedMeanwhile,
    /// What is to be sent again, or read again, has been erased.
    #[error("what it said has been erased")]
    Erased,
    /// The rules, or the words that they are told in, broke on it.
    #[error("Callboard itself broke on this; please report it")]
    Broke,
}

/// How many jobs may wait for the writer before the hub says that it is busy.
pub const WRITER_QUEUE: usize = 8_192;
/// How many bytes of bodies, of what is asked for through APIs, and of files may wait for the writer, or be written by it,
/// before the hub says that it is busy. A single one may have more.
pub const WRITER_QUEUE_BYTES: usize = 64 * 1024 * 1024;
/// How many notices may wait for the outbox before it is sent to the store instead. Each may hold what one transaction
/// owes, so this bounds memory too.
pub const NOTICE_QUEUE: usize = 64;
/// How many events the live stream may lag behind before it has to catch up from the store.
pub const LIVE_QUEUE: usize = 4_096;
/// How many questions may be asked of the store at once.
pub const READERS: usize = 4;
/// How many more about what is owed: the outbox reads one page at a time, and the bodies that one endpoint waits for.
pub const OUTBOX_READERS: usize = 2;

/// What has happened, durably. Clones share one writer.
#[derive(Clone)]
pub struct Ledger {
    pub(crate) jobs: mpsc::Sender<Job>,
    directory: Arc<ArcSwap<Directory>>,
    live: broadcast::Sender<Live>,
    pub(crate) readers: Arc<Readers>,
    /// Held by whoever looks for what is left of those who are to be forgotten.
    pub(crate) forgetting: Arc<Mutex<()>>,
    room: QueueRoom,
    /// Held by whoever calls off what removed endpoints were owed.
    pub(crate) calling_off: Arc<Mutex<()>>,
    berth: Berth,
    number: u64,
    last_id: u64,
    secret: Option<[u8; 32]>,
    /// What writes beside the writer, where the store has it.
    pub(crate) settler: Option<Arc<std::sync::Mutex<Box<dyn Settler>>>>,
}

/// A ledger, and what is to be set going with it.
struct Parts {
    ledger: Ledger,
    notices: mpsc::Receiver<Notice>,
    writer: Writer,
    queue: mpsc::Receiver<Job>,
}

/// The writer's thread, to be joined when the ledger has been closed; and the one that keeps this hub's place among those
/// that share a store.
pub struct Writing {
    writer: JoinHandle<()>,
    crew: Option<JoinHandle<()>>,
    berth: Berth,
}

impl Writing {
    /// Waits until everything that was taken is durable.
    pub async fn finished(self) {
        let Self { writer, crew, berth } = self;
        let join = move || {
            let written = writer.join();
            berth.look_up();
            written.and_then(|()| crew.map_or(Ok(()), JoinHandle::join))
        };
        let joined = tokio::task::spawn_blocking(join).await;
        if !matches!(joined, Ok(Ok(()))) {
            tracing::error!("the writer's thread ended badly");
        }
    }
}

impl Ledger {
    /// Opens a ledger on `store` that mints ids as number `node`: hubs that share a store have the same, since they mint in turn.
    /// The receiver is for the outbox.
    pub fn open(
        store: impl Store,
        node: u16,
        planner: Box<dyn Planner>,
    ) -> Result<(Self, mpsc::Receiver<Notice>, Writing), EngineError> {
        let shared = store.crew()?;
        let Parts { ledger, notices, mut writer, queue } =
            Self::parts(store, node, planner, NOTICE_QUEUE, None)?;
        let crew = shared.map(|(crew, ear)| {
            ledger.berth.listen(ear, ledger.jobs.downgrade())?;
            ledger.berth.keep(crew, ledger.jobs.downgrade())
        });
        let crew = crew.transpose()?;
        let failed = |error: std::io::Error| EngineError::Failed(error.to_string());
        writer.fold_beside().map_err(failed)?;
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || writer.run(queue))
            .map_err(failed)?;
        let berth = ledger.berth.clone();
        Ok((ledger, notices, Writing { writer: thread, crew, berth }))
    }

    /// The same without threads of its own: its writer is the future that is answered, and all of it goes on only when
    /// `steps` says so, so that a simulation decides what happens in which order. `notice_queue` stands for
    /// [`NOTICE_QUEUE`].
    pub fn open_in_steps(
        store: impl Store,
        node: u16,
        planner: Box<dyn Planner>,
        steps: Arc<dyn Steps>,
        notice_queue: usize,
    ) -> Result<(Self, mpsc::Receiver<Notice>, impl Future<Output = ()> + Send), EngineError> {
        let parts = Self::parts(store, node, planner, notice_queue, Some(Arc::clone(&steps)))?;
        Ok((parts.ledger, parts.notices, parts.writer.run_in_steps(parts.queue, steps)))
    }

    fn parts(
        store: impl Store,
        node: u16,
        planner: Box<dyn Planner>,
        notice_queue: usize,
        steps: Option<Arc<dyn Steps>>,
    ) -> Result<Parts, EngineError> {
        let mut engine = store.engine()?;
        let (last_id, number) = (engine.last_id()?, engine.number());
        let secret = store.shared_secret()?;
        let settler = store.settler()?.map(|settler| Arc::new(std::sync::Mutex::new(settler)));
        let directory = Arc::new(ArcSwap::from_pointee(store.reader()?.directory()?));
        let (jobs, queue) = mpsc::channel(WRITER_QUEUE);
        let (notices, heard) = mpsc::channel(notice_queue + 1);
        let (live, _) = broadcast::channel(LIVE_QUEUE);
        let (folding, folded) = folding();
        let berth = Berth::new(Holding::alone());
        let writer = Writer::new(
            engine,
            planner,
            IdMint::new(node, last_id),
            Arc::clone(&directory),
            Publisher::new(notices, live.clone()),
            folding,
            berth.clone(),
        );
        let readers = Arc::new(Readers::new(Box::new(store), READERS, OUTBOX_READERS, folded, steps));
        let ledger = Self {
            jobs,
            directory,
            live,
            readers,
            forgetting: Arc::default(),
            calling_off: Arc::default(),
            room: QueueRoom::new(WRITER_QUEUE_BYTES),
            berth,
            number,
            last_id,
            secret,
            settler,
        };
        Ok(Parts { ledger, notices: heard, writer, queue })
    }

    /// Writes down an authentic request and everything that comes of it. When this returns `Ok`, it is durable.
    pub async fn record(&self, intake: Intake) -> Result<Recorded, LedgerError> {
        let room = self.room.take(intake.body.len())?;
        self.ask(|reply| Job::Record(Request::new(intake, room), reply)).await
    }

    /// Takes what a kept request says into account, now that it can be understood. One that is no longer quarantined is
    /// left as it is, and answered with what became of it.
    pub async fn reprocess(&self, receipt: ReceiptId, intake: Intake) -> Result<Recorded, LedgerError> {
        let room = self.room.take(intake.body.len())?;
        self.ask(|reply| Job::Reprocess(receipt, Request::new(intake, room), reply)).await
    }

    /// Writes down what people changed, all of it or nothing. Putting an endpoint in the place of one that there is changes
    /// its settings alone; see [`Ledger::switch_endpoint`].
    pub async fn change(&self, changes: Vec<Change>) -> Result<(), LedgerError> {
        self.change_over(self.directory(), changes).await
    }

    /// The same for whoever decided on it when this was configured: if another hub has changed the same since, nothing is
    /// changed.
    pub async fn change_over(&self, seen: Arc<Directory>, changes: Vec<Change>) -> Result<(), LedgerError> {
        let removes = changes.iter().any(|change| matches!(change, Change::DeleteEndpoint(_)));
        self.ask(|reply| Job::Change(Wanted::These(changes, Some(seen)), None, reply)).await?;
        if removes {
            self.call_off_in_the_background();
        }
        Ok(())
    }

    /// Carries out what is asked for. When this returns `Ok`, it is durable. Someone who is to be forgotten has been when
    /// it returns, wherever the store spoke of them; that goes on even if nobody waits for it.
    pub async fn command(&self, asking: Asking) -> Result<Carried, LedgerError> {
        let room = self.room.take(asking.bytes())?;
        let order = Order::new(asking, room);
        if !order.erases() {
            return self.ask(|reply| Job::Command(order, reply)).await;
        }
        let ledger = self.clone();
        tokio::spawn(async move { ledger.forget(order).await }).await.unwrap_or(Err(LedgerError::Broke))
    }

    /// Carries an erasure out, and looks for what else speaks of whoever was erased.
    async fn forget(&self, order: Box<Order>) -> Result<Carried, LedgerError> {
        let carried = self.ask(|reply| Job::Command(order, reply)).await?;
        if let Err(error) = self.resume_erasures().await {
            tracing::error!(%error, "what else speaks of someone who was erased is looked for again later");
        }
        Ok(carried)
    }

    /// The same with the answer that is given; unless the same request was made before, which is answered as it was then.
    pub async fn change_once(
        &self,
        seen: Arc<Directory>,
        changes: Vec<Change>,
        key: RequestKey,
        answer: Answer,
    ) -> Result<Option<Answer>, LedgerError> {
        let kept = Box::new(Kept { key, answer });
        self.ask(|reply| Job::Change(Wanted::These(changes, Some(seen)), Some(kept), reply)).await
    }

    /// Switches an endpoint on or off because a person wants it so, whatever has become of its settings since they looked;
    /// with the answer that is kept if it is to happen only once. Nothing comes of it if the endpoint has been removed. It is
    /// wanted at this time.
    pub async fn switch_endpoint(
        &self,
        id: EndpointId,
        state: EndpointState,
        at: Timestamp,
        once: Option<Kept>,
    ) -> Result<Option<Answer>, LedgerError> {
        self.ask(|reply| Job::Change(Wanted::Switched(id, state, at), once.map(Box::new), reply)).await
    }

    /// How a request was answered, if it was made before.
    pub async fn remembered(&self, key: RequestKey) -> Result<Option<Answer>, LedgerError> {
        let asked = key.clone();
        let kept = self.read(move |reader| reader.answer(&asked)).await?;
        kept.and_then(|kept| key.answered_with(&kept)).transpose()
    }

    /// A part of what is known: the things with these ids and names, and everything that those lead to.
    pub async fn world(&self, raw_ids: Vec<u64>, names: Vec<Name>) -> Result<World, LedgerError> {
        self.read(move |reader| crate::fetching::around(reader, raw_ids, &names)).await
    }

    /// Asks the store something, beside the writer. What has been answered by now is seen.
    pub async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut dyn Reader) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        self.readers.ask(question).await.map_err(|error| LedgerError::Store(Arc::new(error)))
    }

    /// The same about what is owed. Whoever is to be told something does not wait behind those who look things up.
    pub async fn read_owed<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut dyn Reader) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        self.readers.ask_first(question).await.map_err(|error| LedgerError::Store(Arc::new(error)))
    }

    /// Everything that people configured, as it stands.
    pub fn directory(&self) -> Arc<Directory> {
        self.directory.load_full()
    }

    /// Events as they become durable. One who lags too far behind is told so, and catches up from the store.
    pub fn live(&self) -> broadcast::Receiver<Live> {
        self.live.subscribe()
    }

    /// What this hub holds of what several share, told with each change.
    pub fn holding(&self) -> watch::Receiver<Holding> {
        self.berth.watch()
    }

    /// Under which number this hub is known to others: 0 where there are none.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The highest id that there was when it was opened: whoever mints ids beside it goes on after that, whatever the clock says.
    pub fn last_id(&self) -> u64 {
        self.last_id
    }

    /// Is it for this hub to see to what has an id with this number?
    pub fn holds(&self, raw_id: u64) -> bool {
        self.berth.holds(raw_id)
    }

    /// Nothing is under way any more on these of the shards that this hub is to leave. To be said until they have passed on.
    pub fn vacated(&self, vacated: Shards) {
        self.berth.vacated(vacated);
    }

    /// Leaves how endpoints are doing that this hub tells, for other hubs to read.
    pub fn report(&self, reports: Vec<(EndpointId, String)>) {
        self.berth.report(reports);
    }

    /// What the store is, in a word: `sqlite` or `postgres`.
    pub fn store(&self) -> &'static str {
        self.readers.store()
    }

    /// A secret that all hubs on the store have, and nobody else; nothing if there is only this one.
    pub fn shared_secret(&self) -> Option<[u8; 32]> {
        self.secret
    }

    /// Leaves everything that is shared to others, as soon as nothing is under way on it. Waits for that, unless nobody hears
    /// of it.
    pub async fn step_back(&self) {
        let mut holding = self.berth.watch();
        if holding.borrow().until.is_none() {
            return;
        }
        self.berth.step_back();
        loop {
            let until = {
                let holding = holding.borrow_and_update();
                holding.until.filter(|_| !holding.held().is_empty())
            };
            let Some(until) = until else { return };
            if !matches!(tokio::time::timeout_at(until, holding.changed()).await, Ok(Ok(()))) {
                return;
            }
        }
    }

    /// Takes nothing more; what was taken is still written. Then the writer's thread ends.
    pub async fn close(&self) {
        let _ = self.jobs.send(Job::Close).await;
    }

    /// Makes these changes if nobody has configured anything yet, in whichever hub.
    pub async fn begin_with(&self, changes: Vec<Change>) -> Result<(), LedgerError> {
        self.ask(|reply| Job::Change(Wanted::First(changes), None, reply)).await.map(drop)
    }

    /// Has changes made when there is room for them in the writer's queue.
    pub(crate) async fn insist_on(&self, changes: Vec<Change>) -> Result<(), LedgerError> {
        self.insist(|reply| Job::Change(Wanted::These(changes, None), None, reply)).await.map(drop)
    }

    /// Hands the writer a job when there is room for it, and waits for the answer.
    pub(crate) async fn insist<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, LedgerError> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(job(reply)).await.map_err(|_| LedgerError::Closed)?;
        answer.await.unwrap_or(Err(LedgerError::Closed))
    }

    /// Hands the writer a job and waits for the answer. When there is no room for it, the job is not even made.
    async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, LedgerError> {
        if self.readers.is_in_doubt() {
            let why = "it is not known yet what became of a commit".to_owned();
            return Err(LedgerError::Store(Arc::new(EngineError::Failed(why))));
        }
        let room = self.jobs.try_reserve().map_err(|error| match error {
            mpsc::error::TrySendError::Full(()) => LedgerError::Busy,
            mpsc::error::TrySendError::Closed(()) => LedgerError::Closed,
        })?;
        let (reply, answer) = oneshot::channel();
        room.send(job(reply));
        answer.await.unwrap_or(Err(LedgerError::Closed))
    }
}
