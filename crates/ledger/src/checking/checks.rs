//! What is checked, and what is told of it.

use std::fmt::Display;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;

use crate::engine::EngineError;

/// How many findings of one check are told; the others are counted.
pub const FINDINGS_TOLD: usize = 100;
/// How often it is said how far a check is, in rows.
const SAID_EVERY: u64 = 1_000;

/// One thing that must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The engine's own proof of its files.
    Files,
    /// What people configured can be read.
    Configured,
    /// Things can be read, are what they are filed under, and belong to a company, and to other things, that are there.
    Things,
    /// Names lead to things that are there.
    Names,
    /// Events can be read, are what they are filed under, and came of a request that is there.
    Events,
    /// Each move of an interview begins at the stage where the one before ended.
    Stages,
    /// What became of requests agrees with what came of them.
    Receipts,
    /// What requests are known again by agrees with the requests.
    Seen,
    /// How deliveries stand agrees with the attempts at them.
    Deliveries,
    /// Attempts belong to deliveries, and are numbered without a gap.
    Attempts,
    /// What an endpoint was told about one thing, it was told in order.
    Lanes,
    /// Files' bytes, what is to be fetched, and replays belong to something that is there.
    LooseEnds,
}

impl Check {
    /// All of them, in the order in which they are made.
    pub const ALL: [Self; 12] = [
        Self::Files,
        Self::Configured,
        Self::Things,
        Self::Names,
        Self::Events,
        Self::Stages,
        Self::Receipts,
        Self::Seen,
        Self::Deliveries,
        Self::Attempts,
        Self::Lanes,
        Self::LooseEnds,
    ];

    /// What holds if nothing is found.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Files => "the store's files are sound",
            Self::Configured => "companies, keys, sources and endpoints can be read",
            Self::Things => "things can be read and are what they are filed under",
            Self::Names => "names lead to things that are there",
            Self::Events => "events can be read and came of requests that are there",
            Self::Stages => "interviews move on from the stage that they were at",
            Self::Receipts => "what became of requests agrees with what came of them",
            Self::Seen => "messages are known again by requests that are there",
            Self::Deliveries => "deliveries stand as the attempts at them say",
            Self::Attempts => "attempts belong to deliveries and are all on record",
            Self::Lanes => "endpoints were told in order",
            Self::LooseEnds => "files, fetches and replays belong to something",
        }
    }
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is about.
    pub id: String,
    /// What is wrong with it.
    pub sentence: String,
}

/// What came of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Of which.
    pub check: Check,
    /// What holds if nothing was found.
    pub sentence: &'static str,
    /// How many rows were looked at.
    pub looked_at: u64,
    /// Was everything looked at? Otherwise why not is among the findings.
    pub ended: bool,
    /// How much was found.
    pub found: u64,
    /// The first of it.
    pub findings: Vec<Finding>,
    /// Stands for what all that was found is about, in whatever order it was.
    #[serde(skip)]
    pub(crate) about: u64,
}

/// Where a check notes what it looks at and what it finds.
pub struct Look<'a> {
    checked: Checked,
    progress: &'a mut dyn FnMut(Check, u64),
}

impl Look<'_> {
    /// One more row is looked at.
    pub fn row(&mut self) {
        self.checked.looked_at += 1;
        if self.checked.looked_at.is_multiple_of(SAID_EVERY) {
            (self.progress)(self.checked.check, self.checked.looked_at);
        }
    }

    /// Something does not hold.
    pub fn find(&mut self, id: impl Display, sentence: impl Into<String>) {
        let id = id.to_string();
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        self.checked.about = self.checked.about.wrapping_add(hasher.finish());
        self.checked.found += 1;
        if self.checked.findings.len() < FINDINGS_TOLD {
            self.checked.findings.push(Finding { id, sentence: sentence.into() });
        }
    }
}

/// Shows a store's rows to a check.
pub trait Inspector {
    /// What holds if a check finds nothing. Not every engine can prove its files in the same way.
    fn sentence(&self, check: Check) -> &'static str {
        check.sentence()
    }

    /// Looks at everything that a check is about.
    fn inspect(&mut self, check: Check, look: &mut Look<'_>) -> Result<(), EngineError>;
}

/// Makes every check. What cannot even be looked at is a finding as well. `progress` hears now and then how many rows a
/// check has looked at.
pub fn check(inspector: &mut dyn Inspector, progress: &mut dyn FnMut(Check, u64)) -> Vec<Checked> {
    let mut all = Vec::with_capacity(Check::ALL.len());
    for check in Check::ALL {
        progress(check, 0);
        let sentence = inspector.sentence(check);
        let checked =
            Checked { check, sentence, looked_at: 0, ended: true, found: 0, findings: Vec::new(), about: 0 };
        let mut look = Look { checked, progress };
        if let Err(error) = inspector.inspect(check, &mut look) {
            look.checked.ended = false;
            look.find("store", format!("cannot be looked at to the end: {error}"));
        }
        all.push(look.checked);
    }
    all
}
