//! One track: a queue of which only the head is ever attempted.

use std::collections::VecDeque;

use callboard_core::{DeliveryId, Timestamp};
use callboard_ledger::Owed;

/// Which track: an interview's lane, or one delivery's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Lane(u64),
    Alone(DeliveryId),
}

#[derive(Debug, Default)]
pub(super) struct Track {
    /// By id; there is never more than one on a track of its own.
    pub(super) queue: VecDeque<Owed>,
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

    pub(super) fn is_in_flight(&self) -> bool {
        matches!(self.head, Head::InFlight { .. })
    }
}
