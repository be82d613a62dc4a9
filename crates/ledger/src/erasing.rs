//! What goes of someone who is to be forgotten, as far as it can be found at once.

use bytes::Bytes;
use callboard_core::{CompanyId, Erasure, Event, EventType, ReceiptId};
use serde_json::json;

use crate::batch::{EventRow, Search};
use crate::deciding::Deciding;
use crate::engine::{Engine, EngineError};
use crate::publish::Notice;

impl Deciding<'_> {
    /// Erases what events about a person say, and the requests that they came from. What else speaks of them is looked
    /// for later: see [`crate::Ledger::resume_erasures`].
    pub(crate) fn erase(
        &mut self,
        engine: &mut dyn Engine,
        company: CompanyId,
        erasure: &Erasure,
    ) -> Result<(), EngineError> {
        let events = engine.events_of(&erasure.subjects, &[])?;
        let mut receipts: Vec<ReceiptId> = events.iter().filter_map(|event| event.receipt).collect();
        receipts.sort_unstable();
        receipts.dedup();
        self.erase_events(engine, &events)?;
        let erased = &mut self.decided.batch.erased;
        erased.receipts.append(&mut receipts);
        erased.searches.push(Search { company, words: erasure.words.clone() });
        Ok(())
    }

    /// Erases requests, and why they were not understood, which may quote them.
    pub(crate) fn erase_receipts(
        &mut self,
        engine: &mut dyn Engine,
        receipts: &[ReceiptId],
    ) -> Result<(), EngineError> {
        let mut events = engine.events_of(&[], receipts)?;
        events.retain(|event| event.kind == EventType::ReceiptQuarantined);
        self.erase_events(engine, &events)?;
        self.decided.batch.erased.receipts.extend_from_slice(receipts);
        Ok(())
    }

    fn erase_events(&mut self, engine: &mut dyn Engine, events: &[EventRow]) -> Result<(), EngineError> {
        for event in events {
            for (delivery, endpoint) in engine.owed_of(event.id)? {
                self.decided.notices.push(Notice::Cancelled(delivery, endpoint));
            }
            self.decided.batch.erased.events.push((event.id, without_anything_personal(event)));
        }
        Ok(())
    }
}

/// An event's native form from now on. One that an earlier version wrote in a way that cannot be read any more keeps
/// nothing but what it is.
fn without_anything_personal(row: &EventRow) -> Bytes {
    let erased = match serde_json::from_slice::<Event>(&row.body) {
        Ok(event) => serde_json::to_vec(&event.erased()),
        Err(_) => serde_json::to_vec(&json!({"id": row.id, "type": row.kind, "company": row.company})),
    };
    Bytes::from(erased.expect("an event has text keys only, as JSON asks for"))
}
