//! Which deliveries have their bodies in memory: those that can be sent soon.
//!
//! A track whose head waits for its time, and those that are far from the head of theirs, are known by name: their bodies
//! stay in the store until their track moves on. So what is stuck takes up little room, and what comes after it is read.
//! On a track, nothing with a body comes after anything without, and none of a track has one unless its head may go: so
//! whatever takes up room can be sent, and room is always made. While an endpoint is only probed, that is one track.

use bytes::Bytes;
use callboard_core::{DeliveryId, Timestamp};

use super::Lanes;
use super::track::{Head, Key, Queued};

/// A body to be fetched from the store, and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) delivery: DeliveryId,
    lane: u64,
    /// What it will count for.
    pub(crate) bytes: usize,
}

impl Lanes {
    /// How many deliveries have their bodies in memory.
    pub(crate) fn bodies(&self) -> usize {
        self.bodies
    }

    /// What those count for, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Does anything wait for its body that may have it?
    pub(crate) fn wants_bodies(&self) -> bool {
        !self.wanted.is_empty() && self.has_place_for_ready()
    }

    /// Is there anything that could go, whether its body is here or in the store?
    pub(crate) fn has_next(&self) -> bool {
        !self.ready.is_empty() || !self.wanted.is_empty()
    }

    /// Would a new delivery of this lane leave its body to the store?
    pub(crate) fn lays_down(&self, lane: u64) -> bool {
        let track = self.tracks.get(Key::Lane(lane)).filter(|track| track.head != Head::Nobody);
        track.map_or(!self.has_place_for_ready(), |track| track.lays_down(track.queue.len(), self.ahead))
    }

    /// Is one track ready, and no more?
    pub(crate) fn is_resting(&self) -> bool {
        self.is_resting
    }

    /// Has no more than one track ready from now on, or as many as there are again.
    pub(crate) fn rest(&mut self, is_resting: bool) {
        self.is_resting = is_resting;
        if is_resting {
            self.lay_down_ready(1);
        }
    }

    /// While one track may be ready and no more: leaves its place to another.
    pub(crate) fn make_way(&mut self) {
        if self.is_resting {
            self.lay_down_ready(0);
        }
    }

    pub(super) fn has_place_for_ready(&self) -> bool {
        !self.is_resting || self.ready.is_empty()
    }

    /// Leaves to the store what is ready, but for so many tracks. It comes before whatever waits for its body already.
    fn lay_down_ready(&mut self, but: usize) {
        let laid_down = self.ready.split_off(but.min(self.ready.len()));
        for key in laid_down.into_iter().rev() {
            self.lay_down_all(key);
            self.track(key).head = Head::Wanted { asked: false };
            self.wanted.push_front(key);
        }
    }

    /// The bodies to fetch next: of so many deliveries, and of so many bytes, but one at least if there is any.
    pub(crate) fn ask_for_bodies(&mut self, limit: usize, bytes: usize) -> Vec<Wanted> {
        let (mut asked, mut left) = (Vec::new(), bytes);
        while (asked.is_empty() || !self.is_resting)
            && let Some(key) = self.wanted.pop_front()
        {
            let Some(track) = self.tracks.get_mut(key) else { continue };
            if track.head != (Head::Wanted { asked: false }) {
                continue;
            }
            let missing = track.queue.iter().take(self.ahead).filter(|queued| !queued.has_body());
            let mut of_track = 0;
            for queued in missing {
                if !asked.is_empty() && (asked.len() >= limit || queued.bytes > left) {
                    left = 0;
                    break;
                }
                left = left.saturating_sub(queued.bytes);
                asked.push(Wanted { delivery: queued.delivery, lane: queued.lane, bytes: queued.bytes });
                of_track += 1;
            }
            if of_track == 0 {
                self.wanted.push_front(key);
                return asked;
            }
            track.head = Head::Wanted { asked: true };
        }
        asked
    }

    /// Bodies have come, in the order in which they were asked for. Answers how many were no longer owed by then, and are
    /// forgotten.
    pub(crate) fn bodies_came(
        &mut self,
        asked: &[Wanted],
        bodies: Vec<Option<Bytes>>,
        now: Timestamp,
    ) -> usize {
        let mut forgotten = 0;
        for (wanted, body) in asked.iter().zip(bodies) {
            let key = self.key_of(wanted);
            let found = self.tracks.get(key).and_then(|track| track.position(wanted.delivery));
            let Some(place) = found.filter(|place| !self.track(key).queue[*place].has_body()) else {
                continue;
            };
            if let Some(body) = body {
                self.pick_up(key, place, body);
            } else {
                let queued = self.remove(key, place, now);
                self.came_back(queued.lane, queued.delivery);
                forgotten += 1;
            }
        }
        self.go_on(asked, now);
        forgotten
    }

    /// Looks again at the heads that waited for what was asked, whether it has come or not.
    pub(crate) fn go_on(&mut self, asked: &[Wanted], now: Timestamp) {
        for wanted in asked {
            let key = self.key_of(wanted);
            let Some(track) = self.tracks.get(key) else { continue };
            let Head::Wanted { asked } = track.head else { continue };
            if asked || track.queue.front().is_some_and(Queued::has_body) {
                self.look_at_head(key, now);
            }
        }
    }

    fn key_of(&self, wanted: &Wanted) -> Key {
        self.tracks.key_of(wanted.delivery, wanted.lane)
    }

    pub(super) fn want(&mut self, key: Key) {
        self.track(key).head = Head::Wanted { asked: false };
        self.wanted.push_back(key);
    }

    /// Leaves everything that a track has to the store: it waits.
    pub(super) fn lay_down_all(&mut self, key: Key) {
        for place in 0..=self.ahead {
            self.lay_down(key, place);
        }
    }

    /// One was put into a track, at this place: what does not belong into memory any more goes.
    pub(super) fn lay_down_after_put(&mut self, key: Key, place: usize) {
        let Some(track) = self.tracks.get(key) else { return };
        if track.lays_down(place, self.ahead) {
            self.lay_down(key, place);
        }
        self.lay_down(key, self.ahead);
    }

    fn lay_down(&mut self, key: Key, place: usize) {
        let queued = self.tracks.get_mut(key).and_then(|track| track.queue.get_mut(place));
        if let Some(bytes) = queued.and_then(Queued::lay_down) {
            self.bodies -= 1;
            self.bytes -= bytes;
        }
    }

    /// Gives a delivery its body, unless that is left to the store.
    pub(super) fn pick_up(&mut self, key: Key, place: usize, body: Bytes) {
        let ahead = self.ahead;
        let track = self.track(key);
        let before = place.checked_sub(1).map(|before| &track.queue[before]);
        let follows_one_without = before.is_some_and(|before| !before.has_body());
        if place >= ahead || follows_one_without || matches!(track.head, Head::Waiting(_)) {
            return;
        }
        if let Some(bytes) = track.queue[place].pick_up(body) {
            self.bodies += 1;
            self.bytes += bytes;
        }
    }

    pub(super) fn count_in(&mut self, queued: &Queued) {
        self.known += 1;
        self.bodies += usize::from(queued.has_body());
        self.bytes += if queued.has_body() { queued.bytes } else { 0 };
    }

    pub(super) fn count_out(&mut self, queued: &Queued) {
        self.known -= 1;
        self.bodies -= usize::from(queued.has_body());
        self.bytes -= if queued.has_body() { queued.bytes } else { 0 };
    }
}
