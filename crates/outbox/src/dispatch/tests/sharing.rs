//! Another hub on the same store: what it writes, and what it tells while the endpoints are its own.

use callboard_ledger::{Notice, SHARDS, Shards};

use super::super::*;
use super::world::World;

impl World {
    /// This hub has written something.
    pub(super) fn say(&mut self, notice: Notice) {
        self.say_taken();
        self.notices.push_back(notice);
    }

    /// How often it had taken the endpoints by then.
    pub(super) fn say_taken(&mut self) {
        if self.times_said != self.times {
            self.times_said = self.times;
            self.notices.push_back(Notice::Taken(self.times));
        }
    }

    pub(super) fn commit_elsewhere(&mut self, endpoint: u64, lane: u64) {
        let owed = self.next_owed(endpoint, lane);
        self.notices.push_back(Notice::More(vec![(owed.endpoint, owed.delivery)]));
        self.put(owed);
    }

    /// Is this attempt one of the time for which the endpoint is held now?
    pub(super) fn is_held(&self, flight: &Flight) -> bool {
        self.dispatch.shards.taken(flight.owed.endpoint) == flight.taken
    }

    fn holds(&self) -> bool {
        self.holding.taken[0] > 0
    }

    fn hold(&mut self, taken: u64, leaving: Shards) {
        self.holding = Holding { taken: [taken; SHARDS as usize], leaving, until: None };
        self.dispatch.hold(&self.holding, &self.directory, self.now);
    }

    pub(super) fn leave(&mut self) {
        if self.holds() {
            self.hold(self.holding.taken[0], Shards::ALL);
        }
    }

    pub(super) fn pass_on(&mut self, told: usize) {
        if self.holds() && self.dispatch.vacated().contains(0) {
            assert!(!self.flights.iter().any(|flight| self.is_held(flight)), "an attempt is under way");
            let is_stray = |it: &Settlement| self.strays.contains(&it.delivery);
            assert!(self.settlements.iter().all(is_stray), "not everything is on record");
            self.tell_elsewhere(told);
        }
    }

    pub(super) fn lose(&mut self, told: usize) {
        if self.holds() {
            self.tell_elsewhere(told);
        }
    }

    pub(super) fn take_back(&mut self) {
        if !self.holds() {
            self.times += 1;
            self.hold(self.times, Shards::NONE);
        } else if !self.holding.leaving.is_empty() {
            self.hold(self.holding.taken[0], Shards::NONE);
        }
    }

    /// The endpoints are another hub's now, which tells so many of each lane, in order.
    fn tell_elsewhere(&mut self, told: usize) {
        for flight in &self.flights {
            self.rows.get_mut(&flight.owed.delivery).unwrap().may_be_told_twice = true;
        }
        self.hold(0, Shards::NONE);
        let mut lanes: FxHashMap<(EndpointId, u64), usize> = FxHashMap::default();
        for row in self.rows.values_mut().filter(|row| row.stored == DeliveryState::Pending) {
            let told_of_lane = lanes.entry((row.owed.endpoint, row.owed.lane)).or_default();
            if *told_of_lane < told {
                *told_of_lane += 1;
                row.owed.attempts += 1;
                (row.stored, row.state) = (DeliveryState::Delivered, DeliveryState::Delivered);
            }
        }
    }
}
