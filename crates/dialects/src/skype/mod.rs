//! Skype Interviews: a JWT over the body's hash, and twelve stages (seed 004, platforms.md 2).

mod api;
mod body_trouble;
mod claims;
mod dialect;
mod fetched;
mod metadata;
mod reading;
pub mod rest;
mod signing;
mod verifying;
mod wire;

pub use dialect::Skype;
