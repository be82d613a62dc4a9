//! LaunchPad: two callbacks without a signature, all strings (seeds 000 and 001, platforms.md 4), and those of the
//! generation before.

mod basic;
mod dialect;
mod naming;
mod progress;
mod reading;
pub mod rest;
mod reviews;
mod scalar;
mod writing;

pub use dialect::LaunchPad;
