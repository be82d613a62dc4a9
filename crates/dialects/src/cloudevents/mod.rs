//! CloudEvents 1.0 in structured JSON mode (platforms.md 6.2), under Standard Webhooks headers.

mod dialect;
mod envelope;

pub use dialect::CloudEvents;
