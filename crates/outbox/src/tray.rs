//! One endpoint's part of the outbox: its lanes in memory, its backlog in the store, its pace, and how to reach it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use callboard_core::{DeliveryId, Endpoint, EndpointState, Timestamp};
use callboard_ledger::{Owed, OwedPage, Standing};
use jiff::SignedDuration;
use rustc_hash::FxHashSet;

use crate::backlog::{Backlog, Place};
use crate::health::{BreakerState, Health};
use crate::lanes::{Fate, Lanes, Rule, Taken, Wanted, bytes_of};
use crate::limits::OutboxLimits;
use crate::memory::{Left, ReadSize, Share};
use crate::pace::Pace;
use crate::pulse::{Ended, Pulse};
use crate::route::Route;
use crate::slots::{Promptness, Slots};

/// What an endpoint adds to the outbox's numbers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) held: usize,
    pub(crate) held_bytes: usize,
    pub(crate) known: usize,
    pub(crate) behind: usize,
    /// Attempts under way, if it does not answer promptly.
    pub(crate) slow_in_flight: usize,
    pub(crate) open_breakers: usize,
    pub(crate) disabled: usize,
}

/// What an endpoint does with its turn.
pub(crate) enum Turned {
    Begins(Taken),
    /// It has nothing to begin now, and will ask again by itself.
    Nothing,
    /// It is not prompt, and those like it have all the slots that they may have.
    NoSlot,
}

pub(crate) struct Tray {
    /// The endpoint as people have set it.
    settings: Endpoint,
    pub(crate) route: Arc<Route>,
    pub(crate) lanes: Lanes,
    pub(crate) backlog: Backlog,
    /// What stayed known when everything was to be read again. What is not on its page was called off unheard.
    doubtful: FxHashSet<DeliveryId>,
    enabled: bool,
    /// An attempt has shown that it is to be disabled, which is not on record yet.
    pub(crate) switching_off: bool,
    /// Another hub is to have it: nothing more is begun.
    pub(crate) leaving: bool,
    /// How it was doing when that was last reported.
    reported: Option<Health>,
    pace: Option<Pace>,
    rate: Option<callboard_core::RateLimit>,
    promptness: Promptness,
    pulse: Pulse,
    /// How many bodies are being read from the store for it: there must be room for them when they come.
    coming: usize,
    /// The store could not be read: not before this time again.
    reads_from: Option<Timestamp>,
    /// When it is to be looked at again, as noted with the others'.
    pub(crate) wake_at: Option<Timestamp>,
    /// What it came to when that was last counted in with the others.
    pub(crate) counted: Tally,
}

impl Tray {
    pub(crate) fn new(endpoint: &Endpoint, limits: &OutboxLimits, now: Timestamp) -> Self {
        let route = Arc::new(Route::new(endpoint));
        Self {
            settings: settings(endpoint),
            lanes: Lanes::new(rule(endpoint, &route, now), limits.lane_ahead),
            route,
            backlog: Backlog::new(),
            doubtful: FxHashSet::default(),
            enabled: is_enabled(endpoint),
            switching_off: false,
            leaving: false,
            reported: None,
            pace: endpoint.rate_limit.map(Pace::new),
            rate: endpoint.rate_limit,
            promptness: Promptness::default(),
            pulse: Pulse::of(endpoint),
            coming: 0,
            reads_from: None,
            wake_at: None,
            counted: Tally::default(),
        }
    }

    /// Takes the endpoint's settings as they are now. What is `unsettled` stays in memory whatever happens to the rest. One
    /// that is being switched off stays so until that is on record, although its settings do not say so yet.
    pub(crate) fn update(
        &mut self,
        endpoint: &Endpoint,
        unsettled: impl Fn(DeliveryId) -> bool,
        now: Timestamp,
    ) {
        self.pulse.failing.stands(endpoint.failing_since);
        let settings = settings(endpoint);
        if self.switching_off && settings == self.settings {
            return;
        }
        self.settings = settings;
        let begins_anew = self.route.url != endpoint.url || (!self.enabled && is_enabled(endpoint));
        if begins_anew {
            self.pulse.begin_anew(endpoint);
            self.lanes.rest(false);
            self.backlog.begin_anew();
        }
        self.route = Arc::new(Route::new(endpoint));
        if self.rate != endpoint.rate_limit {
            self.rate = endpoint.rate_limit;
            self.pace = endpoint.rate_limit.map(Pace::new);
        }
        let rule = rule(endpoint, &self.route, now);
        if begins_anew || self.enabled != is_enabled(endpoint) || self.lanes.rule() != rule {
            self.enabled = is_enabled(endpoint);
            self.start_again(rule, unsettled, now);
        }
        if begins_anew {
            self.lanes.end_waits(now);
        }
    }

    /// Reads everything from the store again.
    pub(crate) fn resync(&mut self, unsettled: impl Fn(DeliveryId) -> bool, now: Timestamp) {
        self.start_again(self.lanes.rule(), unsettled, now);
    }

    /// Sends nothing more until the endpoint is enabled again. Answers whether it was enabled.
    pub(crate) fn disable(&mut self, unsettled: impl Fn(DeliveryId) -> bool, now: Timestamp) -> bool {
        let was_enabled = std::mem::replace(&mut self.enabled, false);
        if was_enabled {
            self.resync(unsettled, now);
        }
        was_enabled
    }

    /// Something is owed from now on.
    pub(crate) fn owed(&mut self, owed: Owed, limits: &OutboxLimits, left: Left, now: Timestamp) {
        let has_room = self.enabled && self.has_room_for(&owed, limits, left);
        if self.backlog.takes(owed.delivery, has_room) {
            self.lanes.add(owed, now);
        }
    }

    /// Something older is owed again. What there is no room for goes where it belongs, before everything younger: it is all
    /// read from the store again.
    pub(crate) fn anew(
        &mut self,
        owed: Owed,
        outdated: bool,
        (limits, left): (&OutboxLimits, Left),
        unsettled: impl Fn(DeliveryId) -> bool,
        now: Timestamp,
    ) {
        if !self.enabled {
            return;
        }
        self.doubtful.remove(&owed.delivery);
        let has_room = !outdated && (self.lanes.holds(&owed) || self.has_room_for(&owed, limits, left));
        match self.backlog.place_anew(owed.delivery, has_room) {
            Place::Memory => self.lanes.anew(owed, now),
            Place::Store => {}
            Place::BeforeMemory => self.resync(unsettled, now),
        }
    }

    /// A person wants this to be tried now.
    pub(crate) fn retry(&mut self, owed: Owed, limits: &OutboxLimits, left: Left, now: Timestamp) {
        self.doubtful.remove(&owed.delivery);
        // Where there is no room for it, whatever is the first to be tried shows whether the endpoint is there again.
        let breaker = &mut self.pulse.breaker;
        let goes_first = !breaker.is_open() || breaker.wish();
        if goes_first {
            self.lanes.make_way();
        }
        if self.enabled && (self.lanes.holds(&owed) || self.has_room_for(&owed, limits, left)) {
            let (delivery, lane) = (owed.delivery, owed.lane);
            self.lanes.retry(owed, now);
            if goes_first {
                self.lanes.go_first(delivery, lane);
            }
        } else {
            self.backlog.revisit();
        }
    }

    /// Is there a page to be read, sooner or later? While the endpoint is only probed, only if there is nothing to probe it
    /// with.
    pub(crate) fn wants_page(&self) -> bool {
        let is_of_use = !self.lanes.is_resting() || !self.lanes.has_next();
        self.enabled && self.backlog.wants_page() && is_of_use
    }

    /// Are there bodies to be fetched, sooner or later?
    pub(crate) fn wants_bodies(&self) -> bool {
        self.enabled && self.lanes.wants_bodies()
    }

    /// Is there anything to read from the store?
    pub(crate) fn reads_on(&self) -> bool {
        self.wants_page() || self.wants_bodies()
    }

    /// How much of what it is owed is to be read from the store now, if anything.
    pub(crate) fn page_wanted(&self, limits: &OutboxLimits, left: Left, now: Timestamp) -> Option<ReadSize> {
        if self.wants_page() && self.may_read(now) { self.share().page(limits, left) } else { None }
    }

    /// The bodies that are to be fetched from the store now, if any.
    pub(crate) fn bodies_wanted(&mut self, limits: &OutboxLimits, left: Left, now: Timestamp) -> Vec<Wanted> {
        let reads = self.wants_bodies() && self.may_read(now);
        match self.share().fetch(limits, left) {
            Some(size) if reads => self.lanes.ask_for_bodies(size.rows, size.bytes),
            Some(_) | None => Vec::new(),
        }
    }

    /// A page has come. What is `outdated` on it has been told by now.
    pub(crate) fn page(&mut self, page: OwedPage, outdated: impl Fn(&Owed) -> bool, now: Timestamp) {
        let last = page.rows.last().map(|owed| owed.delivery);
        let (anew_from, due_from) = (self.backlog.anew_from(), self.backlog.due_from());
        if !self.backlog.end_page(last, !page.is_last) {
            return;
        }
        for mut owed in page.rows {
            self.doubtful.remove(&owed.delivery);
            let counts = anew_from.is_none_or(|from| owed.delivery < from);
            if counts && !outdated(&owed) && !self.lanes.holds(&owed) {
                let is_due = due_from.is_some_and(|from| from <= owed.delivery);
                owed.next_at = owed.next_at.filter(|_| !is_due);
                self.lanes.add(owed, now);
            }
        }
        let missing = self.doubtful.extract_if(|delivery| page.is_last || Some(*delivery) <= last);
        missing.for_each(|delivery| self.lanes.cancel(delivery, now));
    }

    /// So many bodies are being read for it from now on.
    pub(crate) fn expect(&mut self, bodies: usize) {
        self.coming += bodies;
    }

    /// So many are not any more. What was asked for one that has been removed may come to one that took its place.
    pub(crate) fn expect_no_more(&mut self, bodies: usize) {
        self.coming = self.coming.saturating_sub(bodies);
    }

    /// The store could not be read, and is not asked again before this time.
    pub(crate) fn page_failed(&mut self, again_at: Timestamp) {
        self.backlog.page_failed();
        self.reads_from = Some(again_at);
    }

    /// Bodies have come.
    pub(crate) fn bodies(&mut self, asked: &[Wanted], bodies: Vec<Option<Bytes>>, now: Timestamp) {
        if self.lanes.bodies_came(asked, bodies, now) > 0 {
            // What was forgotten may have become owed again since it was looked for.
            self.backlog.revisit();
        }
    }

    /// Bodies could not be fetched, and the store is not asked again before this time.
    pub(crate) fn bodies_failed(&mut self, asked: &[Wanted], again_at: Timestamp, now: Timestamp) {
        self.lanes.go_on(asked, now);
        self.reads_from = Some(again_at);
    }

    /// May an attempt begin now?
    pub(crate) fn can_send(&self, limits: &OutboxLimits, now: Timestamp) -> bool {
        self.has_work(limits)
            && self.pulse.breaker.lets(self.lanes.in_flight(), now)
            && self.pace.as_ref().is_none_or(|pace| pace.free_at() <= now)
    }

    /// The next delivery to attempt, if one may be attempted now.
    pub(crate) fn take(&mut self, limits: &OutboxLimits, slots: &Slots, now: Timestamp) -> Turned {
        if !self.has_work(limits) || !self.pulse.breaker.lets(self.lanes.in_flight(), now) {
            return Turned::Nothing;
        }
        if self.lanes.in_flight() >= slots.share(self.promptness.is_prompt(now)) {
            // Otherwise the end of one of its own attempts brings it back.
            return if self.lanes.in_flight() == 0 { Turned::NoSlot } else { Turned::Nothing };
        }
        if !self.pace.as_mut().is_none_or(|pace| pace.take(now)) {
            return Turned::Nothing;
        }
        let Some(taken) = self.lanes.take() else { return Turned::Nothing };
        self.promptness.began(now);
        self.pulse.breaker.began(taken.owed.delivery);
        Turned::Begins(taken)
    }

    /// An attempt has ended. Answers whether its delivery was called off meanwhile.
    pub(crate) fn finish(&mut self, owed: &Owed, began_at: Timestamp, fate: Fate, now: Timestamp) -> bool {
        let called_off = self.lanes.finish(owed, began_at, fate, now);
        self.promptness.ended(began_at, self.lanes.in_flight(), now);
        called_off
    }

    /// Counts an attempt that has ended, wherever it went.
    pub(crate) fn count(&mut self, went_well: bool, took: Duration, now: Timestamp) {
        self.pulse.hour.count(went_well, took, now);
    }

    /// Takes in what an attempt showed about the endpoint, unless that is somewhere else by now. Answers what of it is news.
    pub(crate) fn hear(
        &mut self,
        ended: &Ended<'_>,
        jitter: f64,
        unsettled: impl Fn(DeliveryId) -> bool,
        now: Timestamp,
    ) -> Option<Standing> {
        if self.route.url != ended.url {
            return None;
        }
        let standing = self.pulse.take_in(ended, now, jitter);
        self.lanes.rest(self.pulse.breaker.lasts(now));
        let standing = standing?;
        let switches_off = matches!(standing, Standing::Disabled { .. });
        (!switches_off || self.disable(unsettled, now)).then_some(standing)
    }

    /// How the endpoint is doing.
    pub(crate) fn health(&self) -> Health {
        let breaker = &self.pulse.breaker;
        Health {
            failing_since: self.pulse.failing.since(),
            breaker: match (breaker.is_open(), breaker.is_probing()) {
                (false, _) => BreakerState::Closed,
                (true, false) => BreakerState::Open,
                (true, true) => BreakerState::HalfOpen,
            },
            next_probe_at: breaker.probe_at(),
            owed: self.lanes.len(),
            is_behind: self.backlog.is_behind(),
            in_flight: self.lanes.in_flight(),
            last_success_at: self.pulse.last_success_at,
            last_failure: self.pulse.last_failure.clone(),
            held_lanes: self.lanes.held(),
            minutes: self.pulse.hour.minutes().collect(),
        }
    }

    /// How it is doing, if that has changed since this was last asked.
    pub(crate) fn report(&mut self) -> Option<Health> {
        let health = Some(self.health());
        if self.reported == health {
            return None;
        }
        self.reported.clone_from(&health);
        health
    }

    /// The clock has been set back: nothing that waits for a time by it waits for longer than it ever does.
    pub(crate) fn clock_went_back(&mut self, now: Timestamp) {
        if let Some(pace) = &mut self.pace {
            pace.clock_went_back(now);
        }
        self.pulse.breaker.clock_went_back(now);
        self.lanes.clock_went_back(now);
        self.reads_from = None;
    }

    /// When it is to be looked at again though nothing else happens.
    pub(crate) fn next_wake(&self, limits: &OutboxLimits, now: Timestamp) -> Option<Timestamp> {
        if !self.enabled {
            return None;
        }
        let gates = [self.pace.as_ref().map(Pace::free_at), self.pulse.breaker.opens_at()];
        let turn = gates.into_iter().flatten().filter(|at| *at > now && self.has_work(limits)).max();
        let reading = self.reads_from.filter(|at| *at > now && self.reads_on());
        [turn, reading, self.lanes.next_wake()].into_iter().flatten().min()
    }

    pub(crate) fn tally(&self, now: Timestamp) -> Tally {
        let slow_in_flight = if self.promptness.is_prompt(now) { 0 } else { self.lanes.in_flight() };
        Tally {
            held: self.lanes.bodies(),
            held_bytes: self.lanes.bytes(),
            known: self.lanes.len(),
            behind: usize::from(self.backlog.is_behind()),
            slow_in_flight,
            open_breakers: usize::from(self.enabled && self.pulse.breaker.is_open()),
            disabled: usize::from(!self.enabled),
        }
    }

    fn has_work(&self, limits: &OutboxLimits) -> bool {
        self.enabled
            && !self.leaving
            && self.lanes.has_ready()
            && self.lanes.in_flight() < limits.in_flight_per_endpoint
    }

    fn share(&self) -> Share {
        let bodies = self.lanes.bodies() + self.coming;
        Share { bodies, bytes: self.lanes.bytes(), known: self.lanes.len() }
    }

    fn has_room_for(&self, owed: &Owed, limits: &OutboxLimits, left: Left) -> bool {
        let share = self.share();
        share.may_know_another(limits, left)
            && (share.may_hold_another(bytes_of(&owed.body), limits, left) || self.lanes.lays_down(owed.lane))
    }

    fn may_read(&self, now: Timestamp) -> bool {
        self.reads_from.is_none_or(|at| at <= now)
    }

    fn start_again(&mut self, rule: Rule, unsettled: impl Fn(DeliveryId) -> bool, now: Timestamp) {
        self.lanes.clear(rule, unsettled, now);
        self.doubtful = self.lanes.known().collect();
        self.backlog.reset();
    }
}

fn settings(endpoint: &Endpoint) -> Endpoint {
    Endpoint { failing_since: None, ..endpoint.clone() }
}

fn is_enabled(endpoint: &Endpoint) -> bool {
    endpoint.state == EndpointState::Enabled
}

fn rule(endpoint: &Endpoint, route: &Route, now: Timestamp) -> Rule {
    let span = |time: Duration| SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
    Rule {
        ordering: endpoint.ordering,
        hold_for: span(endpoint.hold_for),
        // What is said to be in the future was written down by another clock.
        holds_from: endpoint.told_since.filter(|since| *since <= now),
        longest_wait: span(route.schedule.longest_wait()),
    }
}
