//! How much of what an endpoint is owed is in memory, and from where on it is only in the store.
//!
//! Deliveries are committed in the order of their ids, so one number says it: everything up to there has been taken
//! into memory, with its body or by name (and may be done by now); what comes after is to be read from the store, page by
//! page. An endpoint for which there is something to read is *behind*. What is newly owed to it meanwhile is let go: it is in the store
//! already, and its page will come.

use callboard_core::{DeliveryId, Identifier};

/// Where a delivery belongs that is owed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In memory, where everything older is.
    Memory,
    /// In the store: its page will come.
    Store,
    /// In the store, although memory holds younger ones: all of it is to be read again.
    BeforeMemory,
}

/// Where memory ends and the store begins, for one endpoint.
#[derive(Debug)]
pub(crate) struct Backlog {
    /// What is owed up to here is in memory.
    loaded_to: Option<DeliveryId>,
    /// What was committed up to here has been heard of; a notice about it is no news.
    heard_to: Option<DeliveryId>,
    behind: bool,
    /// Something older than `loaded_to` has become owed again.
    revisit: bool,
    /// What is read from this one on is due at once, whatever it waits for: the endpoint begins anew.
    due_from: Option<DeliveryId>,
    reading: Reading,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Nothing,
    Page {
        /// Something was let go since the page was asked for, so it may not be on it.
        let_go: bool,
        /// The oldest that became owed again since then, so it may not be on it.
        anew_from: Option<DeliveryId>,
    },
    /// A page that was asked for before everything was to be read again: it says nothing any more.
    OutdatedPage,
}

impl Backlog {
    /// Nothing is in memory; whatever there is, is in the store.
    pub(crate) fn new() -> Self {
        Self {
            loaded_to: None,
            heard_to: None,
            behind: true,
            revisit: false,
            due_from: None,
            reading: Reading::Nothing,
        }
    }

    /// Starts again: memory has been cleared.
    pub(crate) fn reset(&mut self) {
        let outdated = self.reading != Reading::Nothing;
        let reading = if outdated { Reading::OutdatedPage } else { Reading::Nothing };
        *self = Self { heard_to: self.heard_to, due_from: self.due_from, reading, ..Self::new() };
    }

    /// The endpoint begins anew: whatever is in the store is due once, when it is next read.
    pub(crate) fn begin_anew(&mut self) {
        self.due_from = Some(DeliveryId::from_raw(0));
    }

    /// From which one on what is on the page that is being read is due at once, if anything.
    pub(crate) fn due_from(&self) -> Option<DeliveryId> {
        self.due_from
    }

    /// Is a delivery that has just been committed to be taken into memory, where there is room for it or not?
    pub(crate) fn takes(&mut self, delivery: DeliveryId, has_room: bool) -> bool {
        if self.heard_to >= Some(delivery) {
            return false;
        }
        if self.behind || !has_room {
            self.behind = true;
            if let Reading::Page { let_go, .. } = &mut self.reading {
                *let_go = true;
            }
            return false;
        }
        self.loaded_to = Some(delivery);
        self.heard_to = Some(delivery);
        true
    }

    /// Where does a delivery belong that had been given up and is owed again, where there is room in memory for it or not?
    pub(crate) fn place_anew(&mut self, delivery: DeliveryId, has_room: bool) -> Place {
        let is_within = !self.behind || self.loaded_to >= Some(delivery);
        if is_within && !self.revisit && has_room {
            if !self.behind {
                self.loaded_to = self.loaded_to.max(Some(delivery));
            }
            return Place::Memory;
        }
        self.behind = true;
        if is_within {
            return Place::BeforeMemory;
        }
        if let Reading::Page { anew_from, .. } = &mut self.reading {
            *anew_from = Some(anew_from.map_or(delivery, |from| from.min(delivery)));
        }
        Place::Store
    }

    /// What is on the page that is being read counts up to before this one.
    pub(crate) fn anew_from(&self) -> Option<DeliveryId> {
        match self.reading {
            Reading::Page { anew_from, .. } => anew_from,
            Reading::Nothing | Reading::OutdatedPage => None,
        }
    }

    /// Something older has become owed again, and there was no room for it.
    pub(crate) fn revisit(&mut self) {
        self.revisit = true;
    }

    /// Is there a page to be read?
    pub(crate) fn wants_page(&self) -> bool {
        (self.behind || self.revisit) && self.reading == Reading::Nothing
    }

    /// Begins to read a page: what is owed after this delivery.
    pub(crate) fn begin_page(&mut self) -> Option<DeliveryId> {
        if !self.behind && std::mem::take(&mut self.revisit) {
            self.loaded_to = None;
            self.behind = true;
        }
        self.reading = Reading::Page { let_go: false, anew_from: None };
        self.loaded_to
    }

    /// A page has come that ends with `last`; `full` if there may be more after it. Is it still worth anything?
    pub(crate) fn end_page(&mut self, last: Option<DeliveryId>, full: bool) -> bool {
        let Reading::Page { let_go, anew_from } = std::mem::replace(&mut self.reading, Reading::Nothing)
        else {
            return false;
        };
        self.loaded_to = self.loaded_to.max(last);
        self.heard_to = self.heard_to.max(last);
        self.behind = full || let_go;
        if !self.behind {
            self.loaded_to = self.heard_to;
        }
        // What has been read, and may have failed again since, is not due once more if it is read again.
        let read_to = anew_from.or_else(|| last.filter(|_| full).map(just_after));
        self.due_from = self.due_from.zip(read_to).map(|(from, to)| from.max(to));
        self.go_back_to(anew_from);
        true
    }

    /// A page could not be read; it is to be asked for again.
    pub(crate) fn page_failed(&mut self) {
        let anew_from = self.anew_from();
        self.reading = Reading::Nothing;
        self.go_back_to(anew_from);
    }

    /// From this one on, the store is to be read again.
    fn go_back_to(&mut self, anew_from: Option<DeliveryId>) {
        if let Some(from) = anew_from {
            self.behind = true;
            self.loaded_to = self.loaded_to.min(Some(just_before(from)));
        }
    }

    /// Is anything that is owed not in memory?
    pub(crate) fn is_behind(&self) -> bool {
        self.behind || self.revisit
    }
}

fn just_before(delivery: DeliveryId) -> DeliveryId {
    DeliveryId::from_raw(delivery.raw().saturating_sub(1))
}

fn just_after(delivery: DeliveryId) -> DeliveryId {
    DeliveryId::from_raw(delivery.raw().saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(raw: u64) -> DeliveryId {
        DeliveryId::from_raw(raw)
    }

    fn caught_up_to(last: u64) -> Backlog {
        let mut backlog = Backlog::new();
        backlog.begin_page();
        backlog.end_page(Some(id(last)), false);
        backlog
    }

    #[test]
    fn after_a_start_everything_is_read_from_the_store() {
        let mut backlog = Backlog::new();
        assert!(backlog.wants_page());
        assert_eq!(backlog.begin_page(), None);
        assert!(!backlog.wants_page(), "one page at a time");
        assert!(backlog.end_page(Some(id(3)), true));
        assert_eq!(backlog.begin_page(), Some(id(3)));
        assert!(backlog.end_page(Some(id(4)), false));
        assert!(!backlog.is_behind());
        assert!(backlog.takes(id(5), true));
    }

    #[test]
    fn what_was_read_from_the_store_is_not_taken_again_when_its_notice_comes_late() {
        let mut backlog = caught_up_to(7);
        assert!(!backlog.takes(id(7), true));
        assert!(!backlog.is_behind());
        assert!(backlog.takes(id(8), true));
    }

    #[test]
    fn what_has_been_told_already_is_no_news_when_everything_is_read_again() {
        let mut backlog = caught_up_to(7);
        backlog.reset();
        backlog.begin_page();
        backlog.end_page(None, false);
        assert!(!backlog.takes(id(7), true));
        assert!(backlog.takes(id(8), true));
    }

    #[test]
    fn what_was_let_go_while_a_page_was_read_is_read_with_the_next() {
        let mut backlog = caught_up_to(7);
        assert!(!backlog.takes(id(8), false));
        assert_eq!(backlog.begin_page(), Some(id(7)));
        assert!(!backlog.takes(id(9), true));
        backlog.end_page(Some(id(8)), false);
        assert!(backlog.is_behind(), "9 may have been committed after the page was read");
        assert_eq!(backlog.begin_page(), Some(id(8)));
        backlog.end_page(None, false);
        assert!(!backlog.is_behind(), "also if it was called off meanwhile, and the page is empty");
    }

    #[test]
    fn a_page_asked_for_before_a_reset_says_nothing() {
        let mut backlog = caught_up_to(7);
        backlog.takes(id(8), false);
        backlog.begin_page();
        backlog.reset();
        assert!(!backlog.wants_page());
        assert!(!backlog.end_page(Some(id(8)), false));
        assert_eq!((backlog.wants_page(), backlog.begin_page()), (true, None));
    }

    #[test]
    fn what_is_owed_anew_is_taken_where_everything_older_is_in_memory_already() {
        let mut backlog = caught_up_to(7);
        assert_eq!(backlog.place_anew(id(5), true), Place::Memory);
        assert!(!backlog.takes(id(8), false), "there is no room");
        assert_eq!(
            backlog.place_anew(id(6), true),
            Place::Memory,
            "it comes before what is in the store only"
        );
        assert_eq!(backlog.place_anew(id(9), true), Place::Store, "8 comes before it");
        assert_eq!(backlog.place_anew(id(4), false), Place::BeforeMemory, "what is in memory comes after it");
    }

    #[test]
    fn what_is_owed_anew_while_a_page_is_read_is_read_before_everything_younger() {
        let mut backlog = Backlog::new();
        backlog.begin_page();
        assert_eq!(backlog.place_anew(id(6), true), Place::Store);
        assert_eq!(backlog.place_anew(id(8), true), Place::Store);
        assert_eq!(backlog.anew_from(), Some(id(6)));
        backlog.end_page(Some(id(9)), false);
        assert!(backlog.is_behind());
        assert_eq!((backlog.anew_from(), backlog.begin_page()), (None, Some(id(5))));
        backlog.end_page(Some(id(9)), false);
        assert!(!backlog.is_behind());
    }

    #[test]
    fn what_became_owed_again_is_found_by_reading_from_the_start() {
        let mut backlog = caught_up_to(7);
        backlog.revisit();
        assert!(backlog.is_behind());
        assert_eq!((backlog.wants_page(), backlog.begin_page()), (true, None));
        backlog.end_page(Some(id(7)), false);
        assert!(!backlog.is_behind());
    }

    #[test]
    fn what_is_in_the_store_when_the_endpoint_begins_anew_is_due_once_however_often_it_is_read() {
        let mut backlog = caught_up_to(9);
        backlog.begin_anew();
        backlog.reset();
        backlog.begin_page();
        backlog.end_page(Some(id(3)), true);
        assert_eq!(backlog.due_from(), Some(id(4)));

        backlog.reset();
        backlog.begin_page();
        backlog.end_page(Some(id(2)), true);
        assert_eq!(backlog.due_from(), Some(id(4)), "2 and 3 have been read before");
        backlog.begin_page();
        assert_eq!(backlog.place_anew(id(6), true), Place::Store);
        backlog.end_page(Some(id(9)), false);
        assert_eq!(backlog.due_from(), Some(id(6)), "6 and what comes after it are read again");
        backlog.begin_page();
        backlog.end_page(Some(id(9)), false);
        assert_eq!(backlog.due_from(), None);
    }
}
