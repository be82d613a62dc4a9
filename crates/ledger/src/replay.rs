//! Replays: what is to be told again, and how far that has come. A replay is kept in the store and worked on page by
//! page, so that a restart goes on where it was.

use callboard_core::{
    CompanyId, EndpointId, EventId, InterviewId, ReplayId, SourceId, Timestamp, matches_pattern,
};
use serde::{Deserialize, Serialize};

use crate::batch::{DeliveryState, EventRow};
use crate::pages::Owed;

/// How many replays of a company that have ended are kept.
pub(crate) const ENDED_KEPT: i64 = 1_000;
/// How many rows one page looks at, however few of them are asked for.
pub(crate) const SCAN_ROWS: i64 = 5_000;
/// After so many bytes of bodies a page ends, with the row that was read last.
pub(crate) const PAGE_BYTES: usize = 4 * 1024 * 1024;
/// How far is counted what there is to look at.
pub(crate) const COUNTED: i64 = 1_000_000;

/// Whose replay it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplayOf {
    /// What one endpoint was told, or not.
    Endpoint(EndpointId),
    /// What came from one source.
    Source(SourceId),
}

/// What is told again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Deliveries that were given up or called off: the same ones, with the same bytes.
    Failed,
    /// Events that are wanted now and of which there is no delivery.
    Missed,
    /// Every event that is wanted now, those already told as well: a new delivery of each.
    All,
    /// Requests that could not be understood: they are read again.
    Quarantined,
}

/// Where a replay stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReplayState {
    /// It is being worked on.
    Running,
    /// Everything has been seen to.
    Done,
    /// A person called it off; what it had done by then stays.
    Cancelled,
    /// It could not go on; the error says why.
    Failed,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayAsked {
    /// Whose replay it is.
    pub of: ReplayOf,
    /// What is told again.
    pub what: What,
    /// Only what was recorded at this time or later.
    pub since: Timestamp,
    /// Only what was recorded before this time.
    pub until: Timestamp,
    /// Only these events: names, or a prefix with `*`. Empty means all.
    #[serde(default)]
    pub events: Vec<String>,
    /// Only from these sources. Empty means all.
    #[serde(default)]
    pub sources: Vec<SourceId>,
    /// Only about this interview.
    #[serde(default)]
    pub interview: Option<InterviewId>,
    /// The number of the first id that is too young: `until`, or where everything ended when it was asked for.
    pub before: u64,
}

impl ReplayAsked {
    /// Is this event among those that are asked for, by its type and where it came from?
    pub fn covers(&self, kind: &str, source: Option<SourceId>) -> bool {
        (self.events.is_empty() || self.events.iter().any(|pattern| matches_pattern(pattern, kind)))
            && (self.sources.is_empty() || source.is_some_and(|source| self.sources.contains(&source)))
    }
}

/// A replay as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// Its id.
    pub id: ReplayId,
    /// Whose it is.
    pub company: CompanyId,
    /// What was asked for.
    pub asked: ReplayAsked,
    /// Where it stands.
    pub state: ReplayState,
    /// What has an id up to this number has been seen to.
    pub reached: u64,
    /// How much there is to look at, where that can be counted.
    pub total: Option<u64>,
    /// How much was looked at.
    pub seen: u64,
    /// How many deliveries are owed because of it, or how many requests were understood.
    pub replayed: u64,
    /// How much was looked at and left as it was.
    pub skipped: u64,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Why it could not go on.
    pub error: Option<String>,
}

impl Replay {
    /// A replay that begins.
    pub fn new(id: ReplayId, company: CompanyId, asked: ReplayAsked, from: u64, now: Timestamp) -> Self {
        Self {
            id,
            company,
            asked,
            state: ReplayState::Running,
            reached: from.saturating_sub(1),
            total: None,
            seen: 0,
            replayed: 0,
            skipped: 0,
            created_at: now,
            finished_at: None,
            error: None,
        }
    }

    /// Is this event among those that it is to tell again, if it is in its window?
    pub(crate) fn wants(&self, company: CompanyId, kind: &str, source: Option<SourceId>) -> bool {
        let from_there = match self.asked.of {
            ReplayOf::Source(of) => source == Some(of),
            ReplayOf::Endpoint(_) => true,
        };
        company == self.company && from_there && self.asked.covers(kind, source)
    }

    /// It ends so.
    pub(crate) fn end(&mut self, state: ReplayState, now: Timestamp) {
        (self.state, self.finished_at) = (state, Some(now));
    }
}

/// A page of what a replay has to see to, oldest first.
#[derive(Debug, Clone, Default)]
pub struct ReplayPage {
    /// Deliveries that were given up or called off, with their bodies.
    pub given_up: Vec<Owed>,
    /// Events.
    pub events: Vec<EventRow>,
    /// The number of the last id that was looked at, if there may be more beyond it.
    pub stopped_at: Option<u64>,
}

/// Who was told of an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// It is not there any more, or what it said has been erased.
    pub gone: bool,
    /// Each delivery of it.
    pub deliveries: Vec<(EndpointId, DeliveryState)>,
}

/// An event that may be told again, of which nothing is known yet but that it was there when it was read.
pub(crate) struct Candidate {
    pub(crate) row: EventRow,
    /// Nothing if an earlier version wrote it in a way that cannot be read any more.
    pub(crate) event: Option<callboard_core::Event>,
}

impl Candidate {
    pub(crate) fn id(&self) -> EventId {
        self.row.id
    }
}
