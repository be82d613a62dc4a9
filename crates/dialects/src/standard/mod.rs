//! The native form: an event's own JSON, under Standard Webhooks headers.

mod dialect;
mod keys;
mod reading;
mod things;

pub use dialect::Standard;
pub(crate) use keys::Keys;
pub(crate) use reading::observations;
