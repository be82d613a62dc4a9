//! The four platforms, played: the stories, their way to a receiver, and what it makes of them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;
mod https;
mod receiver;
mod round_trip;
mod stories;
