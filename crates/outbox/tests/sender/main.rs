//! One attempt, sent to real servers on loopback: what comes back, what is cut off, what is refused.

#![expect(clippy::unwrap_used, reason = "a test whose stage cannot be set has failed")]

mod connections;
mod kept;
mod no_answer;
mod out_of_time;
mod over_tls;
mod sent;
mod stage;
mod whereto;
