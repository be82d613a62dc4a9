//! The native form and CloudEvents: signatures, what a body says, and what is told.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops here")]

mod arbitrary;
mod cloud;
mod events;
mod keys;
mod reading;
mod second_hub;
mod signatures;
mod telling;
