//! HireHive: nineteen events with the whole object in each, signed by Standard Webhooks (seed 002, platforms.md 1).

mod application;
mod candidate;
mod dialect;
mod feedback;
mod ids;
mod interview;
mod job;
mod members;
mod note;
mod object;
mod questions;
mod reading;
pub mod rest;
mod tag;
mod writing;

pub use dialect::HireHive;
