//! A story, and the letters that tell it.

use bytes::Bytes;
use callboard_core::Timestamp;

use super::ending::Ending;
use super::platform::Platform;

/// One webhook, unsigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Who sends it.
    pub platform: Platform,
    /// The id of the message, the same however often it is sent.
    pub id: String,
    /// The number of the story that it belongs to.
    pub interview: u64,
    /// Its place in the story, from 0.
    pub step: u32,
    /// When what it tells happened, to the precision that the platform writes.
    pub at: Timestamp,
    /// What it tells, in the platform's own word: `interview.created`, `InterviewStarted`, `rating_changed`. LaunchPad
    /// has no words; its two callbacks are `zoom_link` and `assessment`.
    pub kind: &'static str,
    /// One line for people: `Harriet Potts · Interview started`.
    pub summary: String,
    /// The body as the platform writes it.
    pub body: Bytes,
}

/// A whole interview as one platform tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    letters: Vec<Letter>,
    ending: Ending,
}

impl Story {
    pub(super) fn new(letters: Vec<Letter>, ending: Ending) -> Self {
        Self { letters, ending }
    }

    /// Its letters in the order in which things happened; event times rise strictly.
    pub fn letters(&self) -> &[Letter] {
        &self.letters
    }

    /// The same, to keep.
    pub fn into_letters(self) -> Vec<Letter> {
        self.letters
    }

    /// How things stand when all letters have arrived, in whatever order they did.
    pub fn ending(&self) -> &Ending {
        &self.ending
    }
}
