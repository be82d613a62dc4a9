//! Understanding a request: is it authentic, what does it say, and should it come now?

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use callboard_dialects::{CredentialsError, Dialect, Request, Verify};
use serde_json::Value;

use super::heard::{Counts, Heard, Verdict};
use super::memory::{Memory, MessageKey, Remembered, Step};
use super::summary::Said;
use crate::send::Clock;

/// Understands requests in one dialect, or in any.
pub(super) struct Ear {
    dialect: Option<&'static dyn Dialect>,
    verifier: Option<Box<dyn Verify>>,
    clock: Clock,
    mind: Mutex<Mind>,
}

struct Mind {
    memory: Memory,
    counts: Counts,
    begun: u64,
}

/// What an authentic message leaves in the memory.
struct Traces {
    key: MessageKey,
    step: Option<Step>,
}

/// A request that was heard and is not answered yet.
pub(super) struct Pending {
    pub heard: Heard,
    /// What is remembered once it is taken; nothing, if it is not authentic.
    traces: Option<Traces>,
}

impl Ear {
    /// An ear for a dialect, if one is given; it verifies if there are credentials to verify with.
    pub fn new(
        dialect: Option<&'static dyn Dialect>,
        credentials: Option<&Value>,
        clock: Clock,
    ) -> Result<Self, CredentialsError> {
        let verifier = match (dialect, credentials) {
            (Some(dialect), Some(credentials)) => Some(dialect.verifier(credentials)?),
            _ => None,
        };
        let mind = Mind { memory: Memory::new(), counts: Counts::default(), begun: 0 };
        Ok(Self { dialect, verifier, clock, mind: Mutex::new(mind) })
    }

    /// How many requests were what, so far.
    pub fn counts(&self) -> Counts {
        self.mind().counts
    }

    pub fn hear(&self, target: String, headers: Vec<(String, String)>, body: Bytes) -> Pending {
        let at = (self.clock)();
        let request = Request { headers: &headers, token: token(&target), body: &body };
        let (verdict, unique) = match &self.verifier {
            None => (Verdict::Unchecked, None),
            Some(verifier) => match verifier.verify(&request, at) {
                Ok(authentic) => (Verdict::Verified, authentic.unique),
                Err(rejection) => (Verdict::Refused(rejection.explanation), None),
            },
        };
        let said = Said::read(self.dialect, &body);
        // Of what is not authentic nothing is believed, its time and its stage included.
        let believed = !matches!(verdict, Verdict::Refused(_));
        let traces = believed.then(|| Traces {
            key: MessageKey::of(unique.as_deref(), &body),
            step: said.as_ref().ok().and_then(|said| Step::of(&said.reading)),
        });
        let (dialect, label, summary) = match said {
            Ok(said) => (Some(said.dialect), Some(said.reading.label), said.summary),
            Err(reason) => (self.dialect.map(Dialect::name), None, reason),
        };

        let mut mind = self.mind();
        let remembered = match &traces {
            Some(Traces { key, step }) => mind.memory.hear(*key, step.as_ref()),
            None => Remembered::NOTHING,
        };
        let number = mind.begun;
        mind.begun += 1;
        drop(mind);
        let heard = Heard {
            number,
            at,
            dialect,
            verdict,
            label,
            summary,
            target,
            headers,
            body,
            attempt: remembered.attempt,
            duplicate: remembered.duplicate,
            out_of_order: remembered.out_of_order,
            answered: 0,
        };
        Pending { heard, traces }
    }

    /// The request is about to be answered with this status.
    pub fn answer(&self, pending: Pending, status: u16) -> Heard {
        let Pending { mut heard, traces } = pending;
        heard.answered = status;
        let mut mind = self.mind();
        if heard.is_taken()
            && let Some(Traces { key, step }) = traces
        {
            mind.memory.take(key, step);
        }
        mind.counts.count(&heard);
        heard
    }

    /// Someone who panicked while holding it left whole numbers behind.
    fn mind(&self) -> MutexGuard<'_, Mind> {
        self.mind.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The last segment of a path: where platforms that cannot sign carry a token.
fn token(target: &str) -> Option<&str> {
    let path = target.split('?').next()?;
    path.rsplit('/').next().filter(|segment| !segment.is_empty())
}
