//! The resources that our webhooks of viasto name, as viasto's own API v3 shows them (platforms.md 3.3).
//!
//! A resource is shown under the URL by which it was asked for, so that it has one name for whoever asks. Where no table
//! of fields is known (questions, answer videos, ratings, notes, users), they are those that the results and the welcome
//! videos have, and after them whose they are.

mod belonging;
mod candidate;
mod evaluation;
mod recording;
mod suite;

pub use belonging::{CandidateOf, ProjectOf};
pub use candidate::{CandidateStatus, EvaluationStatus};
pub use suite::{Project, Suite};
