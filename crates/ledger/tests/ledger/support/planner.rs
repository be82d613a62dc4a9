//! A planner that owes everything to everyone, and breaks when it is told to.

use std::sync::Arc;

use bytes::Bytes;
use callboard_core::{Endpoint, EndpointId, EndpointState, Event, Identifier, Ordering, Sealed, Timestamp};
use callboard_ledger::{Directory, Plan, Planned, Planner};

/// Owes each event to each endpoint that wants it, in the order of their ids; in a body of its own to one that is told in
/// another dialect. An interview that is called `break the planner` breaks it.
pub struct Everyone;

impl Planner for Everyone {
    fn plan(&mut self, event: &Event, native: &Bytes, directory: &Directory) -> Plan {
        let code = event.data.interview.as_ref().and_then(|interview| interview.external_ids.get("skype"));
        assert_ne!(code, Some("break the planner"));
        let wants = directory.endpoints().filter(|endpoint| endpoint.wants(event));
        let planned = |endpoint: &Arc<Endpoint>| {
            let body = (endpoint.dialect != "standard").then(|| native.clone());
            Planned { endpoint: endpoint.id, body }
        };
        let mut owed: Vec<Planned> = wants.map(planned).collect();
        owed.sort_unstable_by_key(|planned| planned.endpoint);
        Plan { owed, skipped: Vec::new() }
    }
}

/// An endpoint that wants everything.
pub fn endpoint(id: u64) -> Endpoint {
    Endpoint {
        id: EndpointId::from_raw(id),
        company: super::source().company,
        url: "https://partner.example/hooks".to_owned(),
        dialect: "standard".to_owned(),
        events: Vec::new(),
        sources: Vec::new(),
        rotated: None,
        failing_since: None,
        told_since: None,
        formerly: Vec::new(),
        credentials: Sealed::default(),
        ordering: Ordering::Interview,
        hold_for: std::time::Duration::from_secs(3_600),
        retry: Vec::new(),
        rate_limit: None,
        description: String::new(),
        state: EndpointState::Enabled,
        created_at: Timestamp::UNIX_EPOCH,
    }
}
