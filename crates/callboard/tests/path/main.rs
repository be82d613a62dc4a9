//! The whole path, by the program alone: a platform is played, the hub takes it in, and receivers hear it in their words.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail, and says where")]

#[path = "../support/mod.rs"]
mod support;

mod dialects;
mod duplicated;
mod forged;
mod listener;
mod round_trip;
mod shuffled;
