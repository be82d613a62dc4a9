//! LaunchPad: the links to a live interview, then what its reviewers think (seeds 000 and 001).

mod callbacks;
mod story;

pub(super) use story::story;
