//! What became of the letters.

use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::time::Duration;

use super::forgery::Forgery;
use crate::story::Letter;

/// What became of one letter in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// An answer with this HTTP status.
    Answered(u16),
    /// No answer, for this reason.
    Unanswered(String),
}

impl Outcome {
    /// Was it taken?
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Answered(200..=299))
    }

    /// Was it turned away as not authentic?
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Answered(401 | 403))
    }
}

/// One letter with what became of it.
#[derive(Debug)]
pub struct Delivered<'a> {
    /// The letter.
    pub letter: &'a Letter,
    /// What became of it.
    pub outcome: Outcome,
    /// It had been sent before, and was sent again on purpose.
    pub again: bool,
    /// How it was forged, if it was.
    pub forgery: Option<Forgery>,
    /// How often it was tried.
    pub tries: u32,
    /// From the first try to the last answer.
    pub took: Duration,
}

/// How many letters came to what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Interviews told to their end.
    pub interviews: u64,
    /// Letters sent, each counted once however often it was tried, and once more if it was sent again on purpose.
    pub sent: u64,
    /// Those among them that were sent again on purpose.
    pub duplicates: u64,
    /// Those answered with 2xx.
    pub accepted: u64,
    /// Those answered with 401 or 403.
    pub refused: u64,
    /// All others.
    pub failed: u64,
    /// Tries beyond the first, because the other side asked for it or was not reached.
    pub retries: u64,
    /// The last answers, by HTTP status.
    pub by_status: BTreeMap<u16, u64>,
}

impl Tally {
    pub(super) fn count(&mut self, delivered: &Delivered<'_>) {
        self.sent += 1;
        self.duplicates += u64::from(delivered.again);
        self.retries += u64::from(delivered.tries.saturating_sub(1));
        if let Outcome::Answered(status) = delivered.outcome {
            *self.by_status.entry(status).or_default() += 1;
        }
        if delivered.outcome.is_accepted() {
            self.accepted += 1;
        } else if delivered.outcome.is_refused() {
            self.refused += 1;
        } else {
            self.failed += 1;
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.interviews += other.interviews;
        self.sent += other.sent;
        self.duplicates += other.duplicates;
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.failed += other.failed;
        self.retries += other.retries;
        for (status, count) in other.by_status {
            *self.by_status.entry(status).or_default() += count;
        }
    }
}
