//! What the hiring world is made of: jobs, candidates, applications, interviews, and what belongs to them.

mod answer_videos;
mod applications;
mod belonging;
mod candidates;
mod erasing;
mod feedback;
mod files;
mod form;
mod interviews;
mod jobs;
mod listing;
mod member;
mod notes;
mod noun;
mod questions;
mod routes;
mod tags;
mod users;

pub(super) use self::listing::names_of;
pub(crate) use self::routes::routes;
