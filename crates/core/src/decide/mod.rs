//! The rules of the house: what an observation comes to, one file for each family of news.

mod answer_video;
mod application;
mod assessment;
mod belonging;
mod candidate;
mod command;
mod decision;
mod draft;
mod feedback;
mod interview;
mod job;
mod life;
mod made_up;
mod meeting;
mod names;
mod note;
mod outgrowing;
mod overall;
mod person;
mod quarantine;
mod question;
mod snapshot;
mod so_far;
mod stage;
mod telling;
mod thing;
mod trouble;
mod user;

pub use command::command;
pub use decision::{Before, Decision, Remark, Teller, decide};
pub use made_up::made_up;
pub use names::Sought;
pub use overall::overall_status;
pub use quarantine::quarantined;
pub use so_far::assessment;
pub use trouble::{delivery_failed, endpoint_disabled};
