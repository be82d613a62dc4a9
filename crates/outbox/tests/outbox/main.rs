//! The outbox on a real ledger: who is told what, in what order, and what is left of it after a stop.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail, and says where")]

mod backlog;
mod carrier;
mod endpoints;
mod failing;
mod hub;
mod order;
mod over_http;
mod planning;
mod receiver;
mod schedule;
mod sharing;
