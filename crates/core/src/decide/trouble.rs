//! Trouble with telling others is an event of its own, which somebody else can be told of.

use std::sync::Arc;

use jiff::Timestamp;

use crate::event::{Event, EventType, Snapshot};
use crate::id::IdMint;
use crate::subscription::{Endpoint, EndpointState};
use crate::trouble::{EndpointMark, GivenUp};

/// The event that says that an endpoint, as it is given here, has been switched off by the hub.
pub fn endpoint_disabled(endpoint: &Endpoint, at: Timestamp, mint: &mut IdMint) -> Event {
    let mut mark = EndpointMark::of(endpoint);
    if let EndpointState::Disabled { reason, since } = &endpoint.state {
        mark.reason = Some(reason.clone());
        mark.since = Some(*since);
    }
    let data = Snapshot { endpoint: Some(Arc::new(mark)), ..Snapshot::default() };
    event(EventType::EndpointDisabled, endpoint, data, at, mint)
}

/// The event that says that a delivery to an endpoint was given up. There is none about a delivery that was itself to tell
/// of such trouble: nothing must go round in circles.
pub fn delivery_failed(
    endpoint: &Endpoint,
    given_up: GivenUp,
    at: Timestamp,
    mint: &mut IdMint,
) -> Option<Event> {
    if matches!(given_up.event_type, EventType::EndpointDisabled | EventType::DeliveryFailed) {
        return None;
    }
    let data = Snapshot {
        endpoint: Some(Arc::new(EndpointMark::of(endpoint))),
        delivery: Some(Arc::new(given_up)),
        ..Snapshot::default()
    };
    Some(event(EventType::DeliveryFailed, endpoint, data, at, mint))
}

fn event(kind: EventType, endpoint: &Endpoint, data: Snapshot, at: Timestamp, mint: &mut IdMint) -> Event {
    Event { id: mint.mint(at), kind, timestamp: at, company: endpoint.company, data }
}
