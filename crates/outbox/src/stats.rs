//! How the outbox is doing, in numbers.

use callboard_ledger::DeliveryState;

use crate::tray::Tally;

/// Numbers since the start, and as things stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Endpoints that there are.
    pub endpoints: usize,
    /// Endpoints that are owed more than is in memory, those that are disabled included.
    pub behind: usize,
    /// Endpoints that are disabled.
    pub disabled: usize,
    /// Endpoints that only probes are begun at, because they have failed too often in a row or have asked for time.
    pub open_breakers: usize,
    /// Deliveries in memory with their bodies, those under way included.
    pub held: usize,
    /// What they count for, in bytes.
    pub held_bytes: usize,
    /// Deliveries in memory with their bodies or without.
    pub known: usize,
    /// Attempts under way.
    pub in_flight: usize,
    /// Attempts that have ended but are not durable yet.
    pub unsettled: usize,
    /// Attempts that have ended since the start.
    pub attempts: u64,
    /// Attempts that are durable since the start.
    pub settled: u64,
    /// Deliveries told since the start.
    pub delivered: u64,
    /// Deliveries given up since the start.
    pub failed: u64,
}

impl Stats {
    /// An endpoint came to `before` and comes to `after` now.
    pub(crate) fn recount(&mut self, before: Tally, after: Tally) {
        self.held = self.held + after.held - before.held;
        self.held_bytes = self.held_bytes + after.held_bytes - before.held_bytes;
        self.known = self.known + after.known - before.known;
        self.behind = self.behind + after.behind - before.behind;
        self.disabled = self.disabled + after.disabled - before.disabled;
        self.open_breakers = self.open_breakers + after.open_breakers - before.open_breakers;
    }

    /// An attempt has left its delivery in this state.
    pub(crate) fn count(&mut self, state: DeliveryState) {
        self.in_flight -= 1;
        self.attempts += 1;
        self.delivered += u64::from(state == DeliveryState::Delivered);
        self.failed += u64::from(state == DeliveryState::Failed);
    }
}
