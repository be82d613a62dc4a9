//! What the load writes into a webhook's `metadata`, and the sink reads from the event that came of it: which step of
//! which interview it is, and when it was due to be sent.
//!
//! It stands at the end of the text in brackets: `2000 - Pending interviewer time selection [17.1@48211904]`. The hub
//! keeps a platform's text to the letter, so the mark travels with the stage itself through parser, rules and store.

use std::fmt;

/// One step of one interview.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The number of the interview.
    pub(crate) interview: u64,
    /// Its step: 0 for the stage that it was created in, 1 for the first that is told.
    pub(crate) step: u32,
    /// When it was due to be sent, in nanoseconds on the run's [`crate::clock::Stopwatch`].
    pub(crate) due_ns: u64,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}.{}@{}]", self.interview, self.step, self.due_ns)
    }
}

impl Mark {
    /// The mark at the end of a text.
    pub(crate) fn at_end_of(text: &str) -> Option<Self> {
        let (_, mark) = text.strip_suffix(']')?.rsplit_once('[')?;
        let (step, due_ns) = mark.split_once('@')?;
        let (interview, step) = step.split_once('.')?;
        Some(Self {
            interview: interview.parse().ok()?,
            step: step.parse().ok()?,
            due_ns: due_ns.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_from_the_text_that_it_was_written_into() {
        let mark = Mark { interview: 17, step: 1, due_ns: 48_211_904 };
        let text = format!("Pending interviewer time selection [by phone] {mark}");
        assert_eq!(Mark::at_end_of(&text), Some(mark));
    }

    #[test]
    fn a_text_without_a_mark_has_none() {
        for text in ["", "]", "[]", "Interview was created", "[1.2]", "[1@2]", "[-1.2@3]", "[1.2@3] and more"]
        {
            assert_eq!(Mark::at_end_of(text), None, "{text}");
        }
    }
}
