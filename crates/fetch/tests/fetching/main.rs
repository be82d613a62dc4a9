//! The fetch service on a real ledger and against platforms on loopback, while the clock is moved by hand.

#![expect(clippy::unwrap_used, reason = "a test whose stage cannot be set has failed")]

mod at_once;
mod clock;
mod erased;
mod hub;
mod lag;
mod platform;
mod silent;
mod trouble;
mod viasto;
