//! All tracks of one endpoint. Deliveries with a track of their own are seldom where order is asked for, and looking for
//! one costs nothing while there is none: so they are kept apart from the lanes.

use std::collections::VecDeque;

use callboard_core::DeliveryId;
use rustc_hash::FxHashMap;

use super::track::{Key, Queued, Track};

#[derive(Debug, Default)]
pub(super) struct Tracks {
    lanes: FxHashMap<u64, Track>,
    alone: FxHashMap<DeliveryId, Track>,
}

impl Tracks {
    /// The track that a delivery of this lane is on, if it is on any.
    pub(super) fn key_of(&self, delivery: DeliveryId, lane: u64) -> Key {
        if self.alone.contains_key(&delivery) { Key::Alone(delivery) } else { Key::Lane(lane) }
    }

    pub(super) fn get(&self, key: Key) -> Option<&Track> {
        match key {
            Key::Lane(lane) => self.lanes.get(&lane),
            Key::Alone(delivery) => self.alone.get(&delivery),
        }
    }

    pub(super) fn get_mut(&mut self, key: Key) -> Option<&mut Track> {
        match key {
            Key::Lane(lane) => self.lanes.get_mut(&lane),
            Key::Alone(delivery) => self.alone.get_mut(&delivery),
        }
    }

    /// The track, an empty one if it is not there yet.
    pub(super) fn get_or_begin(&mut self, key: Key) -> &mut Track {
        match key {
            Key::Lane(lane) => self.lanes.entry(lane).or_default(),
            Key::Alone(delivery) => self.alone.entry(delivery).or_default(),
        }
    }

    pub(super) fn remove(&mut self, key: Key) {
        match key {
            Key::Lane(lane) => self.lanes.remove(&lane),
            Key::Alone(delivery) => self.alone.remove(&delivery),
        };
    }

    /// What is on each of them, in no order.
    pub(super) fn queues_mut(&mut self) -> impl Iterator<Item = &mut VecDeque<Queued>> {
        self.lanes.values_mut().chain(self.alone.values_mut()).map(|track| &mut track.queue)
    }

    /// All of them, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Key, &Track)> {
        let lanes = self.lanes.iter().map(|(lane, track)| (Key::Lane(*lane), track));
        lanes.chain(self.alone.iter().map(|(delivery, track)| (Key::Alone(*delivery), track)))
    }
}

impl IntoIterator for Tracks {
    type Item = (Key, Track);
    type IntoIter = Box<dyn Iterator<Item = Self::Item>>;

    fn into_iter(self) -> Self::IntoIter {
        let lanes = self.lanes.into_iter().map(|(lane, track)| (Key::Lane(lane), track));
        Box::new(lanes.chain(self.alone.into_iter().map(|(delivery, track)| (Key::Alone(delivery), track))))
    }
}
