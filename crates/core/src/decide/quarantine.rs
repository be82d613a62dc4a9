//! A request that is authentic but cannot be understood is an event of its own (invariant I9).

use jiff::Timestamp;

use crate::event::{Event, EventType, Quarantined, Snapshot};
use crate::id::{CompanyId, IdMint, ReceiptId, SourceId};

/// The event that says that a receipt could not be understood, and why.
pub fn quarantined(
    company: CompanyId,
    source: SourceId,
    receipt_id: ReceiptId,
    reason: impl Into<String>,
    at: Timestamp,
    mint: &mut IdMint,
) -> Event {
    Event {
        id: mint.mint(at),
        kind: EventType::ReceiptQuarantined,
        timestamp: at,
        company,
        data: Snapshot {
            source: Some(source),
            receipt: Some(Quarantined { id: receipt_id, reason: reason.into() }),
            ..Snapshot::default()
        },
    }
}
