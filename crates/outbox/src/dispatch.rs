//! Who is owed what, over all endpoints: the truth that the dispatcher keeps.
//!
//! Pure: it does no IO, reads no clock, and its jitter comes from a seed, so that any run can be replayed (invariant
//! I5). It is told what has happened, and asked what to do next: which attempt to begin, which page to read, when to
//! look again. Endpoints take turns, one delivery a turn, so one that is owed much holds up nobody else.
//!
//! A lane goes on as soon as an attempt's outcome is known, before that is durable: a crash in between may tell a
//! delivery twice, never out of its order. What is not durable yet is remembered here, because a page read from the
//! store may still show it as owed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use callboard_core::{DeliveryId, Endpoint, EndpointId, Timestamp};
use callboard_ledger::{DeliveryState, Directory, EndpointNews, Holding, Owed, Settlement};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rustc_hash::FxHashMap;

use crate::health::Health;
use crate::lanes::{Fate, Taken};
use crate::limits::OutboxLimits;
use crate::memory::{Left, ReadSize};
use crate::pulse::Ended;
use crate::route::Route;
use crate::scribe::Written;
use crate::slots::Slots;
use crate::stats::Stats;
use crate::tray::{Tally, Tray, Turned};
use crate::turn::Turn;
use crate::unsettled::Unsettled;
use crate::verdict::{Outcome, judge, record};

mod holding;
mod reading;
mod said;
#[cfg(test)]
mod tests;

use self::holding::HeldShards;
pub(crate) use self::reading::{BodiesWanted, PageWanted};
use self::said::Said;

pub(crate) struct Dispatch {
    limits: OutboxLimits,
    trays: FxHashMap<EndpointId, Tray>,
    /// Endpoints with something to send.
    turn: Turn,
    /// Endpoints with something to send that are not prompt: there was no slot for them.
    held_up: Turn,
    /// Endpoints with something to read from the store.
    behind: Turn,
    wakes: BTreeSet<(Timestamp, EndpointId)>,
    unsettled: Unsettled,
    said: Said,
    /// Endpoints with bodies to fetch from the store.
    wanting: Turn,
    /// The page that is being read.
    reading: Option<ReadSize>,
    /// The bodies that are being fetched, in bytes.
    fetching: Option<usize>,
    jitter: StdRng,
    stats: Stats,
    /// Attempts under way at endpoints that are not prompt.
    slow_in_flight: usize,
    shards: HeldShards,
    /// How many attempts have ended.
    ended: u64,
    /// How many of them the store did not take.
    refused: u64,
    /// When it was last seen to what was to happen by then.
    woken_at: Timestamp,
}

/// An attempt that begins.
pub(crate) struct Flight {
    pub(crate) route: Arc<Route>,
    pub(crate) owed: Owed,
    pub(crate) overtook: Vec<DeliveryId>,
    pub(crate) began_at: Timestamp,
    /// Which time it was that this hub had taken the endpoint's shard.
    taken: u64,
}

/// What has to be known of the whole by an endpoint that is told something.
struct Told<'a> {
    /// Another hub may have told the endpoint since: the store is to be asked.
    is_outdated: bool,
    left: Left,
    limits: &'a OutboxLimits,
    unsettled: &'a Unsettled,
}

impl Dispatch {
    /// Nothing is known yet but what is configured and what this hub holds; what is owed will be read from the store.
    pub(crate) fn new(
        limits: OutboxLimits,
        seed: u64,
        holding: &Holding,
        directory: &Directory,
        now: Timestamp,
    ) -> Self {
        let mut dispatch = Self {
            limits,
            trays: FxHashMap::default(),
            turn: Turn::default(),
            held_up: Turn::default(),
            slow_in_flight: 0,
            behind: Turn::default(),
            wakes: BTreeSet::new(),
            unsettled: Unsettled::default(),
            said: Said::default(),
            wanting: Turn::default(),
            reading: None,
            fetching: None,
            jitter: StdRng::seed_from_u64(seed),
            stats: Stats::default(),
            shards: HeldShards::default(),
            ended: 0,
            refused: 0,
            woken_at: now,
        };
        if holding.until.is_none() {
            // Nobody else will ever hold anything.
            dispatch.written_when_taken(holding.times());
        }
        dispatch.hold(holding, directory, now);
        dispatch
    }

    pub(crate) fn stats(&self) -> Stats {
        Stats { endpoints: self.trays.len(), unsettled: self.unsettled.len(), ..self.stats }
    }

    /// How an endpoint is doing.
    pub(crate) fn health(&self, id: EndpointId) -> Option<Health> {
        self.trays.get(&id).map(Tray::health)
    }

    /// How those endpoints are doing of which that has not been reported yet.
    pub(crate) fn reports(&mut self) -> Vec<(EndpointId, Health)> {
        let new = self.trays.iter_mut().filter_map(|(id, tray)| Some((*id, tray.report()?)));
        new.collect()
    }

    /// An endpoint was made, changed, or removed if there is none any more.
    pub(crate) fn endpoint(&mut self, id: EndpointId, endpoint: Option<&Endpoint>, now: Timestamp) {
        let unsettled = |delivery| self.unsettled.contains(delivery);
        let endpoint = endpoint.filter(|_| self.shards.have(id));
        match (endpoint, self.trays.get_mut(&id)) {
            (Some(endpoint), Some(tray)) => tray.update(endpoint, unsettled, now),
            (Some(endpoint), None) => self.set_up(endpoint, now),
            (None, _) => return self.remove(id),
        }
        self.look_at(id, now);
    }

    fn set_up(&mut self, endpoint: &Endpoint, now: Timestamp) {
        let mut tray = Tray::new(endpoint, &self.limits, now);
        tray.leaving = self.shards.is_leaving(endpoint.id);
        self.trays.insert(endpoint.id, tray);
    }

    /// Notices were lost: everything is to be read from the store again.
    pub(crate) fn missed(&mut self, directory: &Directory, now: Timestamp) {
        let removed: Vec<_> =
            self.trays.keys().copied().filter(|id| directory.endpoint(*id).is_none()).collect();
        for id in removed {
            self.remove(id);
        }
        for endpoint in directory.endpoints() {
            self.endpoint(endpoint.id, Some(endpoint), now);
            if let Some(tray) = self.trays.get_mut(&endpoint.id) {
                tray.resync(|delivery| self.unsettled.contains(delivery), now);
                self.look_at(endpoint.id, now);
            }
        }
    }

    /// More is owed, which is in the store.
    pub(crate) fn more(&mut self, owed: Vec<(EndpointId, DeliveryId)>, now: Timestamp) {
        for (endpoint, last) in owed {
            self.tell(endpoint, now, |tray, _| {
                tray.backlog.takes(last, false);
            });
        }
    }

    /// Deliveries are owed from now on.
    pub(crate) fn owed(&mut self, owed: Vec<Owed>, now: Timestamp) {
        for owed in owed {
            self.tell(owed.endpoint, now, |tray, told| {
                if told.is_outdated {
                    tray.backlog.takes(owed.delivery, false);
                } else {
                    tray.owed(owed, told.limits, told.left, now);
                }
            });
        }
    }

    /// Deliveries that had been given up or called off are owed again.
    pub(crate) fn anew(&mut self, owed: Vec<Owed>, now: Timestamp) {
        for owed in owed {
            self.tell(owed.endpoint, now, |tray, told| {
                let unsettled = |delivery| told.unsettled.contains(delivery);
                if told.is_outdated {
                    tray.resync(unsettled, now);
                } else {
                    let outdated = told.unsettled.outdates(&owed);
                    tray.anew(owed, outdated, (told.limits, told.left), unsettled, now);
                }
            });
        }
    }

    /// A person wants this to be tried now.
    pub(crate) fn retry(&mut self, owed: Owed, now: Timestamp) {
        self.tell(owed.endpoint, now, |tray, told| {
            if told.is_outdated {
                tray.backlog.revisit();
            } else {
                tray.retry(owed, told.limits, told.left, now);
            }
        });
    }

    /// A delivery was called off.
    pub(crate) fn cancelled(&mut self, delivery: DeliveryId, endpoint: EndpointId, now: Timestamp) {
        if self.reading.is_some() {
            self.unsettled.called_off_while_reading(delivery);
        }
        self.tell(endpoint, now, |tray, _| tray.lanes.cancel(delivery, now));
    }

    /// Tells an endpoint's tray what was heard, if the endpoint is for this hub to tell.
    fn tell(&mut self, endpoint: EndpointId, now: Timestamp, tell: impl FnOnce(&mut Tray, &Told<'_>)) {
        let left = self.left();
        let Some(tray) = self.trays.get_mut(&endpoint) else { return };
        let is_outdated = self.shards.are_newer(endpoint);
        tell(tray, &Told { is_outdated, left, limits: &self.limits, unsettled: &self.unsettled });
        self.look_at(endpoint, now);
    }

    /// Sees to everything that was to happen by now.
    pub(crate) fn wake(&mut self, now: Timestamp) {
        if now < std::mem::replace(&mut self.woken_at, now) {
            self.clock_went_back(now);
        }
        while let Some((at, endpoint)) = self.wakes.first().copied()
            && at <= now
        {
            if let Some(tray) = self.trays.get_mut(&endpoint) {
                tray.lanes.wake(now);
            }
            self.look_at(endpoint, now);
        }
    }

    fn clock_went_back(&mut self, now: Timestamp) {
        let endpoints: Vec<EndpointId> = self.trays.keys().copied().collect();
        for id in endpoints {
            if let Some(tray) = self.trays.get_mut(&id) {
                tray.clock_went_back(now);
            }
            self.look_at(id, now);
        }
    }

    /// When [`Dispatch::wake`] has something to do.
    pub(crate) fn next_wake(&self) -> Option<Timestamp> {
        self.wakes.first().map(|(at, _)| *at)
    }

    /// The next attempt to begin now, if one may be begun.
    pub(crate) fn next_flight(&mut self, now: Timestamp) -> Option<Flight> {
        let in_flight = self.stats.in_flight;
        if in_flight >= self.limits.in_flight_total
            || in_flight + self.unsettled.len() >= self.limits.unsettled
            || self.unsettled.remembered() >= self.limits.settled_meanwhile
        {
            return None;
        }
        let slots = Slots::new(&self.limits, in_flight, self.slow_in_flight);
        while let Some(endpoint) = self.next_turn(&slots) {
            let Some(tray) = self.trays.get_mut(&endpoint) else { continue };
            let taken = match tray.take(&self.limits, &slots, now) {
                Turned::Begins(taken) => taken,
                Turned::Nothing => {
                    self.passed(endpoint, now);
                    continue;
                }
                Turned::NoSlot => {
                    self.held_up.ask(endpoint);
                    continue;
                }
            };
            let route = Arc::clone(&tray.route);
            self.look_at(endpoint, now);
            self.stats.in_flight += 1;
            let Taken { owed, overtook } = taken;
            return Some(Flight { route, owed, overtook, began_at: now, taken: self.shards.taken(endpoint) });
        }
        None
    }

    /// An endpoint had its turn and nothing to begin. If the clock went back since it asked for one, it has to wait again.
    fn passed(&mut self, id: EndpointId, now: Timestamp) {
        if self.trays.get(&id).is_some_and(|tray| !tray.can_send(&self.limits, now)) {
            self.look_at(id, now);
        }
    }

    /// Those that were held up go first, as soon as there is a slot for them; they never have all.
    fn next_turn(&mut self, slots: &Slots) -> Option<EndpointId> {
        let held_up = if slots.has_one_for_slow() { self.held_up.next() } else { None };
        held_up.or_else(|| self.turn.next())
    }

    /// An attempt has ended. Answers what is to be written down about it.
    pub(crate) fn landed(
        &mut self,
        flight: Flight,
        outcome: Outcome,
        took: Duration,
        now: Timestamp,
    ) -> Settlement {
        let Flight { route, owed, overtook, began_at, taken } = flight;
        let (number, jitter) = (owed.attempts + 1, self.jitter.random_range(-1.0..1.0));
        // If it is for another hub to tell by now, or was meanwhile, what is next for it is in the store.
        let is_ours = self.shards.taken(route.endpoint) == taken;
        let tray = self.trays.get_mut(&route.endpoint).filter(|_| is_ours);
        // It may have become owed again since its attempt began.
        let again_after = tray.as_ref().map_or(owed.again_after, |tray| tray.lanes.again_after(&owed));
        let of_schedule = number.saturating_sub(again_after).max(1);
        let (state, next_at) = judge(&outcome, of_schedule, &route.schedule, now, jitter).leaves();
        let is_over = state != DeliveryState::Pending;

        self.stats.count(state);
        self.ended += 1;
        self.unsettled.add(owed.delivery, number, is_over);
        let (mut called_off, mut standing) = (is_ours, None);
        if let Some(tray) = tray {
            let fate = if is_over { Fate::Over } else { Fate::Again { next_at } };
            called_off = tray.finish(&owed, began_at, fate, now);
            tray.count(state == DeliveryState::Delivered, took, now);
            let ended = Ended { delivery: owed.delivery, url: &route.url, began_at, outcome: &outcome };
            standing = tray.hear(&ended, jitter, |delivery| self.unsettled.contains(delivery), now);
            if let Some(standing) = &standing {
                self.say(owed.delivery, route.endpoint, standing);
            }
            self.look_at(route.endpoint, now);
        }
        // What was called off is so in the store already, unless it has become owed again since: that is for the store to say.
        let next_at = next_at.filter(|_| !called_off);
        let attempt = record(number, began_at, took, outcome);
        let news = standing.map(|standing| {
            Box::new(EndpointNews { endpoint: route.endpoint, url: route.url.clone(), standing })
        });
        Settlement { delivery: owed.delivery, attempt, state, next_at, overtook, news }
    }

    /// The scribe has written down what came of attempts. Those that the store does not take are not made again in this run.
    pub(crate) fn written(&mut self, Written { durable, refused }: &Written) {
        self.stats.settled += durable.len() as u64;
        self.refused += refused.len() as u64;
        self.unsettled.durable(durable, self.reading.is_some());
        self.unsettled.refused(refused.len());
        for delivery in refused {
            self.unsay(*delivery);
        }
    }

    fn remove(&mut self, id: EndpointId) {
        if let Some(tray) = self.trays.remove(&id) {
            self.recount(tray.counted, Tally::default());
            if let Some(at) = tray.wake_at {
                self.wakes.remove(&(at, id));
            }
        }
    }

    /// An endpoint came to `before` and comes to `after` now.
    fn recount(&mut self, before: Tally, after: Tally) {
        self.stats.recount(before, after);
        self.slow_in_flight = self.slow_in_flight + after.slow_in_flight - before.slow_in_flight;
    }

    /// Notes what is next for an endpoint of which something has changed.
    fn look_at(&mut self, id: EndpointId, now: Timestamp) {
        let Some(tray) = self.trays.get_mut(&id) else { return };
        if tray.can_send(&self.limits, now) {
            self.turn.ask(id);
        }
        if tray.wants_page() {
            self.behind.ask(id);
        }
        if tray.wants_bodies() {
            self.wanting.ask(id);
        }
        let wake_at = tray.next_wake(&self.limits, now);
        if wake_at != tray.wake_at {
            if let Some(at) = std::mem::replace(&mut tray.wake_at, wake_at) {
                self.wakes.remove(&(at, id));
            }
            self.wakes.extend(wake_at.map(|at| (at, id)));
        }
        let tally = tray.tally(now);
        let before = std::mem::replace(&mut tray.counted, tally);
        self.recount(before, tally);
    }
}
