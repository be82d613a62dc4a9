//! Where a search goes on.

use std::fmt;

use crate::problem::{Problem, codes};

/// After which of the things that were found exactly; or before which id to look on among all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cursor {
    Exact(u64),
    Newest(u64),
}

/// What [`Cursor::read`] takes, for a schema.
pub(super) const CURSOR: &str = "^[en][0-9a-f]{16}$";
/// The digits of an id's number.
const DIGITS: usize = 16;

impl Cursor {
    /// Reads what a search has given out.
    pub(super) fn read(text: &str) -> Result<Self, Problem> {
        let read = match text.as_bytes().first() {
            Some(b'e') => number(&text[1..]).map(Self::Exact),
            Some(b'n') => number(&text[1..]).map(Self::Newest),
            _ => None,
        };
        read.ok_or_else(|| Problem::new(codes::BAD_CURSOR, "`cursor` is not one that a search has given out"))
    }
}

fn number(digits: &str) -> Option<u64> {
    let is_one =
        digits.len() == DIGITS && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    is_one.then(|| u64::from_str_radix(digits, 16).ok()).flatten()
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(id) => write!(f, "e{id:0DIGITS$x}"),
            Self::Newest(id) => write!(f, "n{id:0DIGITS$x}"),
        }
    }
}
