//! One request that was heard, and how many were.

use bytes::Bytes;
use callboard_core::Timestamp;

/// Whether a request is authentic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Verified,
    /// It is not, for this reason.
    Refused(String),
    /// Nobody can tell: the receiver was given nothing to verify with.
    Unchecked,
}

/// One request that was heard.
#[derive(Debug, Clone)]
pub struct Heard {
    /// How many were heard before it.
    pub number: u64,
    /// When it came.
    pub at: Timestamp,
    /// The dialect that it is in: the receiver's, or the one that it looks like. `None` if it looks like none.
    pub dialect: Option<&'static str>,
    /// Is it authentic?
    pub verdict: Verdict,
    /// The platform's own word for what it says; `None` if it makes no sense.
    pub label: Option<String>,
    /// What it says, or why it makes no sense: `InterviewStarted  Harriet Potts`.
    pub summary: String,
    /// The path and the query that it was sent to.
    pub target: String,
    /// Its headers in their order, names in lower case; those that are no text are left out. What signs the request is
    /// among them.
    pub headers: Vec<(String, String)>,
    /// Its body, byte for byte.
    pub body: Bytes,
    /// Which attempt at this message it is, from 1: a message is known by its id, else by its body. What is not
    /// authentic is always a first attempt.
    pub attempt: u32,
    /// This message had been taken (answered with 2xx) before.
    pub duplicate: bool,
    /// It is older than what was taken about the same interview, or comes from another stage than the one that it was
    /// last said to be in.
    pub out_of_order: bool,
    /// The HTTP status that it is answered with.
    pub answered: u16,
}

impl Heard {
    /// Was it taken? The sender thinks so.
    pub fn is_taken(&self) -> bool {
        (200..300).contains(&self.answered)
    }
}

/// How many requests were what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub heard: u64,
    /// Those that are authentic.
    pub verified: u64,
    /// Those that are not.
    pub refused: u64,
    /// Those that make no sense, among those that were not refused.
    pub unreadable: u64,
    /// Those answered with 2xx.
    pub taken: u64,
    /// Those that had been taken before.
    pub duplicates: u64,
    /// Those that came too late.
    pub out_of_order: u64,
}

impl Counts {
    pub(super) fn count(&mut self, heard: &Heard) {
        self.heard += 1;
        self.verified += u64::from(heard.verdict == Verdict::Verified);
        let refused = matches!(heard.verdict, Verdict::Refused(_));
        self.refused += u64::from(refused);
        self.unreadable += u64::from(heard.label.is_none() && !refused);
        self.taken += u64::from(heard.is_taken());
        self.duplicates += u64::from(heard.duplicate);
        self.out_of_order += u64::from(heard.out_of_order);
    }
}
