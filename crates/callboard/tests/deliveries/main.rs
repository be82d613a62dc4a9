//! What an endpoint is owed, and what becomes of it: tried again, in order, by whoever is down, slow, gone or choosy.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail, and says where")]

#[path = "../support/mod.rs"]
mod support;

mod addresses;
mod bad_neighbours;
mod called_off;
mod down;
mod failing;
mod gone;
mod retries;
mod slow;
mod subscriptions;
mod telling;
mod testing;
