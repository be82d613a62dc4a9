//! A whole hub in this process: store, ledger, outbox and doors, started and stopped in the right order.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use callboard_board::BoardOptions;
use callboard_core::IdMint;
use callboard_fetch::{Fetch, FetchHandle, FetchLimits, FetchOptions};
use callboard_ledger::postgres::PostgresStore;
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{Keep, Ledger, Writing};
use callboard_outbox::{
    AddressGuard, Clock, Outbox, OutboxHandle, OutboxOptions, Planning, Sender, SenderLimits, SystemClock,
    Together, client_config,
};
use callboard_server::limits::NEW_NAMES_LOOKED_UP;
use callboard_server::{Certificates, Doors, Doorstep, Hub, metrics, new_secret_bytes, replays, routes};
use tokio::task::AbortHandle;

use crate::first_start::{NewKey, first_start};

/// The ids of events and deliveries are minted by the ledger, one hub at a time where there are several; those of what
/// people configure by the doors, each hub's as a node of its own.
const LEDGER_NODE: u16 = 0;
const DOORS_NODES: u16 = 1_023;
/// How long a hub that stops waits until what it shares has passed on to others: the longest that an attempt may take, and a
/// little.
const PASSED_ON_WITHIN: Duration = Duration::from_secs(35);

/// How a hub is set up.
pub(crate) struct HubOptions<'a> {
    pub(crate) listen: SocketAddr,
    /// Where its files are: the store, unless that is in a database, and an admin key that was made.
    pub(crate) data: &'a Path,
    /// The address of a PostgreSQL database, if the store is not in files there.
    pub(crate) store: Option<String>,
    pub(crate) public_url: Option<String>,
    pub(crate) certificates: Option<Arc<Certificates>>,
    pub(crate) guard: AddressGuard,
    /// How long what has happened is kept.
    pub(crate) keep: Keep,
    /// The admin key to have; one is made at the first start if there is none.
    pub(crate) admin_key: Option<String>,
}

/// A hub that runs.
pub(crate) struct RunningHub {
    /// Where it takes requests.
    pub(crate) url: String,
    /// The admin key, if it was made just now.
    pub(crate) new_admin_key: Option<NewKey>,
    /// How its deliveries are doing.
    pub(crate) outbox: OutboxHandle,
    fetch: FetchHandle,
    /// What it has not done yet is done after the next start.
    replaying: AbortHandle,
    doors: Doors,
    /// What it has written down.
    pub(crate) ledger: Ledger,
    writing: Writing,
}

impl RunningHub {
    /// Starts one. When this returns, requests are taken.
    pub(crate) async fn start(options: HubOptions<'_>) -> anyhow::Result<Self> {
        let doorstep = Doorstep::claim(options.listen, options.certificates).await?;
        let url = doorstep.url();
        let public_url = options.public_url.unwrap_or_else(|| url.clone());
        let planner = Box::new(Planning::new(&public_url));
        let data = options.data.to_owned();
        let opening = tokio::task::spawn_blocking(move || match options.store {
            Some(address) => {
                let store = PostgresStore::open(&address).context("cannot open the store in the database")?;
                Ledger::open(store, LEDGER_NODE, planner).context("cannot work on the store in the database")
            }
            None => {
                let store = SqliteStore::open(&data)
                    .with_context(|| format!("cannot open the store in {}", data.display()))?;
                Ok(Ledger::open(store, LEDGER_NODE, planner)?)
            }
        });
        let (ledger, notices, writing) = opening.await??;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let node = u16::try_from(ledger.number() % u64::from(DOORS_NODES)).expect("it is less than 1,023");
        let mut mint = IdMint::new(LEDGER_NODE + 1 + node, ledger.last_id());
        let forgetting = ledger.clone();
        tokio::spawn(async move {
            if let Err(error) = forgetting.resume_erasures().await {
                tracing::error!(%error, "what is left of those who were erased is looked for at the next start");
            }
        });
        let (keeping, keep, time) = (ledger.clone(), options.keep, Arc::clone(&clock));
        tokio::spawn(async move { keeping.keep(keep, || time.now()).await });
        ledger.call_off_in_the_background();
        let new_admin_key =
            first_start(&ledger, &mut mint, clock.now(), options.admin_key, options.data).await?;
        let tls = client_config(&[])?;
        let sender = Sender::new(options.guard.clone(), Arc::clone(&tls), SenderLimits::default());
        let outbox_options = OutboxOptions { seed: random_seed(), ..OutboxOptions::default() };
        let outbox = Outbox::start(ledger.clone(), notices, Arc::clone(&clock), sender, outbox_options);
        let asker = Sender::new(options.guard.clone(), tls, FetchLimits::default().of_sender());
        let fetch_options = FetchOptions { seed: random_seed(), ..FetchOptions::default() };
        let fetch = Fetch::start(ledger.clone(), Arc::clone(&clock), asker, fetch_options);
        let seal = seal(&ledger);
        let seen_at = public_url.clone();
        let lookup = Arc::new(Together::of_system(NEW_NAMES_LOOKED_UP, NEW_NAMES_LOOKED_UP));
        let hub = Hub::new(ledger.clone(), clock, options.guard, lookup, public_url, mint);
        let replaying = tokio::spawn(replays(Arc::clone(&hub))).abort_handle();
        hub.ask_at(outbox.desk());
        let api = routes(Arc::clone(&hub));
        let board = BoardOptions { api: api.clone(), now: || SystemClock.now(), public_url: seen_at, seal };
        let routes =
            api.merge(metrics(Arc::clone(&hub), outbox.watch())).merge(callboard_board::routes(board));
        let doors = doorstep.open(hub, routes);
        Ok(Self { url, new_admin_key, outbox, fetch, replaying, doors, ledger, writing })
    }

    /// Takes nothing more, finishes or hands back what is under way, and makes everything durable.
    pub(crate) async fn stop(self) {
        let passed_on = tokio::time::timeout(PASSED_ON_WITHIN, self.ledger.step_back());
        let (_, (), ()) = tokio::join!(passed_on, self.doors.close(), self.fetch.stop());
        self.replaying.abort();
        self.outbox.stop().await;
        self.ledger.close().await;
        self.writing.finished().await;
    }
}

/// What the board's cookies are sealed with: the same at all hubs on a store; where there can be only one, another at each
/// start, after which one signs in anew.
fn seal(ledger: &Ledger) -> [u8; 32] {
    ledger.shared_secret().unwrap_or_else(|| {
        let mut own = [0; 32];
        new_secret_bytes(&mut own);
        own
    })
}

fn random_seed() -> u64 {
    let mut bytes = [0; 8];
    new_secret_bytes(&mut bytes);
    u64::from_le_bytes(bytes)
}
