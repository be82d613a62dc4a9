//! What attempts say of their endpoints, until that is on record: then it is looked at what stands there. The store may not have
//! taken it, for instance while it was not certain whether the endpoint was still this hub's to tell.

use callboard_core::{DeliveryId, EndpointId};
use callboard_ledger::Standing;
use rustc_hash::FxHashMap;

use super::Dispatch;

/// Deliveries whose last attempt says something of its endpoint that is not durable yet.
#[derive(Default)]
pub(super) struct Said(FxHashMap<DeliveryId, About>);

#[derive(Clone, Copy)]
struct About {
    endpoint: EndpointId,
    switches_off: bool,
}

impl Dispatch {
    /// An attempt at this delivery says this of its endpoint.
    pub(super) fn say(&mut self, delivery: DeliveryId, endpoint: EndpointId, standing: &Standing) {
        let switches_off = matches!(standing, Standing::Disabled { .. });
        if switches_off && let Some(tray) = self.trays.get_mut(&endpoint) {
            tray.switching_off = true;
        }
        self.said.0.insert(delivery, About { endpoint, switches_off });
    }

    /// What an attempt at this delivery says of its endpoint, if anything, will never be on record. If that was to switch it off,
    /// nothing is begun there all the same, or it would be shown the same at once; but a person's word counts from now on.
    pub(super) fn unsay(&mut self, delivery: DeliveryId) {
        if let Some(about) = self.said.0.remove(&delivery) {
            self.is_settled(about);
        }
    }

    /// Endpoints of which something was said that is on record by now, unless somebody has changed them meanwhile: they are to be
    /// looked at as they are. Each is answered once.
    pub(crate) fn said_on_record(&mut self) -> Vec<EndpointId> {
        if self.said.0.is_empty() {
            return Vec::new();
        }
        let unsettled = &self.unsettled;
        let on_record = self.said.0.extract_if(|delivery, _| !unsettled.contains(*delivery));
        let on_record: Vec<About> = on_record.map(|(_, about)| about).collect();
        for about in &on_record {
            self.is_settled(*about);
        }
        on_record.into_iter().map(|about| about.endpoint).collect()
    }

    fn is_settled(&mut self, About { endpoint, switches_off }: About) {
        if switches_off && let Some(tray) = self.trays.get_mut(&endpoint) {
            tray.switching_off = false;
        }
    }
}
