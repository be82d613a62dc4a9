//! Lists by page number, as platforms have them. They are read oldest first, so that a page stays what it was while new
//! things come in.

use callboard_core::Held;
use callboard_ledger::{EngineError, Listed, Page, Reader, ThingFilter};

use crate::limits::{LISTED_THINGS, LISTING_READS, LISTING_ROWS};

/// What is kept of each thing of a list while the list is counted: its id, or little more. The things on the page that is asked
/// for are read by themselves.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Counted<T> {
    /// Oldest first; at most [`LISTED_THINGS`].
    pub(super) all: Vec<T>,
    /// Does the list go on behind them?
    pub(super) goes_on: bool,
}

/// Counts what matches and of which something is picked. No more of it is held than one read brings.
pub(super) fn count<T>(
    reader: &mut dyn Reader,
    filter: &ThingFilter,
    pick: impl FnMut(&Held) -> Option<T>,
) -> Result<Counted<T>, EngineError> {
    count_in(|page| reader.things(filter, page), pick)
}

/// The same of everything that matches, by the numbers of the ids.
pub(super) fn count_ids(reader: &mut dyn Reader, filter: &ThingFilter) -> Result<Counted<u64>, EngineError> {
    count(reader, filter, |held| Some(held.entity.raw_id()))
}

fn count_in<T>(
    mut read: impl FnMut(Page) -> Result<Listed<Held>, EngineError>,
    mut pick: impl FnMut(&Held) -> Option<T>,
) -> Result<Counted<T>, EngineError> {
    let mut all = Vec::new();
    let mut after = Some(0);
    for _ in 0..LISTING_READS {
        let things = read(Page { after, ..Page::newest(LISTING_ROWS) })?;
        all.extend(things.items.iter().filter_map(&mut pick));
        after = things.next;
        if after.is_none() || all.len() >= LISTED_THINGS {
            break;
        }
    }
    let goes_on = after.is_some() || all.len() > LISTED_THINGS;
    all.truncate(LISTED_THINGS);
    Ok(Counted { all, goes_on })
}

impl<T> Counted<T> {
    /// The same, of each thing something else.
    pub(super) fn map<U>(self, of_each: impl FnMut(T) -> U) -> Counted<U> {
        Counted { all: self.all.into_iter().map(of_each).collect(), goes_on: self.goes_on }
    }
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

    /// Does it begin after the last thing that was counted of a list that goes on?
    pub(super) fn is_beyond_what_is_counted<T>(self, counted: &Counted<T>) -> bool {
        counted.goes_on && self.page > self.pages(counted.all.len())
    }

    /// The part of a list that is this page.
    pub(super) fn of<T: Copy>(self, all: &[T]) -> Vec<T> {
        all.iter().skip((self.page - 1).saturating_mul(self.size)).take(self.size).copied().collect()
    }

    /// How many pages there are; an empty list has one.
    pub(super) fn pages(self, total: usize) -> usize {
        total.div_ceil(self.size).max(1)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Weak};

    use callboard_core::{CompanyId, Entity, Identifier, Job, JobId, Record};

    use super::*;

    fn job(raw_id: u64) -> (Held, Weak<Job>) {
        let job = Arc::new(Job::new(JobId::from_raw(raw_id)));
        let weak = Arc::downgrade(&job);
        let record = Arc::new(Record::default());
        (Held { company: CompanyId::from_raw(1), entity: Entity::Job(job), record }, weak)
    }

    #[test]
    fn of_a_list_that_is_counted_no_more_is_held_than_one_read_brings() {
        let mut read: Vec<Weak<Job>> = Vec::new();
        let counted = count_in(
            |page| {
                assert!(read.iter().all(|it| it.upgrade().is_none()), "what was read before is held still");
                let next = page.after.unwrap_or(0) + 1;
                let (held, weak) = job(next);
                read.push(weak);
                Ok(Listed { items: vec![held], next: (next < 7).then_some(next) })
            },
            |held| Some(held.entity.raw_id()),
        );
        assert_eq!(counted.unwrap(), Counted { all: (1..=7).collect(), goes_on: false });
    }

    #[test]
    fn a_list_that_is_not_read_to_its_end_says_so() {
        let endless = |page: Page| {
            let next = page.after.unwrap_or(0) + 1;
            Ok(Listed { items: vec![job(next).0], next: Some(next) })
        };
        let counted = count_in(endless, |held| Some(held.entity.raw_id())).unwrap();
        assert_eq!((counted.all.len(), counted.goes_on), (LISTING_READS, true));
        let page = |page| Numbered { page, size: 30 };
        assert!(!page(4).is_beyond_what_is_counted(&counted), "the last ten are on it");
        assert!(page(5).is_beyond_what_is_counted(&counted));
        let whole = Counted { goes_on: false, ..counted };
        assert!(!page(5).is_beyond_what_is_counted(&whole), "it is beyond the end");
        let of_none = count_in(endless, |_| None::<u64>).unwrap();
        assert_eq!((of_none.all.len(), of_none.goes_on), (0, true));
    }
}
