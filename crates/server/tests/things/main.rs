//! The things of the hiring world, asked for over the API in this process, on a real store.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

mod about;
mod answer_videos;
mod applications;
mod candidates;
mod configuring;
mod deliveries;
mod erasing;
mod feedback;
mod files;
mod hall;
mod interviews;
mod jobs;
mod live;
mod long_lists;
mod notes;
mod previews;
mod questions;
mod repeating;
mod replays;
mod requests;
mod rotating;
mod searching;
mod sources;
mod tellings;
mod translations;
mod users;
