//! What a command comes to, or why it is refused: one file for each thing that can be asked of.

mod answer_video;
mod application;
mod asking;
mod candidate;
mod erasing;
mod feedback;
mod file;
mod interview;
mod job;
mod keeping;
mod naming;
mod note;
mod question;
mod referring;
mod speaking;
mod tags;
mod user;

use std::sync::Arc;

pub use asking::command;

use super::draft::Draft;
use super::thing::Thing;
use crate::id::Identifier;
use crate::refusal::{Refusal, RefusalCode};

/// What carrying a command out comes to.
type Done = Result<(), Refusal>;

impl Draft<'_> {
    /// The thing that is asked of, if it is there, is the asker's, and has not been removed.
    fn wanted<T: Thing>(&self, id: T::Id) -> Result<&Arc<T>, Refusal> {
        let held = self.held(id.raw()).filter(|held| held.company == self.teller.company);
        let held = held.filter(|held| !held.record.deleted).ok_or_else(|| Refusal::not_found(id))?;
        if held.record.erased_at.is_some() {
            let sentence =
                format!("the person whom {id} is about has been erased; it does not change any more");
            return Err(Refusal::new(RefusalCode::ERASED, sentence));
        }
        T::of(&held.entity).ok_or_else(|| Refusal::not_found(id))
    }
}
