//! What thin webhooks only point at, fetched from the platform: one task that takes what is due, a few at once.
//!
//! A webhook is answered before anything of this begins; what it points at stands in the ledger until it has been fetched
//! or given up, so that nothing is forgotten by a stop. What an answer says is recorded like a webhook of the same source.

mod access;
mod errand;
pub mod limits;
mod memory;
mod service;
mod slots;
mod verdict;

pub use limits::FetchLimits;
pub use service::{Fetch, FetchHandle, FetchOptions};
