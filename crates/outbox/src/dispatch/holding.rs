//! Which endpoints are for this hub to tell, where several share a store.
//!
//! What it takes over it reads from the store. On what it is to leave it begins nothing more; once every attempt that was
//! under way is on record, the next one may begin where it ended.

use callboard_core::{EndpointId, Identifier, Timestamp};
use callboard_ledger::{Directory, Holding, SHARDS, Shards, shard_of};

use super::Dispatch;

/// What this hub holds, as far as the dispatcher has heard.
#[derive(Debug)]
pub(super) struct HeldShards {
    taken: [u64; SHARDS as usize],
    leaving: Shards,
    /// How often this hub had taken shards when what is heard now was written.
    written_when: u64,
    /// Of those that it leaves and on which nothing is under way: how many attempts had ended by then.
    ended_by: [Option<u64>; SHARDS as usize],
}

impl Default for HeldShards {
    fn default() -> Self {
        Self {
            taken: [0; SHARDS as usize],
            leaving: Shards::NONE,
            written_when: 0,
            ended_by: [None; SHARDS as usize],
        }
    }
}

impl HeldShards {
    /// Is this endpoint for this hub to tell?
    pub(super) fn have(&self, endpoint: EndpointId) -> bool {
        self.taken(endpoint) > 0
    }

    /// Which time it is that its shard was taken; 0 if it is not held.
    pub(super) fn taken(&self, endpoint: EndpointId) -> u64 {
        self.taken[shard_of(endpoint.raw()) as usize]
    }

    /// Was what is heard now written before its shard was taken? Then another hub may have told it since, and the store is to
    /// be asked.
    pub(super) fn are_newer(&self, endpoint: EndpointId) -> bool {
        self.taken(endpoint) > self.written_when
    }

    /// Is it to be left to another one?
    pub(super) fn is_leaving(&self, endpoint: EndpointId) -> bool {
        self.leaving.have(endpoint.raw())
    }
}

impl Dispatch {
    /// This hub holds these shards from now on.
    pub(crate) fn hold(&mut self, holding: &Holding, directory: &Directory, now: Timestamp) {
        let before = std::mem::replace(&mut self.shards.taken, holding.taken);
        self.shards.leaving = holding.leaving;
        let changed = |id: EndpointId| {
            let shard = shard_of(id.raw()) as usize;
            before[shard] != holding.taken[shard]
        };
        let lost: Vec<_> = self.trays.keys().copied().filter(|id| changed(*id)).collect();
        for id in lost {
            self.remove(id);
        }
        for endpoint in directory.endpoints().filter(|endpoint| changed(endpoint.id)) {
            self.endpoint(endpoint.id, Some(endpoint), now);
        }
        self.leave_or_stay(now);
    }

    /// What is heard from now on was written when this hub had taken shards so often.
    pub(crate) fn written_when_taken(&mut self, times: u64) {
        self.shards.written_when = times;
    }

    /// Stops at the endpoints that are to be left, and goes on at those that are not any more.
    fn leave_or_stay(&mut self, now: Timestamp) {
        for shard in (0..SHARDS).filter(|shard| !self.shards.leaving.contains(*shard)) {
            self.shards.ended_by[shard as usize] = None;
        }
        let shards = &self.shards;
        let turned = self.trays.iter_mut().filter_map(|(id, tray)| {
            let leaving = shards.is_leaving(*id);
            (std::mem::replace(&mut tray.leaving, leaving) != leaving).then_some(*id)
        });
        let turned: Vec<_> = turned.collect();
        for id in turned {
            self.look_at(id, now);
        }
    }

    /// Of the shards that are to be left, those on which nothing is under way and everything that was is on record.
    pub(crate) fn vacated(&mut self) -> Shards {
        if self.shards.leaving.is_empty() {
            return Shards::NONE;
        }
        let under_way = self.trays.iter().filter(|(_, tray)| tray.lanes.in_flight() > 0);
        let under_way: Shards = under_way.map(|(id, _)| shard_of(id.raw())).collect();
        let (ended, on_record) = (self.ended, self.stats.settled + self.refused);
        let quiet = self.shards.leaving.without(under_way);
        let ended_by = &mut self.shards.ended_by;
        // Attempts are put on record, or refused, in the order in which they end.
        quiet.iter().filter(|shard| on_record >= *ended_by[*shard as usize].get_or_insert(ended)).collect()
    }
}
