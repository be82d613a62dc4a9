//! What is read from the store, for whom, and when.
//!
//! Endpoints take turns: one page is read at a time, and the bodies that one endpoint waits for are fetched at a time. What
//! is being read has its room in memory kept for it. A store that cannot be read is asked again later, for somebody else
//! first.

use bytes::Bytes;
use callboard_core::{DeliveryId, EndpointId, Timestamp};
use callboard_ledger::OwedPage;
use jiff::SignedDuration;

use super::Dispatch;
use crate::lanes::Wanted;
use crate::memory::{Left, ReadSize};
use crate::turn::Turn;

/// How many endpoints are looked at for one that may read now; the others have their turn later.
const LOOKS: usize = 64;

/// A page to read from the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageWanted {
    pub(crate) endpoint: EndpointId,
    pub(crate) after: Option<DeliveryId>,
    pub(crate) size: ReadSize,
    /// Which time it was that this hub had taken the endpoint's shard.
    taken: u64,
}

/// Bodies to fetch from the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BodiesWanted {
    endpoint: EndpointId,
    asked: Vec<Wanted>,
    /// Which time it was that this hub had taken the endpoint's shard.
    taken: u64,
}

impl BodiesWanted {
    /// Whose bodies, in order.
    pub(crate) fn deliveries(&self) -> Vec<DeliveryId> {
        self.asked.iter().map(|wanted| wanted.delivery).collect()
    }
}

impl Dispatch {
    /// What is left of memory, over all endpoints.
    pub(super) fn left(&self) -> Left {
        let reading = self.reading.unwrap_or(ReadSize { rows: 0, bytes: 0 });
        let bytes = self.stats.held_bytes + reading.bytes + self.fetching.unwrap_or(0);
        let known = self.stats.known + reading.rows;
        Left {
            bytes: self.limits.bodies_in_memory_bytes.saturating_sub(bytes),
            known: self.limits.known_total.saturating_sub(known),
        }
    }

    /// The next page to read from the store, if one may be read now.
    pub(crate) fn next_page(&mut self, now: Timestamp) -> Option<PageWanted> {
        if self.reading.is_some() {
            return None;
        }
        let (left, limits) = (self.left(), self.limits);
        let mut turn = std::mem::take(&mut self.behind);
        let found = self.look_for(&mut turn, |dispatch, endpoint| {
            let tray = dispatch.trays.get_mut(&endpoint)?;
            let size = tray.page_wanted(&limits, left, now)?;
            tray.expect(size.rows);
            let taken = dispatch.shards.taken(endpoint);
            Some(PageWanted { endpoint, after: tray.backlog.begin_page(), size, taken })
        });
        self.behind = turn;
        self.reading = found.map(|wanted| wanted.size);
        found
    }

    /// A page has been read, or could not be.
    pub(crate) fn page(&mut self, wanted: PageWanted, page: Option<OwedPage>, now: Timestamp) {
        self.reading = None;
        let again_at = self.again_at(now);
        let is_ours = self.shards.taken(wanted.endpoint) == wanted.taken;
        if let Some(tray) = self.trays.get_mut(&wanted.endpoint).filter(|_| is_ours) {
            tray.expect_no_more(wanted.size.rows);
            match page {
                Some(page) => tray.page(page, |read| self.unsettled.outdates(read), now),
                None => tray.page_failed(again_at),
            }
            self.look_at(wanted.endpoint, now);
        }
        self.unsettled.page_was_read();
    }

    /// The next bodies to fetch from the store, if any may be fetched now.
    pub(crate) fn next_bodies(&mut self, now: Timestamp) -> Option<BodiesWanted> {
        if self.fetching.is_some() {
            return None;
        }
        let (left, limits) = (self.left(), self.limits);
        let mut turn = std::mem::take(&mut self.wanting);
        let found = self.look_for(&mut turn, |dispatch, endpoint| {
            let tray = dispatch.trays.get_mut(&endpoint)?;
            let asked = tray.bodies_wanted(&limits, left, now);
            if asked.is_empty() {
                // If what it waited for has gone, a page may be of use.
                dispatch.look_at(endpoint, now);
                return None;
            }
            tray.expect(asked.len());
            let taken = dispatch.shards.taken(endpoint);
            Some(BodiesWanted { endpoint, asked, taken })
        });
        self.wanting = turn;
        self.fetching = found.as_ref().map(|wanted| wanted.asked.iter().map(|it| it.bytes).sum());
        found
    }

    /// Bodies have been fetched, or could not be.
    pub(crate) fn bodies(
        &mut self,
        wanted: &BodiesWanted,
        bodies: Option<Vec<Option<Bytes>>>,
        now: Timestamp,
    ) {
        self.fetching = None;
        let again_at = self.again_at(now);
        let is_ours = self.shards.taken(wanted.endpoint) == wanted.taken;
        if let Some(tray) = self.trays.get_mut(&wanted.endpoint).filter(|_| is_ours) {
            tray.expect_no_more(wanted.asked.len());
            match bodies {
                Some(bodies) => tray.bodies(&wanted.asked, bodies, now),
                None => tray.bodies_failed(&wanted.asked, again_at, now),
            }
            self.look_at(wanted.endpoint, now);
        }
    }

    /// Whose turn it is among those that may read. Those that may not for want of room ask again.
    fn look_for<T>(
        &mut self,
        turn: &mut Turn,
        mut may_read: impl FnMut(&mut Self, EndpointId) -> Option<T>,
    ) -> Option<T> {
        for _ in 0..LOOKS.min(turn.len()) {
            let endpoint = turn.next()?;
            if let Some(found) = may_read(self, endpoint) {
                return Some(found);
            }
            if self.trays.get(&endpoint).is_some_and(super::Tray::reads_on) {
                turn.ask(endpoint);
            }
        }
        None
    }

    fn again_at(&self, now: Timestamp) -> Timestamp {
        let pause = SignedDuration::try_from(self.limits.store_pause).unwrap_or(SignedDuration::MAX);
        now.checked_add(pause).unwrap_or(Timestamp::MAX)
    }
}
