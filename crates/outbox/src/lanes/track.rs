//! One track: a queue of which only the head is ever attempted.

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};

use bytes::Bytes;
use callboard_core::{DeliveryId, Timestamp};
use callboard_ledger::Owed;
use jiff::SignedDuration;

use crate::limits::DELIVERY_BYTES;

/// Which track: an interview's lane, or one delivery's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Lane(u64),
    Alone(DeliveryId),
}

/// A delivery in a queue. Only one that can be sent soon has its body with it; others' bodies stay in the store.
#[derive(Debug)]
pub(super) struct Queued {
    owed: Owed,
    has_body: bool,
    /// What its body takes, or would take, in memory.
    pub(super) bytes: usize,
}

impl Queued {
    /// One that comes with its body.
    pub(super) fn new(owed: Owed) -> Self {
        let bytes = bytes_of(&owed.body);
        Self { owed, has_body: true, bytes }
    }

    pub(super) fn has_body(&self) -> bool {
        self.has_body
    }

    /// Whatever clock its times were written down by: it waits for so long at the most, and was not first tried after now.
    pub(super) fn set_right(&mut self, longest_wait: SignedDuration, now: Timestamp) {
        let latest = now.checked_add(longest_wait).unwrap_or(Timestamp::MAX);
        self.owed.next_at = self.owed.next_at.map(|at| at.min(latest));
        self.owed.first_attempt_at = self.owed.first_attempt_at.map(|at| at.min(now));
    }

    /// Leaves the body to the store. Answers how many bytes that freed, if it was here.
    pub(super) fn lay_down(&mut self) -> Option<usize> {
        self.owed.body = Bytes::new();
        std::mem::replace(&mut self.has_body, false).then_some(self.bytes)
    }

    /// Has the body with it again. Answers how many bytes that takes, unless it was here.
    pub(super) fn pick_up(&mut self, body: Bytes) -> Option<usize> {
        if self.has_body {
            return None;
        }
        self.bytes = bytes_of(&body);
        self.owed.body = body;
        self.has_body = true;
        Some(self.bytes)
    }
}

impl Deref for Queued {
    type Target = Owed;

    fn deref(&self) -> &Owed {
        &self.owed
    }
}

impl DerefMut for Queued {
    fn deref_mut(&mut self) -> &mut Owed {
        &mut self.owed
    }
}

/// What a delivery with this body is counted for. A body that several endpoints share counts for each of them.
pub(crate) fn bytes_of(body: &Bytes) -> usize {
    body.len() + DELIVERY_BYTES
}

#[derive(Debug, Default)]
pub(super) struct Track {
    /// By id; there is never more than one on a track of its own.
    pub(super) queue: VecDeque<Queued>,
    pub(super) head: Head,
    /// Those that stepped aside and are still owed.
    pub(super) aside: Vec<DeliveryId>,
}

/// What the first of a queue is doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Head {
    /// There is none.
    #[default]
    Nobody,
    /// It could go, but its body is in the store. Has that been asked for?
    Wanted {
        asked: bool,
    },
    /// Its track is among the ready ones.
    Ready,
    /// It has a timer at this time.
    Waiting(Timestamp),
    InFlight {
        called_off: bool,
    },
}

impl Track {
    /// Everything but a head in flight lies by id; that one may have been joined by earlier ones since it was taken.
    fn first_from(&self, delivery: DeliveryId, start: usize) -> usize {
        let (mut low, mut high) = (start.min(self.queue.len()), self.queue.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.queue[middle].delivery < delivery { low = middle + 1 } else { high = middle }
        }
        low
    }

    pub(super) fn position(&self, delivery: DeliveryId) -> Option<usize> {
        let is_at = |place: usize| self.queue.get(place).is_some_and(|owed| owed.delivery == delivery);
        Some(if is_at(0) { 0 } else { self.first_from(delivery, 1) }).filter(|place| is_at(*place))
    }

    /// Where a delivery belongs by its id, but never before one that is being attempted.
    pub(super) fn place_for(&self, delivery: DeliveryId) -> usize {
        self.first_from(delivery, usize::from(self.is_in_flight()))
    }

    /// Does what is put at this place leave its body to the store?
    pub(super) fn lays_down(&self, place: usize, ahead: usize) -> bool {
        let stands_still = matches!(self.head, Head::Waiting(_) | Head::Wanted { .. });
        let before = place.checked_sub(1).and_then(|before| self.queue.get(before));
        stands_still || place >= ahead || before.is_some_and(|before| !before.has_body())
    }

    pub(super) fn is_in_flight(&self) -> bool {
        matches!(self.head, Head::InFlight { .. })
    }
}
