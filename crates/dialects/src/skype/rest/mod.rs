//! Skype Interviews' own REST API as JSON (platforms.md 2.5): what is asked for, and what is answered.

mod answer;
mod asked;
mod kept;
mod members;
mod participant;
mod scheduling;
mod stage;
mod tenant;
mod token;

pub use answer::Known;
pub use asked::{Asked, Position};
pub use kept::{asks_for_feedback, merge};
pub(super) use members::Members;
pub use participant::Participant;
pub use scheduling::{Scheduling, Start};
pub use stage::stage_command;
pub use tenant::{Tenant, tenant_answer};
pub use token::Token;

/// The position of an interview that was given none (`manage-jobs.md`): its code.
pub const DEFAULT_POSITION_CODE: &str = "everest-default";
/// Its title.
pub const DEFAULT_POSITION_TITLE: &str = "Default position";
