//! Who is told of an event, and in what words. The ledger asks; the outbox answers.

use bytes::Bytes;
use callboard_core::{EndpointId, Event};

use crate::directory::Directory;

/// Works out who is owed an event. It runs inside the writer, once for each event, before it is committed.
pub trait Planner: Send {
    /// Who is owed `event`, whose native form is `native`.
    fn plan(&mut self, event: &Event, native: &Bytes, directory: &Directory) -> Plan;

    /// Who is owed `event` when it is told again: everyone who wants it now, or only this endpoint if it does.
    fn again(
        &mut self,
        event: &Event,
        native: &Bytes,
        only: Option<EndpointId>,
        directory: &Directory,
    ) -> Vec<Planned> {
        let mut owed = self.plan(event, native, directory).owed;
        owed.retain(|planned| only.is_none_or(|only| planned.endpoint == only));
        owed
    }
}

/// Who is owed an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// One entry for each body that is owed, in order.
    pub owed: Vec<Planned>,
    /// Endpoints that asked for it but whose dialect has no word for it.
    pub skipped: Vec<EndpointId>,
}

/// One body owed to one endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Who is owed.
    pub endpoint: EndpointId,
    /// What will be sent; `None` means the event's native form.
    pub body: Option<Bytes>,
}
