//! Attempts that have ended but are not durable yet.
//!
//! The store still shows their deliveries as they were before. A page that was asked for before they became durable may
//! do so even if it comes after, which is why they are remembered until that page has come.

use callboard_core::DeliveryId;
use rustc_hash::FxHashMap;

#[derive(Debug, Default)]
pub(crate) struct Unsettled {
    attempts: FxHashMap<DeliveryId, u32>,
    count: usize,
    /// Durable, or called off, since the page that is being read was asked for.
    until_page: Vec<DeliveryId>,
}

impl Unsettled {
    /// How many attempts there are.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// May the store show an outdated state of this delivery?
    pub(crate) fn contains(&self, delivery: DeliveryId) -> bool {
        self.attempts.contains_key(&delivery)
    }

    /// An attempt has ended.
    pub(crate) fn add(&mut self, delivery: DeliveryId) {
        *self.attempts.entry(delivery).or_default() += 1;
        self.count += 1;
    }

    /// The page that is being read may show a delivery as it no longer is.
    pub(crate) fn outdated_on_page(&mut self, delivery: DeliveryId) {
        self.add(delivery);
        self.until_page.push(delivery);
    }

    /// One attempt at each of these is durable.
    pub(crate) fn durable(&mut self, deliveries: &[DeliveryId], is_reading: bool) {
        if is_reading {
            self.until_page.extend_from_slice(deliveries);
        } else {
            deliveries.iter().for_each(|delivery| self.forget(*delivery));
        }
    }

    /// The page that was being read has come.
    pub(crate) fn page_was_read(&mut self) {
        for delivery in std::mem::take(&mut self.until_page) {
            self.forget(delivery);
        }
    }

    fn forget(&mut self, delivery: DeliveryId) {
        let Some(attempts) = self.attempts.get_mut(&delivery) else { return };
        self.count -= 1;
        *attempts -= 1;
        if *attempts == 0 {
            self.attempts.remove(&delivery);
        }
    }
}

#[cfg(test)]
mod tests {
    use callboard_core::Identifier;

    use super::*;

    #[test]
    fn what_became_durable_while_a_page_was_read_is_remembered_until_it_has_come() {
        let delivery = DeliveryId::from_raw(1);
        let mut unsettled = Unsettled::default();
        unsettled.add(delivery);
        unsettled.durable(&[delivery], true);
        assert!(unsettled.contains(delivery));
        unsettled.page_was_read();
        assert!(!unsettled.contains(delivery));
        assert_eq!(unsettled.len(), 0);
    }

    #[test]
    fn each_attempt_at_a_delivery_counts() {
        let delivery = DeliveryId::from_raw(1);
        let mut unsettled = Unsettled::default();
        unsettled.add(delivery);
        unsettled.add(delivery);
        unsettled.durable(&[delivery], false);
        assert!(unsettled.contains(delivery));
        unsettled.durable(&[delivery], false);
        assert!(!unsettled.contains(delivery));
    }
}
