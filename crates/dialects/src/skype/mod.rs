//! Skype Interviews: a JWT over the body's hash, and twelve stages (seed 004, platforms.md 2).

mod body_trouble;
mod claims;
mod dialect;
mod metadata;
mod reading;
pub mod rest;
mod signing;
mod verifying;
mod wire;

pub use dialect::Skype;
