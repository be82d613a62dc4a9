//! Attempts that have ended but are not durable yet.
//!
//! The store still shows their deliveries as they were before. A page that was asked for before they became durable may
//! do so even if it comes after, which is why they are remembered until that page has come.

use callboard_core::DeliveryId;
use callboard_ledger::Owed;
use rustc_hash::{FxHashMap, FxHashSet};

#[derive(Debug, Default)]
pub(crate) struct Unsettled {
    deliveries: FxHashMap<DeliveryId, Attempts>,
    /// How many attempts are not durable.
    count: usize,
    /// Durable since the page that is being read was asked for.
    until_page: Vec<DeliveryId>,
    /// Called off since then.
    called_off: FxHashSet<DeliveryId>,
}

#[derive(Debug, Default)]
struct Attempts {
    /// How many are remembered.
    remembered: u32,
    /// The number of the last.
    last: u32,
    /// Did the last one end what was owed?
    is_over: bool,
}

impl Unsettled {
    /// How many attempts are not durable.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// How many are durable, and remembered until the page that is being read has come.
    pub(crate) fn remembered(&self) -> usize {
        self.until_page.len()
    }

    /// Does the store not know everything about this delivery yet?
    pub(crate) fn contains(&self, delivery: DeliveryId) -> bool {
        self.deliveries.contains_key(&delivery) || self.called_off.contains(&delivery)
    }

    /// Is this, read from the store, owed no more? If the store knows of the last attempt and shows the delivery as owed
    /// nevertheless, it is owed; and so it is if that attempt did not end it.
    pub(crate) fn outdates(&self, read: &Owed) -> bool {
        self.called_off.contains(&read.delivery)
            || self
                .deliveries
                .get(&read.delivery)
                .is_some_and(|attempts| attempts.is_over && attempts.last > read.attempts)
    }

    /// An attempt has ended, the delivery's first being number 1, and maybe what was owed with it.
    pub(crate) fn add(&mut self, delivery: DeliveryId, number: u32, is_over: bool) {
        let attempts = self.deliveries.entry(delivery).or_default();
        attempts.remembered += 1;
        attempts.last = attempts.last.max(number);
        attempts.is_over = is_over;
        self.count += 1;
    }

    /// A delivery was called off: the page that is being read may show it as owed.
    pub(crate) fn called_off_while_reading(&mut self, delivery: DeliveryId) {
        self.called_off.insert(delivery);
    }

    /// One attempt at each of these is durable.
    pub(crate) fn durable(&mut self, deliveries: &[DeliveryId], is_reading: bool) {
        self.count -= deliveries.len();
        if is_reading {
            self.until_page.extend_from_slice(deliveries);
            return;
        }
        for delivery in deliveries {
            self.forget(*delivery);
        }
    }

    /// So many will never be durable. They stay remembered: their deliveries are not tried again because the store shows them.
    pub(crate) fn refused(&mut self, attempts: usize) {
        self.count -= attempts;
    }

    /// The page that was being read has come.
    pub(crate) fn page_was_read(&mut self) {
        self.called_off.clear();
        for delivery in std::mem::take(&mut self.until_page) {
            self.forget(delivery);
        }
    }

    fn forget(&mut self, delivery: DeliveryId) {
        let Some(attempts) = self.deliveries.get_mut(&delivery) else { return };
        attempts.remembered -= 1;
        if attempts.remembered == 0 {
            self.deliveries.remove(&delivery);
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use callboard_core::{EndpointId, EventId, Identifier};

    use super::*;

    fn read_after(attempts: u32) -> Owed {
        Owed {
            delivery: DeliveryId::from_raw(1),
            endpoint: EndpointId::from_raw(1),
            event: EventId::from_raw(1),
            lane: 1,
            body: Bytes::new(),
            attempts,
            first_attempt_at: None,
            next_at: None,
            again_after: 0,
        }
    }

    #[test]
    fn what_is_read_is_outdated_until_it_knows_of_the_last_attempt() {
        let mut unsettled = Unsettled::default();
        assert!(!unsettled.outdates(&read_after(0)));
        unsettled.add(DeliveryId::from_raw(1), 1, true);
        unsettled.add(DeliveryId::from_raw(1), 2, true);
        assert!(unsettled.outdates(&read_after(1)));
        assert!(
            !unsettled.outdates(&read_after(2)),
            "it was told, and is owed again because a person wants it"
        );
    }

    #[test]
    fn one_that_was_called_off_while_a_page_was_read_is_owed_no_more_whatever_the_page_says() {
        let mut unsettled = Unsettled::default();
        unsettled.called_off_while_reading(DeliveryId::from_raw(1));
        assert!(unsettled.outdates(&read_after(9)));
        unsettled.page_was_read();
        assert!(!unsettled.outdates(&read_after(9)));
    }

    #[test]
    fn one_that_was_called_off_then_and_is_owed_anew_is_owed_though_its_last_attempt_is_not_durable() {
        let mut unsettled = Unsettled::default();
        unsettled.add(DeliveryId::from_raw(1), 1, true);
        unsettled.called_off_while_reading(DeliveryId::from_raw(1));
        unsettled.page_was_read();
        assert!(unsettled.outdates(&read_after(0)));
        assert!(!unsettled.outdates(&read_after(1)));
    }

    #[test]
    fn one_that_is_to_be_tried_again_is_owed_whatever_the_store_knows_of_its_attempts() {
        let mut unsettled = Unsettled::default();
        unsettled.add(DeliveryId::from_raw(1), 1, false);
        assert!(!unsettled.outdates(&read_after(0)));
    }

    #[test]
    fn what_became_durable_while_a_page_was_read_is_remembered_until_it_has_come() {
        let delivery = DeliveryId::from_raw(1);
        let mut unsettled = Unsettled::default();
        unsettled.add(delivery, 1, true);
        unsettled.durable(&[delivery], true);
        assert!(unsettled.contains(delivery));
        assert_eq!((unsettled.len(), unsettled.remembered()), (0, 1), "it is durable all the same");
        unsettled.page_was_read();
        assert!(!unsettled.contains(delivery));
        assert_eq!((unsettled.len(), unsettled.remembered()), (0, 0));
    }

    #[test]
    fn each_attempt_at_a_delivery_counts() {
        let delivery = DeliveryId::from_raw(1);
        let mut unsettled = Unsettled::default();
        unsettled.add(delivery, 1, true);
        unsettled.add(delivery, 2, true);
        unsettled.durable(&[delivery], false);
        assert!(unsettled.contains(delivery));
        unsettled.durable(&[delivery], false);
        assert!(!unsettled.contains(delivery));
    }
}
