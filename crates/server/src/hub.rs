//! What every door has to hand.

use std::sync::{Arc, Mutex};

use callboard_core::{IdMint, Identifier, Timestamp};
use callboard_ledger::Ledger;
use callboard_outbox::{AddressGuard, Clock, GuardedResolver, Lookup};

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
    mint: Mutex<IdMint>,
}

impl Hub {
    /// A hub on this ledger. Endpoints must be where `guard` lets them be, by the addresses that `lookup` finds. `mint` gives ids to what people configure; its node must not be the ledger's. `public_url`
    /// is where platforms reach the hub, without a slash at the end.
    pub fn new(
        ledger: Ledger,
        clock: Arc<dyn Clock>,
        guard: AddressGuard,
        lookup: Arc<dyn Lookup>,
        public_url: String,
        mint: IdMint,
    ) -> Arc<Self> {
        let guard = Arc::new(guard);
        Arc::new(Self {
            ledger,
            clock,
            resolver: GuardedResolver::new(Arc::clone(&guard), lookup),
            guard,
            public_url,
            verifiers: Verifiers::default(),
            rejections: Rejections::default(),
            mint: Mutex::new(mint),
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn mint<I: Identifier>(&self) -> I {
        let now = self.now();
        self.mint.lock().expect("minting does not panic").mint(now)
    }
}
