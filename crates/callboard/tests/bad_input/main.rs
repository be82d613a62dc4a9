//! What strangers, broken clients and bad days send: each gets its answer, and the hub goes on.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

mod api;
mod bodies;
mod forgeries;
mod ground;
mod http;
mod jwt;
mod quarantine;
mod secrets;
mod slow;
mod wire;

#[path = "../support/mod.rs"]
mod support;
