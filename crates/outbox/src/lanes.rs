//! In what order one endpoint is told (invariant I3). Pure: no IO, and the time is handed in.
//!
//! What is owed runs on tracks. On a lane's track there is everything about one interview, by id; only its head is ever
//! attempted. A head that failed waits, and its followers wait with it, without attempts of their own. One that has kept
//! failing for longer than `hold_for` since its first attempt *steps aside* onto a track of its own, where it is tried
//! further, and the lane goes on; whoever goes ahead is told whom it overtook. An endpoint that asks for no order has
//! nothing but tracks of one.
//!
//! What can be sent soon is in memory with its body. A track whose head waits for its time, and whatever is far from the
//! head of its own, is known by name only: see `bodies.rs`.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use callboard_core::{DeliveryId, Ordering, Timestamp};
use callboard_ledger::Owed;
use jiff::SignedDuration;

pub(crate) use self::bodies::Wanted;
pub(crate) use self::track::bytes_of;
use self::track::{Head, Key, Queued, Track};
use self::tracks::Tracks;
use crate::limits::OVERTOOK_NAMED;

mod bodies;
mod track;
mod tracks;

#[cfg(test)]
mod tests;

/// What an endpoint asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rule {
    pub ordering: Ordering,
    pub hold_for: SignedDuration,
    /// What was tried before this has not held back anyone yet.
    pub holds_from: Option<Timestamp>,
    /// What is said to wait for longer than this was written down when the clock was ahead.
    pub longest_wait: SignedDuration,
}

/// A delivery whose attempt begins.
#[derive(Debug)]
pub(crate) struct Taken {
    pub owed: Owed,
    /// Those of its lane that are still owed although they come before it.
    pub overtook: Vec<DeliveryId>,
}

/// Where an attempt leaves its delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Done with, one way or another.
    Over,
    /// To be tried again, at once if no time is given.
    Again { next_at: Option<Timestamp> },
}

/// What one endpoint is owed and is in memory.
#[derive(Debug)]
pub(crate) struct Lanes {
    rule: Rule,
    tracks: Tracks,
    ready: VecDeque<Key>,
    timers: BTreeMap<(Timestamp, DeliveryId), Key>,
    /// Tracks whose heads could go if their bodies were here.
    wanted: VecDeque<Key>,
    /// How many of a track may have their bodies in memory.
    ahead: usize,
    /// One track may be ready, and no more.
    is_resting: bool,
    known: usize,
    bodies: usize,
    bytes: usize,
    in_flight: usize,
}

impl Lanes {
    /// Nothing is owed. Of each track, so many have their bodies in memory at the most.
    pub(crate) fn new(rule: Rule, ahead: usize) -> Self {
        Self {
            rule,
            tracks: Tracks::default(),
            ready: VecDeque::new(),
            timers: BTreeMap::new(),
            wanted: VecDeque::new(),
            ahead: ahead.max(1),
            is_resting: false,
            known: 0,
            bodies: 0,
            bytes: 0,
            in_flight: 0,
        }
    }

    pub(crate) fn rule(&self) -> Rule {
        self.rule
    }

    /// How many deliveries are in memory, with their bodies or without, those under way included.
    pub(crate) fn len(&self) -> usize {
        self.known
    }

    /// The deliveries that anything is known of, in no order.
    pub(crate) fn known(&self) -> impl Iterator<Item = DeliveryId> {
        self.tracks.iter().flat_map(|(_, track)| {
            let queued = track.queue.iter().map(|owed| owed.delivery);
            queued.chain(track.aside.iter().copied())
        })
    }

    /// How many are under way.
    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// How many lanes stand still until the time for another try of what is first on them.
    pub(crate) fn held(&self) -> usize {
        self.timers.values().filter(|key| matches!(key, Key::Lane(_))).count()
    }

    pub(crate) fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// When [`Lanes::wake`] has something to do.
    pub(crate) fn next_wake(&self) -> Option<Timestamp> {
        self.timers.first_key_value().map(|((at, _), _)| *at)
    }

    /// Is this delivery in memory?
    pub(crate) fn holds(&self, owed: &Owed) -> bool {
        let track = self.tracks.get(self.tracks.key_of(owed.delivery, owed.lane));
        track.is_some_and(|track| track.position(owed.delivery).is_some())
    }

    /// Takes a delivery in, which must not be in memory yet, at its place in its lane.
    pub(crate) fn add(&mut self, owed: Owed, now: Timestamp) {
        debug_assert!(!self.holds(&owed), "{} is in memory already", owed.delivery);
        self.add_queued(Queued::new(owed), now);
    }

    fn add_queued(&mut self, queued: Queued, now: Timestamp) {
        self.count_in(&queued);
        match self.rule.ordering {
            Ordering::None => self.put(Key::Alone(queued.delivery), queued, now),
            Ordering::Interview if self.holds_until(&queued).is_some_and(|until| until <= now) => {
                self.step_aside(queued, now);
            }
            Ordering::Interview => self.put(Key::Lane(queued.lane), queued, now),
        }
    }

    /// Takes in a delivery that is owed again. One that is called off and still under way is not called off any more; its
    /// attempt counts as the first of the whole schedule that it has before it again.
    pub(crate) fn anew(&mut self, owed: Owed, now: Timestamp) {
        if !self.holds(&owed) {
            return self.add(owed, now);
        }
        let key = self.tracks.key_of(owed.delivery, owed.lane);
        let track = self.track(key);
        let Some(place) = track.position(owed.delivery) else { return };
        if place == 0 && track.is_in_flight() {
            track.head = Head::InFlight { called_off: false };
        }
        track.queue[place].again_after = owed.again_after;
        track.queue[place].first_attempt_at = owed.first_attempt_at;
    }

    /// After how many attempts a delivery that is under way was last owed again.
    pub(crate) fn again_after(&self, owed: &Owed) -> u32 {
        let track = self.tracks.get(self.tracks.key_of(owed.delivery, owed.lane));
        let queued = track.and_then(|track| track.queue.front()).filter(|it| it.delivery == owed.delivery);
        queued.map_or(owed.again_after, |queued| queued.again_after)
    }

    /// Has a delivery tried now, because a person wants it to be: out of its turn, unless its turn it is. Then those behind
    /// it go on waiting.
    pub(crate) fn retry(&mut self, mut owed: Owed, now: Timestamp) {
        let key = self.tracks.key_of(owed.delivery, owed.lane);
        let found = self.tracks.get(key).and_then(|track| track.position(owed.delivery));
        match found {
            Some(0) if self.is_in_flight(key) => {
                // It may have been called off meanwhile: the later word counts.
                self.track(key).head = Head::InFlight { called_off: false };
                return;
            }
            Some(0) => return self.end_wait(key, owed.body, now),
            Some(place) => drop(self.remove(key, place, now)),
            None => {}
        }
        owed.next_at = None;
        let queued = Queued::new(owed);
        self.count_in(&queued);
        self.step_aside(queued, now);
    }

    /// Has a delivery whose turn it is go before all others.
    pub(crate) fn go_first(&mut self, delivery: DeliveryId, lane: u64) {
        let key = self.tracks.key_of(delivery, lane);
        if let Some(place) = self.ready.iter().position(|ready| *ready == key) {
            self.ready.remove(place);
            self.ready.push_front(key);
        }
    }

    /// Forgets a delivery that was called off. One that is under way is forgotten when its attempt ends.
    pub(crate) fn cancel(&mut self, delivery: DeliveryId, now: Timestamp) {
        let found = self.tracks.iter().find_map(|(key, track)| Some((key, track.position(delivery)?)));
        match found {
            Some((key, 0)) if self.is_in_flight(key) => {
                self.track(key).head = Head::InFlight { called_off: true };
            }
            Some((key, place)) => {
                let owed = self.remove(key, place, now);
                self.came_back(owed.lane, delivery);
            }
            None => {
                let is_aside = |track: &Track| track.aside.contains(&delivery);
                let lane = self.tracks.iter().find(|(_, track)| is_aside(track)).map(|(key, _)| key);
                if let Some(Key::Lane(lane)) = lane {
                    self.came_back(lane, delivery);
                }
            }
        }
    }

    /// The next whose turn it is: tracks go first come, first served, and line up again behind the others.
    pub(crate) fn take(&mut self) -> Option<Taken> {
        let key = self.ready.pop_front()?;
        self.in_flight += 1;
        let track = self.track(key);
        track.head = Head::InFlight { called_off: false };
        let owed = Owed::clone(track.queue.front().expect("a ready track has a head"));
        let overtaken = track.aside.iter().filter(|aside| **aside < owed.delivery);
        let overtook = overtaken.take(OVERTOOK_NAMED).copied().collect();
        Some(Taken { owed, overtook })
    }

    /// An attempt has ended: `owed` as it was taken, and what became of it. Answers whether it was called off meanwhile.
    pub(crate) fn finish(
        &mut self,
        owed: &Owed,
        attempted_at: Timestamp,
        fate: Fate,
        now: Timestamp,
    ) -> bool {
        let key = self.tracks.key_of(owed.delivery, owed.lane);
        let track = self.track(key);
        let Head::InFlight { called_off } = track.head else {
            unreachable!("{} was not taken", owed.delivery)
        };
        track.head = Head::Nobody;
        let mut owed = track.queue.pop_front().expect("what is in flight stays the head of its track");
        self.in_flight -= 1;
        match fate {
            Fate::Again { next_at } if !called_off => {
                owed.attempts += 1;
                owed.first_attempt_at.get_or_insert(attempted_at);
                owed.next_at = next_at;
                self.put(key, owed, now);
            }
            Fate::Again { .. } | Fate::Over => {
                self.count_out(&owed);
                self.look_at_head(key, now);
                self.came_back(owed.lane, owed.delivery);
            }
        }
        called_off
    }

    /// Sees to everything that was to happen by now.
    pub(crate) fn wake(&mut self, now: Timestamp) {
        while let Some(timer) = self.timers.first_entry() {
            if timer.key().0 > now {
                return;
            }
            let key = timer.remove();
            self.look_at_head(key, now);
        }
    }

    /// Has nothing wait for its time any more.
    pub(crate) fn end_waits(&mut self, now: Timestamp) {
        self.tracks.queues_mut().flatten().for_each(|queued| queued.next_at = None);
        self.look_at_waiting(now);
    }

    /// The clock has been set back: nothing waits for longer than it ever does.
    pub(crate) fn clock_went_back(&mut self, now: Timestamp) {
        self.rule.holds_from = self.rule.holds_from.filter(|from| *from <= now);
        let longest_wait = self.rule.longest_wait;
        self.tracks.queues_mut().flatten().for_each(|queued| queued.set_right(longest_wait, now));
        self.look_at_waiting(now);
    }

    /// Arranges anew what is next for those heads that wait for their time.
    fn look_at_waiting(&mut self, now: Timestamp) {
        for key in std::mem::take(&mut self.timers).into_values() {
            self.look_at_head(key, now);
        }
    }

    /// Forgets everything but what is under way and what is to be kept, and goes on by this rule. Whom those that stay
    /// have overtaken stays known as well.
    pub(crate) fn clear(&mut self, rule: Rule, keep: impl Fn(DeliveryId) -> bool, now: Timestamp) {
        let cleared = Self { is_resting: self.is_resting, ..Self::new(rule, self.ahead) };
        let before = std::mem::replace(self, cleared);
        let mut kept = Vec::new();
        for (key, mut track) in before.tracks {
            let under_way = if track.is_in_flight() { track.queue.pop_front() } else { None };
            track.queue.retain(|queued| keep(queued.delivery));
            let goes_on = under_way.is_some() || !track.queue.is_empty();
            if goes_on && let Key::Lane(lane) = key {
                track.aside.iter().for_each(|aside| self.note_aside(lane, *aside));
            }
            kept.extend(track.queue);
            if let Some(owed) = under_way {
                self.restore_under_way(key, track.head, owed);
            }
        }
        for queued in kept {
            self.add_queued(queued, now);
        }
    }

    fn restore_under_way(&mut self, key: Key, head: Head, owed: Queued) {
        self.count_in(&owed);
        self.in_flight += 1;
        if matches!(key, Key::Alone(_)) {
            self.note_aside(owed.lane, owed.delivery);
        }
        let track = self.tracks.get_or_begin(key);
        track.head = head;
        track.queue.push_front(owed);
    }

    fn track(&mut self, key: Key) -> &mut Track {
        self.tracks.get_mut(key).expect("a track stays until the last on it has gone")
    }

    fn is_in_flight(&self, key: Key) -> bool {
        self.tracks.get(key).is_some_and(Track::is_in_flight)
    }

    /// Until when a delivery may hold back its followers, once it has been tried.
    fn holds_until(&self, owed: &Owed) -> Option<Timestamp> {
        let first = owed.first_attempt_at?.max(self.rule.holds_from.unwrap_or(Timestamp::MIN));
        Some(first.checked_add(self.rule.hold_for).unwrap_or(Timestamp::MAX))
    }

    fn put(&mut self, key: Key, mut owed: Queued, now: Timestamp) {
        owed.set_right(self.rule.longest_wait, now);
        let place = self.tracks.get_or_begin(key).place_for(owed.delivery);
        if place == 0 {
            self.disarm(key);
        }
        let track = self.track(key);
        track.queue.insert(place, owed);
        if track.head == Head::Nobody {
            self.look_at_head(key, now);
        }
        self.lay_down_after_put(key, place);
    }

    fn remove(&mut self, key: Key, place: usize, now: Timestamp) -> Queued {
        if place == 0 {
            self.disarm(key);
        }
        let owed = self.track(key).queue.remove(place).expect("the place was found on this track");
        self.count_out(&owed);
        if place == 0 {
            self.look_at_head(key, now);
        }
        owed
    }

    /// Makes the head of a track go now, with this body.
    fn end_wait(&mut self, key: Key, body: Bytes, now: Timestamp) {
        self.disarm(key);
        self.track(key).queue.front_mut().expect("only a head waits").next_at = None;
        self.pick_up(key, 0, body);
        self.look_at_head(key, now);
    }

    fn step_aside(&mut self, owed: Queued, now: Timestamp) {
        self.note_aside(owed.lane, owed.delivery);
        self.put(Key::Alone(owed.delivery), owed, now);
    }

    fn note_aside(&mut self, lane: u64, delivery: DeliveryId) {
        if self.rule.ordering == Ordering::Interview {
            let aside = &mut self.tracks.get_or_begin(Key::Lane(lane)).aside;
            if let Err(place) = aside.binary_search(&delivery) {
                aside.insert(place, delivery);
            }
        }
    }

    /// One is no longer owed: its lane has nobody less aside.
    fn came_back(&mut self, lane: u64, delivery: DeliveryId) {
        let Some(track) = self.tracks.get_mut(Key::Lane(lane)) else { return };
        track.aside.retain(|aside| *aside != delivery);
        self.forget_if_empty(Key::Lane(lane));
    }

    fn forget_if_empty(&mut self, key: Key) {
        if self.tracks.get(key).is_some_and(|track| track.queue.is_empty() && track.aside.is_empty()) {
            self.tracks.remove(key);
        }
    }

    /// Takes back what was arranged for a head that is about to be another.
    fn disarm(&mut self, key: Key) {
        let Some(track) = self.tracks.get_mut(key) else { return };
        match track.head {
            Head::Nobody | Head::Wanted { .. } | Head::InFlight { .. } => {}
            Head::Ready => self.ready.retain(|other| *other != key),
            Head::Waiting(until) => {
                let head = track.queue.front().expect("only a head waits");
                self.timers.remove(&(until, head.delivery));
            }
        }
        track.head = Head::Nobody;
    }

    /// Arranges for the head of a track what is next for it: its turn, a wait, or to step aside for its followers.
    fn look_at_head(&mut self, key: Key, now: Timestamp) {
        while let Some(head) = self.tracks.get(key).and_then(|track| track.queue.front()) {
            let due_at = head.next_at.filter(|at| *at > now);
            let holds_until = if matches!(key, Key::Lane(_)) { self.holds_until(head) } else { None };
            if holds_until.is_some_and(|until| until <= now) {
                let stuck = self.track(key).queue.pop_front().expect("it was just looked at");
                self.step_aside(stuck, now);
                continue;
            }
            let (delivery, has_body) = (head.delivery, head.has_body());
            match due_at.map(|at| holds_until.map_or(at, |until| until.min(at))) {
                Some(until) => self.wait(key, delivery, until),
                None if has_body && self.has_place_for_ready() => {
                    self.track(key).head = Head::Ready;
                    self.ready.push_back(key);
                }
                None => {
                    self.lay_down_all(key);
                    self.want(key);
                }
            }
            return;
        }
        if let Some(track) = self.tracks.get_mut(key) {
            track.head = Head::Nobody;
        }
        self.forget_if_empty(key);
    }

    fn wait(&mut self, key: Key, delivery: DeliveryId, until: Timestamp) {
        self.track(key).head = Head::Waiting(until);
        self.timers.insert((until, delivery), key);
        self.lay_down_all(key);
    }
}
