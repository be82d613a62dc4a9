//! What every door has to hand.

use std::sync::{Arc, Mutex, OnceLock};

use callboard_core::{CompanyId, EndpointId, IdMint, Identifier, Timestamp};
use callboard_ledger::{Answer, Change, Directory, Ledger, LedgerError, RequestKey};
use callboard_outbox::{AddressGuard, Clock, GuardedResolver, Health, HealthDesk, Lookup};
use rustc_hash::FxHashMap;
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::sync::{Notify, OwnedMutexGuard, watch};

use crate::keys::new_secret_bytes;
use crate::limits::{CONFIGURING_TIME, REPLAY_PAUSE};
use crate::listeners::Listeners;
use crate::metrics::Received;
use crate::rejections::Rejections;
use crate::verifiers::Verifiers;

/// The hub as its doors see it.
pub struct Hub {
    pub(crate) ledger: Ledger,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) guard: Arc<AddressGuard>,
    pub(crate) resolver: GuardedResolver,
    pub(crate) public_url: String,
    pub(crate) verifiers: Verifiers,
    pub(crate) rejections: Rejections,
    pub(crate) received: Received,
    /// Who listens to the live stream.
    pub(crate) listeners: Arc<Listeners>,
    /// Of each company, what is held by whoever changes what its people configured, from reading it to its being durable. Nothing
    /// that is configured belongs to two.
    configuring: Mutex<FxHashMap<CompanyId, Arc<tokio::sync::Mutex<()>>>>,
    /// When it was last tried whether there is room for something new, and whether there was.
    pub(crate) room: tokio::sync::Mutex<Option<(Timestamp, Result<(), LedgerError>)>>,
    /// Told when a replay begins.
    replays: Arc<Notify>,
    /// Its doors close: whatever would go on for ever ends.
    pub(crate) closing: watch::Sender<bool>,
    /// Where to ask how endpoints are doing, once the outbox runs.
    desk: OnceLock<HealthDesk>,
    mint: Mutex<IdMint>,
    /// What the versions of configured things are hashed with, so that none gives away a secret that is in one. All hubs on a
    /// store have the same; where there can be only one, it is made anew at each start: to whoever kept an `ETag` over that,
    /// the thing looks changed.
    version_key: [u8; 32],
}

/// Somebody is about to change what the people of a company configured, as it stood when they began: nobody else of it does here
/// meanwhile, and what another hub on the same store has changed since is not undone.
pub(crate) struct Configuring {
    ledger: Ledger,
    seen: Arc<Directory>,
    turn: Arc<OwnedMutexGuard<()>>,
    /// Told when it is done.
    replays: Arc<Notify>,
}

impl Configuring {
    pub(crate) async fn change(&self, changes: Vec<Change>) -> Result<(), LedgerError> {
        let (ledger, seen) = (self.ledger.clone(), Arc::clone(&self.seen));
        self.to_its_end(async move { ledger.change_over(seen, changes).await }).await
    }

    pub(crate) async fn change_once(
        &self,
        changes: Vec<Change>,
        key: RequestKey,
        answer: Answer,
    ) -> Result<Option<Answer>, LedgerError> {
        let (ledger, seen) = (self.ledger.clone(), Arc::clone(&self.seen));
        self.to_its_end(async move { ledger.change_once(seen, changes, key, answer).await }).await
    }

    /// Whoever asked may hang up meanwhile: the next one's turn comes when this is durable all the same, and a replay that begins
    /// with it is worked on.
    async fn to_its_end<T: Send + 'static>(
        &self,
        change: impl Future<Output = Result<T, LedgerError>> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let (turn, replays) = (Arc::clone(&self.turn), Arc::clone(&self.replays));
        let changing = tokio::spawn(async move {
            let changed = change.await;
            drop(turn);
            replays.notify_one();
            changed
        });
        changing.await.unwrap_or(Err(LedgerError::Broke))
    }
}

impl Hub {
    /// Waits until nobody else here changes what the people of this company configured, as long as that may take.
    pub(crate) async fn configuring(&self, company: CompanyId) -> Result<Configuring, LedgerError> {
        let turn = {
            let mut companies = self.configuring.lock().expect("looking a company up does not panic");
            Arc::clone(companies.entry(company).or_default())
        };
        let waited = tokio::time::timeout(CONFIGURING_TIME, turn.lock_owned()).await;
        let turn = Arc::new(waited.map_err(|_| LedgerError::Busy)?);
        let (ledger, seen, replays) =
            (self.ledger.clone(), self.ledger.directory(), Arc::clone(&self.replays));
        Ok(Configuring { ledger, seen, turn, replays })
    }

    /// A hub on this ledger. Endpoints must be where `guard` lets them be, by the addresses that `lookup` finds. `mint` gives ids to
    /// what people make; its node must not be the ledger's. `public_url` is where platforms reach the hub, without a slash at the end.
    pub fn new(
        ledger: Ledger,
        clock: Arc<dyn Clock>,
        guard: AddressGuard,
        lookup: Arc<dyn Lookup>,
        public_url: String,
        mint: IdMint,
    ) -> Arc<Self> {
        let guard = Arc::new(guard);
        let version_key = ledger.shared_secret().unwrap_or_else(|| {
            let mut own = [0; 32];
            new_secret_bytes(&mut own);
            own
        });
        Arc::new(Self {
            ledger,
            clock,
            resolver: GuardedResolver::new(Arc::clone(&guard), lookup),
            guard,
            public_url,
            verifiers: Verifiers::default(),
            rejections: Rejections::default(),
            received: Received::default(),
            listeners: Arc::default(),
            configuring: Mutex::default(),
            room: tokio::sync::Mutex::default(),
            replays: Arc::default(),
            closing: watch::Sender::new(false),
            desk: OnceLock::new(),
            version_key,
            mint: Mutex::new(mint),
        })
    }

    /// From now on, how endpoints are doing is asked there.
    pub fn ask_at(&self, desk: HealthDesk) {
        if self.desk.set(desk).is_err() {
            tracing::error!("a hub has one outbox; how endpoints of a second one are doing is not told");
        }
    }

    /// Waits until a replay may have begun: here, or at another hub on the same store.
    pub(crate) async fn replay_to_come(&self) {
        let is_alone = self.ledger.holding().borrow().until.is_none();
        let elsewhere = async {
            if is_alone {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(REPLAY_PAUSE).await;
        };
        tokio::select! {
            () = self.replays.notified() => {}
            () = elsewhere => {}
        }
    }

    /// How an endpoint is doing, as the hub says that tells it: this one, or another one on the same store a moment ago.
    pub(crate) async fn health_of(&self, endpoint: EndpointId) -> Option<Health> {
        if let Some(health) = self.desk.get()?.of(endpoint).await {
            return Some(health);
        }
        let report = self.ledger.read(move |reader| reader.report(endpoint)).await.ok()??;
        serde_json::from_str(&report).ok()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn mint<I: Identifier>(&self) -> I {
        let now = self.now();
        self.mint.lock().expect("minting does not panic").mint(now)
    }

    /// The id of a new company. It comes after the operator's, which is known by its being the lowest: another hub, whose clock
    /// was ahead of ours, may have given that out.
    pub(crate) fn mint_company(&self) -> CompanyId {
        let now = self.now();
        let mut mint = self.mint.lock().expect("minting does not panic");
        if let Some(operator) = self.ledger.directory().operator() {
            mint.go_on_after(operator.id.raw());
        }
        mint.mint(now)
    }

    /// A version for what has none of its own: another one whenever its stored form is another.
    pub(crate) fn version_of(&self, stored: &impl Serialize) -> u64 {
        let json = serde_json::to_vec(stored).expect("what is stored is JSON");
        let digest = Sha256::new_with_prefix(self.version_key).chain_update(json).finalize();
        let (first, _) = digest.split_first_chunk().expect("a SHA-256 has 32 bytes");
        u64::from_be_bytes(*first)
    }
}

#[cfg(test)]
mod tests {
    use callboard_core::{CompanyId, IdMint, Identifier};
    use callboard_ledger::LedgerError;
    use jiff::SignedDuration;

    use crate::testing;

    #[tokio::test(start_paused = true)]
    async fn who_configures_a_company_keeps_no_other_one_waiting_and_their_own_not_for_ever() {
        // Given somebody who has been changing something of one company for a long time
        let (hub, _data) = testing::hub().await;
        let busy = hub.configuring(testing::company()).await.unwrap();

        // When others want to, then those of another company may, and those of the same are told to come again
        assert!(hub.configuring(CompanyId::from_raw(2)).await.is_ok());
        let turned_away = hub.configuring(testing::company()).await.map(drop);
        assert!(matches!(turned_away, Err(LedgerError::Busy)), "{turned_away:?}");

        // And may as well when that is done
        drop(busy);
        assert!(hub.configuring(testing::company()).await.is_ok());
    }

    #[tokio::test]
    async fn a_new_company_comes_after_the_operator_s_whatever_the_clock_says() {
        // Given a store that a hub has begun whose clock is an hour ahead of ours
        let ahead = testing::now() + SignedDuration::from_hours(1);
        let operator = IdMint::new(2, 0).mint(ahead);
        let (hub, _data) = testing::hub_of(operator).await;

        let made = hub.mint_company();

        assert!(made > operator, "{made} would be the operator, not {operator}");
        assert!(hub.mint::<CompanyId>() > made);
    }
}
