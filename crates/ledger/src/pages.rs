//! Which rows are asked for, and what is answered: pages by id, never by offset.

use bytes::Bytes;
use callboard_core::{
    CompanyId, DeliveryId, EndpointId, EventId, EventType, Held, Kind, ReceiptId, SourceId, Timestamp,
};
use serde::Serialize;

use crate::batch::{DeliveryState, Outcome};

/// Which part of a list: rows between ids, at most so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Rows with a lower id than this, newest first.
    pub before: Option<u64>,
    /// Rows with a higher id than this, oldest first.
    pub after: Option<u64>,
    /// Rows with this id or a higher one, in whichever order.
    pub from: Option<u64>,
    /// At most so many.
    pub limit: usize,
    /// Once what they say comes to so many bytes, no more: one more is there in any case.
    pub bytes: usize,
}

/// What the rows on a page may say, in bytes, where no less is asked for.
pub const LISTED_BYTES: usize = 4 * 1024 * 1024;

impl Page {
    /// The newest rows.
    pub const fn newest(limit: usize) -> Self {
        Self { before: None, after: None, from: None, limit, bytes: LISTED_BYTES }
    }
}

/// Which receipts. Everything left out matches.
#[derive(Debug, Clone, Default)]
pub struct ReceiptFilter {
    /// Those of one of these sources.
    pub sources: Option<Vec<SourceId>>,
    /// Those of which this became.
    pub outcome: Option<Outcome>,
}

/// Which events. Everything left out matches.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Those of this company.
    pub company: Option<CompanyId>,
    /// Those of this type.
    pub kind: Option<EventType>,
    /// Those from this source.
    pub source: Option<SourceId>,
    /// Those about one of these things, see [`callboard_core::Event::subject`].
    pub subjects: Option<Vec<u64>>,
    /// Those that came of this receipt.
    pub receipt: Option<ReceiptId>,
}

/// Some of a list, and where it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// What is on the page. There may be fewer than it has room for, and more beyond it: see [`THINGS_LOOKED_AT`] and
    /// [`Page::bytes`].
    pub items: Vec<T>,
    /// After which row the list goes on, by the number of its id: the last on a page that is full, or the last that was
    /// looked at. Nothing if there is nothing beyond.
    pub next: Option<u64>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { items: Vec::new(), next: None }
    }
}

/// How many rows one page looks at, at the most, where no index says which are wanted: there is none for the state of a thing,
/// for what deliveries tell, or for the type of an event.
pub const THINGS_LOOKED_AT: usize = 20_000;

/// Which things. Removed ones are left out unless they are asked for.
#[derive(Debug, Clone)]
pub struct ThingFilter {
    /// Those of this company.
    pub company: CompanyId,
    /// Those of this kind.
    pub kind: Kind,
    /// Those that belong to one of these, by the numbers of their ids: see [`callboard_core::Entity::parent`].
    pub parents: Option<Vec<u64>>,
    /// Those that belong to something that belongs to this: an interview to a job.
    pub grandparent: Option<u64>,
    /// Those with one of these ids.
    pub ids: Option<Vec<u64>>,
    /// Those in one of these states: see [`callboard_core::Entity::state`].
    pub states: Option<Vec<String>>,
    /// Also those that have been removed.
    pub removed: bool,
}

impl ThingFilter {
    /// Everything of a kind that a company has.
    pub fn all(company: CompanyId, kind: Kind) -> Self {
        Self { company, kind, parents: None, grandparent: None, ids: None, states: None, removed: false }
    }

    /// Does it want everything that an index leads to?
    pub(crate) fn wants_all(&self) -> bool {
        self.removed && self.states.is_none()
    }

    /// Does this thing stand as is asked for? No index says so.
    pub(crate) fn wants(&self, held: &Held) -> bool {
        let is_one_of = |states: &Vec<String>| {
            held.entity.state().is_some_and(|state| states.iter().any(|wanted| wanted == state))
        };
        (self.removed || !held.record.deleted) && self.states.as_ref().is_none_or(is_one_of)
    }
}

/// Which deliveries. Everything left out matches.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// Those to one of these endpoints.
    pub endpoints: Option<Vec<EndpointId>>,
    /// Those of this event.
    pub event: Option<EventId>,
    /// Those that stand so.
    pub state: Option<DeliveryState>,
    /// Those of events of this company, whoever they were to.
    pub company: Option<CompanyId>,
    /// Those of events of this type.
    pub kind: Option<EventType>,
}

/// A delivery as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// Who is owed.
    pub endpoint: EndpointId,
    /// What is owed.
    pub event: EventId,
    /// Where it stands.
    pub state: DeliveryState,
    /// How many attempts were made.
    pub attempts: u32,
    /// When the next one is due.
    pub next_at: Option<Timestamp>,
    /// Earlier deliveries of its lane that it went ahead of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overtook: Vec<DeliveryId>,
    /// Has what it said been erased? Then it cannot be tried again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
}

/// A delivery that is owed, with what will be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// Its id.
    pub delivery: DeliveryId,
    /// Who is owed.
    pub endpoint: EndpointId,
    /// What is owed: also the webhook id under which it is sent.
    pub event: EventId,
    /// What it is kept in order by.
    pub lane: u64,
    /// What will be sent.
    pub body: Bytes,
    /// How many attempts were made.
    pub attempts: u32,
    /// When the first attempt was made, since it was last owed anew.
    pub first_attempt_at: Option<Timestamp>,
    /// When the next attempt is due; `None` means now.
    pub next_at: Option<Timestamp>,
    /// How many attempts had been made when it was last owed anew: its schedule begins after them.
    pub again_after: u32,
}

/// A delivery that is owed, without what will be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    /// Who is owed.
    pub endpoint: EndpointId,
    /// What is owed.
    pub event: EventId,
    /// What had happened.
    pub kind: EventType,
    /// How many attempts there had been when it was last owed again; 0 if it never was.
    pub again_after: u32,
}

/// A page of what an endpoint is owed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwedPage {
    /// The deliveries.
    pub rows: Vec<Owed>,
    /// Is nothing owed after these?
    pub is_last: bool,
}

/// How many requests of a source are counted, at the most.
pub const RECEIPTS_COUNTED: usize = 1_000;

/// How many requests came from a source, by what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReceiptCount {
    /// Those that were understood.
    pub understood: usize,
    /// Those that had come before.
    pub duplicate: usize,
    /// Those that are kept until they can be understood.
    pub quarantined: usize,
    /// Are these only the newest? Then there may be more: no more rows are looked at.
    pub at_least: bool,
}

impl ReceiptCount {
    pub(crate) fn add(&mut self, outcome: Outcome, more: usize) {
        let counted = match outcome {
            Outcome::Understood => &mut self.understood,
            Outcome::Duplicate => &mut self.duplicate,
            Outcome::Quarantined => &mut self.quarantined,
        };
        *counted += more;
    }

    pub(crate) fn total(&self) -> usize {
        self.understood + self.duplicate + self.quarantined
    }
}

/// How much there is of everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Requests kept.
    pub receipts: u64,
    /// Events written down.
    pub events: u64,
    /// Deliveries still owed.
    pub pending: u64,
    /// Deliveries told.
    pub delivered: u64,
    /// Deliveries given up.
    pub failed: u64,
    /// Deliveries called off.
    pub cancelled: u64,
}
