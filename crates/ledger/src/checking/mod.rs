//! What holds in a whole store, and the sentence for each thing that does not. What an engine has to do for it is to show
//! its rows: see [`Inspector`].
//!
//! What the planner would owe today is no measure: what people configured at the time is not on record. What is on record
//! has to agree with itself.

mod checks;
mod rows;
mod telling;

pub use checks::{Check, Checked, FINDINGS_TOLD, Finding, Inspector, Look, check};
pub(crate) use rows::{Filed, Gone, Known, Received, StageOrder, ThingRow, first_to_be_seen};
pub(crate) use rows::{bytes_of_file, document, leads, pointer, replay, unseen};
pub use telling::{LaneOrder, Stands, Tried};
pub(crate) use telling::{Numbered, Promised, owed};
