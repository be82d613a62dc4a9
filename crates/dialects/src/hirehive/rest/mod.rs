//! The objects of HireHive's own API (platforms.md 1.5, 1.6): the same as in its webhooks, by the same writers; and the
//! bodies that it takes, by the same readers.

mod answers;
mod asked;
mod shown;

pub use answers::{Completed, answers};
pub use asked::{NewInterview, NewNote, candidate, interview, job, note, source};
pub use shown::Shown;
