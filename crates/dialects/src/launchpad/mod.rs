//! LaunchPad: two callbacks without a signature, all strings (seeds 000 and 001, platforms.md 4).

mod basic;
mod dialect;
mod reading;
mod scalar;
mod writing;

pub use dialect::LaunchPad;
