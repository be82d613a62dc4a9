//! What is looked for as a part of names and titles.

use callboard_core::{Candidate, Entity};

/// A text in lower case.
pub(super) struct Needle(String);

impl Needle {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_lowercase())
    }

    /// Is it a part of the candidate's name, or of the interview's title?
    pub(super) fn is_in(&self, entity: &Entity) -> bool {
        match entity {
            Entity::Candidate(it) => self.is_in_name(it),
            Entity::Interview(it) => it.title.as_deref().is_some_and(|title| self.is_part_of(title)),
            _ => false,
        }
    }

    /// A platform may give a name as a whole, another one in parts, and they need not say the same.
    fn is_in_name(&self, candidate: &Candidate) -> bool {
        let Candidate { full_name, first_name, last_name, .. } = candidate;
        let whole = full_name.as_deref().is_some_and(|name| self.is_part_of(name));
        whole
            || match (first_name, last_name) {
                (Some(first), Some(last)) => self.is_part_of(&format!("{first} {last}")),
                (Some(name), None) | (None, Some(name)) => self.is_part_of(name),
                (None, None) => false,
            }
    }

    fn is_part_of(&self, text: &str) -> bool {
        text.to_lowercase().contains(&self.0)
    }
}
