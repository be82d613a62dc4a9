//! The APIs in platforms' own shapes, asked in this process.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

mod hirehive;
mod hub;
mod launchpad;
mod nobody;
mod paging;
mod skype;
mod viasto;
