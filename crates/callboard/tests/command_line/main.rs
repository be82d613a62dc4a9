//! The program as people and scripts use it: what it prints, what it ends with, and how it is set up and stopped.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail, and says where")]

#[path = "../support/mod.rs"]
mod support;

mod breaking;
mod canned;
mod help;
mod interviewing;
mod moving;
mod owing;
mod people;
mod resources;
mod rotating;
mod said;
mod settings;
mod stopping;
mod tables;
mod upkeep;
mod verifying;
