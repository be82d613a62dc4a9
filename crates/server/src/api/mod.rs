//! `/v1`: sources, endpoints, events, deliveries, receipts, keys.

pub(crate) mod body;
pub(crate) mod deliveries;
pub(crate) mod endpoint_form;
pub(crate) mod endpoints;
pub(crate) mod events;
pub(crate) mod keys;
pub(crate) mod receipts;
pub(crate) mod sources;
mod text;
