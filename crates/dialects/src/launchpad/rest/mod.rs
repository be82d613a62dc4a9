//! LaunchPad's Live API as JSON (platforms.md 4.2): what is asked for, and what is answered, every scalar a text.

mod assessment;
mod invite;
mod members;

pub use assessment::{NewAssessment, assessment_answer};
pub use invite::{Invite, InvitedReviewer, Made, REVIEWERS};
