//! What people and programs ask for through the API, and what is answered: the same again for the same key.

use std::fmt::{self, Write};
use std::sync::Arc;

use bytes::Bytes;
use callboard_core::{Asker, Command, CompanyId, EventId, FileId, Held, Timestamp};
use jiff::SignedDuration;

use crate::ledger::LedgerError;

/// How long the same request is answered as it was the first time.
pub const ANSWERS_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// How many answers that are not honoured any more go when new ones are kept.
pub(crate) const PRUNED_ROWS: i64 = 64;

/// Commands that belong together, and what goes with them.
#[derive(Debug, Clone)]
pub struct Asking {
    /// Who asks, and when.
    pub asker: Asker,
    /// What is asked for: all of it is carried out, in order, or nothing.
    pub commands: Vec<Command>,
    /// Bytes of files that are kept from now on.
    pub blobs: Vec<(FileId, Bytes)>,
    /// Under which key the answer is kept, so that the same request again comes to nothing new.
    pub remember: Option<Remember>,
}

impl Asking {
    /// How many bytes wait with it: those of its files, and what its commands say. That is counted as it would be written
    /// out, which is no less than the texts in it, whichever API it was asked through.
    pub(crate) fn bytes(&self) -> usize {
        let mut said = Counted(0);
        write!(said, "{:?}", self.commands).expect("counting does not fail");
        self.blobs.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() + said.0
    }
}

/// How many bytes have been written here.
struct Counted(usize);

impl Write for Counted {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

/// What was carried out, once that is durable.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// The things that are new or changed, as they stand.
    pub things: Vec<Held>,
    /// What happened.
    pub events: Vec<EventId>,
}

/// What became of a request that may have been made before.
#[derive(Debug, Clone, PartialEq)]
pub enum Carried {
    /// It was carried out now.
    Out(Done),
    /// It had been carried out before, and was answered so.
    Before(Answer),
}

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The `ETag`, if it had one.
    pub etag: Option<String>,
    /// The body.
    pub body: Bytes,
}

/// How a request is known again: by a key that its sender made up, and a hash of what it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// Whose request it is: keys of two companies are never the same.
    pub company: CompanyId,
    /// The `Idempotency-Key`.
    pub key: String,
    /// A SHA-256 of method, path and body. The same key with another one is refused.
    pub fingerprint: [u8; 32],
    /// When it is made. Nobody is answered with what was answered too long before.
    pub at: Timestamp,
}

impl RequestKey {
    /// Is this the request that was answered, as long as that is honoured? `None` if that was too long ago.
    pub(crate) fn answered_with(&self, kept: &Kept) -> Option<Result<Answer, LedgerError>> {
        let again = kept.key.fingerprint == self.fingerprint;
        let answer = if again { Ok(kept.answer.clone()) } else { Err(LedgerError::KeyReused) };
        (kept.key.at >= self.outdated()).then_some(answer)
    }

    /// What was answered before this is not honoured any more.
    pub fn outdated(&self) -> Timestamp {
        self.at.checked_sub(ANSWERS_KEPT).unwrap_or(Timestamp::MIN)
    }
}

/// An answer with the request that it was given to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The request.
    pub key: RequestKey,
    /// The answer.
    pub answer: Answer,
}

/// A request that is to be known again, and how its answer is made from what is carried out.
#[derive(Clone)]
pub struct Remember {
    /// How it is known again.
    pub key: RequestKey,
    /// Makes the answer that is kept. Pure: it runs before anything is durable, and again if that has to be repeated.
    pub answer: Arc<dyn Fn(&Done) -> Answer + Send + Sync>,
}

impl fmt::Debug for Remember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remember").field("key", &self.key).finish_non_exhaustive()
    }
}
