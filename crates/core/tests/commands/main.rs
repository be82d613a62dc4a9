//! What can be asked, what comes of it, and why it is refused: one file for each thing, and all of them under any
//! sequence of commands.

#![expect(clippy::unwrap_used, reason = "what a test needs is there, or the test is wrong")]

mod answers;
mod applications;
mod attendees;
mod candidates;
mod desk;
mod erasing;
mod files;
mod interviews;
mod jobs;
mod meetings;
mod model;
mod notes;
mod refusals;
mod reviews;
mod users;
