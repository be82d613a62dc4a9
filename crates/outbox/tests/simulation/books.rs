//! What the store holds, read as a whole.

use std::collections::BTreeMap;

use callboard_core::{DeliveryId, EndpointId, EventId, ReceiptId};
use callboard_ledger::{
    Attempt, Delivery, DeliveryFilter, Directory, EventFilter, EventRow, Page, Reader, Receipt,
    ReceiptFilter, Replay,
};

/// More than there ever is.
const ALL: Page = Page::newest(100_000);

pub struct Books {
    pub directory: Directory,
    pub receipts: BTreeMap<ReceiptId, Receipt>,
    pub events: BTreeMap<EventId, EventRow>,
    pub deliveries: BTreeMap<DeliveryId, Delivery>,
    /// Replays that are not at their end.
    pub running: Vec<Replay>,
    /// The delivery of each event to each endpoint: no dialect here has two words for one event.
    pub told: BTreeMap<(EndpointId, EventId), DeliveryId>,
}

impl Books {
    pub fn read(reader: &mut dyn Reader) -> Self {
        let receipts = reader.receipts(&ReceiptFilter::default(), ALL).unwrap().items;
        let events = reader.events(&EventFilter::default(), ALL).unwrap().items;
        let deliveries = reader.deliveries(&DeliveryFilter::default(), ALL).unwrap().items;
        Self {
            directory: reader.directory().unwrap(),
            running: reader.running_replays().unwrap(),
            receipts: receipts.into_iter().map(|receipt| (receipt.id, receipt)).collect(),
            events: events.into_iter().map(|event| (event.id, event)).collect(),
            told: deliveries.iter().map(|it| ((it.endpoint, it.event), it.id)).collect(),
            deliveries: deliveries.into_iter().map(|delivery| (delivery.id, delivery)).collect(),
        }
    }

    pub fn events_of(&self, receipt: ReceiptId) -> usize {
        self.events.values().filter(|event| event.receipt == Some(receipt)).count()
    }
}

pub fn attempts(reader: &mut dyn Reader, delivery: DeliveryId) -> Vec<Attempt> {
    reader.attempts(delivery).unwrap()
}
