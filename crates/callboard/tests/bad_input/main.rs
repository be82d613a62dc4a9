//! What strangers, broken clients and bad days send: each gets its answer, and the hub goes on.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

mod api;
mod bodies;
mod clients;
mod files;
mod forgeries;
mod ground;
mod http;
mod idempotency;
mod jwt;
mod platforms;
mod quarantine;
mod scene;
mod secrets;
mod slow;
mod things;
mod wire;

#[path = "../support/mod.rs"]
mod support;
