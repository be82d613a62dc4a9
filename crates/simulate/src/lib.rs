//! The four platforms, played: whole interviews told as each would tell them, sent as each would send them, and a
//! receiver that hears what comes out at the other end.
//!
//! Nothing in here knows the inside of a hub. Stories are written by hands of their own, so that a parser which
//! misreads a platform is not agreed with by a simulator that miswrites it in the same way.

mod capture;
mod post;
mod receive;
mod send;
mod story;

pub use capture::{Capture, CaptureError};
pub use receive::{Answer, Counts, Heard, Listening, ReceiveError, Receiver, Said, Verdict};
pub use send::{Clock, Delivered, Forgery, Outcome, PlayError, Player, Playing, Tally};
pub use story::{AssessmentEnding, Ending, Letter, Platform, Stories, Story, UnknownPlatform};
