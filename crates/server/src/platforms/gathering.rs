//! Lists by page number, as platforms have them. They are read oldest first, so that a page stays what it was while new
//! things come in.

use callboard_core::Held;
use callboard_ledger::{EngineError, Page, Reader, ThingFilter};

use crate::limits::{LISTED_THINGS, LISTING_READS, LISTING_ROWS};

/// Everything that matches, oldest first; at most [`LISTED_THINGS`].
pub(super) fn gather(reader: &mut dyn Reader, filter: &ThingFilter) -> Result<Vec<Held>, EngineError> {
    let mut all: Vec<Held> = Vec::new();
    let mut after = Some(0);
    for _ in 0..LISTING_READS {
        let limit = LISTING_ROWS.min(LISTED_THINGS - all.len());
        let things = reader.things(filter, Page { after, ..Page::newest(limit) })?;
        all.extend(things.items);
        after = things.next;
        if after.is_none() || all.len() == LISTED_THINGS {
            break;
        }
    }
    Ok(all)
}

/// A page by its number, the first being 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbered {
    pub(super) page: usize,
    pub(super) size: usize,
}

impl Numbered {
    /// Does it begin after the last thing that is listed?
    pub(super) fn is_beyond_what_is_listed(self) -> bool {
        (self.page - 1).saturating_mul(self.size) >= LISTED_THINGS
    }

    /// The part of a whole list that is this page.
    pub(super) fn of<T>(self, all: Vec<T>) -> Vec<T> {
        all.into_iter().skip((self.page - 1).saturating_mul(self.size)).take(self.size).collect()
    }

    /// How many pages there are; an empty list has one.
    pub(super) fn pages(self, total: usize) -> usize {
        total.div_ceil(self.size).max(1)
    }
}
