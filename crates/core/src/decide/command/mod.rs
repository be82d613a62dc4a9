//! What a command comes to, or why it is refused: one file for each thing that can be asked of.

mod asking;
mod job;

use std::sync::Arc;

pub use asking::command;

use super::draft::Draft;
use super::thing::Thing;
use crate::refusal::Refusal;

/// What carrying a command out comes to.
type Done = Result<(), Refusal>;

impl Draft<'_> {
    /// The thing that is asked of, if it is there, is the asker's, and has not been removed.
    fn wanted<T: Thing>(&self, id: T::Id) -> Result<&Arc<T>, Refusal> {
        let is_there = self.is_ours(id) && self.record(id).is_some_and(|record| !record.deleted);
        self.get::<T>(id).filter(|_| is_there).ok_or_else(|| Refusal::not_found(id))
    }
}
