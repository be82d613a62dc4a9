//! The handle and the writer behind it, on a SQLite store that a test can hold up, make fail and count the commits of; and
//! what a store is checked for, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

mod checking;
mod closing;
mod commands;
#[path = "../database/mod.rs"]
#[expect(dead_code, reason = "the whole program's tests use all of it")]
mod database;
mod failing;
mod forgetting;
mod group_commit;
mod keeping;
mod listening;
mod messages;
mod model;
mod once;
mod outgrowing;
mod pointing;
mod questions;
mod replaying;
mod support;
mod trouble;
