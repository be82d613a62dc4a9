//! What each platform's documentation tells as happening, made to happen through the API of the real program: the right
//! callbacks follow by themselves.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail, and says where")]

#[path = "../support/mod.rs"]
mod support;

mod assessment;
mod company;
mod erasing;
mod stages;
mod together;
mod walls;
mod zoom_link;
