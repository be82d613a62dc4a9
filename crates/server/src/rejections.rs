//! Why requests were refused: counted, and the last few of each source kept in memory, because "why does my signature
//! fail" is the first question an integrator asks. An unverified request changes nothing that is stored (invariant I8).

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use callboard_core::{SourceId, Timestamp};
use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::Serialize;

use crate::limits::REJECTIONS_KEPT;

/// One refused request. It holds no secret: of headers only the names.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Rejected {
    pub(crate) at: Timestamp,
    pub(crate) code: &'static str,
    pub(crate) explanation: String,
    pub(crate) headers: Vec<String>,
    pub(crate) body_bytes: usize,
}

/// The refusals of one source since the hub started.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub(crate) struct Refusals {
    pub(crate) total: u64,
    pub(crate) by_code: BTreeMap<&'static str, u64>,
    /// The last ones, newest first.
    pub(crate) recent: VecDeque<Rejected>,
}

#[derive(Default)]
pub(crate) struct Rejections {
    by_source: Mutex<FxHashMap<SourceId, Refusals>>,
}

impl Rejections {
    pub(crate) fn note(&self, source: SourceId, rejected: Rejected) {
        let mut by_source = self.by_source.lock().expect("counting does not panic");
        let refusals = by_source.entry(source).or_default();
        refusals.total += 1;
        *refusals.by_code.entry(rejected.code).or_default() += 1;
        refusals.recent.truncate(REJECTIONS_KEPT - 1);
        refusals.recent.push_front(rejected);
    }

    pub(crate) fn of(&self, source: SourceId) -> Refusals {
        self.by_source.lock().expect("counting does not panic").get(&source).cloned().unwrap_or_default()
    }

    /// How many requests to a source were refused.
    pub(crate) fn total_of(&self, source: SourceId) -> u64 {
        self.by_source
            .lock()
            .expect("counting does not panic")
            .get(&source)
            .map_or(0, |refusals| refusals.total)
    }

    /// The refusals of all sources that there are.
    pub(crate) fn total(&self) -> u64 {
        self.by_source.lock().expect("counting does not panic").values().map(|refusals| refusals.total).sum()
    }

    pub(crate) fn forget(&self, source: SourceId) {
        self.by_source.lock().expect("counting does not panic").remove(&source);
    }
}
