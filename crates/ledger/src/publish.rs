//! Telling those who listen what has just become durable.

use std::sync::Arc;

use bytes::Bytes;
use callboard_core::{CompanyId, DeliveryId, EndpointId, EventId, EventType};
use tokio::sync::broadcast;
use tokio::sync::mpsc::{self, OwnedPermit};

use crate::batch::EventRow;
use crate::pages::Owed;

/// The largest native form, in bytes, that is held for those who listen to the live stream: so many of them may wait for the
/// slowest. They read a larger one from the store.
const HELD_BYTES: usize = 16 * 1024;

/// An event that has just become durable, for the live stream.
#[derive(Debug, Clone)]
pub struct Committed {
    /// Its id.
    pub id: EventId,
    /// Whose it is.
    pub company: CompanyId,
    /// What happened.
    pub kind: EventType,
    /// Its native form.
    pub body: Bytes,
}

/// What the live stream hears.
#[derive(Debug, Clone)]
pub enum Live {
    /// An event has become durable.
    Event(Arc<Committed>),
    /// Events have become durable that are to be read from the store: other hubs on it have written them, or they are large.
    InStore,
}

/// What the outbox hears after each commit.
#[derive(Debug)]
pub enum Notice {
    /// Deliveries that are owed from now on, in order.
    Owed(Vec<Owed>),
    /// Endpoints that are owed more since other hubs have written, each with the last of it: it is in the store.
    More(Vec<(EndpointId, DeliveryId)>),
    /// Deliveries that were given up or called off and are owed again, at their place in their lanes.
    Anew(Vec<Owed>),
    /// A delivery that a person wants to be tried again, out of its turn.
    Retry(Owed),
    /// A delivery that a person called off.
    Cancelled(DeliveryId, EndpointId),
    /// An endpoint was made, changed or removed.
    Endpoint(EndpointId),
    /// What follows was written when this hub had taken shards so often: see [`crate::Holding::taken`]. Of what came before,
    /// another hub may have told some since.
    Taken(u64),
    /// Notices were dropped because too many were waiting: what is owed is to be read from the store.
    Missed,
}

/// Never waits: whoever is too slow is told that something was missed, and reads it from the store.
pub(crate) struct Publisher {
    notices: mpsc::Sender<Notice>,
    /// A place in the queue that is kept free for [`Notice::Missed`], so that it can always be said at once. While it is
    /// taken, that notice still waits to be heard.
    place: Option<OwnedPermit<Notice>>,
    live: broadcast::Sender<Live>,
}

impl Publisher {
    pub(crate) fn new(notices: mpsc::Sender<Notice>, live: broadcast::Sender<Live>) -> Self {
        Self { notices, place: None, live }
    }

    /// Tells the live stream. Whether anyone watches is asked only now: whoever comes later finds these in the store.
    pub(crate) fn events(&self, events: Vec<EventRow>) {
        if self.live.receiver_count() == 0 {
            return;
        }
        for EventRow { id, company, kind, body, .. } in events {
            let said = if body.len() > HELD_BYTES {
                Live::InStore
            } else {
                Live::Event(Arc::new(Committed { id, company, kind, body }))
            };
            // Whoever watched may have gone in between.
            let _ = self.live.send(said);
        }
    }

    /// Tells the live stream that there are events of others.
    pub(crate) fn elsewhere(&self) {
        let _ = self.live.send(Live::InStore);
    }

    /// Tells the outbox. Answers whether it will hear just that.
    pub(crate) fn notice(&mut self, notice: Notice) -> bool {
        if self.place.is_none() {
            // No place is free, so `Missed` is still among those that wait, and covers this one too.
            let Ok(place) = self.notices.clone().try_reserve_owned() else { return false };
            self.place = Some(place);
        }
        let is_said = self.notices.try_send(notice).is_ok();
        if !is_said && let Some(place) = self.place.take() {
            place.send(Notice::Missed);
        }
        is_said
    }
}

#[cfg(test)]
mod tests {
    use callboard_core::Identifier;

    use super::*;

    fn said(endpoint: u64) -> Notice {
        Notice::Endpoint(EndpointId::from_raw(endpoint))
    }

    fn heard(queue: &mut mpsc::Receiver<Notice>) -> Vec<String> {
        std::iter::from_fn(|| queue.try_recv().ok())
            .map(|notice| match notice {
                Notice::Endpoint(id) => id.raw().to_string(),
                Notice::Missed => "missed".to_owned(),
                other => panic!("{other:?} was not said"),
            })
            .collect()
    }

    fn event(id: u64, bytes: usize) -> EventRow {
        EventRow {
            id: EventId::from_raw(id),
            company: CompanyId::from_raw(1),
            source: None,
            receipt: None,
            subject: 0,
            kind: EventType::JobUpdated,
            body: vec![b'x'; bytes].into(),
            skipped: Vec::new(),
            owed: 0,
            erased: false,
        }
    }

    #[test]
    fn of_a_large_event_those_who_listen_are_told_that_it_is_in_the_store() {
        let (live, mut listener) = broadcast::channel(4);
        let publisher = Publisher::new(mpsc::channel(1).0, live);
        publisher.events(vec![event(1, HELD_BYTES), event(2, HELD_BYTES + 1), event(3, 1)]);
        let said = std::iter::from_fn(|| listener.try_recv().ok()).map(|said| match said {
            Live::Event(event) => Some(event.id.raw()),
            Live::InStore => None,
        });
        assert_eq!(said.collect::<Vec<_>>(), [Some(1), None, Some(3)]);
    }

    #[test]
    fn what_is_dropped_is_said_to_be_missed_without_waiting_for_anything_else_to_happen() {
        // Given a queue with room for three notices beside the place that is kept free
        let (notices, mut queue) = mpsc::channel(4);
        let mut publisher = Publisher::new(notices, broadcast::channel(1).0);

        // When more than that is said
        let heard_of: Vec<bool> = (1..=9).map(|number| publisher.notice(said(number))).collect();

        // Then the first ones arrive, and that there were more
        assert_eq!(heard_of, [vec![true; 3], vec![false; 6]].concat());
        assert_eq!(heard(&mut queue), ["1", "2", "3", "missed"]);
    }

    #[test]
    fn after_a_miss_was_heard_notices_arrive_again_and_the_next_miss_is_said_too() {
        let (notices, mut queue) = mpsc::channel(3);
        let mut publisher = Publisher::new(notices, broadcast::channel(1).0);
        for number in 1..=5 {
            publisher.notice(said(number));
        }
        assert_eq!(heard(&mut queue), ["1", "2", "missed"]);

        publisher.notice(said(6));
        assert_eq!(heard(&mut queue), ["6"]);
        for number in 7..=12 {
            publisher.notice(said(number));
        }
        assert_eq!(heard(&mut queue), ["7", "8", "missed"]);
    }
}
