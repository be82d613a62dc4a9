//! Skype Interviews' webhooks: which are authentic, what they say, and how ours are told (seed 004).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops here")]

mod arbitrary;
mod authentic;
mod credentials;
mod jwt_tricks;
mod reading;
mod rest;
mod telling;
mod token;
