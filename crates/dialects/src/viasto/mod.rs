//! viasto interview suite: five unsigned events that name what changed by its URL (seed 003, platforms.md 3).

mod api;
mod dialect;
mod fetched;
mod members;
mod reading;
mod resource;
pub mod rest;
mod writing;

pub use dialect::Viasto;
