//! How much one request may come to. It is decided by the one writer and written down in one transaction, however much it is:
//! everybody else waits meanwhile, and all of it is in memory. So its events are planned before anything is taken of it.

use bytes::Bytes;
use callboard_core::{Event, ReceiptId};

use crate::deciding::Deciding;
use crate::plan::Plan;

/// How many bytes of bodies one request may come to: its events in their native form, and what is owed in other words, once
/// for each who is owed it.
pub const REQUEST_BYTES: usize = 64 * 1024 * 1024;
/// How many deliveries one request may come to.
pub const REQUEST_OWED: usize = 100_000;

/// What is said of one that comes to more than [`REQUEST_BYTES`].
const TOO_MANY_BYTES: &str = "everything that would be sent because of it comes to more than 64 MiB";
/// What is said of one that comes to more than [`REQUEST_OWED`].
const TOO_MANY_OWED: &str = "it would be told in more than 100,000 deliveries";

/// What there is room for in a request.
pub(crate) struct Extent {
    bytes: usize,
    owed: usize,
}

impl Extent {
    /// What one may come to.
    pub(crate) const OF_A_REQUEST: Self = Self { bytes: REQUEST_BYTES, owed: REQUEST_OWED };
    /// For what is carried out however much it comes to.
    pub(crate) const BOUNDLESS: Self = Self { bytes: usize::MAX, owed: usize::MAX };

    fn take(&mut self, Telling { native, plan, .. }: &Telling) -> Result<(), &'static str> {
        let bodies = plan.owed.iter().filter_map(|planned| planned.body.as_ref());
        let bytes = native.len() + bodies.map(Bytes::len).sum::<usize>();
        self.bytes = self.bytes.checked_sub(bytes).ok_or(TOO_MANY_BYTES)?;
        self.owed = self.owed.checked_sub(plan.owed.len()).ok_or(TOO_MANY_OWED)?;
        Ok(())
    }
}

/// An event as it will be told.
pub(crate) struct Telling {
    pub(crate) event: Event,
    pub(crate) native: Bytes,
    pub(crate) plan: Plan,
}

impl Deciding<'_> {
    /// Plans events, or says why they are more than there is room for, as soon as they are.
    pub(crate) fn plan_all(
        &mut self,
        events: Vec<Event>,
        extent: &mut Extent,
    ) -> Result<Vec<Telling>, &'static str> {
        let mut told = Vec::with_capacity(events.len());
        for event in events {
            let telling = self.plan(event);
            extent.take(&telling)?;
            told.push(telling);
        }
        Ok(told)
    }

    /// Tells events that have been planned.
    pub(crate) fn tell_all(&mut self, receipt: Option<ReceiptId>, told: Vec<Telling>) {
        for telling in told {
            self.tell(receipt, telling);
        }
    }
}
