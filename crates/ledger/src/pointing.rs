//! What requests point at rather than telling it.

use callboard_core::ReceiptId;

use crate::batch::NewPointer;
use crate::deciding::Deciding;
use crate::job::Intake;

impl Deciding<'_> {
    /// Notes what is to be fetched, and when. By the time that a request is decided, its source may be gone, or not be fetched
    /// from any more: then nobody would ever see to what it points at.
    pub(crate) fn point(&mut self, receipt: ReceiptId, intake: &Intake) {
        let source = self.directory.source(intake.source.id);
        if source.is_none_or(|source| source.fetch.is_none()) {
            return;
        }
        let due_at = intake.fetch_at.unwrap_or(intake.received_at);
        self.decided.batch.pointers.extend(intake.points_at.iter().map(|resource| NewPointer {
            source: intake.source.id,
            receipt,
            resource: resource.clone(),
            due_at,
        }));
    }
}
